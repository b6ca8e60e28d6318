/** Which parts of longer texts stand in what the run was shown: by four words in a row, and by numbers and ids. */
import { merged, type Stretch } from '../../content/edits.ts';
import { evidenceOf } from '../../content/text-features/leak.ts';
import { formOf, type OutboundForm } from '../../content/text-features/outbound-forms.ts';
import { type ReadFeatures, readFeatures } from '../../content/text-features/read-features.ts';
import { WrittenReading } from '../../content/text-features/reading.ts';
import {
  featuresOf,
  type Past,
  type PastRecord,
  type SeenExchange,
  textOfRecord,
} from '../stages/flow/past.ts';
import { leavesOf } from '../stages/flow/texts.ts';

/** A text, by the index of its value. */
export interface Worded {
  readonly of: number;
  readonly text: string;
}

export interface SharedWords {
  /** Newest results first. */
  readonly found: readonly {
    readonly of: number;
    readonly seen: SeenExchange;
    /** The record in which all of it stands; null: it stands in several. */
    readonly field: string | null;
    readonly spans: readonly Stretch[];
  }[];
  /** Something wasn't compared: there is too much of it. */
  readonly cutShort: boolean;
}

/** Of one text: a longer one is compared so far. */
const textUnitsMax = 32_768;
/** Rows of words, each with each record: what takes longer keeps others waiting. */
const comparisonsMax = 2_000_000;
/** Between two parts of one passage: a sign and the blanks around it. */
const gapUnitsMax = 3;

/**
 * @param allowed - what the request itself says comes from nowhere else.
 * @param unitsMax - of results that are looked at, newest first.
 */
export function sharedWords(
  past: Past,
  texts: readonly Worded[],
  allowed: readonly ReadFeatures[],
  unitsMax: number,
): SharedWords {
  const forms = texts
    .map(({ of, text }) => ({ of, form: asItStands(text.slice(0, textUnitsMax)) }))
    .filter(({ form }) => form.grams.length + form.identifiers.length > 0);
  const found: SharedWords['found'][number][] = [];
  if (forms.length === 0) return { found, cutShort: false };
  const rows = forms.reduce((sum, { form }) => sum + form.grams.length, 0);
  const sieve = sieveOf(forms.map(({ form }) => form));
  let units = 0;
  let comparisons = 0;
  for (let at = past.seen.length - 1; at >= 0; at -= 1) {
    const seen = past.seen[at];
    if (seen === undefined || seen.exchange.result === null) continue;
    if (units >= unitsMax || comparisons >= comparisonsMax) return { found, cutShort: true };
    for (const record of seen.records) units += textOfRecord(record).length;
    const suspects = seen.records.filter((record) => passes(sieve, featuresOf(record)));
    if (suspects.length === 0) continue;
    comparisons += rows * suspects.length;
    let said: ReadFeatures | null = null;
    for (const { of, form } of forms) {
      if (marksIn(suspects, form, allowed).spans.length === 0) continue;
      if (said === null) {
        const text = saidIn(seen);
        units += text.length;
        said = readFeatures(text);
      }
      const { field, spans } = marksIn(suspects, form, [...allowed, said]);
      if (spans.length > 0) found.push({ of, seen, field, spans: merged(spans, gapUnitsMax) });
    }
  }
  return { found, cutShort: texts.some(({ text }) => text.length > textUnitsMax) };
}

/** Not as anybody might read it: what is shared has its place in the text that a person is shown. */
function asItStands(text: string): OutboundForm {
  return { ...formOf(new WrittenReading([], text)), words: [], wordCount: 0 };
}

/** What the agent itself had said in that call comes from elsewhere. */
function saidIn({ exchange }: SeenExchange): string {
  return leavesOf(exchange.args)
    .map(({ value }) => value)
    .join('\n');
}

/** A bit for each hash that some text has: nearly all records share no two, and needn't be compared. */
const sieveBits = 20;

function sieveOf(forms: readonly OutboundForm[]): Int32Array {
  const sieve = new Int32Array(2 ** (sieveBits - 5));
  for (const { grams, identifiers } of forms)
    for (const { hash } of [...grams, ...identifiers]) {
      const bit = hash >>> (32 - sieveBits);
      sieve[bit >>> 5] = (sieve[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  return sieve;
}

/** Perhaps two rows of words, or an identifier. */
function passes(sieve: Int32Array, { hashes, gramsFrom, wordsFrom }: ReadFeatures): boolean {
  let shared = 0;
  for (let at = 0; at < wordsFrom; at += 1) {
    const bit = (hashes[at] ?? 0) >>> (32 - sieveBits);
    if (((sieve[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) continue;
    shared += 1;
    if (at < gramsFrom || shared > 1) return true;
  }
  return false;
}

function marksIn(
  records: readonly PastRecord[],
  form: OutboundForm,
  allowed: readonly ReadFeatures[],
): { readonly field: string | null; readonly spans: readonly Stretch[] } {
  const spans: Stretch[] = [];
  const fields = new Set<string | null>();
  for (const one of records) {
    const features = featuresOf(one);
    // Of a text too long to be read, what was read of it counts.
    const { passages, identifiers } = evidenceOf([form], { ...features, complete: true }, allowed);
    for (const { start, end } of [...passages, ...identifiers]) {
      spans.push({ start, end });
      fields.add(one.record?.at ?? null);
    }
  }
  const [field = null] = fields;
  return { field: fields.size === 1 ? field : null, spans };
}
