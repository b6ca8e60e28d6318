/** A connection to an MCP server that is made, kept, and made again: until it is closed. */
import { setTimeout as delay } from 'node:timers/promises';
import { CredentialError } from '../../credentials/errors.ts';
import { upstreamLimits } from '../limits.ts';
import type { Channel, Failure } from './channel.ts';
import { type Negotiated, negotiate, probe } from './negotiate.ts';
import type { Agreement, ClientInfo } from './protocol.ts';

export interface Dial {
  /** Rejects when there can be no attempt at all, for example for want of a secret. */
  open(): Promise<Channel>;
  /** A call may try at once what the back-off would have tried later: it costs a request, not a process. */
  readonly onDemand: boolean;
  /** Arguments are repeated in headers where a tool's schema says so. */
  readonly mirrorsArguments: boolean;
}

/** One connection, from the handshake until it is given up. */
export interface Link {
  readonly channel: Channel;
  agreement: Agreement;
  /** When the verdict on its era has to be asked for again; never for a process, which is what it is. */
  eraUntilMs: number;
  /** Calls from now on get a new one; those under way on this one are still answered. */
  readonly drop: (reason: string) => void;
  readonly dropped: Promise<string>;
}

export type Connection =
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'none'; readonly failure: Failure };

export interface KeptConnectionOptions {
  readonly clientInfo: ClientInfo;
  readonly clock: () => number;
  /** What happened, in an upstream's words: to be redacted by the receiver. */
  readonly log: (message: string) => void;
  /** What it lists may be another list now: it says so, or it was away. */
  readonly onListChanged: () => void;
}

const stopping = 'Sallyport is stopping';

export class KeptConnection {
  readonly #dial: Dial;
  readonly #options: KeptConnectionOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #link: Link | null = null;
  /** The attempt in progress; null while waiting for the next one. */
  #connecting: PromiseWithResolvers<Connection> | null = Promise.withResolvers();
  #lastFailure: Failure | null = null;
  /** Given up, and not closed yet: others' calls may still be waiting on them. */
  readonly #retiring = new Set<Channel>();
  /** Ends the wait for the next attempt. */
  #wake: AbortController = new AbortController();
  /** Found to be legacy, and until when that is believed. */
  #legacyUntilMs = 0;
  #reprobing: Promise<void> | null = null;

  constructor(dial: Dial, options: KeptConnectionOptions) {
    this.#dial = dial;
    this.#options = options;
    this.#running = this.#run();
  }

  /** Null: there is none now. */
  get agreement(): Agreement | null {
    return this.#link?.agreement ?? null;
  }

  /** Why there is none; null before the first attempt has ended. */
  get lastFailure(): Failure | null {
    return this.#lastFailure;
  }

  /** The connection that there is. */
  current(): Connection | null {
    if (this.#link === null) return null;
    this.#reprobeIfExpired(this.#link);
    return { type: 'link', link: this.#link };
  }

  /** The connection that there is, or the one that is being made, as long as there is time. */
  async take(deadlineMs: number): Promise<Connection> {
    const current = this.current();
    if (current !== null) return current;
    if (this.#stop.signal.aborted) return none('down', stopping);
    if (this.#connecting === null) {
      if (!this.#dial.onDemand && this.#lastFailure !== null)
        return { type: 'none', failure: this.#lastFailure };
      this.#connecting = Promise.withResolvers();
      this.#wake.abort();
    }
    const waiting = new AbortController();
    const waitMs = Math.max(1, deadlineMs - performance.now());
    const late = delay(waitMs, none('timeout', 'it was not ready in time'), {
      signal: waiting.signal,
    });
    try {
      return await Promise.race([this.#connecting.promise, late]);
    } finally {
      waiting.abort();
      late.catch(() => {});
    }
  }

  /** What answers there now is of another era than was agreed with. */
  changedEra(link: Link): void {
    this.#legacyUntilMs = 0;
    link.drop('its protocol version changed');
  }

  /** Afterwards nothing of it is left; calls that were under way are abandoned. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await this.#running;
    await Promise.all([...this.#retiring].map((channel) => channel.close('abandon')));
  }

  async #run(): Promise<void> {
    let failures = 0;
    let connectedBefore = false;
    while (!this.#stop.signal.aborted) {
      this.#connecting ??= Promise.withResolvers();
      const connecting = this.#connecting;
      const connection = await this.#connect();
      this.#connecting = null;
      if (connection.type === 'none') {
        failures += 1;
        this.#lastFailure = connection.failure;
        connecting.resolve(connection);
        if (this.#stop.signal.aborted) break;
        this.#options.log(`it is down: ${connection.failure.detail}`);
        await this.#rest(failures);
        continue;
      }
      const { link } = connection;
      this.#link = link;
      connecting.resolve(connection);
      // Whoever listed it before got an older list, or none.
      if (connectedBefore || failures > 0) this.#options.onListChanged();
      connectedBefore = true;
      const sinceMs = performance.now();
      const reason = await this.#stay(link);
      if (this.#stop.signal.aborted) break;
      this.#options.log(`the connection ended: ${reason}`);
      const settled = performance.now() - sinceMs >= upstreamLimits.settledAfterMs;
      failures = settled ? 1 : failures + 1;
      // A server that can be asked is asked again at once; a process that ends at once must not be started in a loop.
      if (!this.#dial.onDemand) await this.#rest(failures);
    }
    // Somebody may have begun to wait for an attempt that won't come.
    this.#connecting?.resolve(none('down', stopping));
  }

  /** Until the connection ends, or is given up, or is closed with everything else. */
  async #stay(link: Link): Promise<string> {
    link.channel.listen(link.agreement, (method) => {
      if (method === 'notifications/tools/list_changed') this.#options.onListChanged();
    });
    const reason = await this.#unlessStopped([link.dropped, link.channel.ended]);
    this.#link = null;
    this.#lastFailure = failed('down', reason ?? stopping);
    if (reason === null) await link.channel.close('abandon');
    else this.#retire(link.channel);
    return reason ?? stopping;
  }

  #retire(channel: Channel): void {
    this.#retiring.add(channel);
    void channel.close('finish').finally(() => this.#retiring.delete(channel));
  }

  async #connect(): Promise<Connection> {
    let channel: Channel;
    try {
      channel = await this.#dial.open();
    } catch (error) {
      const reason = error instanceof CredentialError ? 'credential' : 'down';
      return none(reason, error instanceof Error ? error.message : 'it could not be started');
    }
    const nowMs = this.#options.clock();
    const skipProbe = nowMs < this.#legacyUntilMs;
    const ended = channel.ended.then((reason) => ({ type: 'ended' as const, reason }));
    const { clientInfo } = this.#options;
    const negotiated = await this.#unlessStopped<Negotiated | Awaited<typeof ended>>([
      negotiate(channel, clientInfo, skipProbe, upstreamLimits.startTimeoutMs),
      ended,
    ]);
    if (negotiated?.type === 'agreed') return this.#linkTo(channel, negotiated.agreement, nowMs);
    const failure = negotiated?.type === 'failed' ? negotiated.failure : null;
    const died = negotiated?.type === 'ended' || failure?.reason === 'connection_lost';
    // Some old servers die of a question that they don't know: the next attempt asks in the old way.
    this.#legacyUntilMs = died && !skipProbe ? nowMs + upstreamLimits.startTimeoutMs : 0;
    await channel.close('abandon');
    // Of a process, its end explains more than the connection that broke with it.
    const ending = died && !this.#dial.onDemand ? await channel.ended : null;
    const reason = failure?.reason === 'credential' ? 'credential' : 'down';
    return none(reason, ending ?? failure?.detail ?? stopping);
  }

  #linkTo(channel: Channel, agreement: Agreement, nowMs: number): Connection {
    const eraUntilMs = nowMs + upstreamLimits.eraExpiryMs;
    if (agreement.era === 'legacy') this.#legacyUntilMs = eraUntilMs;
    const { promise: dropped, resolve } = Promise.withResolvers<string>();
    const link: Link = {
      channel,
      agreement,
      eraUntilMs: this.#dial.onDemand ? eraUntilMs : Number.POSITIVE_INFINITY,
      dropped,
      drop: (reason) => {
        if (this.#link === link) {
          this.#link = null;
          this.#connecting ??= Promise.withResolvers();
        }
        resolve(reason);
      },
    };
    return { type: 'link', link };
  }

  /** In the background, beside the calls: most of the time nothing has changed. */
  #reprobeIfExpired(link: Link): void {
    if (this.#options.clock() < link.eraUntilMs || this.#reprobing !== null) return;
    this.#reprobing = this.#reprobe(link).finally(() => {
      this.#reprobing = null;
    });
  }

  async #reprobe(link: Link): Promise<void> {
    const probed = await probe(link.channel, upstreamLimits.probeTimeoutMs);
    link.eraUntilMs = this.#options.clock() + upstreamLimits.eraExpiryMs;
    if (probed.type === 'failed') return;
    const era = probed.type === 'legacy' ? 'legacy' : probed.agreement.era;
    if (era !== link.agreement.era) this.changedEra(link);
    else if (probed.type === 'agreed') link.agreement = probed.agreement;
  }

  /** Exponential, with jitter: many gateways must not knock at a recovering server in step. */
  async #rest(failures: number): Promise<void> {
    const { restartDelayMinMs, restartDelayMaxMs } = upstreamLimits;
    const doubled = restartDelayMinMs * 2 ** Math.min(failures - 1, 16);
    const longestMs = Math.min(restartDelayMaxMs, doubled);
    this.#wake = new AbortController();
    const waitMs = longestMs / 2 + (Math.random() * longestMs) / 2;
    await delay(waitMs, undefined, { signal: this.#wake.signal }).catch(() => {});
  }

  /** Null: it was stopped before any of them. */
  async #unlessStopped<Value>(promises: readonly Promise<Value>[]): Promise<Value | null> {
    const { signal } = this.#stop;
    const { promise: stopped, resolve } = Promise.withResolvers<null>();
    const onAbort = (): void => resolve(null);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await Promise.race([...promises, stopped]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }
}

function failed(reason: Failure['reason'], detail: string): Failure {
  return { type: 'failed', reason, performed: 'no', detail };
}

function none(reason: Failure['reason'], detail: string): Connection {
  return { type: 'none', failure: failed(reason, detail) };
}
