import { foldCase } from '../../content/fold-case.ts';
import { type Clause, clausesOf } from './clauses.ts';
import { type Day, dateFitOf, datesOf, type RequestDates } from './dates.ts';
import { type Delegation, delegationOf } from './delegation.ts';
import { type ActionWords, intentOf } from './intent.ts';
import { isInLanguage } from './language-of.ts';
import { languages } from './languages.ts';
import { byFirstWord, type Lexicon, lexiconOf } from './lexicon.ts';
import { bareNamesOf, namesOf } from './names.ts';
import { quotesOf } from './quotes.ts';
import { readingOf } from './reading.ts';
import { type RequestSuperlative, superlativesOf } from './superlatives.ts';
import { type Title, type TitleFit, titleFitOf, titlesOf } from './titles.ts';
import { type Token, tokenise } from './tokens.ts';

/** What follows stays unread: it asks for nothing, and a request with more is never read-only. */
export const requestUnitsMax = 65_536;

/** What a trusted request asks for. A pure function of its text and the policy's words, and frozen. */
export interface Understanding {
  /** BCP 47; null: a language without a file. Then nothing is asked for, and nothing is known to be unasked. */
  readonly language: string | null;
  readonly clauses: readonly Clause[];
  /** Understood as wanting answers alone: every clause is a question, asks to be shown something, or only tells. */
  readonly readOnly: boolean;
  /** Whether a question or a command was recognised at all; without one the request speaks against nothing. */
  readonly recognised: boolean;
  readonly titles: readonly Title[];
  readonly dates: RequestDates;
  readonly superlatives: readonly RequestSuperlative[];
  readonly delegation: Delegation | null;
  /** The clause that asks for the action, on the object where one is given; else on what the operation's name tells. */
  readonly asksFor: (action: string, object?: string | null, operation?: string) => Clause | null;
  /** Whether the name of a record occurs in the request. */
  readonly names: (name: string) => boolean;
  /** Whether it says an id as the name of something, however ordinary the word. */
  readonly callsBare: (id: string) => boolean;
  readonly titleFits: (title: string, object?: string | null) => TitleFit;
  readonly dateFits: (day: Day) => boolean | null;
}

export function understand(request: string, words: ActionWords): Understanding {
  const text = request.slice(0, requestUnitsMax);
  const quotes = quotesOf(text);
  for (const language of languages) {
    const lexicon = withWords(lexiconOf(language), words);
    const tokens = tokenise(text, quotes, lexicon.abbreviations);
    if (!isInLanguage(tokens, lexicon)) continue;
    const clauses = clausesOf(text, tokens, lexicon);
    const bare = bareNamesOf(tokens, lexicon);
    const { readOnly, recognised } = readingOf(clauses, lexicon);
    return Object.freeze({
      language: language.tag,
      clauses: Object.freeze(clauses.map(({ clause }) => clause)),
      readOnly: readOnly && text.length === request.length,
      recognised,
      superlatives: Object.freeze(superlativesOf(text, tokens, lexicon)),
      delegation: delegationOf(text, clauses, lexicon),
      asksFor: intentOf(clauses, words, lexicon),
      names: namesOf(text, quotes, lexicon),
      callsBare: (id: string) => bare.has(foldCase(id)),
      ...slotsOf(text, tokens, lexicon),
    });
  }
  return unread(text);
}

/** Of a language without a file the quoted values, names and numeric dates are still what they are. */
function unread(text: string): Understanding {
  const quotes = quotesOf(text);
  const lexicon = lexiconOf(languages[0]);
  return Object.freeze({
    language: null,
    clauses: Object.freeze([]),
    readOnly: false,
    recognised: false,
    superlatives: Object.freeze([]),
    delegation: null,
    asksFor: () => null,
    names: namesOf(text, quotes, null),
    callsBare: () => false,
    ...slotsOf(text, tokenise(text, quotes, lexicon.abbreviations), lexicon),
  });
}

function slotsOf(
  text: string,
  tokens: readonly Token[],
  lexicon: Lexicon,
): Pick<Understanding, 'titles' | 'titleFits' | 'dates' | 'dateFits'> {
  const titles = Object.freeze(titlesOf(tokens, lexicon));
  const dates = datesOf(tokens, lexicon);
  return {
    titles,
    titleFits: titleFitOf(text, titles, lexicon),
    dates,
    dateFits: dateFitOf(dates),
  };
}

/** With the policy's own verbs, and the names of the actions it has words for, known as verbs. */
function withWords(lexicon: Lexicon, words: ActionWords): Lexicon {
  if (words.size === 0) return lexicon;
  const verbs = [...words].flatMap(([action, phrases]) => [action, ...phrases]).map(foldCase);
  return { ...lexicon, extra: byFirstWord(verbs, lexicon.particles) };
}
