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
import type { ReadFeatures } from '../../../content/text-features/read-features.ts';
import { SeenFeatures } from '../../../content/text-features/seen-features.ts';
import { formsOfPast } from './outgoing.ts';
import { featuresOf, type Past, type PastRecord, type SeenExchange } from './past.ts';
import type { TrustedRequest } from './trusted-request.ts';

export class Unasked {
  readonly #records: PastRecord[] = [];
  readonly #allowed: ReadFeatures[];
  readonly #sieve = new SeenFeatures();
  readonly #carried = new Map<PastRecord, Carried>();
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

  /** What of a text that leaves some unasked record may have. */
  narrowed(outbound: readonly OutboundForm[]): readonly OutboundForm[] {
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
    for (const one of records) {
      const features = featuresOf(one);
      if (features.hashes.length === 0 && features.complete) continue;
      // A catalogue, a timetable: what the policy calls public is nobody's secret.
      const isPublic = tool?.returns.classes.length === 1 && tool.returns.classes[0] === 'public';
      if ((one.asked !== null || isPublic) && !laundered) {
        this.#allowed.push(features);
        continue;
      }
      // What a call of the agent's own answers says back what was written: that was judged when it was written.
      if (exchange.past.tier > 0 && tool !== null && !laundered) continue;
      this.#records.push(one);
      this.#sieve.add(features);
    }
  }

  #wrote({ exchange, tool }: SeenExchange): void {
    const outbound = this.narrowed(formsOfPast(exchange, tool));
    if (outbound.length === 0) return;
    for (const record of this.#at(this.#sieve.suspects(outbound, enoughToCarry))) {
      const evidence = evidenceOf(outbound, featuresOf(record), this.#allowed);
      if (
        evidence.passages.length + evidence.words.length + evidence.identifiers.length === 0 &&
        !evidence.unread
      )
        continue;
      const before = this.carriedOf(record);
      if (leakIn(evidence, before) !== null) this.#laundered.add(upstreamOf(exchange.past.tool));
      const leaves = tool === null || tool.reach === 'external' || tool.persists;
      if (leaves && evidence.passages.length + evidence.words.length > 0)
        this.#carried.set(record, mergeEvidence(before, evidence));
    }
  }
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
