import type { Settled } from './attempt.ts';

/** One of them, and what tells those who wait for its end; null: it never started. */
export interface CallUnderWay {
  readonly id: string;
  readonly end: Promise<Settled | null>;
  readonly resolve: (settled: Settled | null) => void;
  /** Later ones have higher numbers. */
  readonly serial: number;
  /** Where it stands in the list. */
  at: number;
}

/**
 * The calls under way. Not a map, though they are asked for by their ids: each table that a map outgrows refers to the
 * next one. Those that died old keep all later ones, and with them every call that ever stood there, until a full
 * collection.
 */
export class CallsUnderWay {
  readonly #list: CallUnderWay[] = [];
  #begun = 0;

  get size(): number {
    return this.#list.length;
  }

  begin(id: string): CallUnderWay {
    const { promise: end, resolve } = Promise.withResolvers<Settled | null>();
    this.#begun += 1;
    const call = { id, end, resolve, serial: this.#begun, at: this.#list.length };
    this.#list.push(call);
    return call;
  }

  /** Ended and gone from the list in one: whoever waits until nothing is under way must not find it ended in there. */
  over(call: CallUnderWay, settled: Settled | null): void {
    call.resolve(settled);
    const last = this.#list.pop();
    if (last === undefined || last === call) return;
    last.at = call.at;
    this.#list[call.at] = last;
  }

  /** Of the one that began last: a call that waited for a person begins again under its id. */
  endOf(id: string): Promise<Settled | null> | undefined {
    let found: CallUnderWay | undefined;
    for (const call of this.#list)
      if (call.id === id && call.serial > (found?.serial ?? 0)) found = call;
    return found?.end;
  }

  /** When every call that is under way now has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#list.map(({ end }) => end));
  }
}
