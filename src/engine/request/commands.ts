import type { Lexicon } from './lexicon.ts';
import { phraseEnd } from './phrases.ts';
import type { Token } from './tokens.ts';

/** A place where a verb stands as a command, and that verb in its base form. */
export interface Command {
  readonly at: number;
  readonly verb: string;
}

/** How far a word may stand from what governs it: "please also just quickly send". */
const adverbsMax = 6;

/**
 * The commands of a clause, up to the first negation or report of somebody else's words: "send it to Ann, not to Bob"
 * commands, "the email says to send it" doesn't.
 */
export function commandsIn(
  tokens: readonly Token[],
  lexicon: Lexicon,
): { commands: readonly Command[]; stoppedBy: 'negated' | 'reported' | null } {
  const commands: Command[] = [];
  const opening = skipLead(tokens, 0, tokens.length, lexicon);
  // "Why don't you" negates nothing.
  const first = opening + lexicon.begins('politeOpenings', tokens, opening);
  for (let at = first; at < tokens.length; at += 1) {
    const stoppedBy = stopAt(tokens, at, lexicon);
    if (stoppedBy !== null) return { commands, stoppedBy };
    const verb = commandAt(tokens, at, at === first && first > opening, lexicon);
    if (verb !== null) commands.push({ at, verb });
  }
  return { commands, stoppedBy: null };
}

export function stopAt(
  tokens: readonly Token[],
  at: number,
  lexicon: Lexicon,
): 'negated' | 'reported' | null {
  const word = tokens[at]?.fold;
  if (lexicon.is('reports', word)) {
    if (obligedAt(tokens, at, lexicon) !== null) return null;
    const teller = tokens[backOver(tokens, at, lexicon)]?.fold;
    return lexicon.is('firstPerson', teller) ? null : 'reported';
  }
  if (!lexicon.is('negators', word)) return null;
  // "Don't forget to", "do not hesitate to".
  const next = lexicon.is('negators', tokens[at + 1]?.fold) ? at + 2 : at + 1;
  return lexicon.is('negationsUndone', tokens[next]?.fold) ? null : 'negated';
}

/** Whether the word can be a verb where it stands: `order` in "order history" is none. */
export function canBeVerb(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const word = tokens[at];
  if (word?.type !== 'word') return false;
  const nounBefore = own(lexicon.language.nounOrVerb, word.fold);
  if (nounBefore === undefined) return true;
  const next = tokens[at + 1];
  if (next === undefined || next.type === 'stop') return true;
  if (next.type === 'number') {
    const digits = next.fold.length;
    return !(
      next.fold.startsWith('#') ||
      (digits >= 4 && lexicon.is('nounBeforeNumber', word.fold))
    );
  }
  if (nounBefore.includes(next.fold)) return false;
  // "Copy and send it" begins with two verbs; "the order and transfer and" with none.
  const joined = lexicon.is('coordinators', next.fold);
  return joined ? at === 0 : !lexicon.is('afterNoun', next.fold);
}

/** Whether a known verb stands here, which is what tells "and" between clauses from "and" between names. */
export function looksLikeVerb(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const word = tokens[at]?.fold;
  if (word === undefined || !canBeVerb(tokens, at, lexicon)) return false;
  return [lexicon.acting, lexicon.answering, lexicon.extra].some((verbs) =>
    verbs.get(word)?.some((phrase) => phraseEnd(phrase, tokens, at, tokens.length) >= 0),
  );
}

/** Past adverbs, joins and marks, to what a clause begins with. */
export function skipLead(
  tokens: readonly Token[],
  from: number,
  end: number,
  lexicon: Lexicon,
): number {
  let at = from;
  while (at < end && isLead(tokens[at], lexicon)) at += 1;
  return at;
}

function isLead(token: Token | undefined, lexicon: Lexicon): boolean {
  if (token === undefined) return false;
  if (token.type === 'mark' || token.type === 'stop') return true;
  return isAdverb(token, lexicon) || lexicon.is('coordinators', token.fold);
}

function isAdverb(token: Token, lexicon: Lexicon): boolean {
  const { fold } = token;
  return (
    lexicon.is('adverbs', fold) ||
    (fold.length > 4 &&
      fold.endsWith(lexicon.language.adverbEnding) &&
      !lexicon.acting.has(fold) &&
      !lexicon.nouns.has(fold))
  );
}

function commandAt(
  tokens: readonly Token[],
  at: number,
  opened: boolean,
  lexicon: Lexicon,
): string | null {
  const token = tokens[at];
  if (token?.type !== 'word') return null;
  const verbOfGerund = lexicon.gerunds.get(token.fold);
  if (verbOfGerund !== undefined) {
    return lexicon.is('beforeGerund', tokens[at - 1]?.fold) && asksByGerund(tokens, at, lexicon)
      ? verbOfGerund
      : null;
  }
  const obliged = obligedAt(tokens, at, lexicon);
  if (obliged !== null) return obliged;
  if (!canBeVerb(tokens, at, lexicon)) return null;
  return opened || isGoverned(tokens, at, lexicon) ? token.fold : null;
}

/** "The invoice should be paid", "Ann ought to receive it": what is to be done, without saying by whom. */
function obligedAt(tokens: readonly Token[], at: number, lexicon: Lexicon): string | null {
  const { receiving } = lexicon.language;
  const word = tokens[at]?.fold ?? '';
  const done = lexicon.participles.get(word);
  const passive = backOver(tokens, at, lexicon);
  if (done !== undefined && lexicon.is('beforeParticiple', tokens[passive]?.fold)) {
    return isOwed(tokens, passive, lexicon) ? done : null;
  }
  return receiving.verbs.includes(word) && isOwed(tokens, at, lexicon) ? receiving.means : null;
}

const obligationWordsMax = 2;

/** Whether an obligation of somebody or something else stands right before `at`. */
function isOwed(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const last = backOver(tokens, at, lexicon);
  for (let length = 1; length <= obligationWordsMax; length += 1) {
    const start = last + 1 - length;
    if (start < 1 || lexicon.begins('obligations', tokens, start) !== length) continue;
    const subject = tokens[backOver(tokens, start, lexicon)];
    return (
      subject !== undefined &&
      !lexicon.is('firstPerson', subject.fold) &&
      !lexicon.is('secondPerson', subject.fold) &&
      !lexicon.is('relatives', subject.fold) &&
      !lexicon.is('questionWords', subject.fold)
    );
  }
  return false;
}

/** "Would you mind booking", "go ahead with booking", "help with booking"; not "thanks for helping with booking". */
function asksByGerund(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const before = tokens[at - 2];
  return before === undefined || before.type !== 'word' || !/ing$|s$/u.test(before.fold)
    ? true
    : lexicon.is('secondPerson', before.fold);
}

/** Whether what stands before `at` makes a verb there a command. */
function isGoverned(tokens: readonly Token[], at: number, lexicon: Lexicon): boolean {
  const before = backOver(tokens, at, lexicon);
  const token = tokens[before];
  if (token === undefined || token.type === 'mark' || token.type === 'stop') return true;
  const word = token.fold;
  if (lexicon.is('openers', word) && before === 0) return true;
  if (lexicon.is('coordinators', word)) return afterJoin(tokens, before, at, lexicon);
  if (lexicon.is('carriers', word)) return true;
  if (lexicon.is('infinitive', word)) return infinitiveAsks(tokens, before, lexicon);
  if (lexicon.is('secondPerson', word)) return personAsked(tokens, before, lexicon);
  if (lexicon.is('firstPerson', word))
    return lexicon.begins('politeOpenings', tokens, before - 1) > 0;
  if (lexicon.is('modals', word)) return lexicon.is('secondPerson', tokens[before - 1]?.fold);
  if (lexicon.is('persons', word)) return lexicon.is('carriers', tokens[before - 1]?.fold);
  // "I want cancel my order"; not "I need support".
  if (lexicon.is('wishes', word) && looksLikeVerb(tokens, at, lexicon)) {
    const noun = Object.hasOwn(lexicon.language.nounOrVerb, tokens[at]?.fold ?? '');
    return !noun && wishIsOwn(tokens, before, lexicon);
  }
  return lexicon.is('questionOrCommand', word) && backOver(tokens, before, lexicon) < 0;
}

function backOver(tokens: readonly Token[], at: number, lexicon: Lexicon): number {
  let before = at - 1;
  for (let skipped = 0; skipped < adverbsMax; skipped += 1) {
    const token = tokens[before];
    if (token === undefined || token.type !== 'word' || !isAdverb(token, lexicon)) break;
    if (lexicon.is('carriers', token.fold)) break;
    before -= 1;
  }
  return before;
}

/** "Copy it and send it"; and where the clause began with a command, "copy and send it". */
function afterJoin(tokens: readonly Token[], join: number, at: number, lexicon: Lexicon): boolean {
  if (join === 0) return true;
  return looksLikeVerb(tokens, at, lexicon) && looksLikeVerb(tokens, join - 1, lexicon)
    ? isGoverned(tokens, join - 1, lexicon)
    : looksLikeVerb(tokens, at, lexicon);
}

/** "I want to", "I'd like you to", "make sure to", "the task is to". */
function infinitiveAsks(tokens: readonly Token[], to: number, lexicon: Lexicon): boolean {
  if (lexicon.is('governors', tokens[to - 1]?.fold)) return true;
  const before = backOver(tokens, to, lexicon);
  const word = tokens[before]?.fold;
  if (word === undefined) return true;
  if (lexicon.is('wishes', word)) return wishIsOwn(tokens, before, lexicon);
  if (lexicon.is('secondPerson', word)) {
    const wish = backOver(tokens, before, lexicon);
    if (tokens[wish]?.fold === 'for') return true;
    return lexicon.is('wishes', tokens[wish]?.fold) && wishIsOwn(tokens, wish, lexicon);
  }
  if (lexicon.is('persons', word)) return lexicon.is('carriers', tokens[before - 1]?.fold);
  if (lexicon.is('modals', word)) return lexicon.is('secondPerson', tokens[before - 1]?.fold);
  return word === 'is' && lexicon.is('taskWords', tokens[before - 1]?.fold);
}

/** A wish asks when the first person has it: "they want to cancel" tells. */
function wishIsOwn(tokens: readonly Token[], wish: number, lexicon: Lexicon): boolean {
  const before = backOver(tokens, wish, lexicon);
  const word = tokens[before];
  if (word === undefined || word.type === 'mark' || word.type === 'stop') return true;
  return lexicon.is('wishLeads', word.fold) || lexicon.is('coordinators', word.fold);
}

/** "can you send", "you send"; not "did you send" nor "the file you send". */
function personAsked(tokens: readonly Token[], person: number, lexicon: Lexicon): boolean {
  const before = backOver(tokens, person, lexicon);
  const token = tokens[before];
  if (token === undefined || token.type === 'mark') return true;
  return (
    lexicon.is('modals', token.fold) ||
    lexicon.begins('politeOpenings', tokens, before) > 0 ||
    lexicon.begins('politeOpenings', tokens, before - 1) > 0 ||
    (token.fold === 'that' && lexicon.is('wishes', tokens[before - 1]?.fold))
  );
}

function own<Value>(record: { readonly [key: string]: Value }, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
