import { isHighSurrogate, isLowSurrogate } from '../utf8.ts';
import { type Alphabet, base32, base64, hexadecimal, readRuns } from './bytes-in-text.ts';
import { fromCodes } from './character-codes.ts';
import { numbersFromWords } from './number-words.ts';
import { plainText } from './plain-text.ts';

/** How a text can be read so that it says something else. Whoever receives it can undo each of these by hand. */
export type Decoding =
  | 'escapes'
  | 'base64'
  | 'base32'
  | 'hexadecimal'
  | 'character codes'
  | 'hidden characters'
  | 'spaced letters'
  | 'broken words'
  | 'number words'
  | 'ROT13'
  | 'letters reversed'
  | 'words reversed';

/** What the text says when it is read that way; null: it can't be. */
export type Decoder = (text: string) => string | null;

const decoders: ReadonlyMap<Decoding, Decoder> = new Map<Decoding, Decoder>([
  ['escapes', changed(plainText)],
  ['base64', (text) => readRuns(text, base64)?.text ?? null],
  ['base32', (text) => readRuns(text, base32)?.text ?? null],
  ['hexadecimal', (text) => readRuns(text, hexadecimal)?.text ?? null],
  ['character codes', changed(fromCodes)],
  ['number words', numbersFromWords],
  ['spaced letters', changed(spacedJoined)],
  ['broken words', changed(brokenJoined)],
  ['ROT13', changed(rotated)],
  ['letters reversed', changed(lettersReversed)],
  ['words reversed', changed(wordsReversed)],
]);

/** Of those that read runs of letters, and leave everything else as it is. */
export const alphabetOf: ReadonlyMap<Decoding, Alphabet> = new Map<Decoding, Alphabet>([
  ['base64', base64],
  ['base32', base32],
  ['hexadecimal', hexadecimal],
]);

/** What a text can be under each; those that change nothing of one another in either order stand once. */
const beneath: ReadonlyMap<Decoding, readonly Decoding[]> = new Map<Decoding, readonly Decoding[]>([
  ['ROT13', ['base64', 'hexadecimal', 'number words', 'words reversed']],
  ['letters reversed', ['base64', 'hexadecimal', 'number words', 'ROT13', 'words reversed']],
  ['words reversed', ['number words']],
  ['spaced letters', ['base64', 'hexadecimal', 'number words', 'ROT13', 'letters reversed']],
  ['broken words', []],
  ['number words', ['letters reversed']],
]);

const decodersUnder: ReadonlyMap<Decoding, ReadonlyMap<Decoding, Decoder>> = new Map(
  [...beneath].map(([last, possible]) => [
    last,
    new Map([...decoders].filter(([decoding]) => possible.includes(decoding))),
  ]),
);

/** Each decoding that a text may be read by; what came out of bytes may be written in any way. */
export function decodersBeneath(last: Decoding | undefined): ReadonlyMap<Decoding, Decoder> {
  return (last === undefined ? undefined : decodersUnder.get(last)) ?? decoders;
}

/** Whether there are words to be put in another order. */
export function hasWords(text: string): boolean {
  return /\S\s+\S/.test(text);
}

function changed(read: (text: string) => string): Decoder {
  return (text) => {
    const other = read(text);
    return other === text ? null : other;
  };
}

const between = '[ \\t\\r\\n._*|~·,;/\\\\-]{1,2}';
const singles = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:[\\p{L}\\p{N}]${between}){2,}[\\p{L}\\p{N}](?![\\p{L}\\p{N}])`,
  'gu',
);
const breaks = /(?<=\p{L})(?:[-_.*|~·/\\+]{1,2}|-\r?\n)(?=\p{L})/gu;

/** `p a s s`, `4-1-1-1`. */
function spacedJoined(text: string): string {
  return text.replace(singles, (letters) => letters.replace(/[^\p{L}\p{N}]+/gu, ''));
}

/** `con.fid.ential`, or hyphenated at the ends of lines. */
function brokenJoined(text: string): string {
  return text.replace(breaks, '');
}

function rotated(text: string): string {
  return rewritten(text, rotatedUnit);
}

export function rotatedUnit(unit: number): number {
  const lower = unit | 0x20;
  if (lower < 0x61 || lower > 0x7a || unit > 0x7f) return unit;
  return unit + (lower < 0x6e ? 13 : -13);
}

function lettersReversed(text: string): string {
  const units = unitsFor(text);
  for (let at = 0; at < units.length; at += 1) {
    const unit = text.charCodeAt(at);
    const to = units.length - 1 - at;
    // The halves of a pair keep their order.
    if (isLowSurrogate(unit) && at > 0 && isHighSurrogate(text.charCodeAt(at - 1))) {
      units[to] = text.charCodeAt(at - 1);
      units[to + 1] = unit;
    } else units[to] = unit;
  }
  return textOf(units);
}

function rewritten(text: string, unitFor: (unit: number) => number): string {
  const units = unitsFor(text);
  for (let at = 0; at < units.length; at += 1) units[at] = unitFor(text.charCodeAt(at));
  return textOf(units);
}

const utf8 = new TextDecoder();
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });

/** A text of one byte a letter is read twice as fast by whatever comes next. */
function unitsFor(text: string): Uint8Array | Uint16Array {
  return /[^\0-\x7f]/.test(text) ? new Uint16Array(text.length) : new Uint8Array(text.length);
}

function textOf(units: Uint8Array | Uint16Array): string {
  return (units instanceof Uint8Array ? utf8 : utf16).decode(units);
}

function wordsReversed(text: string): string {
  let read = '';
  let end = text.length;
  for (let at = text.length - 1; at >= -1; at -= 1) {
    if (at >= 0 && !isBlank(text.charCodeAt(at))) continue;
    if (end > at + 1) read += read === '' ? text.slice(at + 1, end) : ` ${text.slice(at + 1, end)}`;
    end = at;
  }
  return read;
}

/** Between the words that are put in another order. */
export function isBlank(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || unit === 0xa0 || unit === 0x3000;
}
