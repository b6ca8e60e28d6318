/**
 * Whether a text has letters that may be bytes, before it is read by them: in each alphabet that matters, and as it would have
 * them turned by ROT13 or read backwards. One look, for hardly any text has any, and each way of reading it would look again.
 */
import {
  type Alphabet,
  base32,
  base64,
  hexadecimal,
  isRun,
  mayBegin,
  rotatedAlphabet,
} from './bytes-in-text.ts';

/** Bits of what `runsIn` says. */
export const runs = {
  base64: 1,
  hexadecimal: 2,
  base32: 4,
  'base64 rotated': 8,
  'hexadecimal rotated': 16,
  'base64 backwards': 32,
  'hexadecimal backwards': 64,
} as const;

/** In the order of the bits: of them, the first two are looked for backwards, too. */
const alphabets: readonly Alphabet[] = [
  base64,
  hexadecimal,
  base32,
  rotatedAlphabet(base64),
  rotatedAlphabet(hexadecimal),
];
const backwardsMask = 3;
const backwardsShift = 5;

/** Of each ASCII unit, the alphabets in which it is a letter that is a part of the word before and behind it. */
const inWords = new Uint8Array(0x80);
/** Of each two of them, the alphabets in which a run may begin so. */
const beginnings = new Uint8Array(0x80 * 0x80);
for (const [number, alphabet] of alphabets.entries()) {
  for (let unit = 0; unit < 0x80; unit += 1) {
    if (alphabet.inWords[unit] !== 1) continue;
    inWords[unit] = (inWords[unit] ?? 0) | (1 << number);
    for (let next = 0; next < 0x80; next += 1) {
      if (!mayBegin(unit, next, alphabet)) continue;
      const place = (unit << 7) | next;
      beginnings[place] = (beginnings[place] ?? 0) | (1 << number);
    }
  }
}

/** In which of `runs` the text has one. */
export function runsIn(text: string): number {
  let found = 0;
  let before = 0;
  let unit = asciiAt(text, 0);
  for (let at = 0; at < text.length; at += 1) {
    const next = asciiAt(text, at + 1);
    const forwards = (beginnings[(unit << 7) | next] ?? 0) & ~(inWords[before] ?? 0);
    const backwards =
      (beginnings[(unit << 7) | before] ?? 0) & ~(inWords[next] ?? 0) & backwardsMask;
    const begun = (forwards | (backwards << backwardsShift)) & ~found;
    if (begun !== 0) found |= runsAt(text, at, begun);
    before = unit;
    unit = next;
  }
  return found;
}

function runsAt(text: string, at: number, begun: number): number {
  let found = 0;
  for (let number = 0; number < alphabets.length; number += 1) {
    const alphabet = alphabets[number];
    if (alphabet === undefined) continue;
    const bit = 1 << number;
    const bitBackwards = bit << backwardsShift;
    if ((begun & bit) !== 0 && isRun(text, at, 1, alphabet)) found |= bit;
    if (number <= 1 && (begun & bitBackwards) !== 0 && isRun(text, at, -1, alphabet))
      found |= bitBackwards;
  }
  return found;
}

/** 0, which is a letter of no alphabet, for whatever else stands there. */
function asciiAt(text: string, at: number): number {
  const unit = at < text.length ? text.charCodeAt(at) : 0;
  return unit < 0x80 ? unit : 0;
}
