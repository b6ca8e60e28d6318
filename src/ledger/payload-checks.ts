import type { KeptPayload, StoreReader } from '../store/port.ts';
import { payloadDigest } from './payloads.ts';

/** Payloads that were looked at, by digest; many calls share one. */
const rememberedMax = 4_096;
/** Payloads read before an event named them: one that isn't among so many lies somewhere else. */
const aheadMax = 1_024;

export type PayloadState = 'sound' | 'edited' | 'missing';

/**
 * Whether what events name is kept, and is what it was. Payloads lie about in the order of the events that name them: they
 * are read in that order, beside the events, for looking each of them up would take longer than all the rest.
 */
export class PayloadChecks implements AsyncDisposable {
  readonly #reader: StoreReader;
  readonly #payloads: AsyncIterator<KeptPayload>;
  readonly #known = new Map<string, PayloadState>();
  /** Of those known, the ones that no event has named yet. */
  readonly #ahead = new Set<string>();
  #ended = false;

  constructor(reader: StoreReader) {
    this.#reader = reader;
    this.#payloads = reader.payloads()[Symbol.asyncIterator]();
  }

  /** Undefined: it has to be looked for. */
  known(digest: string): PayloadState | undefined {
    const state = this.#known.get(digest);
    if (state !== undefined) this.#ahead.delete(digest);
    return state;
  }

  async find(digest: string): Promise<PayloadState> {
    for (let read = 0; read < aheadMax && !this.#ended; read += 1) {
      const next = await this.#payloads.next();
      if (next.done === true) this.#ended = true;
      else if (next.value.digest === digest) return this.#look(next.value);
      else this.#keepAhead(next.value);
    }
    const bytes = await this.#reader.payload(digest);
    return bytes === null ? this.#remember(digest, 'missing') : this.#look({ digest, bytes });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#payloads.return?.();
  }

  #keepAhead(payload: KeptPayload): void {
    this.#look(payload);
    this.#ahead.add(payload.digest);
    const [oldest] = this.#ahead;
    // Nobody may ever name it; if somebody does, it is looked up.
    if (this.#ahead.size > aheadMax && oldest !== undefined) {
      this.#ahead.delete(oldest);
      this.#known.delete(oldest);
    }
  }

  #look({ digest, bytes }: KeptPayload): PayloadState {
    return this.#remember(digest, payloadDigest(bytes) === digest ? 'sound' : 'edited');
  }

  #remember(digest: string, state: PayloadState): PayloadState {
    if (this.#known.size >= rememberedMax) {
      this.#known.clear();
      this.#ahead.clear();
    }
    this.#known.set(digest, state);
    return state;
  }
}
