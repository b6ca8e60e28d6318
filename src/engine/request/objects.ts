import { foldCase } from '../../content/fold-case.ts';
import { type Lexicon, nounForms } from './lexicon.ts';
import { identifierForm, type Token } from './tokens.ts';

/** How far an object may stand from its verb. */
export const objectWordsMax = 60;

/** What an action acts on: objects of the language, and nouns that are only in the policy. */
export interface Goal {
  readonly objects: ReadonlySet<string>;
  readonly nouns: readonly (readonly string[])[];
  /** Must be spoken of: no unknown word stands for it. */
  readonly named: boolean;
  /** A person's name speaks of it. */
  readonly person: boolean;
}

/** Whether any clause of the request speaks of it: only then can "it" mean it where much hangs on it. */
export function isSpokenOf(
  clauses: readonly { readonly tokens: readonly Token[] }[],
  goal: Goal,
  lexicon: Lexicon,
): boolean {
  return clauses.some(({ tokens }) =>
    tokens.some((_token, at) => {
      const noun = nounAt(tokens, at, goal, lexicon);
      return noun !== null && (noun.goal || noun.objects.some((one) => goal.objects.has(one)));
    }),
  );
}

export function goalOf(object: string, lexicon: Lexicon): Goal {
  const { objects } = lexicon.language;
  const parts = partsOf(object);
  const noun = parts.join(' ');
  const name = noun.replaceAll(' ', '_');
  const whole = objectsCalled(name, noun, lexicon);
  // `user_to_channel`: what its words mean, where the name as a whole means nothing.
  const listed =
    whole.length > 0 ? whole : parts.flatMap((part) => objectsCalled(part, part, lexicon));
  return {
    objects: new Set(listed),
    nouns: nounForms(lexicon.language, noun).map((form) => form.split(' ')),
    named: listed.length > 0 && listed.every((entry) => objects[entry]?.named === true),
    person: listed.some((entry) => lexicon.is('people', entry)),
  };
}

/** `invite_to_workspace`: the workspace. Null: the name is a verb alone. */
export function objectIn(operation: string, lexicon: Lexicon): string | null {
  const parts = partsOf(operation);
  const isVerb = (part: string | undefined): boolean =>
    part !== undefined && (lexicon.acting.has(part) || lexicon.answering.has(part));
  const rest = isVerb(parts[0]) ? parts.slice(1) : isVerb(parts.at(-1)) ? parts.slice(0, -1) : [];
  const from = rest.findIndex((part) => !lexicon.stopWords.has(part));
  const words = from < 0 ? [] : rest.slice(from);
  const end = words.findIndex((part) => lexicon.stopWords.has(part));
  const noun = (end < 0 ? words : words.slice(0, end)).join('_');
  return noun === '' ? null : noun;
}

function objectsCalled(name: string, noun: string, lexicon: Lexicon): readonly string[] {
  if (Object.hasOwn(lexicon.language.objects, name)) return [name];
  return (lexicon.nouns.get(noun.split(' ')[0] ?? '') ?? [])
    .filter((phrase) => phrase.words.join(' ') === noun)
    .flatMap((phrase) => phrase.objects);
}

interface Spoken {
  readonly goal: boolean;
  /** A noun of some other object. */
  readonly other: boolean;
  /** A noun of money, which is sent by no mail. */
  readonly money: boolean;
  readonly pronoun: boolean;
}

/** What the words from `from` on speak of. Nouns after "based on" or "from" count where there is no other. */
export function spokenOf(
  tokens: readonly Token[],
  from: number,
  goal: Goal,
  lexicon: Lexicon,
): Spoken {
  const { objects } = lexicon.language;
  let other = false;
  let money = false;
  let pronoun = false;
  let aside = false;
  const end = Math.min(tokens.length, from + objectWordsMax);
  for (let at = from; at < end; ) {
    const token = tokens[at];
    if (token === undefined) break;
    aside ||= (other || pronoun) && lexicon.is('sources', token.fold);
    if (lexicon.is('targets', token.fold)) aside = false;
    const noun = nounAt(tokens, at, goal, lexicon);
    if (noun === null) {
      pronoun ||= !aside && (token.type === 'quote' || lexicon.is('pronouns', token.fold));
      at += 1;
      continue;
    }
    if (!aside || token.type === 'file') {
      if (noun.goal || noun.objects.some((object) => goal.objects.has(object))) {
        return { goal: true, other, money, pronoun };
      }
      other = true;
      money ||=
        noun.objects.includes('payment') &&
        noun.objects.every((object) => objects[object]?.named === true);
    }
    at += noun.length;
  }
  return { goal: false, other, money, pronoun };
}

interface NounHere {
  readonly objects: readonly string[];
  readonly goal: boolean;
  readonly length: number;
}

const byType: { readonly [type: string]: readonly string[] } = {
  file: ['file', 'document'],
  money: ['payment'],
  channel: ['channel'],
  url: ['page'],
};

export function nounAt(
  tokens: readonly Token[],
  at: number,
  goal: Goal,
  lexicon: Lexicon,
): NounHere | null {
  const token = tokens[at];
  if (token === undefined) return null;
  if (token.type === 'quote') {
    return /\.[a-z][a-z0-9]{1,4}$/iu.test(token.fold)
      ? { objects: ['file', 'document'], goal: false, length: 1 }
      : null;
  }
  const typed = byType[token.type];
  if (typed !== undefined) return { objects: typed, goal: false, length: 1 };
  if (goal.objects.has('payment') && isAmount(tokens, at, lexicon)) {
    return { objects: [], goal: true, length: 1 };
  }
  if (token.type !== 'word') return null;
  // "Pass T-512 on": what has a number of its own is the thing itself, whatever its kind. Money and rights are called by their name.
  if (!goal.named && identifierForm.test(token.fold)) return { objects: [], goal: true, length: 1 };
  const stands = (words: readonly string[]): boolean =>
    words.every((word, offset) => tokens[at + offset]?.fold === word);
  const known = lexicon.nouns.get(token.fold)?.find((phrase) => stands(phrase.words));
  const own = goal.nouns.find(stands);
  if (own !== undefined && own.length >= (known?.words.length ?? 0)) {
    return { objects: known?.objects ?? [], goal: true, length: own.length };
  }
  if (known === undefined && goal.person && at > 0 && isPersonName(tokens, at, lexicon)) {
    return { objects: [], goal: true, length: 1 };
  }
  return known === undefined
    ? null
    : { objects: known.objects, goal: false, length: known.words.length };
}

/** A word with a capital within a sentence, which is no word of the language. */
function isPersonName(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const token = tokens[at];
  if (token === undefined) return false;
  const word = token.fold;
  return (
    (token.capital || isBareObject(tokens, at, lexicon)) &&
    !lexicon.stopWords.has(word) &&
    !lexicon.is('commonNouns', word) &&
    !lexicon.is('relativeDays', word) &&
    !lexicon.acting.has(word)
  );
}

/** "add bob to the team", of somebody who writes no capitals: right after the verb, without an article, and one. */
function isBareObject(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  if (tokens.some(({ capital }, place) => capital && place > 0)) return false;
  const word = tokens[at]?.fold ?? '';
  const before = tokens[at - 1];
  const next = tokens[at + 1];
  const follows =
    before?.type === 'mark' ||
    lexicon.is('coordinators', before?.fold) ||
    lexicon.acting.has(before?.fold ?? '');
  const ends =
    next === undefined ||
    next.type === 'mark' ||
    lexicon.is('coordinators', next.fold) ||
    lexicon.is('targets', next.fold) ||
    lexicon.is('sources', next.fold);
  return follows && ends && !word.endsWith('s') && !lexicon.answering.has(word);
}

/** "Move 300 to savings", "send Bob 50": a number that counts nothing. */
function isAmount(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  if (!/^\d[\d.,]*k?$/u.test(tokens[at]?.fold ?? '')) return false;
  const before = tokens[at - 1];
  const given = before?.capital === true || lexicon.is('persons', before?.fold);
  if (!given && !lexicon.acting.has(before?.fold ?? '')) return false;
  const next = tokens[at + 1];
  if (next === undefined || next.type === 'mark') return true;
  return lexicon.is('targets', next.fold) || lexicon.is('sources', next.fold);
}

/** `open_pull_request`, `emailSend`, `files.delete`: words, in lower case. */
export function partsOf(action: string): readonly string[] {
  return action
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '')
    .map(foldCase);
}
