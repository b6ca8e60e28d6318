import { printable } from '../escape.ts';
import { passableCourtesies } from './courtesies.ts';
import type { Decoding } from './decodings.ts';
import { isFunctionWord } from './function-words.ts';
import { mixed } from './hash.ts';
import type { Mark, NumberedMark, OutboundForm } from './outbound-forms.ts';
import { type FeaturePart, holds, type ReadFeatures } from './read-features.ts';

/** Two rows of four words: five words in a row, or two places. One is a figure of speech. */
const passagesMin = 2;
const wordsMin = 5;
/** Of the long words of a text, or of a part of it that has so many: fewer are what two texts about one matter share. */
const wordShareMin = 1 / 4;
const partWords = wordsMin / wordShareMin;

/** `grams` counts those that stand alone, too. */
export interface Enough {
  readonly grams: number;
  readonly passages: number;
  readonly words: number;
}

/** What a record must at least share with a text that leaves, besides identifiers, for `leak` to be anything but null. */
export const enoughToLeak: Enough = {
  grams: Number.POSITIVE_INFINITY,
  passages: passagesMin,
  words: wordsMin,
};
/** The same of `queryLeak`. */
export const enoughToAsk: Enough = {
  grams: 1,
  passages: Number.POSITIVE_INFINITY,
  words: Number.POSITIVE_INFINITY,
};
/** For the evidence to be anything at all. */
export const enoughToCarry: Enough = { grams: Number.POSITIVE_INFINITY, passages: 1, words: 1 };

/** What a person is shown. */
const piecesMax = 5;
const pieceCharactersMax = 80;

/** A piece of a text that leaves which a record has, and nothing that may be passed on. */
export interface Shared extends Mark {
  readonly form: OutboundForm;
}

/** What a text that leaves shares with one record. */
export interface Evidence {
  readonly identifiers: readonly Shared[];
  /** Four words in a row. */
  readonly passages: readonly Shared[];
  /** Long words, where they are a quarter of the text or of a part of it. */
  readonly words: readonly Shared[];
  /** Something of the text couldn't be compared. */
  readonly unread: boolean;
}

/**
 * What of one record has left in earlier calls, too little to be a leak. Kept in the run's folded state, one for each
 * record of which something left: at most two and five numbers, however many calls there were.
 */
export interface Carried {
  readonly passages: readonly number[];
  readonly words: readonly number[];
}

export const nothingCarried: Carried = { passages: [], words: [] };

export interface Leak {
  readonly by: 'identifier' | 'passage' | 'words' | 'phrase' | 'unread';
  /** From the text that leaves, as it was read; at most five, each of at most 80 characters that a terminal may show. */
  readonly pieces: readonly string[];
  /** How the first piece was read; empty: as it stands. */
  readonly decodings: readonly Decoding[];
  /** Earlier calls of the run have carried the rest of it. */
  readonly continued: boolean;
}

/**
 * Does this text carry what was read? Of a record that nobody asked for, it may hold no identifier (5 or more letters
 * and digits, 3 of them digits), no two rows of four words, and no five long words that make a quarter of its own, or of twenty in a row of them.
 *
 * @param allowed - The request, and the records that it asks for: what is in one of them is no leak.
 * @param before - What earlier calls of the run have carried out of this record.
 */
export function leak(
  outbound: readonly OutboundForm[],
  record: ReadFeatures,
  allowed: readonly ReadFeatures[],
  before: Carried = nothingCarried,
): Leak | null {
  return leakIn(evidenceOf(outbound, record, allowed), before);
}

/**
 * The same for what is sent in order to read: a search, a name of a file, a host, a channel, an id. It is short and says
 * much, so three words in a row are enough, two of them words that mean something.
 *
 * An honest agent searches for what it has seen: `allowed` also has the names and ids of the records that were listed to
 * it. One or two words pass, as does what was put together of several places: a name that it has read is no theft.
 */
export function queryLeak(
  outbound: readonly OutboundForm[],
  record: ReadFeatures,
  allowed: readonly ReadFeatures[],
): Leak | null {
  const { identifiers, unread } = evidenceOf(outbound, record, allowed);
  if (identifiers.length > 0) return leakBy('identifier', identifiers, false);
  const phrases = outbound.flatMap((form) =>
    form.grams
      .filter((mark) => isShared('grams', mark, form, record, allowed) && saysSomething(form, mark))
      .map((mark) => ({ ...mark, form })),
  );
  if (phrases.length > 0) return leakBy('phrase', phrases, false);
  return unread ? leakBy('unread', [], false) : null;
}

export function leakIn(evidence: Evidence, before: Carried): Leak | null {
  const { identifiers, passages, words } = evidence;
  if (identifiers.length > 0) return leakBy('identifier', identifiers, false);
  const more = fresh(passages, before.passages);
  if (more.length > 0 && more.length + before.passages.length >= passagesMin) {
    return leakBy('passage', more, more.length < passagesMin);
  }
  const others = fresh(words, before.words);
  if (others.length > 0 && others.length + before.words.length >= wordsMin) {
    return leakBy('words', others, others.length < wordsMin);
  }
  return evidence.unread ? leakBy('unread', [], false) : null;
}

/**
 * What the run has carried out of this record once a call has left: kept when it leaves, not when it is refused. A call
 * that a person let out although it leaks fills it, so the next piece is asked for too.
 */
export function mergeEvidence(before: Carried, evidence: Evidence): Carried {
  return {
    passages: merged(before.passages, evidence.passages, passagesMin),
    words: merged(before.words, evidence.words, wordsMin),
  };
}

export function evidenceOf(
  outbound: readonly OutboundForm[],
  record: ReadFeatures,
  allowed: readonly ReadFeatures[],
): Evidence {
  const identifiers = new Map<number, Shared>();
  const passages = new Map<number, Shared>();
  const words = new Map<number, Shared>();
  let unread = false;
  for (const form of outbound) {
    for (const mark of form.identifiers) {
      if (isShared('identifiers', mark, form, record, allowed)) keep(identifiers, mark, form);
    }
    for (const mark of passagesOf(form, record, allowed)) keep(passages, mark, form);
    const shared = form.words.filter((mark) => isShared('words', mark, form, record, allowed));
    for (const mark of telling(shared, form)) keep(words, mark, form);
    unread ||= !form.complete;
  }
  return {
    identifiers: [...identifiers.values()],
    passages: [...passages.values()],
    words: [...words.values()],
    unread: unread && (record.hashes.length > 0 || !record.complete),
  };
}

function isShared(
  part: FeaturePart,
  mark: Mark,
  form: OutboundForm,
  record: ReadFeatures,
  allowed: readonly ReadFeatures[],
): boolean {
  return mayHold(record, part, mark, form) && !isAllowed(part, mark, allowed);
}

/** A letter of the agent's own around what it carries mustn't hide it, so parts of a text count like whole ones. */
export function telling(
  shared: readonly NumberedMark[],
  { wordCount }: OutboundForm,
): readonly NumberedMark[] {
  if (shared.length >= wordCount * wordShareMin) return shared;
  if (shared.length < wordsMin) return [];
  const dense = new Set<NumberedMark>();
  for (let last = wordsMin - 1; last < shared.length; last += 1) {
    const part = shared.slice(last - wordsMin + 1, last + 1);
    const [first] = part;
    const end = shared[last];
    if (first === undefined || end === undefined || end.number - first.number >= partWords)
      continue;
    for (const mark of part) dense.add(mark);
  }
  return [...dense];
}

/** Whether so many of the words of a text, some of them perhaps more than once, may be enough for `telling` any. */
export function mayTellByWords(known: number, words: readonly number[]): boolean {
  return known >= wordsMin || known >= new Set(words).size * wordShareMin;
}

/**
 * What wasn't read of a record may hold anything: then all that may leave is what was allowed, as it stands. What it says
 * read backwards is no matter any more.
 */
function mayHold(record: ReadFeatures, part: FeaturePart, mark: Mark, form: OutboundForm): boolean {
  const anything = !record.complete && form.decodings.length === 0;
  return anything || holds(record, part, mark.hash);
}

function isAllowed(part: FeaturePart, mark: Mark, allowed: readonly ReadFeatures[]): boolean {
  return allowed.some((features) => holds(features, part, mark.hash));
}

/**
 * The same forms without what may be passed on anyway: evidence is the same, and a long text that is allowed needn't be
 * looked up in everything that was read.
 */
export function withoutAllowed(
  outbound: readonly OutboundForm[],
  allowed: readonly ReadFeatures[],
): readonly OutboundForm[] {
  return outbound.map((form) => ({
    ...form,
    identifiers: form.identifiers.filter((mark) => !isAllowed('identifiers', mark, allowed)),
    grams: form.grams.filter(
      (mark, at) =>
        !isAllowed('grams', mark, allowed) ||
        !isPassable(form.grams[at - 1], mark, allowed) ||
        !isPassable(mark, form.grams[at + 1], allowed),
    ),
    words: form.words.filter((mark) => !isAllowed('words', mark, allowed)),
  }));
}

/** `how to get` is in every longer text. Scripts without spaces have no such words to take out. */
function saysSomething(form: OutboundForm, mark: Mark): boolean {
  const words = form.text.slice(mark.start, mark.end).split(/[^\p{L}\p{N}\p{M}'’]+/u);
  if (words.length < 3) return true;
  return words.filter((word) => word.length >= 4 && !isFunctionWord(word.toLowerCase())).length > 1;
}

/** Four words in a row that one text has which may be passed on; or no row at all, which is nothing. */
function isPassable(
  first: NumberedMark | undefined,
  second: NumberedMark | undefined,
  allowed: readonly ReadFeatures[],
): boolean {
  if (first === undefined || second?.number !== first.number + 1) return true;
  return [passableCourtesies, ...allowed].some(
    (features) => holds(features, 'grams', first.hash) && holds(features, 'grams', second.hash),
  );
}

/** Four words are two rows of three, a word apart; what may be passed on has both of them in one text. */
function passagesOf(
  form: OutboundForm,
  record: ReadFeatures,
  allowed: readonly ReadFeatures[],
): readonly Mark[] {
  const found: Mark[] = [];
  for (let at = 1; at < form.grams.length; at += 1) {
    const first = form.grams[at - 1];
    const second = form.grams[at];
    if (first === undefined || second?.number !== first.number + 1) continue;
    if (!mayHold(record, 'grams', first, form) || !mayHold(record, 'grams', second, form)) continue;
    if (isPassable(first, second, allowed)) continue;
    found.push({
      hash: mixed(first.hash ^ (second.hash >>> 1)),
      start: first.start,
      end: second.end,
    });
  }
  return found;
}

/** Of several ways of reading it the first, which is the simplest. */
function keep(found: Map<number, Shared>, mark: Mark, form: OutboundForm): void {
  if (!found.has(mark.hash)) found.set(mark.hash, { ...mark, form });
}

function fresh(now: readonly Shared[], before: readonly number[]): readonly Shared[] {
  return now.filter(({ hash }) => !before.includes(hash));
}

function merged(before: readonly number[], now: readonly Shared[], max: number): readonly number[] {
  return [...before, ...fresh(now, before).map(({ hash }) => hash)].slice(0, max);
}

function leakBy(by: Leak['by'], shared: readonly Shared[], continued: boolean): Leak {
  return { by, pieces: piecesOf(shared), decodings: shared[0]?.form.decodings ?? [], continued };
}

/** Rows that overlap are shown as one piece. */
function piecesOf(shared: readonly Shared[]): readonly string[] {
  const spans: { form: OutboundForm; start: number; end: number }[] = [];
  for (const { form, start, end } of shared) {
    const last = spans.at(-1);
    if (last?.form === form && start >= last.start && start <= last.end) {
      last.end = Math.max(last.end, end);
    } else if (spans.length === piecesMax) break;
    else spans.push({ form, start, end });
  }
  return spans.map(({ form, start, end }) =>
    printable(
      form.text.slice(start, Math.min(end, start + pieceCharactersMax + 1)).replace(/\s+/g, ' '),
      pieceCharactersMax,
    ),
  );
}
