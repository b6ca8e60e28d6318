import { digestOf } from '../content/digest.ts';
import type { JsonObject } from '../content/value.ts';
import type { Reservation } from '../engine/decision.ts';
import { type Exchange, nothingShown, type PastCall, type Shown } from '../engine/exchange.ts';
import type { Facts, FactsRequest } from '../engine/facts.ts';
import { inOrder } from '../engine/history.ts';
import { mergeLabels, noLabels } from '../engine/labels.ts';
import { unframed } from '../engine/outputs/unframed.ts';
import type { Labels, Run } from '../engine/run.ts';
import { scansOf } from '../engine/scans.ts';
import type { Tool } from './model.ts';

/** What outlives a run, kept in memory for one test: a clock, counters, what was done once, what was used before. */
export class TestWorld {
  nowMs: number;
  readonly #draws = new Map<string, { readonly atMs: number; readonly amount: number }[]>();
  readonly #once = new Set<string>();
  readonly #used = new Set<string>();
  readonly #memories = new Map<string, Labels>();
  readonly #payloads = new Map<string, JsonObject>();
  readonly #shown = new Map<string, Shown>();
  /** Each run's own, by call: a decision finds what the one before it found. */
  readonly #exchanges = new Map<string, Map<string, Exchange>>();

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  /** As the store keeps what events name: by digest. */
  keep(payload: JsonObject): string {
    const digest = digestOf(payload);
    this.#payloads.set(digest, payload);
    return digest;
  }

  keepShown(shown: Shown): string {
    const digest = digestOf(shown);
    this.#shown.set(digest, shown);
    return digest;
  }

  /** As a healthy gateway would find things, for a run and those above it: every upstream up, every definition as it was pinned. */
  facts(request: FactsRequest, runs: readonly [Run, ...Run[]]): Facts {
    return {
      nowMs: this.nowMs,
      suspended: false,
      windows: Object.fromEntries(
        request.windows.map(({ key, windowMs }) => [key, this.#sum(key, windowMs)]),
      ),
      once: Object.fromEntries(request.once.map((key) => [key, this.#once.has(key)])),
      history: request.history ? this.#history(runs) : null,
      used: Object.fromEntries(request.used.map((key) => [key, this.#used.has(key)])),
      scans: scansOf(request),
      breaker: { state: 'closed' },
      definition: 'pinned',
      upstreamUp: true,
    };
  }

  draw(reservations: readonly Reservation[]): void {
    for (const reservation of reservations) {
      if (reservation.type === 'once') {
        this.#once.add(reservation.key);
        continue;
      }
      const draws = this.#draws.get(reservation.key) ?? [];
      draws.push({ atMs: this.nowMs, amount: reservation.amount });
      this.#draws.set(reservation.key, draws);
    }
  }

  use(keys: readonly string[]): void {
    for (const key of keys) this.#used.add(key);
  }

  /** What a run that may write into a memory leaves in it. */
  noteDown({ memory, tier, upstream }: Tool, { labels }: Run): void {
    if (memory && tier > 0)
      this.#memories.set(upstream, mergeLabels(this.#inMemory(upstream), labels));
  }

  /** What a result of this tool carries besides its own labels. */
  recalled({ memory, upstream }: Tool): Labels {
    return memory ? this.#inMemory(upstream) : noLabels;
  }

  #inMemory(upstream: string): Labels {
    return this.#memories.get(upstream) ?? noLabels;
  }

  #history(runs: readonly [Run, ...Run[]]): readonly Exchange[] {
    const [run] = runs;
    const known = this.#exchanges.get(run.id) ?? new Map<string, Exchange>();
    this.#exchanges.set(run.id, known);
    const calls = runs.flatMap(({ history }) => history.flat());
    for (const past of calls) if (!known.has(past.call)) known.set(past.call, this.#exchange(past));
    return inOrder(calls.flatMap(({ call }) => known.get(call) ?? []));
  }

  #exchange(past: PastCall): Exchange {
    return {
      past,
      args: this.#payloads.get(past.arguments) ?? {},
      result: this.#released(past.released),
      shown: past.shown === null ? nothingShown : (this.#shown.get(past.shown) ?? nothingShown),
    };
  }

  #released(digest: string | null): JsonObject | null {
    const result = digest === null ? undefined : this.#payloads.get(digest);
    return result === undefined ? null : unframed(result);
  }

  #sum(key: string, windowMs: number | null): number {
    const since = windowMs === null ? Number.NEGATIVE_INFINITY : this.nowMs - windowMs;
    return (this.#draws.get(key) ?? [])
      .filter(({ atMs }) => atMs > since)
      .reduce((sum, { amount }) => sum + amount, 0);
  }
}
