import { type Command, commandsIn, looksLikeVerb, skipLead, stopAt } from './commands.ts';
import type { Lexicon } from './lexicon.ts';
import type { Token } from './tokens.ts';

/**
 * What a clause does. Only what is plain asks for anything, and of a negated or reported one what stands before the
 * negation or the report.
 */
export type Mood =
  | 'plain'
  | 'question'
  /** "don't …" */
  | 'negated'
  /** "I'll …": done by the person, not asked for. */
  | 'promise'
  /** "remind me to …" */
  | 'reminder'
  /** "how to …", "the link to …" */
  | 'how_to'
  /** "if …", "whether …", "after …" */
  | 'condition'
  /** "the email says to …" */
  | 'reported';

export interface Clause {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly mood: Mood;
}

/** A clause with its words, for the rules of this folder. */
export interface ReadClause {
  readonly clause: Clause;
  readonly tokens: readonly Token[];
  readonly commands: readonly Command[];
}

export function clausesOf(
  text: string,
  tokens: readonly Token[],
  lexicon: Lexicon,
): readonly ReadClause[] {
  const clauses: ReadClause[] = [];
  let from = 0;
  let reported = false;
  for (let at = 0; at <= tokens.length; at += 1) {
    const token = tokens[at];
    if (token !== undefined && !endsSentence(tokens, at, lexicon)) continue;
    if (at > from) {
      const asked = token?.fold === '?' || token?.fold === '？';
      const sentence = { text, tokens, from, to: at, asked, reported, lexicon };
      const read = readSentence(sentence);
      clauses.push(...read);
      // "The note says: delete everything."
      reported = token?.fold === ':' && read.at(-1)?.clause.mood === 'reported';
    }
    from = at + 1;
  }
  return clauses;
}

/** A line that goes on in small letters and not with a verb is the same sentence, wrapped. */
function endsSentence(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const token = tokens[at];
  if (token?.type !== 'stop') return false;
  if (token.fold !== '\n') return true;
  const next = tokens[at + 1];
  if (next?.type !== 'word' || next.capital || tokens[at - 1]?.type === 'stop') return true;
  return looksLikeVerb(tokens, at + 1, lexicon);
}

interface Sentence {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly from: number;
  readonly to: number;
  /** Ends with a question mark. */
  readonly asked: boolean;
  /** The sentence before announced somebody else's words. */
  readonly reported: boolean;
  readonly lexicon: Lexicon;
}

/** The clause that is being read. */
interface Open {
  readonly from: number;
  readonly mood: Mood;
  readonly polite: boolean;
  /** The negation or report that stands before any command. */
  stoppedBy: 'negated' | 'reported' | null;
  commanded: boolean;
  /** Of a question or condition: it has a verb to which "and delete" could belong: "if I should open and delete". */
  carries: boolean;
}

function readSentence(sentence: Sentence): readonly ReadClause[] {
  const { tokens, to, lexicon } = sentence;
  const clauses: ReadClause[] = [];
  let open = openClause(sentence, sentence.from, sentence.reported ? 'reported' : null, false);
  for (let at = sentence.from; at < to; at += 1) {
    const cut = at > open.from ? cutAt(sentence, open, at) : null;
    if (cut !== null) {
      close(at);
      open = openClause(sentence, cut.from, cut.mood, open.polite);
      at = Math.max(at, cut.from);
    }
    follow(open, tokens, at, lexicon);
  }
  close(to);
  return clauses;

  function close(end: number): void {
    const part = tokens.slice(open.from, end);
    const first = part.find((token) => token.type !== 'mark' && token.type !== 'stop');
    const last = part.at(-1);
    if (first === undefined || last === undefined) return;
    const scan =
      open.mood === 'plain' ? commandsIn(part, lexicon) : { commands: [], stoppedBy: null };
    const commands = scan.commands.some(({ at }) => looksLikeVerb(part, at, lexicon));
    const mood = commands ? open.mood : (scan.stoppedBy ?? open.mood);
    const text = sentence.text.slice(first.start, last.end);
    const clause = Object.freeze({ text, start: first.start, end: last.end, mood });
    clauses.push({ clause, tokens: part, commands: scan.commands });
  }
}

function follow(open: Open, tokens: readonly Token[], at: number, lexicon: Lexicon): void {
  const word = tokens[at]?.fold;
  if (open.mood === 'plain') {
    const stopped = open.stoppedBy === null ? stopAt(tokens, at, lexicon) : null;
    // "Find the mail asking me to pay and refund them": after a command, only what somebody is told to do.
    if (stopped !== null && (!open.commanded || tellsTo(tokens, at, lexicon))) {
      open.stoppedBy = stopped;
    }
    open.commanded ||= open.stoppedBy === null && looksLikeVerb(tokens, at, lexicon);
    return;
  }
  open.carries ||=
    lexicon.is('modals', word) ||
    lexicon.is('infinitive', word) ||
    lexicon.is('questionOrCommand', word) ||
    word === 'does' ||
    word === 'did';
}

function tellsTo(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  if (!lexicon.is('reports', tokens[at]?.fold)) return false;
  return tokens.slice(at + 1, at + 4).some((token) => lexicon.is('infinitive', token.fold));
}

interface Cut {
  readonly from: number;
  readonly mood: Mood | null;
}

/** Whether a clause begins at `at`, and what is known of it by how it begins. */
function cutAt(sentence: Sentence, open: Open, at: number): Cut | null {
  const { tokens, to, lexicon } = sentence;
  const token = tokens[at];
  if (token === undefined) return null;
  if (lexicon.begins('reminders', tokens, at) > 0) return { from: at, mood: 'reminder' };
  if (open.mood === 'plain') {
    if (beginsHowTo(tokens, at, lexicon)) return { from: at, mood: 'how_to' };
    if (beginsCondition(tokens, at, lexicon)) return { from: at, mood: 'condition' };
  }
  const comma = token.type === 'mark';
  if (!comma && !lexicon.is('coordinators', token.fold)) return null;
  const anew = beginsAnew(tokens, at + 1, to, lexicon);
  if (comma && open.mood === 'condition') return { from: at + 1, mood: null };
  if (!anew && staysGoverned(sentence, open, at)) return null;
  if (anew || beginsClause(tokens, at + 1, to, lexicon)) return { from: at + 1, mood: null };
  // "My wife and I are": one subject; "find it and I …": two clauses.
  const told = open.commanded && lexicon.is('firstPerson', tokens[at + 1]?.fold);
  return told ? { from: at + 1, mood: null } : null;
}

/** "The link to reset it", but "invite this person to the team", "send the link to Bob". */
function beginsHowTo(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const length = lexicon.begins('howTo', tokens, at);
  if (length === 0) return false;
  if (!lexicon.is('infinitive', tokens[at + length - 1]?.fold)) return true;
  const next = tokens[skipLead(tokens, at + length, tokens.length, lexicon)];
  if (next === undefined) return true;
  const isVerb = lexicon.acting.has(next.fold) || lexicon.answering.has(next.fold);
  return isVerb || !(next.capital || next.type !== 'word' || lexicon.stopWords.has(next.fold));
}

function beginsCondition(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  if (lexicon.begins('subordinators', tokens, at) > 0) {
    return lexicon.begins('politeConditions', tokens, at) === 0;
  }
  return (
    lexicon.is('questionWords', tokens[at]?.fold) &&
    lexicon.is('beforeQuestion', tokens[at - 1]?.fold)
  );
}

/** "Don't open it and delete it", "how to open it and delete it": the join carries the mood on. */
function staysGoverned(sentence: Sentence, open: Open, at: number): boolean {
  const { tokens, lexicon } = sentence;
  const token = tokens[at];
  const next = tokens[at + 1];
  if (open.mood === 'reported' || open.stoppedBy === 'reported') return true;
  const lasting = open.mood === 'reminder' || open.mood === 'promise';
  const governs = lasting || (open.mood === 'plain' ? open.stoppedBy !== null : open.carries);
  if (!governs) return false;
  const contrast = lexicon.is('contrasts', token?.fold) || lexicon.is('contrasts', next?.fold);
  if (contrast) return false;
  // "…, and send it" begins anew; "…, send or delete it" goes on.
  const comma = token?.type === 'mark' || tokens[at - 1]?.type === 'mark';
  const or = token?.fold === 'or' || next?.fold === 'or';
  const and = lexicon.is('coordinators', token?.fold) || lexicon.is('coordinators', next?.fold);
  return !(comma && and && !or);
}

/** What begins a clause whatever stood before: "please", "can you". */
function beginsAnew(tokens: readonly Token[], at: number, to: number, lexicon: Lexicon): boolean {
  const start = skipLead(tokens, at, to, lexicon);
  for (let place = at; place < start; place += 1) {
    if (lexicon.is('please', tokens[place]?.fold)) return true;
  }
  return lexicon.begins('politeOpenings', tokens, start) > 0;
}

function beginsClause(tokens: readonly Token[], at: number, to: number, lexicon: Lexicon): boolean {
  const start = skipLead(tokens, at, to, lexicon);
  if (start >= to) return false;
  const word = tokens[start]?.fold;
  return (
    looksLikeVerb(tokens, start, lexicon) ||
    lexicon.is('negators', word) ||
    lexicon.is('questionOrCommand', word) ||
    lexicon.is('questionWords', word) ||
    lexicon.is('carriers', word) ||
    saysMore(tokens, start, lexicon) ||
    lexicon.begins('promises', tokens, start) > 0 ||
    lexicon.begins('subordinators', tokens, start) > 0
  );
}

/** "… and I want", "… and you can": a subject with what it does, not one of several. */
function saysMore(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const word = tokens[at]?.fold;
  const subject = lexicon.is('firstPerson', word) || lexicon.is('secondPerson', word);
  const next = tokens[at + 1]?.fold;
  return (
    subject &&
    (word?.includes("'") === true ||
      lexicon.is('wishes', next) ||
      lexicon.is('modals', next) ||
      looksLikeVerb(tokens, at + 1, lexicon))
  );
}

/** "All, who is there?", but "everyone who is there should be told". */
function isOpener(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const word = tokens[at]?.fold;
  if (!lexicon.is('openers', word)) return false;
  return !(lexicon.is('subjects', word) && lexicon.is('relatives', tokens[at + 1]?.fold));
}

function openClause(
  sentence: Sentence,
  from: number,
  given: Mood | null,
  politeBefore: boolean,
): Open {
  const { tokens, to, lexicon } = sentence;
  let start = skipLead(tokens, from, to, lexicon);
  let polite = politeBefore;
  for (let at = from; at < start; at += 1) polite ||= lexicon.is('please', tokens[at]?.fold);
  while (start < to && isOpener(tokens, start, lexicon)) {
    start = skipLead(tokens, start + 1, to, lexicon);
  }
  const mood = given ?? moodAt(start);
  return { from, mood, polite, stoppedBy: null, commanded: false, carries: false };

  function moodAt(at: number): Mood {
    const word = tokens[at]?.fold;
    if (lexicon.begins('reminders', tokens, at) > 0) return 'reminder';
    if (lexicon.begins('promises', tokens, at) > 0) return 'promise';
    if (lexicon.begins('politeConditions', tokens, at) > 0) return 'plain';
    if (lexicon.begins('politeOpenings', tokens, at) > 0) {
      polite = true;
      return 'plain';
    }
    if (beginsHowTo(tokens, at, lexicon)) return 'how_to';
    if (lexicon.is('questionWords', word)) return 'question';
    if (lexicon.begins('subordinators', tokens, at) > 0) return 'condition';
    if (lexicon.is('questionVerbs', word)) {
      const next = tokens[at + 1]?.fold;
      const person = lexicon.is('firstPerson', next) || lexicon.is('secondPerson', next);
      if (!lexicon.is('questionOrCommand', word) || person || sentence.asked) return 'question';
    }
    const told = lexicon.is('firstPerson', word) || lexicon.is('secondPerson', word);
    return sentence.asked && !polite && !told ? 'question' : 'plain';
  }
}
