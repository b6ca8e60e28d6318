import { foldCase } from '../../content/fold-case.ts';
import type { Clause, ReadClause } from './clauses.ts';
import type { Command } from './commands.ts';
import { byFirstWord, type Lexicon } from './lexicon.ts';
import {
  type Goal,
  goalOf,
  isSpokenOf,
  nounAt,
  objectIn,
  objectWordsMax,
  partsOf,
  spokenOf,
} from './objects.ts';
import { type Phrase, phraseEnd } from './phrases.ts';
import type { Token } from './tokens.ts';

/** By action name, the policy's further words for it. */
export type ActionWords = ReadonlyMap<string, readonly string[]>;

/** What an action's verbs are and what it acts on by its own name: `cancel_order` is both. */
interface Asked {
  readonly verbs: ReadonlyMap<string, readonly Phrase[]>;
  /** Of those, the ones that need their object. */
  readonly general: ReadonlySet<string>;
  readonly wished: readonly (readonly string[])[];
  readonly ownObject: string | null;
  /** A name of several words: `set up`, `cherry-pick`. */
  readonly whole: readonly string[];
}

/** Answers whether the request asks for an action, and keeps the answers: each is the same for ever. */
export function intentOf(
  clauses: readonly ReadClause[],
  words: ActionWords,
  lexicon: Lexicon,
): (action: string, object?: string | null, operation?: string) => Clause | null {
  const actions = new Map<string, Asked>();
  const answers = new Map<string, Clause | null>();
  return (action, object, operation) => {
    const key = `${action}\n${object ?? ''}\n${operation ?? ''}`;
    const answered = answers.get(key);
    if (answered !== undefined) return answered;
    const asked = actions.get(action) ?? askedOf(action, words, lexicon);
    if (actions.size < questionsMax) actions.set(action, asked);
    const target = object ?? asked.ownObject;
    const found =
      target === null && operation !== undefined
        ? askingByName(clauses, asked, operation, lexicon)
        : asking(clauses, asked, target === null ? null : goalOf(target, lexicon), lexicon);
    if (answers.size < questionsMax) answers.set(key, found);
    return found;
  };
}

/**
 * Of a tool without an object its own name tells one: `change_password`, `make_transfer`. Money and rights must then be
 * spoken of; anything else may be.
 */
function askingByName(
  clauses: readonly ReadClause[],
  asked: Asked,
  operation: string,
  lexicon: Lexicon,
): Clause | null {
  const object = objectIn(operation, lexicon);
  const goal = object === null ? null : goalOf(object, lexicon);
  if (goal?.named === true) return asking(clauses, asked, goal, lexicon);
  return (
    asking(clauses, asked, null, lexicon) ??
    (goal === null ? null : asking(clauses, asked, goal, lexicon))
  );
}

function asking(
  clauses: readonly ReadClause[],
  asked: Asked,
  goal: Goal | null,
  lexicon: Lexicon,
): Clause | null {
  let known: boolean | null = null;
  const spoken = (): boolean => {
    known ??= goal !== null && isSpokenOf(clauses, goal, lexicon);
    return known;
  };
  const found = clauses.find((clause) => asks(clause, asked, goal, spoken, lexicon));
  return found?.clause ?? null;
}

/** No policy has more tools; a caller that makes names up fills nothing. */
const questionsMax = 1_000;

function askedOf(action: string, words: ActionWords, lexicon: Lexicon): Asked {
  const { language } = lexicon;
  const parts = partsOf(action);
  const whole = parts.join(' ');
  const families = language.actions;
  let ownObject: string | null = null;
  const verbs: string[] = [...(words.get(action) ?? [])];
  let nouns: readonly string[] = [];
  let general: readonly string[] = [];
  const add = (name: string): void => {
    verbs.push(name);
    const family = Object.hasOwn(families, name) ? families[name] : undefined;
    if (family === undefined) return;
    const strong = new Set([...verbs, ...family.verbs].map(foldCase));
    verbs.push(...family.verbs, ...family.general);
    general = family.general.filter((verb) => !strong.has(verb));
    nouns = family.nouns;
  };
  const joined = parts.join('');
  if (parts.length <= 1 || Object.hasOwn(families, joined)) {
    add(parts.length <= 1 ? whole : joined);
  } else {
    const verb = verbPart(parts, lexicon);
    add(parts[verb] ?? whole);
    verbs.push(whole, parts.join('-'));
    ownObject = parts.filter((_part, at) => at !== verb).join('_');
  }
  return {
    verbs: byFirstWord(verbs.map(foldCase), lexicon.particles),
    general: new Set(general),
    whole: parts.length > 1 ? [whole, parts.join('-')] : [],
    wished: nouns.map((noun) => noun.split(' ')),
    ownObject,
  };
}

/** Of several parts, the one with verbs of its own; where two have, the one that is no object's noun. */
function verbPart(parts: readonly string[], lexicon: Lexicon): number {
  const { actions } = lexicon.language;
  const candidates = parts.flatMap((part, at) => (Object.hasOwn(actions, part) ? [at] : []));
  const clear = candidates.find((at) => !lexicon.nouns.has(parts[at] ?? ''));
  return clear ?? candidates[0] ?? 0;
}

function asks(
  clause: ReadClause,
  asked: Asked,
  goal: Goal | null,
  spoken: () => boolean,
  lexicon: Lexicon,
): boolean {
  const { tokens } = clause;
  // "Remind me to call Bob" asks for a reminder, not for the call.
  if (clause.clause.mood === 'reminder') return reminds(tokens, asked, goal, lexicon);
  for (const command of clause.commands) {
    for (const phrase of asked.verbs.get(command.verb) ?? []) {
      const end = phraseEnd(phrase, tokens, command.at, tokens.length);
      if (end < 0 || answersOnly(phrase, tokens, end, lexicon)) continue;
      if (phrase.words.length === 1 && isParticleVerb(command, tokens, lexicon)) continue;
      const general = asked.general.has(phrase.text);
      // Who says the whole name of an action has said its object.
      if (asked.whole.includes(phrase.text)) return true;
      if (
        goal === null
          ? !general
          : actsOn(phrase, clause, command, end, goal, general, spoken, lexicon)
      ) {
        return true;
      }
    }
  }
  return asked.wished.length > 0 && wishes(clause, asked, goal, lexicon);
}

function reminds(
  tokens: readonly Token[],
  asked: Asked,
  goal: Goal | null,
  lexicon: Lexicon,
): boolean {
  const at = tokens.findIndex((token) => asked.verbs.has(token.fold));
  const phrases = asked.verbs.get(tokens[at]?.fold ?? '') ?? [];
  return phrases.some((phrase) => {
    const objects = impliedBy(phrase, lexicon);
    return (
      lexicon.begins('reminders', tokens, at) > 0 &&
      phraseEnd(phrase, tokens, at, tokens.length) > 0 &&
      (goal === null || objects.some((object) => goal.objects.has(object)))
    );
  });
}

/** "Tell me": an answer, which no tool gives. */
function answersOnly(
  phrase: Phrase,
  tokens: readonly Token[],
  end: number,
  lexicon: Lexicon,
): boolean {
  const { verbs, words } = lexicon.language.answersTo;
  if (!verbs.includes(phrase.text)) return false;
  const inner = phrase.words.length > 1 ? end - 2 : end;
  return words.includes(tokens[inner]?.fold ?? '');
}

/** "Set up", "call off": with its particle a verb is another verb, where the language lists it as one. */
function isParticleVerb(command: Command, tokens: readonly Token[], lexicon: Lexicon): boolean {
  const particle = tokens[command.at + 1]?.fold ?? '';
  if (!lexicon.particles.has(particle)) return false;
  const phrases = lexicon.acting.get(command.verb) ?? [];
  return phrases.some(({ words }) => words.length === 2 && (words[1]?.includes(particle) ?? false));
}

function impliedBy(phrase: Phrase, lexicon: Lexicon): readonly string[] {
  const { implied } = lexicon.language;
  return Object.hasOwn(implied, phrase.text) ? (implied[phrase.text] ?? []) : [];
}

function actsOn(
  phrase: Phrase,
  clause: ReadClause,
  command: Command,
  end: number,
  goal: Goal,
  general: boolean,
  spoken: () => boolean,
  lexicon: Lexicon,
): boolean {
  const { tokens } = clause;
  const inner = command.at + 1;
  const after = spokenOf(tokens, Math.min(inner, end), goal, lexicon);
  // "Issue a refund for the order": what the phrase itself speaks of is the action.
  if (after.goal || spokenOf(tokens, end, goal, lexicon).goal) return true;
  const implies = impliedBy(phrase, lexicon);
  const implied = implies.some((object) => goal.objects.has(object));
  // "Send Bob 50" writes him no mail; "give them a credit of 50" credits them.
  if (implied && (goal.named || !after.money || implies.includes('payment'))) return true;
  if (after.other) return false;
  // "For the file on taxes, please add a line": what is spoken of stands before.
  const before = spokenOf(
    tokens.slice(Math.max(0, command.at - objectWordsMax), command.at),
    0,
    goal,
    lexicon,
  );
  if (before.goal) return true;
  return general || goal.named ? after.pronoun && spoken() : true;
}

/** "I'd like a refund": between the wish and its noun stand only words that describe it. */
function wishes(clause: ReadClause, asked: Asked, goal: Goal | null, lexicon: Lexicon): boolean {
  if (clause.clause.mood !== 'plain') return false;
  const { tokens } = clause;
  for (const at of tokens.keys()) {
    for (const words of asked.wished) {
      const stands = words.every((word, by) => tokens[at + by]?.fold === word);
      if (stands && isWished(tokens, at, at + words.length, goal, lexicon)) return true;
    }
  }
  return false;
}

function isWished(
  tokens: readonly Token[],
  at: number,
  end: number,
  goal: Goal | null,
  lexicon: Lexicon,
): boolean {
  const { nounOrVerb, implied } = lexicon.language;
  const word = tokens[at]?.fold ?? '';
  // "The refund policy" wishes for no refund.
  const describes = own(nounOrVerb, word)?.includes(tokens[end]?.fold ?? '') ?? false;
  if (describes || !wishBefore(tokens, at, lexicon)) return false;
  if (goal === null) return true;
  const itself = nounAt(tokens, at, goal, lexicon);
  const objects = [...(itself?.objects ?? []), ...(own(implied, word) ?? [])];
  if (itself?.goal === true || objects.some((object) => goal.objects.has(object))) return true;
  const after = spokenOf(tokens, end, goal, lexicon);
  return after.goal || !(after.other || goal.named || itself !== null);
}

const describingWordsMax = 4;

function wishBefore(tokens: readonly Token[], noun: number, lexicon: Lexicon): boolean {
  for (let at = noun - 1; at >= Math.max(0, noun - describingWordsMax); at -= 1) {
    const word = tokens[at]?.fold;
    if (lexicon.is('wishes', word)) {
      const lead = tokens[at - 1]?.fold;
      return lead === undefined || lexicon.is('wishLeads', lead);
    }
    const breaks =
      lexicon.is('sources', word) || lexicon.is('infinitive', word) || tokens[at]?.type !== 'word';
    if (breaks) return false;
  }
  return false;
}

function own<Value>(record: { readonly [key: string]: Value }, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
