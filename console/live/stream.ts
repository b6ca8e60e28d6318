/** What happens now, as the server tells it: one connection for all pages. */
import type { NowView, StreamMessage } from '../../src/edges/console/views.ts';
import { get, problemOf } from '../api/client.ts';
import { setGatewayNow } from '../time/clock.ts';
import { apply } from './apply.ts';

export interface Live {
  readonly now: NowView | null;
  /** What is shown is what is: the stream is open, and the page was fetched after it began. */
  readonly current: boolean;
  readonly problem: string | null;
}

type Listener = (message: StreamMessage) => void;

const types: readonly StreamMessage['type'][] = ['hello', 'hold', 'settled', 'event', 'signed_out'];
/** A burst of messages is one picture. */
const drawMs = 16;
const refetchMs = 400;
const reconnectMs = 2_000;

export class LiveStream {
  readonly #changed = new Set<() => void>();
  readonly #listeners = new Set<Listener>();
  #source: EventSource | null = null;
  #live: Live = { now: null, current: false, problem: null };
  /** What came while the page was fetched: it may be newer than the page. */
  #waiting: StreamMessage[] | null = null;
  #again = false;
  #timers = new Map<string, number>();

  get live(): Live {
    return this.#live;
  }

  start(): void {
    const source = new EventSource('/api/stream');
    this.#source = source;
    for (const type of types) {
      source.addEventListener(type, (event: MessageEvent<string>) => {
        const message: StreamMessage = JSON.parse(event.data);
        this.#take(message);
      });
    }
    source.addEventListener('error', () => {
      this.#set({ current: false });
      // The browser tries again by itself, but not after an answer that it takes for final.
      if (source.readyState === EventSource.CLOSED)
        this.#later('reconnect', reconnectMs, () => this.#reconnect());
    });
  }

  stop(): void {
    this.#source?.close();
    this.#source = null;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** @returns what stops it. */
  watch(changed: () => void): () => void {
    this.#changed.add(changed);
    return () => this.#changed.delete(changed);
  }

  /** @returns what stops it. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #reconnect(): void {
    if (this.#source === null) return;
    // It also finds out whether the session is over.
    void this.#fetch();
    this.stop();
    this.start();
  }

  #take(message: StreamMessage): void {
    if (message.type === 'hello') setGatewayNow(message.nowMs);
    if (this.#waiting === null) this.#apply(message);
    else this.#waiting.push(message);
    for (const listener of this.#listeners) listener(message);
  }

  #apply(message: StreamMessage): void {
    if (message.type === 'hello') return void this.#fetch();
    if (this.#live.now === null) return;
    const { now, stale } = apply(this.#live.now, message);
    this.#set({ now });
    if (stale) this.#later('fetch', refetchMs, () => void this.#fetch());
  }

  async #fetch(): Promise<void> {
    if (this.#waiting !== null) {
      this.#again = true;
      return;
    }
    this.#waiting = [];
    try {
      const now = await get<NowView>('/api/now');
      setGatewayNow(now.nowMs);
      this.#set({ now, current: this.#source?.readyState === EventSource.OPEN, problem: null });
    } catch (error) {
      this.#set({ current: false, problem: problemOf(error) });
      this.#later('fetch', reconnectMs, () => void this.#fetch());
    }
    const waiting = this.#waiting;
    this.#waiting = null;
    for (const message of waiting) this.#apply(message);
    if (!this.#again) return;
    this.#again = false;
    await this.#fetch();
  }

  #set(part: Partial<Live>): void {
    this.#live = { ...this.#live, ...part };
    this.#later('draw', drawMs, () => {
      for (const changed of this.#changed) changed();
    });
  }

  /** Once, however often it is asked for until then. */
  #later(what: string, ms: number, then: () => void): void {
    if (this.#source === null || this.#timers.has(what)) return;
    const timer = window.setTimeout(() => {
      this.#timers.delete(what);
      then();
    }, ms);
    this.#timers.set(what, timer);
  }
}
