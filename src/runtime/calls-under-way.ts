import type { Settled } from './attempt.ts';

/** One of them. */
export class CallUnderWay {
  readonly id: string;
  /** Later ones have higher numbers. */
  readonly serial: number;
  /** Where it stands in the list. */
  at: number;
  /** Undefined: not yet. */
  #ended: Settled | null | undefined;
  /** Made for the first who waits: hardly any call is waited for. */
  #waited: PromiseWithResolvers<Settled | null> | null = null;

  constructor(id: string, serial: number, at: number) {
    this.id = id;
    this.serial = serial;
    this.at = at;
  }

  /** Null: it never started. */
  get end(): Promise<Settled | null> {
    if (this.#waited === null) {
      this.#waited = Promise.withResolvers();
      if (this.#ended !== undefined) this.#waited.resolve(this.#ended);
    }
    return this.#waited.promise;
  }

  /** The first word counts. */
  resolve(settled: Settled | null): void {
    if (this.#ended !== undefined) return;
    this.#ended = settled;
    this.#waited?.resolve(settled);
  }
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
    this.#begun += 1;
    const call = new CallUnderWay(id, this.#begun, this.#list.length);
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
