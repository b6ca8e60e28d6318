import { base32, base64, hexadecimal, readRuns } from './bytes-in-text.ts';
import { numbersFromWords } from './number-words.ts';
import { plainText } from './plain-text.ts';

/** How a text can be read so that it says something else. Whoever receives it can undo each of these by hand. */
export type Decoding =
  | 'escapes'
  | 'base64'
  | 'base32'
  | 'hexadecimal'
  | 'spaced letters'
  | 'number words'
  | 'ROT13'
  | 'letters reversed'
  | 'words reversed';

/** What the text says when it is read that way; null: it can't be. */
export type Decoder = (text: string) => string | null;

/** A text shows whether it is written so. */
export const recognisable: ReadonlyMap<Decoding, Decoder> = new Map<Decoding, Decoder>([
  ['escapes', changed(plainText)],
  ['base64', (text) => readRuns(text, base64)],
  ['base32', (text) => readRuns(text, base32)],
  ['hexadecimal', (text) => readRuns(text, hexadecimal)],
  ['spaced letters', changed(joined)],
  ['number words', numbersFromWords],
]);

/** Any text can be read so. */
export const alwaysPossible: ReadonlyMap<Decoding, Decoder> = new Map<Decoding, Decoder>([
  ['ROT13', changed(rotated)],
  ['letters reversed', changed(lettersReversed)],
  ['words reversed', changed(wordsReversed)],
]);

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

/** `p a s s`, `4-1-1-1`, `con.fid.ential`. */
function joined(text: string): string {
  return text
    .replace(singles, (letters) => letters.replace(/[^\p{L}\p{N}]+/gu, ''))
    .replace(breaks, '');
}

function rotated(text: string): string {
  return text.replace(/[A-Za-z]+/g, (letters) => {
    let read = '';
    for (let at = 0; at < letters.length; at += 1) {
      const unit = letters.charCodeAt(at);
      const first = unit & 0x60;
      read += String.fromCharCode(first + 1 + ((unit - first + 12) % 26));
    }
    return read;
  });
}

function lettersReversed(text: string): string {
  let read = '';
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const unit = text.charCodeAt(at);
    const before = text.charCodeAt(at - 1);
    if (unit >= 0xdc00 && unit <= 0xdfff && before >= 0xd800 && before <= 0xdbff) {
      at -= 1;
      read += text.slice(at, at + 2);
    } else read += text[at] ?? '';
  }
  return read;
}

function wordsReversed(text: string): string {
  return text.split(/\s+/).reverse().join(' ');
}
