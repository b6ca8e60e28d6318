import { foldCase } from '../../content/fold-case.ts';
import type { Lexicon } from './lexicon.ts';
import type { Quote } from './quotes.ts';

/** A longer name is a text. */
const nameUnitsMax = 1_000;
const letterNameUnitsMin = 3;
const digitNameUnitsMin = 5;

/** Compatibility forms, case and punctuation folded: `Client-Meeting_minutes` is `client meeting minutes`. */
export function foldWords(text: string): string {
  return foldCase(text.normalize('NFKC'))
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/**
 * Whether a record's name occurs in the request. Whoever writes a record chooses its name, so one that any request
 * holds ("the meeting", "7") names nothing, unless the request quotes it.
 */
export function namesOf(
  text: string,
  quotes: readonly Quote[],
  lexicon: Lexicon | null,
): (name: string) => boolean {
  const request = ` ${foldWords(text)} `;
  const quoted = new Set(quotes.map((quote) => foldWords(withoutExtension(quote.value))));
  return (name) => {
    if (name.length > nameUnitsMax) return false;
    const words = foldWords(withoutExtension(name));
    if (words === '') return false;
    if (quoted.has(words)) return true;
    return request.includes(` ${words} `) && isDistinct(words, lexicon);
  };
}

export function withoutExtension(name: string): string {
  return name.replace(/(?<=[^\s.])\.\p{L}[\p{L}\p{N}]{0,4}$/u, '');
}

function isDistinct(name: string, lexicon: Lexicon | null): boolean {
  if (/^[\p{N} ]+$/u.test(name)) return name.replaceAll(' ', '').length >= digitNameUnitsMin;
  if (name.length < letterNameUnitsMin) return false;
  // Without a language's words, one word can't be told from the ordinary.
  if (lexicon === null) return name.includes(' ');
  return name.split(' ').some((word) => !isGeneric(word, lexicon));
}

/** A word that requests hold whatever they are about. */
function isGeneric(word: string, lexicon: Lexicon): boolean {
  return (
    word.length === 1 ||
    /^\p{N}{1,4}$/u.test(word) ||
    lexicon.stopWords.has(word) ||
    lexicon.acting.has(word) ||
    lexicon.answering.has(word) ||
    lexicon.nouns.has(word)
  );
}
