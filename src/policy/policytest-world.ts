import type { Reservation } from '../engine/decision.ts';
import type { Facts, FactsRequest } from '../engine/facts.ts';

/** What outlives a run, kept in memory for one test: a clock, counters, what was done once, what was used before. */
export class TestWorld {
  nowMs: number;
  readonly #draws = new Map<string, { readonly atMs: number; readonly amount: number }[]>();
  readonly #once = new Set<string>();
  readonly #used = new Set<string>();

  constructor(nowMs: number) {
    this.nowMs = nowMs;
  }

  /** As a healthy gateway would find things: every upstream up, every definition as it was pinned. */
  facts(request: FactsRequest): Facts {
    return {
      nowMs: this.nowMs,
      suspended: false,
      windows: Object.fromEntries(
        request.windows.map(({ key, windowMs }) => [key, this.#sum(key, windowMs)]),
      ),
      once: Object.fromEntries(request.once.map((key) => [key, this.#once.has(key)])),
      history: null,
      used: Object.fromEntries(request.used.map((key) => [key, this.#used.has(key)])),
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

  #sum(key: string, windowMs: number | null): number {
    const since = windowMs === null ? Number.NEGATIVE_INFINITY : this.nowMs - windowMs;
    return (this.#draws.get(key) ?? [])
      .filter(({ atMs }) => atMs > since)
      .reduce((sum, { amount }) => sum + amount, 0);
  }
}
