import type { KeptPayload, StoreReader } from '../store/port.ts';
import { payloadDigest } from './payloads.ts';

/** Payloads that events have named: many calls share one, close to one another. */
const recentMax = 256;
/** Payloads read before an event named them: one that isn't among so many lies somewhere else. */
const aheadMax = 1_024;

/** Edited payloads that nobody named, told at the end. */
const strayMax = 100;

export type PayloadState = 'sound' | 'edited' | 'missing';

/**
 * Whether what events name is kept, and is what it was. Payloads lie about in the order of the events that name them: they
 * are read in that order, beside the events, for looking each of them up would take longer than all the rest.
 */
export class PayloadChecks implements AsyncDisposable {
  readonly #reader: StoreReader;
  readonly #payloads: AsyncIterator<readonly KeptPayload[]>;
  readonly #recent = new Map<string, PayloadState>();
  readonly #ahead = new Map<string, PayloadState>();
  readonly #stray = new Set<string>();
  /** Of those read last, the ones from `next` on were not looked at. */
  #read: readonly KeptPayload[] = [];
  #next = 0;
  #ended = false;

  constructor(reader: StoreReader) {
    this.#reader = reader;
    this.#payloads = reader.payloads()[Symbol.asyncIterator]();
  }

  /** Without reading; undefined: it has to be looked for. */
  known(digest: string): PayloadState | undefined {
    const next = this.#read[this.#next];
    if (next?.digest === digest) {
      this.#next += 1;
      return this.#named(digest, this.#stateOf(next));
    }
    const recent = this.#recent.get(digest);
    if (recent !== undefined) return recent;
    const ahead = this.#ahead.get(digest);
    if (ahead === undefined) return undefined;
    this.#ahead.delete(digest);
    return this.#named(digest, ahead);
  }

  async find(digest: string): Promise<PayloadState> {
    for (let read = 0; read < aheadMax; read += 1) {
      const next = this.#read[this.#next] ?? (await this.#readMore());
      if (next === undefined) break;
      this.#next += 1;
      if (next.digest === digest) return this.#named(digest, this.#stateOf(next));
      this.#keepAhead(next);
    }
    const bytes = await this.#reader.payload(digest);
    return this.#named(digest, bytes === null ? 'missing' : stateOf({ digest, bytes }));
  }

  /**
   * The digests of edited payloads that were told of at no event. One may lie beside the sound one of the same digest, to
   * be found in its place.
   */
  async strays(): Promise<readonly string[]> {
    for (;;) {
      const next = this.#read[this.#next] ?? (await this.#readMore());
      if (next === undefined) return [...this.#stray];
      this.#next += 1;
      this.#stateOf(next);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#payloads.return?.();
  }

  async #readMore(): Promise<KeptPayload | undefined> {
    this.#read = [];
    this.#next = 0;
    while (this.#read.length === 0 && !this.#ended) {
      const more = await this.#payloads.next();
      if (more.done === true) this.#ended = true;
      else this.#read = more.value;
    }
    return this.#read[0];
  }

  #stateOf(payload: KeptPayload): PayloadState {
    const state = stateOf(payload);
    if (state === 'edited' && this.#stray.size < strayMax) this.#stray.add(payload.digest);
    return state;
  }

  #named(digest: string, state: PayloadState): PayloadState {
    if (state === 'edited') this.#stray.delete(digest);
    if (this.#recent.size >= recentMax) this.#recent.clear();
    this.#recent.set(digest, state);
    return state;
  }

  #keepAhead(payload: KeptPayload): void {
    this.#ahead.set(payload.digest, this.#stateOf(payload));
    const [oldest] = this.#ahead.keys();
    // Nobody may ever name it; if somebody does, it is looked up.
    if (this.#ahead.size > aheadMax && oldest !== undefined) this.#ahead.delete(oldest);
  }
}

function stateOf({ digest, bytes }: KeptPayload): PayloadState {
  return payloadDigest(bytes) === digest ? 'sound' : 'edited';
}
