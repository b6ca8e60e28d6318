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
  lettersOfRun,
  mayBegin,
  none,
  rotatedAlphabet,
  skipped,
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

/** In the order of `runs`. */
const ways: readonly { readonly alphabet: Alphabet; readonly step: 1 | -1 }[] = [
  ...alphabets.map((alphabet) => ({ alphabet, step: 1 as const })),
  { alphabet: base64, step: -1 },
  { alphabet: hexadecimal, step: -1 },
];
const always = runs.base64 | runs['base64 rotated'];
const hexadecimalLettersMin = lettersOfRun(hexadecimal);
const base32LettersMin = lettersOfRun(base32);

/** Of each ASCII unit, of which alphabets it is a letter, and, in the higher bits, in whose runs it can't stand. */
const stretches = Uint16Array.from({ length: 0x80 }, (_, unit) => {
  let bits = 0;
  for (const [number, { values }] of alphabets.entries()) {
    const value = values[unit] ?? none;
    if (value < skipped) bits |= 1 << number;
    if (value === none) bits |= 0x100 << number;
  }
  return bits;
});

/** In which of `runs` the text has one. */
export function runsIn(text: string): number {
  const possible = possibleIn(text);
  const possibleBackwards = possible & backwardsMask;
  let found = 0;
  let before = 0;
  let unit = asciiAt(text, 0);
  for (let at = 0; at < text.length; at += 1) {
    const next = asciiAt(text, at + 1);
    const forwards = (beginnings[(unit << 7) | next] ?? 0) & ~(inWords[before] ?? 0) & possible;
    const backwards =
      (beginnings[(unit << 7) | before] ?? 0) & ~(inWords[next] ?? 0) & possibleBackwards;
    let begun = (forwards | (backwards << backwardsShift)) & ~found;
    while (begun !== 0) {
      const bit = begun & -begun;
      begun ^= bit;
      const way = ways[31 - Math.clz32(bit)];
      if (way !== undefined && isRun(text, at, way.step, way.alphabet)) found |= bit;
    }
    before = unit;
    unit = next;
  }
  return found;
}

/** Words and blanks of prose hardly ever have enough letters side by side for any but base64. */
function possibleIn(text: string): number {
  let possible = always;
  let hexadecimals = 0;
  let base32s = 0;
  let rotated = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const bits = unit < 0x80 ? (stretches[unit] ?? 0) : 0x1f00;
    hexadecimals = (bits & 0x200) !== 0 ? 0 : hexadecimals + ((bits >>> 1) & 1);
    base32s = (bits & 0x400) !== 0 ? 0 : base32s + ((bits >>> 2) & 1);
    rotated = (bits & 0x1000) !== 0 ? 0 : rotated + ((bits >>> 4) & 1);
    if (hexadecimals >= hexadecimalLettersMin) possible |= runs.hexadecimal;
    if (base32s >= base32LettersMin) possible |= runs.base32;
    if (rotated >= hexadecimalLettersMin) possible |= runs['hexadecimal rotated'];
  }
  return possible;
}

/** 0, which is a letter of no alphabet, for whatever else stands there. */
function asciiAt(text: string, at: number): number {
  const unit = at < text.length ? text.charCodeAt(at) : 0;
  return unit < 0x80 ? unit : 0;
}
