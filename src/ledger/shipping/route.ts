import { SallyportError } from '../../content/errors.ts';
import type { SignedCheckpoint } from '../../store/port.ts';
import { type CheckpointSink, SinkError, type SinkName } from './sink.ts';

/** How long a new checkpoint waits before it is looked for. */
const lookEveryMs = 1_000;
/** Half of the minute that is promised: the other half is for a try that fails, and the one after it. */
const deliverEveryMs = 30_000;
const deliveryMaxMs = 10_000;
/** A gateway that stops doesn't wait longer for a receiver that is away. */
const lastDeliveryMaxMs = 2_000;
const firstRetryMs = 1_000;

/** Where the store keeps each sink's {@link SinkStatus}. */
export const sinkStatusPrefix = 'checkpoints:';

/** What became of the newest delivery: `doctor` asks. */
export type SinkStatus = {
  readonly ok: boolean;
  /** Events that the newest delivered checkpoint covers; null before the first. */
  readonly size: number | null;
  readonly atMs: number;
  /** Why it fails. */
  readonly reason: string | null;
};

export interface RouteOptions {
  readonly newest: () => Promise<SignedCheckpoint | null>;
  readonly nowMs: () => number;
  /** Told of each delivery, and of the first failure after one. Never waited for. */
  readonly onStatus: (sink: SinkName, status: SinkStatus) => void;
}

/** The way of checkpoints to one sink. What a sink does or doesn't do holds nothing else up. */
export class Route implements AsyncDisposable {
  readonly #sink: CheckpointSink;
  readonly #options: RouteOptions;
  #delivered: SignedCheckpoint | null = null;
  #deliveredAtMs = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  readonly #closing = new AbortController();

  constructor(sink: CheckpointSink, options: RouteOptions) {
    this.#sink = sink;
    this.#options = options;
    this.#schedule(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    await this.#work;
    await this.#deliverNewest(AbortSignal.timeout(lastDeliveryMaxMs));
  }

  #schedule(afterMs: number): void {
    if (this.#closing.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#work = this.#look().then((nextMs) => this.#schedule(nextMs));
    }, afterMs).unref();
  }

  /** @returns when to look again. */
  async #look(): Promise<number> {
    if (performance.now() - this.#deliveredAtMs < deliverEveryMs) return lookEveryMs;
    await this.#deliverNewest(
      AbortSignal.any([AbortSignal.timeout(deliveryMaxMs), this.#closing.signal]),
    );
    return this.#failures === 0
      ? lookEveryMs
      : Math.min(deliverEveryMs, firstRetryMs * 2 ** (this.#failures - 1));
  }

  async #deliverNewest(signal: AbortSignal): Promise<void> {
    try {
      const newest = await this.#options.newest();
      if (newest === null || newest.note === this.#delivered?.note) return;
      await this.#sink.deliver(newest.note, signal);
      this.#delivered = newest;
      this.#deliveredAtMs = performance.now();
      this.#failures = 0;
      this.#tell(null);
    } catch (error) {
      // Cut short to close: the last try, which follows, has not failed yet.
      if (signal.reason === this.#closing.signal.reason && signal.aborted) return;
      this.#failures += 1;
      if (this.#failures === 1) this.#tell(reasonOf(error));
    }
  }

  #tell(reason: string | null): void {
    const { onStatus, nowMs } = this.#options;
    const size = this.#delivered?.size ?? null;
    onStatus(this.#sink.name, { ok: reason === null, size, atMs: nowMs(), reason });
  }
}

/** A secret that can't be read names itself, not its value. */
function reasonOf(error: unknown): string {
  return error instanceof SinkError || error instanceof SallyportError
    ? error.message
    : 'it failed in an unexpected way';
}
