/**
 * What letters of base64 or hexadecimal say, as far as it is text. Unlike `text-features/bytes-in-text.ts`, which only
 * compares, it keeps which letter says what: a sighting has to stand where the letters do.
 */

export interface Alphabet {
  readonly bits: number;
  /** Bytes may begin at so many of the first letters. */
  readonly shifts: number;
  readonly values: Uint8Array;
}

export const sixBits: Alphabet = alphabetOf(
  6,
  4,
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  '-_',
);
export const hexDigits: Alphabet = alphabetOf(4, 2, '0123456789abcdef', 'ABCDEF');

/** @param others - other ways to write the last letters. */
function alphabetOf(bits: number, shifts: number, letters: string, others: string): Alphabet {
  const values = new Uint8Array(0x80);
  for (let at = 0; at < letters.length; at += 1) values[letters.charCodeAt(at)] = at;
  for (let at = 0; at < others.length; at += 1) {
    values[others.charCodeAt(at)] = letters.length - others.length + at;
  }
  return { bits, shifts, values };
}

/** Fewer in a row come out of anything by chance. */
const textBytesMin = 10;
const utf8 = new TextDecoder();

export interface BytesInLetters {
  /** Rows of text, a line each; empty: there is none. */
  readonly text: string;
  /** Which of the letters says what stands at a place of the text; nearly, among letters beyond ASCII. */
  readonly letterOf: (at: number) => number;
}

/**
 * @param shift - of the first letter that counts: what stands before a run may look like a part of it, so that its bytes
 *   can begin at any of the first few.
 */
export function bytesIn(
  letters: string,
  shift: number,
  { bits, values }: Alphabet,
): BytesInLetters {
  const bytes = new Uint8Array(Math.ceil(((letters.length - shift) * bits) / 8) + 1);
  const letterAt = new Int32Array(bytes.length);
  let length = 0;
  let rowStart = 0;
  let pending = 0;
  let held = 0;
  let heldBits = 0;
  for (let at = shift; at < letters.length; at += 1) {
    held = ((held << bits) | (values[letters.charCodeAt(at)] ?? 0)) & 0xffff;
    heldBits += bits;
    if (heldBits < 8) continue;
    heldBits -= 8;
    const byte = (held >>> heldBits) & 0xff;
    const before = pending;
    pending = stillPending(before, byte);
    // Half a character may stand before a whole one.
    if (pending < 0 && before > 0) pending = stillPending(0, byte);
    if (pending >= 0) {
      bytes[length] = byte;
      letterAt[length] = at;
      length += 1;
      continue;
    }
    // What was too short to be text goes again; the rest becomes a line.
    pending = 0;
    if (length - rowStart < textBytesMin) length = rowStart;
    else {
      bytes[length] = 0x0a;
      letterAt[length] = at;
      length += 1;
      rowStart = length;
    }
  }
  if (length - rowStart < textBytesMin) length = rowStart;
  const text = utf8.decode(bytes.subarray(0, length));
  const scale = length / Math.max(1, text.length);
  return { text, letterOf: (at) => letterAt[Math.floor(at * scale)] ?? letters.length - 1 };
}

/** How many bytes of a character are still to come after this one; -1: no text has it there. */
function stillPending(pending: number, byte: number): number {
  if (pending > 0) return (byte & 0xc0) === 0x80 ? pending - 1 : -1;
  if (byte < 0x80) return (byte >= 0x20 && byte < 0x7f) || (byte >= 0x09 && byte <= 0x0d) ? 0 : -1;
  if (byte < 0xc2 || byte > 0xf4) return -1;
  return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
}
