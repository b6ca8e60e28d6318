/**
 * The way of messages to one channel: one at a time, tried again with growing pauses, given up after a while. What a channel
 * does or doesn't do holds no other up. While it is busy, what arrives gathers into its next message.
 */
import type { GatewayEvent } from '../engine/events.ts';
import { alertEvent } from '../runtime/alerts.ts';
import { type DeliveryError, deliveryErrorOf, type Sender } from './delivery.ts';
import { aboutOf, messageId, type Notice, noticeId } from './notice.ts';
import type { Message } from './told.ts';
import { WithinSignal } from './within-signal.ts';

export interface Pace {
  /** How long the first notice waits for others: a burst is one message. */
  readonly gatherMs: number;
  /** Between two messages. */
  readonly restMs: number;
  readonly tryMaxMs: number;
  readonly firstRetryMs: number;
  readonly retryMaxMs: number;
  readonly giveUpMs: number;
  /** A gateway that stops doesn't wait longer for a try that is under way. */
  readonly lastTryMaxMs: number;
}

export const pace: Pace = {
  gatherMs: 250,
  // Slack's webhooks take about one a second.
  restMs: 1_000,
  tryMaxMs: 15_000,
  firstRetryMs: 1_000,
  retryMaxMs: 60_000,
  giveUpMs: 3_600_000,
  lastTryMaxMs: 2_000,
};

/** What one channel keeps of what it couldn't tell yet; more is a number in its next message. */
const pendingMax = 1_000;
/** One failure is a hiccup. */
const alertAfterTries = 3;

/** What a restart needs: the rest is in the ledger. */
export interface Unsent {
  readonly pending: readonly number[];
  readonly more: number;
}

export interface RouteOptions {
  /** As the policy lists it: `approvals.slack.0`. */
  readonly name: string;
  readonly pace: Pace;
  readonly nowMs: () => number;
  /** Whether anybody still has to hear of it: a hold may be over. */
  readonly isNeeded: (notice: Notice) => boolean;
  readonly compose: (id: string, notices: readonly Notice[], more: number) => Promise<Message>;
  /** Durably, with what this route still keeps. */
  readonly record: (events: readonly GatewayEvent[]) => Promise<void>;
}

interface Batch {
  readonly id: string;
  readonly notices: readonly Notice[];
  readonly more: number;
}

export class Route implements AsyncDisposable {
  readonly #options: RouteOptions;
  #sender: Sender;
  #pending: Notice[] = [];
  #more = 0;
  #begun = false;
  #work: Promise<void> | null = null;
  /** Since the last message that arrived: an outage is one alert. */
  #alerted = false;
  readonly #tries = new WithinSignal();
  readonly #closing = new AbortController();
  readonly #cutting = new AbortController();

  constructor(sender: Sender, options: RouteOptions) {
    this.#sender = sender;
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  /** A reload has given the channel another address. */
  sendThrough(sender: Sender): void {
    this.#sender = sender;
  }

  /** From now on messages leave; what was offered before is kept until then. */
  begin(): void {
    this.#begun = true;
    this.#start();
  }

  offer(notice: Notice): void {
    if (this.#pending.length >= pendingMax) this.#more += 1;
    else this.#pending.push(notice);
    this.#start();
  }

  /** So many more weren't told before a restart. */
  owe(more: number): void {
    this.#more += more;
  }

  unsent(): Unsent {
    this.#forgetUnneeded();
    return { pending: this.#pending.map(({ seq }) => seq), more: this.#more };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    const cut = setTimeout(() => this.#cutting.abort(), this.#options.pace.lastTryMaxMs);
    await this.#work;
    clearTimeout(cut);
  }

  #start(): void {
    if (!this.#begun || this.#work !== null || this.#pending.length === 0) return;
    if (this.#closing.signal.aborted) return;
    this.#work = this.#deliverAll();
  }

  async #deliverAll(): Promise<void> {
    const { gatherMs, restMs } = this.#options.pace;
    await this.#pause(gatherMs);
    for (;;) {
      this.#forgetUnneeded();
      if (this.#pending.length === 0 || this.#closing.signal.aborted) break;
      await this.#deliver(this.#nextBatch());
      await this.#pause(restMs);
    }
    this.#work = null;
  }

  #nextBatch(): Batch {
    const { summarises, toldMax } = this.#sender;
    const notices = summarises ? [...this.#pending] : this.#pending.slice(0, toldMax);
    const id = messageId(notices.map((notice) => noticeId(this.name, notice)));
    // Said with the last of those that it follows.
    return { id, notices, more: notices.length === this.#pending.length ? this.#more : 0 };
  }

  async #deliver(batch: Batch): Promise<void> {
    const { pace: at, nowMs, isNeeded } = this.#options;
    const begunMs = nowMs();
    let failure: DeliveryError | null = null;
    for (let attempts = 1; ; attempts += 1) {
      const needed = batch.notices.filter(isNeeded);
      if (needed.length === 0) return this.#drop(batch, attempts - 1, failure);
      failure = await this.#try(batch, needed);
      if (failure === null) return this.#finish(batch, needed, attempts, null);
      // Not recorded: the next start sends it.
      if (this.#closing.signal.aborted) return;
      const pauseMs = this.#pauseAfter(attempts, failure);
      if (!failure.again || nowMs() + pauseMs - begunMs > at.giveUpMs)
        return this.#finish(batch, needed, attempts, failure);
      if (attempts >= alertAfterTries) await this.#record(this.#alertsOf(needed, failure));
      await this.#pause(pauseMs);
      if (this.#closing.signal.aborted) return;
    }
  }

  async #try({ id, more }: Batch, notices: readonly Notice[]): Promise<DeliveryError | null> {
    const { compose, pace: at } = this.#options;
    const signal = AbortSignal.any([AbortSignal.timeout(at.tryMaxMs), this.#cutting.signal]);
    try {
      await this.#tries.run(signal, async () =>
        this.#sender.send(await compose(id, notices, more), signal),
      );
      return null;
    } catch (error) {
      return deliveryErrorOf(error);
    }
  }

  /** Answered, or over, while it was tried: that it didn't arrive is nobody's loss any more. */
  async #drop(batch: Batch, attempts: number, failure: DeliveryError | null): Promise<void> {
    this.#forget(batch);
    if (failure !== null)
      await this.#record(batch.notices.map((notice) => this.#sentEvent(notice, attempts, failure)));
  }

  #forget({ notices, more }: Batch): void {
    const told = new Set(notices);
    this.#pending = this.#pending.filter((notice) => !told.has(notice));
    this.#more -= more;
  }

  async #finish(
    batch: Batch,
    notices: readonly Notice[],
    attempts: number,
    failure: DeliveryError | null,
  ): Promise<void> {
    this.#forget(batch);
    const alerts = failure === null ? [] : this.#alertsOf(notices, failure);
    if (failure === null) this.#alerted = false;
    await this.#record([
      ...notices.map((notice) => this.#sentEvent(notice, attempts, failure)),
      ...alerts,
    ]);
  }

  #sentEvent(notice: Notice, attempts: number, failure: DeliveryError | null): GatewayEvent {
    return {
      v: 1,
      type: 'notification.sent',
      atMs: this.#options.nowMs(),
      channel: this.name,
      id: noticeId(this.name, notice),
      about: aboutOf(notice),
      run: notice.run,
      call: notice.call,
      ok: failure === null,
      attempts,
      failure: failure?.failure ?? null,
    };
  }

  /** That a message about a failed message failed is told nobody: two channels that are down would tell each other for ever. */
  #alertsOf(notices: readonly Notice[], { failure }: DeliveryError): GatewayEvent[] {
    if (this.#alerted || notices.every((notice) => aboutOf(notice) === 'notify_failed')) return [];
    this.#alerted = true;
    const details = { channel: this.name, failure };
    return [alertEvent('notify_failed', null, null, this.#options.nowMs(), details)];
  }

  async #record(events: readonly GatewayEvent[]): Promise<void> {
    if (events.length > 0) await this.#options.record(events);
  }

  #forgetUnneeded(): void {
    this.#pending = this.#pending.filter((notice) => this.#options.isNeeded(notice));
  }

  /** Doubled each time, and no two channels at the same moment; as long as the other side asks for, at least. */
  #pauseAfter(attempts: number, { retryAfterMs }: DeliveryError): number {
    const { firstRetryMs, retryMaxMs } = this.#options.pace;
    const backOffMs = Math.min(retryMaxMs, firstRetryMs * 2 ** Math.min(attempts - 1, 20));
    return Math.max(retryAfterMs ?? 0, backOffMs * (0.5 + Math.random() / 2));
  }

  /** Cut short by closing. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, ms).unref();
      signal.addEventListener('abort', end);
    });
  }
}
