/** Text that is written in letters of base64 or hexadecimal, in the numbers of its characters, or in characters that nobody sees. */
export interface EncodedRun {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Of a place in what it says, the place where it is written. */
  readonly placeOf: (at: number) => number;
  /** No program writes like this, and no person reads it. */
  readonly isInvisible: boolean;
}

/** Twelve bytes: what is shorter says nothing. */
const lettersMin = 16;
const block = new RegExp(
  `[A-Za-z0-9+/_-]{${lettersMin},}={0,2}(?:(?:\\r?\\n|\\\\r\\\\n|\\\\n)[ \\t>]{0,8}[A-Za-z0-9+/_-]{4,}={0,2})*`,
  'g',
);
const spacedHex =
  /(?<![0-9A-Za-z])(?:(?:0x)?[0-9A-Fa-f]{2}[ \t\r\n:,-]{1,2}){8,}(?:0x)?[0-9A-Fa-f]{2}(?![0-9A-Za-z])/g;
const decimals = /(?<!\d)(?:\d{2,3}[ \t\r\n,;]{1,3}){8,}\d{2,3}(?!\d)/g;
const tags = /[\u{e0020}-\u{e007e}]{2,}/gu;
const selectors = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]{4,}/gu;

export function encodedRuns(text: string): readonly EncodedRun[] {
  const runs: EncodedRun[] = [];
  for (const match of text.matchAll(block)) {
    const letters = lettersIn(match[0], match.index);
    runs.push(...decoded(letters, 6, base64Value));
    if (isHex(match[0])) runs.push(...decoded(letters, 4, hexValue));
  }
  for (const match of text.matchAll(spacedHex)) {
    const digits = lettersIn(match[0].replaceAll('0x', '  '), match.index);
    runs.push(...decoded(digits, 4, hexValue));
  }
  for (const match of text.matchAll(decimals)) runs.push(...byNumber(match[0], match.index));
  if (text.includes('\udb40') || /[\ufe00-\ufe0f]{4}/.test(text)) runs.push(...unseen(text));
  return runs;
}

interface Letters {
  readonly values: string;
  readonly places: Int32Array;
  readonly start: number;
  readonly end: number;
}

function lettersIn(written: string, start: number): Letters {
  const places = new Int32Array(written.length);
  let values = written;
  if (/[^A-Za-z0-9+/_-]/.test(written)) {
    values = '';
    let from = 0;
    for (const part of written.matchAll(/[A-Za-z0-9+/_-]+/g)) {
      // A line end that is written out isn't a letter.
      const skipped = values !== '' && written[part.index - 1] === '\\' ? 1 : 0;
      const letters = part[0].slice(skipped);
      for (let at = 0; at < letters.length; at += 1)
        places[from + at] = start + part.index + skipped + at;
      from += letters.length;
      values += letters;
    }
  } else for (let at = 0; at < written.length; at += 1) places[at] = start + at;
  return { values, places, start, end: start + written.length };
}

const utf8 = new TextDecoder();

/**
 * Read from each of the first letters: what stands before a run may look like a part of it, so that its bytes begin
 * anywhere. What is no text gives way to line ends, at which no pattern goes on.
 */
function decoded(
  { values, places, start, end }: Letters,
  bits: number,
  letterValue: (unit: number) => number,
): readonly EncodedRun[] {
  const runs: EncodedRun[] = [];
  const shifts = bits === 6 ? 4 : 2;
  for (let shift = 0; shift < shifts; shift += 1) {
    const bytes = bytesOf(values, shift, bits, letterValue);
    if (!isText(bytes)) continue;
    const text = utf8.decode(bytes);
    // Characters of several bytes only move the place a little.
    const scale = bytes.length / Math.max(1, text.length);
    const placeOf = (at: number) =>
      places[shift + Math.floor((at * scale * 8) / bits)] ?? places[values.length - 1] ?? start;
    runs.push({ start, end, text, placeOf, isInvisible: false });
  }
  return runs;
}

function bytesOf(
  values: string,
  shift: number,
  bits: number,
  letterValue: (unit: number) => number,
): Uint8Array {
  const bytes = new Uint8Array(Math.floor(((values.length - shift) * bits) / 8));
  let held = 0;
  let heldBits = 0;
  let length = 0;
  for (let at = shift; at < values.length; at += 1) {
    held = ((held << bits) | letterValue(values.charCodeAt(at))) & 0xffff;
    heldBits += bits;
    if (heldBits < 8) continue;
    heldBits -= 8;
    const byte = (held >>> heldBits) & 0xff;
    bytes[length] = byte < 0x20 || byte === 0x7f ? 0x0a : byte;
    length += 1;
  }
  return bytes;
}

/** So many in a row that are letters or blanks don't come out of anything else by chance. */
const textBytesMin = 10;

function isText(bytes: Uint8Array): boolean {
  let row = 0;
  for (const byte of bytes) {
    const small = byte | 0x20;
    const isTextual = (small >= 0x61 && small <= 0x7a) || byte >= 0x80 || isSign(byte);
    row = isTextual ? row + 1 : 0;
    if (row >= textBytesMin) return true;
  }
  return false;
}

function isSign(byte: number): boolean {
  return (byte >= 0x20 && byte <= 0x3f) || byte === 0x5f;
}

function base64Value(unit: number): number {
  if (unit >= 0x61) return unit - 0x47;
  if (unit >= 0x41) return unit === 0x5f ? 63 : unit - 0x41;
  if (unit >= 0x30) return unit + 4;
  return unit === 0x2b || unit === 0x2d ? 62 : 63;
}

function isHex(written: string): boolean {
  return /^[0-9A-Fa-f\s\\rn=>]+$/.test(written);
}

function hexValue(unit: number): number {
  return unit <= 0x39 ? unit - 0x30 : (unit | 0x20) - 0x57;
}

function byNumber(written: string, start: number): readonly EncodedRun[] {
  let text = '';
  const places: number[] = [];
  for (const number of written.matchAll(/\d+/g)) {
    const code = Number(number[0]);
    text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '\n';
    places.push(start + number.index);
  }
  const end = start + written.length;
  return [{ start, end, text, placeOf: (at) => places[at] ?? end, isInvisible: false }];
}

/** A flag of a region is a black flag and up to six tags. */
const flagTagsMax = 6;

function unseen(text: string): readonly EncodedRun[] {
  const runs: EncodedRun[] = [];
  for (const match of text.matchAll(tags)) {
    const isFlag = match[0].length <= 2 * flagTagsMax && text.startsWith('🏴', match.index - 2);
    if (!isFlag) runs.push(hidden(match, (point) => point - 0xe0000));
  }
  for (const match of text.matchAll(selectors)) {
    runs.push(hidden(match, (point) => (point >= 0xe0100 ? point - 0xe0100 + 16 : point - 0xfe00)));
  }
  return runs;
}

function hidden(match: RegExpExecArray, byteOf: (point: number) => number): EncodedRun {
  const bytes = Uint8Array.from(match[0], (character) => byteOf(character.codePointAt(0) ?? 0));
  const start = match.index;
  const end = start + match[0].length;
  return { start, end, text: utf8.decode(bytes), placeOf: () => start, isInvisible: true };
}
