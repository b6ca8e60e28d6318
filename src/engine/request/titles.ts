import type { Lexicon } from './lexicon.ts';
import { foldWords } from './names.ts';
import type { Token } from './tokens.ts';

/** A quoted value of the request. */
export interface Title {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  /** The request says that it is a title or name: `titled "…"`. */
  readonly bound: boolean;
  /** What it is the title of, where the request says so; null: anything's. */
  readonly object: string | null;
}

export type TitleFit =
  /** It equals a title that the request quotes. */
  | 'quoted'
  /** The request quotes none, and has more than half of its content words. */
  | 'words'
  | 'no';

const linkWordsMax = 6;
const titleUnitsMax = 2_000;

export function titlesOf(tokens: readonly Token[], lexicon: Lexicon): readonly Title[] {
  return tokens.flatMap((token, at) => {
    if (token.type !== 'quote') return [];
    const word = titleWordBefore(tokens, at, lexicon);
    return [
      Object.freeze({
        value: token.fold,
        start: token.start,
        end: token.end,
        bound: word >= 0,
        object: word < 0 ? null : objectOf(tokens, word, lexicon),
      }),
    ];
  });
}

/** The place of "titled" or "subject" before a quote, with nothing between but "should be" and the like. */
function titleWordBefore(tokens: readonly Token[], quote: number, lexicon: Lexicon): number {
  for (let at = quote - 1; at >= Math.max(0, quote - linkWordsMax); at -= 1) {
    const word = tokens[at]?.fold;
    if (lexicon.is('titleWords', word)) return at;
    if (!lexicon.is('titleLinks', word)) return -1;
  }
  return -1;
}

/** "the *event* title", "the title of the *event*", "an *event* called": the nearest noun of an object. */
function objectOf(tokens: readonly Token[], word: number, lexicon: Lexicon): string | null {
  const { titleObjects } = lexicon.language;
  const name = tokens[word]?.fold ?? '';
  if (Object.hasOwn(titleObjects, name)) return titleObjects[name] ?? null;
  for (let distance = 1; distance <= linkWordsMax; distance += 1) {
    for (const at of [word - distance, word + distance]) {
      const token = tokens[at];
      if (token === undefined || token.type === 'stop' || token.type === 'quote') continue;
      const noun = lexicon.nouns.get(token.fold)?.find((phrase) => phrase.words.length === 1);
      if (noun !== undefined) return noun.objects[0] ?? null;
    }
    if (tokens[word - distance]?.type === 'stop') break;
  }
  return null;
}

/**
 * Whether a call's title is the request's. With titles quoted for this object it must equal one of them; without, the
 * request must have most of its words.
 */
export function titleFitOf(
  text: string,
  titles: readonly Title[],
  lexicon: Lexicon,
): (title: string, object?: string | null) => TitleFit {
  const words = new Set(foldWords(text).split(' ').map(stem));
  return (title, object) => {
    if (title.length > titleUnitsMax) return 'no';
    if (titles.some((quoted) => matches(quoted.value, title))) return 'quoted';
    const bound = titles.some(
      (quoted) => quoted.bound && (!object || quoted.object === null || quoted.object === object),
    );
    if (bound) return 'no';
    const content = foldWords(title)
      .split(' ')
      .filter((word) => word !== '' && !lexicon.stopWords.has(word));
    const present = content.filter((word) => words.has(stem(word))).length;
    return present * 2 > content.length ? 'words' : 'no';
  };
}

/** One word's singular and plural are the same word here. */
function stem(word: string): string {
  return word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word;
}

const placeholder = /\{[^{}]{1,100}\}/u;

/** Equal but for case, spaces and end punctuation, where `{name}` in the quoted title stands for anything but nothing. */
function matches(quoted: string, title: string): boolean {
  const parts = quoted.split(placeholder).map(foldTitle);
  const whole = foldTitle(title).trim();
  const last = parts.length - 1;
  if (last === 0) return withoutEnd(parts[0] ?? '') === withoutEnd(whole) && whole !== '';
  const head = (parts[0] ?? '').trimStart();
  const tail = withoutEnd(parts[last] ?? '');
  const body = withoutEnd(whole);
  if (!body.startsWith(head) || !body.endsWith(tail)) return false;
  let at = head.length;
  const end = body.length - tail.length;
  for (const part of parts.slice(1, last)) {
    const found = body.indexOf(part, at + 1);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return at < end;
}

function foldTitle(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ');
}

function withoutEnd(text: string): string {
  return text.trim().replace(/[\s.!?,;:]{1,100}$/u, '');
}
