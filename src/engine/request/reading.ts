import type { ReadClause } from './clauses.ts';
import type { Command } from './commands.ts';
import type { Lexicon } from './lexicon.ts';
import { type Phrase, phraseEnd } from './phrases.ts';

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
  const longest = (phrases: readonly Phrase[] | undefined): number =>
    (phrases ?? []).reduce((most, phrase) => {
      const fits = phraseEnd(phrase, tokens, at, tokens.length) >= 0;
      return fits ? Math.max(most, phrase.words.length) : most;
    }, 0);
  const acts = Math.max(longest(lexicon.acting.get(verb)), longest(lexicon.extra.get(verb)));
  const answers = longest(lexicon.answering.get(verb));
  if (answers > 0 && answers >= acts) return 'answers';
  if (acts > 0) return 'acts';
  const tells =
    tokens[at]?.type !== 'word' ||
    lexicon.is('subjects', verb) ||
    lexicon.is('openers', verb) ||
    lexicon.is('ownVerbs', verb) ||
    lexicon.is('adverbs', verb) ||
    lexicon.is('coordinators', verb) ||
    lexicon.is('carriers', verb) ||
    lexicon.is('secondPerson', verb) ||
    lexicon.is('modals', verb);
  return tells ? 'tells' : 'unknown';
}
