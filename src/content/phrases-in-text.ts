/**
 * Whole words and phrases in a text, as a reader sees them: in any case, whatever signs stand between the words, and however
 * the letters are disguised. Nothing is looked for inside of a word: `reconfidentially` isn't CONFIDENTIAL.
 */
import { type Decoding, decodersBeneath } from './text-features/decodings.ts';
import {
  dropped,
  isPairedLetter,
  letterOf,
  separator,
  unspacedWeight,
} from './text-features/letters.ts';
import { plainText } from './text-features/plain-text.ts';

/** In which whoever writes a phrase can hide it, and whoever reads it sees it all the same; backwards, too. */
const disguises: readonly Decoding[] = ['base64', 'hexadecimal', 'spaced letters', 'broken words'];

const tags = /<[^<>]{0,512}>/g;

/** A text in every way that it is looked at, once for as many lists as there are. */
export interface ReadText {
  readonly text: string;
  /** Of each reading the words, between blanks. */
  readonly readings: readonly string[];
}

export function readWords(text: string): ReadText {
  const plain = plainText(text);
  const readings = [plain];
  if (plain.includes('<')) readings.push(plain.replace(tags, ''));
  const decoders = decodersBeneath(undefined);
  for (const disguise of disguises) {
    const read = decoders.get(disguise)?.(plain) ?? null;
    if (read !== null) readings.push(read);
  }
  return { text, readings: readings.map(wordsOf) };
}

export class Phrases {
  readonly #phrases: readonly {
    readonly written: string;
    readonly words: string;
    readonly backwards: string;
  }[];

  constructor(phrases: readonly string[]) {
    this.#phrases = phrases.map((written) => {
      const words = wordsOf(plainText(written));
      return { written, words, backwards: Array.from(words).reverse().join('') };
    });
  }

  /** As they were written in the list, each once and in its order. Linear in the text, for each of them. */
  in({ text, readings }: ReadText): readonly string[] {
    return this.#phrases
      .filter(({ written, words, backwards }) =>
        // Made of signs alone (`***`), it stands for itself.
        words === ' '
          ? text.includes(written)
          : readings.some((one) => one.includes(words) || one.includes(backwards)),
      )
      .map(({ written }) => written);
  }
}

const beyondAscii = /[^\0-\x7f]/;
const droppedAscii = /['\0-\x08\x0e-\x1f\x7f]+/g;
const blank = 0x20;
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true });

/** Its words, each between blanks. Where a script writes no blanks, every letter is a word. */
function wordsOf(text: string): string {
  if (!beyondAscii.test(text)) {
    return ` ${text} `
      .toLowerCase()
      .replace(droppedAscii, '')
      .replace(/[^a-z0-9]+/g, ' ');
  }
  const units = new Uint16Array(3 * text.length + 2);
  let length = 0;
  const part = (): void => {
    if (units[length - 1] !== blank) units[length++] = blank;
  };
  part();
  for (let at = 0; at < text.length; at += 1) {
    const letter = letterOf(text.charCodeAt(at));
    if (letter === dropped) continue;
    const isPair = letter >= 0xd800 && letter <= 0xdfff;
    if (letter === separator || (isPair && !isPairedLetter(text, at))) {
      part();
      continue;
    }
    const isAlone = unspacedWeight(letter) > 0;
    if (isAlone) part();
    units[length++] = letter;
    if (isPair) units[length++] = text.charCodeAt(++at);
    if (isAlone) part();
  }
  part();
  return utf16.decode(units.subarray(0, length));
}
