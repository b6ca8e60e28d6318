import { foldCase } from '../../content/fold-case.ts';
import {
  containsWhole,
  mayContainWhole,
  runsOf,
} from '../../content/values-in-text/whole-token.ts';
import type { Lexicon } from './lexicon.ts';
import type { Quote } from './quotes.ts';
import { identifierForm, type Token } from './tokens.ts';

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
  const request = ` ${foldWords(text.replace(extensions, ' '))} `;
  const quoted = new Set(quotes.map((quote) => foldWords(withoutExtension(quote.value))));
  const folded = foldCase(text.normalize('NFKC'));
  // A call may have thousands of values, and a request tens of thousands of letters.
  const runs = runsOf(folded);
  const requestWords = new Set(request.split(' '));
  return (name) => {
    if (name.length > nameUnitsMax) return false;
    const words = foldWords(withoutExtension(name));
    if (words === '') return false;
    if (quoted.has(words)) return true;
    const whole = foldCase(name.normalize('NFKC'));
    if (isIdentifying(whole) && mayContainWhole(runs, whole) && containsWhole(folded, whole))
      return true;
    return (
      words.split(' ').every((word) => requestWords.has(word)) &&
      request.includes(` ${words} `) &&
      isDistinct(words, lexicon)
    );
  };
}

/**
 * "Post it in release": an ordinary word where only a name can stand, without an article and alone. Good enough for an id,
 * which nobody but its maker chooses; what a record is merely called has to be distinct.
 */
export function bareNamesOf(tokens: readonly Token[], lexicon: Lexicon): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [at, { type, fold }] of tokens.entries()) {
    if (type !== 'word' || fold.length < letterNameUnitsMin || lexicon.stopWords.has(fold))
      continue;
    const next = tokens[at + 1];
    const alone =
      next === undefined ||
      next.type === 'stop' ||
      next.type === 'mark' ||
      lexicon.is('coordinators', next.fold) ||
      lexicon.is('targets', next.fold) ||
      lexicon.is('sources', next.fold) ||
      lexicon.is('please', next.fold) ||
      lexicon.begins('obligations', tokens, at + 1) > 0;
    if (alone && mayBeName(tokens, at, names, lexicon)) names.add(fold);
  }
  return names;
}

/** After a preposition, or joined to a name: "in release and design". */
function mayBeName(
  tokens: readonly Token[],
  at: number,
  names: ReadonlySet<string>,
  lexicon: Lexicon,
): boolean {
  const before = tokens[at - 1];
  if (lexicon.is('beforeNames', before?.fold)) return true;
  const joined = before?.type === 'mark' || lexicon.is('coordinators', before?.fold);
  return joined && names.has(tokens[at - 2]?.fold ?? '');
}

const extensions = /(?<=[^\s.])\.\p{L}[\p{L}\p{N}]{0,4}(?![\p{L}\p{N}])/gu;

export function withoutExtension(name: string): string {
  return name.replace(/(?:^|(?<=[^\s.]))\.\p{L}[\p{L}\p{N}]{0,4}$/u, '');
}

/**
 * `bill-march.txt`, `T-512`: whoever writes it out so speaks of nothing else, however common its words are.
 */
function isIdentifying(name: string): boolean {
  return fileForm.test(name) || identifierForm.test(name);
}

const fileForm = /^[^\s/\\]{2,}\.\p{L}[\p{L}\p{N}]{0,4}$/u;

/** Whether a name is more than words that requests hold whatever they are about. */
function isDistinct(name: string, lexicon: Lexicon | null): boolean {
  if (/^[\p{N} ]+$/u.test(name)) return name.replaceAll(' ', '').length >= digitNameUnitsMin;
  if (name.length < letterNameUnitsMin) return false;
  const words = name.split(' ');
  // Without a language's words, one word can't be told from the ordinary.
  if (lexicon === null) return words.length > 1;
  const nouns: ReadonlySet<string>[] = [];
  for (const word of words) {
    const objects = objectsOf(word, lexicon);
    if (objects !== null) nouns.push(objects);
    else if (!isCommon(word, lexicon)) return true;
  }
  // "Calendar event" is one thing said twice; "client meeting minutes" is a name.
  const [first, ...rest] = nouns;
  if (first === undefined || rest.length === 0 || isOneNoun(words, lexicon)) return false;
  return ![...first].some((object) => rest.every((objects) => objects.has(object)));
}

function isCommon(word: string, lexicon: Lexicon): boolean {
  return (
    word.length === 1 ||
    /^\p{N}{1,4}$/u.test(word) ||
    lexicon.stopWords.has(word) ||
    lexicon.is('commonNouns', word) ||
    lexicon.acting.has(word) ||
    lexicon.answering.has(word)
  );
}

function objectsOf(word: string, lexicon: Lexicon): ReadonlySet<string> | null {
  const noun = lexicon.nouns.get(word)?.find((phrase) => phrase.words.length === 1);
  return noun === undefined ? null : new Set(noun.objects);
}

/** "Email address": one noun of the language, of several words. */
function isOneNoun(words: readonly string[], lexicon: Lexicon): boolean {
  const phrases = lexicon.nouns.get(words[0] ?? '') ?? [];
  return phrases.some((phrase) => phrase.words.join(' ') === words.join(' '));
}
