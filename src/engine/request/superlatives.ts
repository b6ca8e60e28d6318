import type { Measure } from './language.ts';
import type { Lexicon } from './lexicon.ts';
import type { Token } from './tokens.ts';

/** "the largest file": the request leaves the choice to an order. */
export interface RequestSuperlative {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly direction: 'max' | 'min';
  /** By what, where the word says it; null: "the highest". */
  readonly measure: Measure | null;
  /** Objects that the noun after it may mean; empty: the request names none. */
  readonly of: readonly string[];
}

const nounDistanceMax = 4;

export function superlativesOf(
  text: string,
  tokens: readonly Token[],
  lexicon: Lexicon,
): readonly RequestSuperlative[] {
  const { superlatives, comparisons, measures } = lexicon.language;
  const found: RequestSuperlative[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.type !== 'word') continue;
    const next = tokens[at + 1];
    const after = nounAfter(tokens, at + 1, lexicon);
    const direction = own(comparisons, token.fold);
    const measure = own(measures, next?.fold ?? '');
    if (direction !== undefined && measure !== undefined && next !== undefined) {
      found.push(made(token, next, direction, measure, after.objects));
      continue;
    }
    const word = own(superlatives, token.fold);
    if (word === undefined) continue;
    // "First, find it", "last week": an order of steps, a time.
    const ordinal = lexicon.is('ordinals', token.fold);
    if (ordinal && (!after.direct || lexicon.is('afterOrdinal', next?.fold))) continue;
    found.push(made(token, token, word.direction, word.measure, after.objects));
  }
  return found;

  function made(
    first: Token,
    last: Token,
    direction: 'max' | 'min',
    measure: Measure | null,
    of: readonly string[],
  ): RequestSuperlative {
    const { start } = first;
    const { end } = last;
    return Object.freeze({ text: text.slice(start, end), start, end, direction, measure, of });
  }
}

function nounAfter(
  tokens: readonly Token[],
  from: number,
  lexicon: Lexicon,
): { objects: readonly string[]; direct: boolean } {
  for (let at = from; at < from + nounDistanceMax; at += 1) {
    const token = tokens[at];
    if (token === undefined || (token.type !== 'word' && token.type !== 'number')) break;
    const noun = lexicon.nouns
      .get(token.fold)
      ?.find((phrase) => phrase.words.every((word, by) => tokens[at + by]?.fold === word));
    if (noun !== undefined)
      return { objects: Object.freeze([...noun.objects]), direct: at - from < 2 };
    if (lexicon.is('relativeDays', token.fold) || lexicon.is('sources', token.fold)) break;
  }
  return { objects: [], direct: lexicon.is('pronouns', tokens[from]?.fold) };
}

function own<Value>(record: { readonly [key: string]: Value }, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
