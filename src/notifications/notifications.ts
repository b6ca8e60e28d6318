/**
 * People are told of calls that wait for them, and of alerts. What they are to hear of stands in the ledger, so nothing is
 * lost with this process: each channel keeps how far it has come, and a restart goes on from there. A crash in between
 * sends a message once more, under the same id.
 */
import type { GatewayEvent } from '../engine/events.ts';
import type { Policy, SecretReference } from '../policy/model.ts';
import type { LogLine } from '../runtime/ports.ts';
import type { CommittedEvent, EventFeed } from '../store/feed.ts';
import type { StateWrite, Store } from '../store/port.ts';
import { channelsOf, type ListedChannel } from './channels.ts';
import type { Sender } from './delivery.ts';
import { factsFor } from './facts.ts';
import { InOrder } from './in-order.ts';
import { type Notice, noticeOf } from './notice.ts';
import { eventAt, type Kept, keptPrefix, past, readKept } from './past.ts';
import { type Pace, Route, pace as usualPace } from './route.ts';
import { senderOf } from './sender.ts';
import { type Message, tell } from './told.ts';

/** So much of the ledger is read again after a crash, at most. */
const keepEveryEvents = 10_000;

export interface NotificationOptions {
  readonly store: Pick<
    Store,
    | 'events'
    | 'eventRows'
    | 'eventCount'
    | 'listState'
    | 'commitGateway'
    | 'payload'
    | 'loadRun'
    | 'nowMs'
  >;
  readonly feed: EventFeed;
  readonly policy: () => Policy;
  readonly readSecret: (reference: SecretReference) => Promise<string>;
  readonly log: (line: LogLine) => void;
  readonly pace?: Pace;
}

interface Followed extends ListedChannel {
  readonly sender: Sender;
  readonly route: Route;
  /** What lies before was told, or was nothing to tell. */
  readonly fromSeq: number;
}

export class Notifications implements AsyncDisposable {
  readonly #options: NotificationOptions;
  #unfollow: () => void = () => undefined;
  readonly #inOrder = new InOrder((event) => this.#pass(event));
  readonly #followed = new Map<string, Followed>();
  /** Of a call that waits, the event that says so: an edit's takes the place of the first. */
  readonly #waiting = new Map<string, number>();
  /** Null: what lies in the ledger comes first. */
  #meanwhile: CommittedEvent[] | null = [];
  #keptSeq = 0;
  #consoleUrl: string | null = null;
  #starting: Promise<void> = Promise.resolve();
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(options: NotificationOptions) {
    this.#options = options;
  }

  /**
   * Messages leave from now on; those of before a restart first.
   *
   * @param consoleUrl - what links lead to, without a slash at its end; null: there is no console.
   */
  begin(consoleUrl: string | null): void {
    this.#consoleUrl = consoleUrl;
    this.#unfollow = this.#options.feed.follow((events) => this.#inOrder.hear(events));
    this.#starting = this.#start().catch((error: unknown) => {
      this.#unfollow();
      this.#report(error);
    });
  }

  /** A reload: to the policy's channels from now on, and to no others. */
  follow(): void {
    if (this.#meanwhile !== null) return;
    this.#followChannels(new Map());
    for (const { route } of this.#followed.values()) route.begin();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#starting;
    this.#unfollow();
    const routes = [...this.#followed.values()].map(({ route }) => route);
    await Promise.all(routes.map((route) => route[Symbol.asyncDispose]()));
    await this.#leaving;
    if (this.#meanwhile === null) await this.#commit([]);
  }

  async #start(): Promise<void> {
    const { store } = this.#options;
    const kept = await readKept(store);
    const endSeq = await store.eventCount();
    this.#inOrder.begin(endSeq);
    this.#followChannels(kept);
    for (const [name, { route }] of this.#followed) {
      for (const seq of kept.get(name)?.pending ?? [])
        for await (const event of eventAt(store, seq)) this.#offerAgain(route, event);
      route.owe(kept.get(name)?.more ?? 0);
    }
    const begins = [...this.#followed.values()].map(({ fromSeq }) => fromSeq);
    for await (const event of past(store, Math.min(endSeq, ...begins), endSeq)) this.#take(event);
    const meanwhile = this.#meanwhile ?? [];
    this.#meanwhile = null;
    for (const event of meanwhile) this.#take(event);
    this.follow();
    const left = [...kept.keys()].filter((name) => !this.#followed.has(name));
    await this.#commit([], left.map(forgotten));
  }

  #offerAgain(route: Route, event: CommittedEvent): void {
    const notice = noticeOf(event);
    if (notice === null) return;
    this.#remember(notice);
    route.offer(notice);
  }

  #pass(event: CommittedEvent): void {
    if (this.#meanwhile !== null) {
      this.#meanwhile.push(event);
      return;
    }
    this.#take(event);
    if (event.seq - this.#keptSeq >= keepEveryEvents) this.#later(this.#commit([]));
  }

  #take(committed: CommittedEvent): void {
    const { event } = committed;
    if (event.type === 'approval.settled') this.#waiting.delete(event.call);
    const notice = noticeOf(committed);
    if (notice === null) return;
    this.#remember(notice);
    for (const followed of this.#followed.values())
      if (notice.seq >= followed.fromSeq && this.#concerns(followed, notice))
        followed.route.offer(notice);
  }

  #remember(notice: Notice): void {
    if (notice.type !== 'hold') return;
    const { seq, call } = notice;
    this.#waiting.set(call, Math.max(seq, this.#waiting.get(call) ?? 0));
  }

  #concerns({ list, target }: ListedChannel, notice: Notice): boolean {
    if (notice.type === 'hold') return list === 'approvals';
    if (list !== 'alerts' || !this.#options.policy().alertEvents.has(notice.alert)) return false;
    // Where a message couldn't be delivered is no place to tell of it.
    const failed = notice.alert === 'notify_failed' ? notice.details['channel'] : undefined;
    return typeof failed !== 'string' || this.#followed.get(failed)?.target !== target;
  }

  #isNeeded(notice: Notice): boolean {
    if (notice.type === 'alert') return true;
    const { call, seq, expiresAtMs } = notice;
    return this.#waiting.get(call) === seq && this.#options.store.nowMs() < expiresAtMs;
  }

  #followChannels(kept: ReadonlyMap<string, Kept>): void {
    const listed = channelsOf(this.#options.policy());
    for (const [name, { route }] of this.#followed) {
      if (listed.has(name)) continue;
      this.#followed.delete(name);
      this.#later(route[Symbol.asyncDispose]().then(() => this.#commit([], [forgotten(name)])));
    }
    for (const [name, one] of listed) {
      const before = this.#followed.get(name);
      const sender = senderOf(one.channel, this.#options.readSecret);
      const route = before?.route ?? this.#routeTo(name, sender);
      route.sendThrough(sender);
      const fromSeq = before?.fromSeq ?? kept.get(name)?.seq ?? this.#inOrder.nextSeq;
      this.#followed.set(name, { ...one, sender, route, fromSeq });
    }
  }

  #routeTo(name: string, sender: Sender): Route {
    return new Route(sender, {
      name,
      pace: this.#options.pace ?? usualPace,
      nowMs: () => this.#options.store.nowMs(),
      isNeeded: (notice) => this.#isNeeded(notice),
      compose: (id, notices, more) => this.#compose(name, id, notices, more),
      record: (events) => this.#commit(events),
    });
  }

  async #compose(
    name: string,
    id: string,
    notices: readonly Notice[],
    more: number,
  ): Promise<Message> {
    const { store } = this.#options;
    const consoleUrl = this.#consoleUrl;
    const followed = this.#followed.get(name);
    const { toldMax = 1, summarises = true } = followed?.sender ?? {};
    const listed = notices.slice(0, toldMax);
    const inFull = !summarises || (notices.length === 1 && more === 0);
    const told = listed.map(async (notice) => {
      const facts =
        inFull && notice.type === 'hold' && followed !== undefined
          ? await factsFor(notice, followed.channel, store)
          : null;
      return tell(notice, { channel: name, consoleUrl, facts });
    });
    return {
      id,
      told: await Promise.all(told),
      more: notices.length - listed.length + more,
      url: consoleUrl,
      atMs: store.nowMs(),
    };
  }

  /** With how far each channel has come: both or neither. */
  async #commit(
    events: readonly GatewayEvent[],
    writes: readonly StateWrite[] = [],
  ): Promise<void> {
    const seq = this.#inOrder.nextSeq;
    this.#keptSeq = seq;
    const kept = [...this.#followed].map(([name, { route }]): StateWrite => {
      const { pending, more } = route.unsent();
      return { key: keptPrefix + name, value: { seq, pending, more } };
    });
    if (events.length + kept.length + writes.length === 0) return;
    try {
      await this.#options.store.commitGateway({ events, writes: [...kept, ...writes] });
    } catch (error) {
      // A store that takes nothing takes no call either; what was sent is sent once more after the next start.
      this.#report(error);
    }
  }

  #later(work: Promise<unknown>): void {
    this.#leaving = Promise.all([this.#leaving, work]);
  }

  #report(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    this.#options.log({ level: 'error', event: 'notifications', error: text });
  }
}

function forgotten(name: string): StateWrite {
  return { key: keptPrefix + name, value: null };
}
