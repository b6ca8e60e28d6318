import type { ReadClause } from './clauses.ts';
import { type Command, skipLead } from './commands.ts';
import type { Lexicon } from './lexicon.ts';
import { type Phrase, phraseEnd } from './phrases.ts';
import type { Token } from './tokens.ts';

export interface Reading {
  readonly readOnly: boolean;
  readonly recognised: boolean;
}

type Kind = 'acts' | 'answers' | 'tells' | 'unknown';

/**
 * Whether a request only wants answers. It has to be understood for that, all of it: a clause that begins with a word
 * nobody knows may ask for anything.
 */
export function readingOf(clauses: readonly ReadClause[], lexicon: Lexicon): Reading {
  const kinds = new Set(clauses.flatMap((read) => kindsOf(read, lexicon)));
  return {
    readOnly: kinds.has('answers') && !kinds.has('acts') && !kinds.has('unknown'),
    recognised: kinds.has('answers') || kinds.has('acts'),
  };
}

function kindsOf(read: ReadClause, lexicon: Lexicon): readonly Kind[] {
  switch (read.clause.mood) {
    case 'question':
      return ['answers'];
    case 'reminder':
      return ['acts'];
    case 'plain':
    case 'negated':
    case 'reported':
      return read.commands.map((command) => kindOf(read, command, lexicon));
    case 'how_to':
    case 'condition':
    case 'promise':
      return ['tells'];
  }
}

function kindOf(read: ReadClause, command: Command, lexicon: Lexicon): Kind {
  const { tokens } = read;
  const { at, verb } = command;
  if (lexicon.is('ownVerbs', verb) || announces(tokens, verb, lexicon)) return 'tells';
  const longest = (phrases: readonly Phrase[] | undefined): number =>
    (phrases ?? []).reduce((most, phrase) => {
      const fits = phraseEnd(phrase, tokens, at, tokens.length) >= 0;
      return fits ? Math.max(most, phrase.words.length) : most;
    }, 0);
  const acts = Math.max(longest(lexicon.acting.get(verb)), longest(lexicon.extra.get(verb)));
  const answers = longest(lexicon.answering.get(verb));
  if (answers > 0 && answers >= acts) return 'answers';
  const next = tokens[at + 1]?.fold ?? '';
  const { answersTo } = lexicon.language;
  // "Thank you" thanks nobody by mail.
  if (answersTo.verbs.includes(verb) && answersTo.words.includes(next)) return 'tells';
  if (acts > 0) return 'acts';
  return mayTell(tokens, at, lexicon) ? 'tells' : 'unknown';
}

/** "Do the following: …" */
function announces(tokens: readonly Token[], verb: string, lexicon: Lexicon): boolean {
  return (
    lexicon.language.delegation.verbs.includes(verb) &&
    tokens.some((token) => lexicon.is('announcements', token.fold))
  );
}

/** Whether a word that nobody knows is no verb: it begins a statement, or is one of several things. */
function mayTell(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const word = tokens[at]?.fold;
  const begins = skipLead(tokens, 0, tokens.length, lexicon) === at;
  const next = tokens[at + 1];
  const hasObject =
    next !== undefined &&
    (next.type === 'quote' ||
      next.type === 'address' ||
      lexicon.is('pronouns', next.fold) ||
      lexicon.is('persons', next.fold) ||
      lexicon.is('subjects', next.fold));
  if (!begins && !hasObject) return true;
  return (
    lexicon.is('subjects', word) ||
    lexicon.is('openers', word) ||
    lexicon.is('adverbs', word) ||
    lexicon.is('coordinators', word) ||
    lexicon.is('carriers', word) ||
    lexicon.is('persons', word) ||
    lexicon.is('secondPerson', word) ||
    lexicon.is('modals', word)
  );
}
