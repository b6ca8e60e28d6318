import type { CommittedEvent } from '../store/feed.ts';

/**
 * What was committed, in the order of the ledger: commits may be told in another. Whoever keeps how far it has come would
 * else leave out, after a crash, what was told late.
 */
export class InOrder {
  readonly #pass: (event: CommittedEvent) => void;
  /** By their first event; of a moment. */
  readonly #early = new Map<number, readonly CommittedEvent[]>();
  #nextSeq: number | null = null;

  constructor(pass: (event: CommittedEvent) => void) {
    this.#pass = pass;
  }

  /** Every event before it was passed on, or was there at the beginning. */
  get nextSeq(): number {
    return this.#nextSeq ?? 0;
  }

  hear(events: readonly CommittedEvent[]): void {
    const [first] = events;
    if (first === undefined || first.seq < this.nextSeq) return;
    // Most come in turn, and in a map that each of them went through none would be let go of for long.
    if (first.seq === this.#nextSeq) this.#passAll(events);
    else this.#early.set(first.seq, events);
    this.#drain();
  }

  /** @param seq - what lies before was read from the store. */
  begin(seq: number): void {
    this.#nextSeq = seq;
    for (const early of this.#early.keys()) if (early < seq) this.#early.delete(early);
    this.#drain();
  }

  #drain(): void {
    while (this.#nextSeq !== null) {
      const events = this.#early.get(this.#nextSeq);
      if (events === undefined) return;
      this.#early.delete(this.#nextSeq);
      this.#passAll(events);
    }
  }

  #passAll(events: readonly CommittedEvent[]): void {
    this.#nextSeq = this.nextSeq + events.length;
    for (const event of events) this.#pass(event);
  }
}
