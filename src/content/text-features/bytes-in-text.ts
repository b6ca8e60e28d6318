/**
 * Bytes written in letters: base64, base32, hexadecimal. A model writes a text so, and whoever receives it reads it.
 *
 * Ordinary words are in these alphabets too. Reading stops at the first byte that no text has, most often the first or
 * second, so looking for such runs costs little more than reading the text once.
 */

import type { Span } from './changed-parts.ts';

/** Between the lines or groups of a run; more would let blanks make the work quadratic. */
const gapMax = 16;

export interface Alphabet {
  /** Of an ASCII unit; or `none`, or `skipped`. */
  readonly values: Uint8Array;
  /** 1: a letter that is a part of the word before and behind it. */
  readonly inWords: Uint8Array;
  readonly bits: number;
  /** Fewer are ordinary words that decode by chance. */
  readonly lettersMin: number;
}

export const none = 255;
/** Stands within a run and means nothing: what breaks it into lines or groups. */
export const skipped = 254;
const padding = 0x3d;

/** Both alphabets, padded or not. */
export const base64: Alphabet = alphabetOf(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  6,
  8,
  ' \t\r\n=',
  '-_',
);

/** As host names carry bytes: case is lost there, and blanks can't be. */
export const base32: Alphabet = alphabetOf('abcdefghijklmnopqrstuvwxyz234567', 5, 10, '=.-');

/** `48656c6c6f`, `48 65 6c 6c 6f`, `48:65:6c`. */
export const hexadecimal: Alphabet = alphabetOf('0123456789abcdef', 4, 8, ' \t\r\n:,-');

/** @param others - other ways to write the last letters. */
function alphabetOf(
  letters: string,
  bits: number,
  lettersMin: number,
  breaks: string,
  others = '',
): Alphabet {
  const values = new Uint8Array(0x80).fill(none);
  for (let value = 0; value < letters.length; value += 1) {
    values[letters.charCodeAt(value)] = value;
    if (bits < 6) values[letters.toUpperCase().charCodeAt(value)] = value;
  }
  for (let at = 0; at < breaks.length; at += 1) values[breaks.charCodeAt(at)] = skipped;
  for (let at = 0; at < others.length; at += 1)
    values[others.charCodeAt(at)] = letters.length - others.length + at;
  const inWords = values.map((value, unit) => (value < skipped && !isSign(unit) ? 1 : 0));
  return { values, inWords, bits, lettersMin };
}

/** A text with what each run says in its place, and where that is. */
export interface RunsRead {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** Null: there is no such run. */
export function readRuns(text: string, alphabet: Alphabet): RunsRead | null {
  const { inWords } = alphabet;
  const spans: Span[] = [];
  let read = '';
  let shownUntil = 0;
  let inWord = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    const before = inWord;
    inWord = unit < 0x80 ? (inWords[unit] ?? 0) : 0;
    if (before === inWord || inWord === 0) continue;
    if (!mayBegin(unit, text.charCodeAt(at + 1), alphabet)) continue;
    const run = readRun(text, at, alphabet);
    if (run === null) continue;
    read += text.slice(shownUntil, at);
    spans.push({ start: read.length, end: read.length + run.text.length });
    read += run.text;
    shownUntil = run.end;
    at = run.end - 1;
    inWord = 0;
  }
  return shownUntil === 0 ? null : { text: read + text.slice(shownUntil), spans };
}

/** The same alphabet as ROT13 writes it. */
export function rotatedAlphabet({ values, inWords, bits, lettersMin }: Alphabet): Alphabet {
  const turned = (table: Uint8Array): Uint8Array =>
    table.map((own, unit) => {
      const lower = unit | 0x20;
      if (lower < 0x61 || lower > 0x7a) return own;
      return table[unit + (lower < 0x6e ? 13 : -13)] ?? own;
    });
  return { values: turned(values), inWords: turned(inWords), bits, lettersMin };
}

function valueIn(unit: number, alphabet: Alphabet): number {
  return unit < 0x80 ? (alphabet.values[unit] ?? none) : none;
}

/** Letters of base64 that stand before it in a URL: `/`, `-`, `_` and `+`. */
function isSign(unit: number): boolean {
  return unit === 0x2f || unit === 0x2d || unit === 0x5f || unit === 0x2b;
}

/** Whether the first byte of a run with these two letters may be one of a text; most words end here. */
export function mayBegin(firstUnit: number, secondUnit: number, alphabet: Alphabet): boolean {
  const second = valueIn(secondUnit, alphabet);
  if (second >= skipped) return second === skipped;
  const held = (valueIn(firstUnit, alphabet) << alphabet.bits) | second;
  return stillPending(0, (held >>> (2 * alphabet.bits - 8)) & 0xff) >= 0;
}

interface Run {
  readonly text: string;
  readonly end: number;
}

const utf8 = new TextDecoder();

/** From here on, as long as it is text. Measured first: of most words nothing has to be kept. */
function readRun(text: string, start: number, alphabet: Alphabet): Run | null {
  const measured = bytesFrom(text, start, 1, alphabet);
  if (measured.whole < bytesMin(alphabet)) return null;
  const bytes = new Uint8Array(measured.whole);
  const { end } = bytesFrom(text, start, 1, alphabet, { bytes });
  return { text: utf8.decode(bytes), end };
}

/** Whether `readRuns` would read what begins here; with a step of -1, of the text read backwards. */
export function isRun(text: string, start: number, step: 1 | -1, alphabet: Alphabet): boolean {
  const enough = bytesMin(alphabet);
  return bytesFrom(text, start, step, alphabet, { enough }).whole >= enough;
}

/** At least, whatever stands between them. */
export function lettersOfRun(alphabet: Alphabet): number {
  return Math.ceil((8 * bytesMin(alphabet)) / alphabet.bits);
}

/** Eight letters of base64 are six bytes, or five and padding. */
function bytesMin({ lettersMin, bits }: Alphabet): number {
  return Math.ceil((lettersMin * bits) / 8) - 1;
}

interface Wanted {
  readonly bytes?: Uint8Array;
  readonly enough?: number;
}

/** One at a time, and nobody else's: a word is measured more often than anything here. */
const measure = { whole: 0, end: 0 };

/** How many bytes of whole characters there are, if not `enough`, and where they end; what fits is written into `bytes`. */
function bytesFrom(
  text: string,
  start: number,
  step: 1 | -1,
  { values, bits }: Alphabet,
  { bytes, enough = Number.POSITIVE_INFINITY }: Wanted = {},
): { readonly whole: number; readonly end: number } {
  let count = 0;
  let held = 0;
  let heldBits = 0;
  let pending = 0;
  let gap = 0;
  measure.whole = 0;
  measure.end = start;
  for (let at = start; at >= 0 && at < text.length && gap <= gapMax; at += step) {
    const unit = text.charCodeAt(at);
    const value = unit < 0x80 ? (values[unit] ?? none) : none;
    if (value === none) break;
    if (value === skipped) {
      gap += 1;
      if (unit !== padding) continue;
      // What is left of the last letter is filling; what follows begins anew.
      heldBits = 0;
      if (measure.end === at) measure.end = at + 1;
      continue;
    }
    gap = 0;
    held = ((held << bits) | value) & 0xffff;
    heldBits += bits;
    if (heldBits < 8) continue;
    heldBits -= 8;
    const byte = (held >>> heldBits) & 0xff;
    pending = stillPending(pending, byte);
    if (pending < 0) break;
    if (bytes !== undefined && count < bytes.length) bytes[count] = byte;
    count += 1;
    if (pending > 0) continue;
    measure.whole = count;
    measure.end = at + 1;
    if (count >= enough) break;
  }
  return measure;
}

/** How many bytes of a character are still to come after this one; -1: no text has it there. */
function stillPending(pending: number, byte: number): number {
  if (pending > 0) return (byte & 0xc0) === 0x80 ? pending - 1 : -1;
  if (byte < 0x80) return (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d) ? 0 : -1;
  if (byte < 0xc2 || byte > 0xf4) return -1;
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
}
