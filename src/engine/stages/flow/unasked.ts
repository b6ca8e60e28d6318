/**
 * What a run has read that its request does not ask for, and how much of it has left already. It grows with the run's
 * calls, each of which is looked at once.
 */
import {
  type Carried,
  enoughToAsk,
  enoughToCarry,
  enoughToLeak,
  evidenceOf,
  leakIn,
  mergeEvidence,
  nothingCarried,
} from '../../../content/text-features/leak.ts';
import type { OutboundForm } from '../../../content/text-features/outbound-forms.ts';
import {
  type ReadFeatures,
  readFeatures,
  without,
} from '../../../content/text-features/read-features.ts';
import { SeenFeatures } from '../../../content/text-features/seen-features.ts';
import { creates } from './objects.ts';
import { formsOfPast } from './outgoing.ts';
import {
  featuresOf as allFeaturesOf,
  type Past,
  type PastRecord,
  type SeenExchange,
  textOfRecord,
} from './past.ts';
import { leavesOf } from './texts.ts';
import type { TrustedRequest } from './trusted-request.ts';

export class Unasked {
  readonly #records: PastRecord[] = [];
  readonly #allowed: ReadFeatures[];
  readonly #sieve = new SeenFeatures();
  readonly #carried = new Map<PastRecord, Carried>();
  /** The same of what was written inside: in pieces, too, it can be read back as something that was asked for. */
  readonly #written = new Map<PastRecord, Carried>();
  /** Of what a call that wrote something answers, what it was not given. */
  readonly #added = new Map<PastRecord, ReadFeatures>();
  /** Upstreams into which the agent has written what nobody asked for: what they say later is no user's wish. */
  readonly #laundered = new Set<string>();
  #calls = 0;

  constructor(request: TrustedRequest) {
    this.#allowed = [request.features];
  }

  grow({ seen }: Past): void {
    for (; this.#calls < seen.length; this.#calls += 1) {
      const next = seen[this.#calls];
      if (next !== undefined) this.#add(next);
    }
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  get allowed(): readonly ReadFeatures[] {
    return this.#allowed;
  }

  /** What of a text that leaves some unasked record may have, as far as `leak` or `queryLeak` goes by it. */
  formsOf(text: string, by: 'leak' | 'query'): readonly OutboundForm[] {
    return this.#records.length === 0 ? [] : this.#sieve.formsOf(text, this.#allowed, by);
  }

  #narrowed(outbound: readonly OutboundForm[]): readonly OutboundForm[] {
    return this.#records.length === 0 ? [] : this.#sieve.narrowed(outbound, this.#allowed);
  }

  /** Every record for which `leak` of these forms may be anything; of the others it is null. */
  suspectsOf(narrowed: readonly OutboundForm[]): readonly PastRecord[] {
    const suspects = this.#sieve.suspects(narrowed, enoughToLeak);
    if (this.#carried.size === 0) return this.#at(suspects);
    // Of what has left in part, the rest is less.
    const more = this.#sieve.suspects(narrowed, enoughToCarry);
    const all = new Set(suspects);
    return this.#at(more.filter((place) => all.has(place) || this.#hasLeftInPart(place)));
  }

  /** The same for `queryLeak`. */
  suspectsOfQuery(narrowed: readonly OutboundForm[]): readonly PastRecord[] {
    return this.#at(this.#sieve.suspects(narrowed, enoughToAsk));
  }

  carriedOf(record: PastRecord): Carried {
    return this.#carried.get(record) ?? nothingCarried;
  }

  featuresOf(record: PastRecord): ReadFeatures {
    return this.#added.get(record) ?? allFeaturesOf(record);
  }

  #hasLeftInPart(place: number): boolean {
    const record = this.#records[place];
    return record !== undefined && this.#carried.has(record);
  }

  #at(places: readonly number[]): readonly PastRecord[] {
    return places.flatMap((place) => this.#records[place] ?? []);
  }

  #add(seen: SeenExchange): void {
    const { exchange, tool, records } = seen;
    if (exchange.past.tier > 0) this.#wrote(seen);
    const laundered = this.#laundered.has(upstreamOf(exchange.past.tool));
    const given = exchange.past.tier > 0 ? featuresOfArguments(seen) : null;
    for (const one of records) {
      // What a call says back of what was written was judged when it was written: it is neither read nor asked for.
      if (given !== null && !laundered) this.#added.set(one, without(allFeaturesOf(one), given));
      const features = this.featuresOf(one);
      if (features.hashes.length === 0 && features.complete) continue;
      // A catalogue, a timetable: what the policy calls public is nobody's secret.
      const isPublic = tool?.returns.classes.length === 1 && tool.returns.classes[0] === 'public';
      if ((one.asked !== null || isPublic) && !laundered) {
        this.#allowed.push(features);
        continue;
      }
      if (given !== null && !laundered && isReceipt(one)) continue;
      this.#records.push(one);
      this.#sieve.add(features);
    }
  }

  #wrote({ exchange, tool }: SeenExchange): void {
    const outbound = this.#narrowed(formsOfPast(exchange, tool));
    if (outbound.length === 0) return;
    for (const record of this.#at(this.#sieve.suspects(outbound, enoughToCarry))) {
      const evidence = evidenceOf(outbound, this.featuresOf(record), this.#allowed);
      if (
        evidence.passages.length + evidence.words.length + evidence.identifiers.length === 0 &&
        !evidence.unread
      )
        continue;
      const written = this.#written.get(record) ?? nothingCarried;
      if (leakIn(evidence, written) !== null) this.#laundered.add(upstreamOf(exchange.past.tool));
      this.#written.set(record, mergeEvidence(written, evidence));
      const leaves = tool === null || tool.reach === 'external' || tool.persists;
      if (leaves && evidence.passages.length + evidence.words.length > 0)
        this.#carried.set(record, mergeEvidence(this.carriedOf(record), evidence));
    }
  }
}

/** "Booked for you": longer ones are texts. */
const receiptUnitsMax = 300;

/** What came of the call, and nothing that it read: the thing that it made, or a sentence of which the policy says nothing. */
function isReceipt(one: PastRecord): boolean {
  const { tool } = one.seen;
  if (tool === null || tool.returns.classes.length > 0) return false;
  if (creates(tool)) return true;
  const { items, object } = tool.returns;
  return items === null && object === null && textOfRecord(one).length <= receiptUnitsMax;
}

function featuresOfArguments({ exchange }: SeenExchange): ReadFeatures {
  return readFeatures(
    leavesOf(exchange.args)
      .map(({ value }) => value)
      .join('\n'),
  );
}

function upstreamOf(tool: string): string {
  return tool.slice(0, tool.indexOf('.'));
}

const known = new WeakMap<Past, Unasked>();

export function unaskedOf(past: Past, request: TrustedRequest): Unasked {
  let unasked = known.get(past);
  if (unasked === undefined) {
    unasked = new Unasked(request);
    known.set(past, unasked);
  }
  unasked.grow(past);
  return unasked;
}
