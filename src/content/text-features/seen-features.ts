import { type Enough, telling, withoutAllowed } from './leak.ts';
import {
  formOf,
  hasRowsAlone,
  type Mark,
  type NumberedMark,
  type OutboundForm,
  readingsOf,
} from './outbound-forms.ts';
import { type Find, Probe } from './probe.ts';
import type { ReadFeatures } from './read-features.ts';
import type { Reading, WrittenReading } from './reading.ts';
import { scan } from './scan.ts';
import { Sieve } from './sieve.ts';
import { asItStands, type Rewriting } from './word-orders.ts';

/** Records are looked at one by one where so many features of some of them make it worth while. */
const blockFeaturesMax = 16_384;
/** 8 MiB, however much was read; fuller, it narrows less, and loses nothing. */
const bitsMax = 1 << 26;

/** Neighbours in the order of reading. */
interface Block {
  readonly from: number;
  readonly sieve: Sieve;
  until: number;
  complete: boolean;
}

/**
 * Everything that one run has read, as a sieve: with fifty results behind it, most of what leaves is in none of them, and
 * the few features that are in some are all that has to be looked up, and only where enough of them come together.
 *
 * It belongs to one run; a sieve that two shared would let one change what the other may do.
 */
export class SeenFeatures {
  readonly #blocks: Block[] = [];
  readonly #all = new Sieve(24, bitsMax);
  #records = 0;
  #complete = true;

  add(record: ReadFeatures): void {
    this.#all.add(record.hashes);
    const block = this.#blockFor(record);
    block.sieve.add(record.hashes);
    block.complete &&= record.complete;
    block.until += 1;
    this.#complete &&= record.complete;
    this.#records += 1;
  }

  /**
   * `narrowed` of the text's `outboundForms`, without those in which nothing stands that `by` goes by: a text reads as
   * nonsense in most ways, and of nonsense nothing is remembered.
   */
  formsOf(
    text: string,
    allowed: readonly ReadFeatures[],
    by: 'leak' | 'query',
  ): readonly OutboundForm[] {
    const readings = readingsOf(text);
    if (!this.#complete)
      return this.narrowed(
        readings.map((reading) => formOf(reading)),
        allowed,
      );
    const finds = new Map<Reading, Find>();
    for (const reading of readings)
      finds.set(reading, reading.complete ? this.#find(reading, finds, by) : 'enough');
    const telling = readings.filter((reading) => finds.get(reading) === 'enough');
    return withoutAllowed(
      telling.map((reading) => formOf(reading, this.#mayHave)),
      allowed,
    ).filter(isNotEmpty);
  }

  /** @param finds - in those before it. */
  #find(reading: Reading, finds: ReadonlyMap<Reading, Find>, by: 'leak' | 'query'): Find {
    const { origin, rewriting } = reading;
    if (rewriting === null || origin.changed === null) return this.#findIn(origin, reading, by);
    // Most letters that may be bytes are ordinary words, and the rest of the text says what it said without them.
    const other = counterpart(origin.changed.above, rewriting, finds.keys());
    if (other === undefined || finds.get(other) !== 'nothing')
      return this.#findIn(origin, reading, by);
    return origin.changedParts.some((part) => this.#findIn(part, reading, by) !== 'nothing')
      ? 'enough'
      : 'nothing';
  }

  /** In a text that is turned as this reading turns its own. */
  #findIn(text: WrittenReading, reading: Reading, by: 'leak' | 'query'): Find {
    const { origin, rewriting } = reading;
    const rowsAlone = hasRowsAlone(reading);
    const probe = new Probe(this.#all, by === 'query', rowsAlone);
    const isTold = rewriting !== null && text.words?.scan(rewriting, rowsAlone, probe) === true;
    if (!isTold) scan(text === origin ? reading.text : reading.turned(text.text), probe);
    return probe.find;
  }

  /**
   * The same forms with only those features that some record may have, and that may not be passed on. With the same
   * `allowed`, the evidence for any record that was added is the same as without; forms of none are left out.
   */
  narrowed(
    outbound: readonly OutboundForm[],
    allowed: readonly ReadFeatures[],
  ): readonly OutboundForm[] {
    const forms = this.#complete ? this.#sifted(outbound) : outbound;
    return withoutAllowed(forms, allowed).filter(isNotEmpty);
  }

  /** By number, in the order in which they were added: every record that has an identifier of the forms, or enough else. */
  suspects(narrowed: readonly OutboundForm[], enough: Enough): readonly number[] {
    const unread = narrowed.some(({ complete }) => !complete);
    const forms = this.#complete && !unread ? relevant(narrowed, enough) : narrowed;
    if (forms.length === 0) return [];
    const suspects: number[] = [];
    for (const { from, until, sieve, complete } of this.#blocks) {
      if (unread || !complete || mayShare(forms, enough, ({ hash }) => sieve.mayHave(hash)))
        for (let record = from; record < until; record += 1) suspects.push(record);
    }
    return suspects;
  }

  #blockFor({ hashes }: ReadFeatures): Block {
    const last = this.#blocks.at(-1);
    if (last !== undefined && last.sieve.count + hashes.length <= blockFeaturesMax) return last;
    const from = this.#records;
    const block = { from, until: from, sieve: new Sieve(12, bitsMax), complete: true };
    this.#blocks.push(block);
    return block;
  }

  #sifted(outbound: readonly OutboundForm[]): readonly OutboundForm[] {
    return outbound.flatMap((form) => {
      const identifiers = form.identifiers.filter(this.#has);
      const grams = form.grams.filter(this.#has);
      const words = form.words.filter(this.#has);
      const empty = identifiers.length + grams.length + words.length === 0;
      return empty && form.complete ? [] : [{ ...form, identifiers, grams, words }];
    });
  }

  readonly #mayHave = (hash: number): boolean => this.#all.mayHave(hash);
  readonly #has = ({ hash }: Mark): boolean => this.#all.mayHave(hash);
}

/** What isn't complete may say anything. */
function isNotEmpty({ identifiers, grams, words, complete }: OutboundForm): boolean {
  return !complete || identifiers.length + grams.length + words.length > 0;
}

/** Another text that is turned in the same way; undefined: it isn't among them. */
function counterpart(
  of: Reading,
  rewriting: Rewriting,
  readings: Iterable<Reading>,
): Reading | undefined {
  if (rewriting === asItStands) return of;
  for (const other of readings)
    if (other.origin === of && other.rewriting === rewriting) return other;
  return undefined;
}

/** Without what isn't enough even if one record had all of it: with much behind a run, each feature is looked up often. */
function relevant(forms: readonly OutboundForm[], enough: Enough): readonly OutboundForm[] {
  const paired = forms.map(({ grams }) => grams.filter((_, at) => isPaired(grams, at)));
  const passages = paired.reduce((sum, grams) => sum + Math.max(0, grams.length - 1), 0);
  const told = forms.map((form) => telling(form.words, form));
  const words = told.reduce((sum, { length }) => sum + length, 0);
  const single = enough.grams < Number.POSITIVE_INFINITY;
  return forms.flatMap((form, at) => {
    const grams = single ? form.grams : passages >= enough.passages ? (paired[at] ?? []) : [];
    const rest = words >= enough.words ? (told[at] ?? []) : [];
    if (form.identifiers.length + grams.length + rest.length === 0) return [];
    return [{ ...form, grams, words: rest }];
  });
}

function isPaired(grams: readonly NumberedMark[], at: number): boolean {
  const number = grams[at]?.number ?? 0;
  return grams[at - 1]?.number === number - 1 || grams[at + 1]?.number === number + 1;
}

function mayShare(
  forms: readonly OutboundForm[],
  enough: Enough,
  has: (mark: Mark) => boolean,
): boolean {
  let grams = 0;
  let passages = 0;
  let words = 0;
  for (const form of forms) {
    if (form.identifiers.some(has)) return true;
    let last: NumberedMark | null = null;
    for (const mark of form.grams) {
      if (!has(mark)) continue;
      grams += 1;
      if (last?.number === mark.number - 1) passages += 1;
      last = mark;
    }
    words += telling(form.words.filter(has), form).length;
    if (grams >= enough.grams || passages >= enough.passages || words >= enough.words) return true;
  }
  return false;
}
