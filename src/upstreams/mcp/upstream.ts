/** An MCP server as an upstream: connected, kept connected, asked. What transport it uses is its dial's business. */
import { setTimeout as delay } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '../../content/value.ts';
import { CredentialError } from '../../credentials/errors.ts';
import type { SecretsHeld } from '../../credentials/held.ts';
import { UpstreamError } from '../errors.ts';
import { upstreamLimits } from '../limits.ts';
import type {
  ListedTool,
  Upstream,
  UpstreamCall,
  UpstreamOutcome,
  UpstreamStatus,
} from '../port.ts';
import { printable } from '../printable.ts';
import { readResult } from '../tool-result.ts';
import type { Channel, Exchange, Failure, Question } from './channel.ts';
import { type MirroredArgument, mirrorArguments, readMirroring } from './http/headers.ts';
import { type Listing, listAllTools } from './listing.ts';
import { negotiate, probe } from './negotiate.ts';
import { type Agreement, type ClientInfo, isModernError, rpcCodes } from './protocol.ts';

export interface Dial {
  /** Rejects when there can be no attempt at all, for example for want of a secret. */
  open(): Promise<Channel>;
  /** A call may try at once what the back-off would have tried later: it costs a request, not a process. */
  readonly onDemand: boolean;
  /** Arguments are repeated in headers where a tool's schema says so. */
  readonly mirrorsArguments: boolean;
}

export interface McpUpstreamOptions {
  readonly clientInfo: ClientInfo;
  readonly secrets: SecretsHeld;
  readonly clock: () => number;
  readonly log: (message: string) => void;
}

/** Of definitions that are left out of a list, how many are named in the log. */
const leftOutLogged = 20;

type UpstreamAnswer = UpstreamOutcome & { readonly retryAfterMs?: number };

/** One connection, from the handshake until it is given up. */
interface Link {
  readonly channel: Channel;
  agreement: Agreement;
  /** When the verdict on its era has to be asked for again; never for a process, which is what it is. */
  eraUntilMs: number;
  readonly drop: (reason: string) => void;
  readonly dropped: Promise<string>;
}

type Connection =
  | { readonly type: 'link'; readonly link: Link }
  | { readonly type: 'none'; readonly failure: Failure };

export class McpUpstream implements Upstream {
  readonly name: string;
  readonly #dial: Dial;
  readonly #options: McpUpstreamOptions;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<() => void>();
  readonly #running: Promise<void>;
  #link: Link | null = null;
  /** The attempt in progress; null while waiting for the next one. */
  #connecting: PromiseWithResolvers<Connection> | null = Promise.withResolvers();
  /** Why there is no connection; null before the first attempt has ended. */
  #lastFailure: Failure | null = null;
  /** Given up, and not closed yet: others' calls may still be waiting on them. */
  readonly #retiring = new Set<Channel>();
  #wake: AbortController = new AbortController();
  /** Found to be legacy, and until when that is believed. */
  #legacyUntilMs = 0;
  #reprobing: Promise<void> | null = null;
  #mirrored: ReadonlyMap<string, readonly MirroredArgument[]> = new Map();

  constructor(name: string, dial: Dial, options: McpUpstreamOptions) {
    this.name = name;
    this.#dial = dial;
    this.#options = options;
    this.#running = this.#run();
  }

  status(): UpstreamStatus {
    if (this.#link !== null) {
      const { serverInfo, version } = this.#link.agreement;
      return {
        state: 'up',
        reason: null,
        serverInfo: serverInfo === null ? null : this.#describe(serverInfo),
        protocolVersion: version,
      };
    }
    const reason = this.#lastFailure === null ? null : this.#readable(this.#lastFailure.detail);
    return {
      state: reason === null ? 'starting' : 'down',
      reason,
      serverInfo: null,
      protocolVersion: null,
    };
  }

  onCatalogChanged(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async listTools(signal: AbortSignal): Promise<readonly ListedTool[]> {
    const deadlineMs =
      performance.now() + upstreamLimits.startTimeoutMs + upstreamLimits.listTimeoutMs;
    const listing = this.#list(deadlineMs);
    return await unlessAborted(listing, signal);
  }

  async call(request: UpstreamCall): Promise<UpstreamAnswer> {
    try {
      const deadlineMs = performance.now() + request.timeoutMs;
      const asked = readQuestion(request);
      if (asked === null)
        return {
          type: 'error',
          code: -32602,
          message: 'these arguments do not name what is to be read',
          refused: true,
        };
      const first = await this.#attempt(request, asked, deadlineMs);
      // Only what certainly had no effect is ever repeated, and only after what stood in its way was mended.
      const exchange = (await this.#mend(first, deadlineMs))
        ? (await this.#attempt(request, asked, deadlineMs)).exchange
        : first.exchange;
      return this.#outcome(request, exchange);
    } catch (error) {
      // A fault of ours while a call may be on its way: never a guess that it had no effect.
      this.#options.log(
        `a call failed in Sallyport itself: ${error instanceof Error ? error.name : 'unknown'}`,
      );
      return { type: 'unknown', reason: 'bad_answer' };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await Promise.all([...this.#retiring].map((channel) => channel.close('abandon')));
  }

  // ---- calls -----------------------------------------------------------------------------------------------------

  async #attempt(
    request: UpstreamCall,
    asked: Asked,
    deadlineMs: number,
  ): Promise<{ readonly exchange: Exchange; readonly link: Link | null }> {
    const connection = await this.#connection(deadlineMs);
    if (connection.type === 'none') return { exchange: connection.failure, link: null };
    const { link } = connection;
    this.#reprobeIfExpired(link);
    const mirrored =
      request.surface === 'tool' && link.agreement.era === 'modern'
        ? (this.#mirrored.get(request.operation) ?? [])
        : [];
    const exchange = await link.channel.ask({
      ...asked,
      timeoutMs: Math.max(1, deadlineMs - performance.now()),
      agreement: link.agreement,
      headers: mirrorArguments(mirrored, request.args),
      ...(request.onProgress === undefined ? {} : { onProgress: request.onProgress }),
    });
    return { exchange, link };
  }

  /** True: the obstacle is gone, and a second attempt is worth it. */
  async #mend(
    { exchange, link }: { readonly exchange: Exchange; readonly link: Link | null },
    deadlineMs: number,
  ): Promise<boolean> {
    if (link === null) return false;
    if (
      exchange.type === 'error' &&
      exchange.code === rpcCodes.headerMismatch &&
      link.agreement.era === 'modern' &&
      this.#dial.mirrorsArguments
    ) {
      // The tool's schema may ask for other headers than when it was listed.
      return await this.#list(deadlineMs).then(
        () => true,
        () => false,
      );
    }
    return this.#mendConnection(exchange, link);
  }

  #mendConnection(exchange: Exchange, link: Link): boolean {
    if (exchange.type === 'failed') {
      if (exchange.cure === 'new_session') {
        link.drop('it forgot the session');
        return true;
      }
      // It can't be reached any more: what comes back under this address may be another one.
      if (
        exchange.reason === 'down' &&
        exchange.performed === 'no' &&
        exchange.httpStatus === undefined &&
        this.#dial.onDemand
      )
        link.drop(exchange.detail);
      return false;
    }
    if (exchange.type !== 'error' || !isModernError(exchange.code)) return false;
    if (link.agreement.era === 'modern' && exchange.code !== rpcCodes.unsupportedVersion)
      return false;
    // It was exchanged for one of another era under the same URL.
    this.#legacyUntilMs = 0;
    link.drop('its protocol version changed');
    return true;
  }

  #outcome(request: UpstreamCall, exchange: Exchange): UpstreamAnswer {
    switch (exchange.type) {
      case 'failed': {
        const { reason, performed, retryAfterMs } = exchange;
        this.#options.log(`a call got no answer (${reason}): ${this.#readable(exchange.detail)}`);
        return {
          type: performed === 'no' ? 'not_sent' : 'unknown',
          reason,
          ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
        };
      }
      case 'error':
        return {
          type: 'error',
          code: exchange.code,
          message: this.#options.secrets.redactText(exchange.message),
          refused: exchange.refused,
        };
      case 'result': {
        // Redacted before anything is made of it: whatever comes of it, no secret is in it.
        const answer = this.#options.secrets.redact(exchange.result);
        const read = readResult(request.surface, isJsonObject(answer) ? answer : {});
        if (read.type === 'unreadable') {
          this.#options.log(`an answer could not be read: ${read.detail}`);
          return { type: 'unknown', reason: 'bad_answer' };
        }
        if (read.type === 'wants_input') {
          // Not a certain refusal: it may have done a part before it asked.
          return {
            type: 'error',
            code: rpcCodes.missingCapability,
            message: 'the upstream asks for input from the client, which Sallyport does not relay',
            refused: false,
          };
        }
        return read;
      }
    }
  }

  // ---- the catalogue ---------------------------------------------------------------------------------------------

  async #list(deadlineMs: number): Promise<readonly ListedTool[]> {
    const listDeadlineMs = Math.min(deadlineMs, performance.now() + upstreamLimits.listTimeoutMs);
    const first = await this.#listOnce(deadlineMs, listDeadlineMs);
    const listed = first === 'mended' ? await this.#listOnce(deadlineMs, listDeadlineMs) : first;
    if (listed === 'mended')
      throw new UpstreamError(
        'upstream.unavailable',
        `upstream \`${this.name}\` forgets its sessions while it is listed`,
      );
    return listed;
  }

  async #listOnce(
    deadlineMs: number,
    listDeadlineMs: number,
  ): Promise<readonly ListedTool[] | 'mended'> {
    const connection = await this.#connection(deadlineMs);
    if (connection.type === 'none') throw this.#unavailable(connection.failure);
    const { link } = connection;
    const mirrored = new Map<string, readonly MirroredArgument[]>();
    let mended = false;
    const ask = async (params: JsonObject): Promise<Exchange> => {
      const question: Question = {
        method: 'tools/list',
        params,
        timeoutMs: Math.max(1, listDeadlineMs - performance.now()),
        agreement: link.agreement,
      };
      const exchange = await link.channel.ask(question);
      mended ||= this.#mendConnection(exchange, link);
      return exchange;
    };
    let listing: Listing;
    try {
      listing = await listAllTools(ask, link.agreement, (definition) =>
        this.#admit(definition, mirrored),
      );
    } catch (error) {
      if (mended) return 'mended';
      if (error instanceof UpstreamError)
        throw new UpstreamError(
          error.code,
          `upstream \`${this.name}\`: ${this.#readable(error.message)}`,
        );
      throw error;
    }
    this.#mirrored = mirrored;
    for (const { operation, reason } of listing.leftOut.slice(0, leftOutLogged))
      this.#options.log(
        `tool \`${printable(operation, upstreamLimits.operationCharactersMax)}\` is left out: ${reason}`,
      );
    return listing.tools.map(({ operation, definition }) => {
      const redacted = this.#options.secrets.redact(definition);
      return { operation, definition: isJsonObject(redacted) ? redacted : {} };
    });
  }

  #admit(definition: JsonObject, into: Map<string, readonly MirroredArgument[]>): string | null {
    const { name, inputSchema } = definition;
    if (!this.#dial.mirrorsArguments || typeof name !== 'string' || !isJsonObject(inputSchema))
      return null;
    const mirroring = readMirroring(inputSchema);
    if (mirroring.type === 'invalid') return mirroring.reason;
    if (mirroring.mirrored.length > 0) into.set(name, mirroring.mirrored);
    return null;
  }

  #announceChange(): void {
    for (const listener of this.#listeners) listener();
  }

  // ---- the connection --------------------------------------------------------------------------------------------

  async #connection(deadlineMs: number): Promise<Connection> {
    if (this.#link !== null) return { type: 'link', link: this.#link };
    if (this.#stop.signal.aborted)
      return none({
        type: 'failed',
        reason: 'down',
        performed: 'no',
        detail: 'Sallyport is stopping',
      });
    if (this.#connecting === null) {
      if (!this.#dial.onDemand && this.#lastFailure !== null) return none(this.#lastFailure);
      this.#connecting = Promise.withResolvers();
      this.#wake.abort();
    }
    const waiting = new AbortController();
    const late = delay(
      Math.max(1, deadlineMs - performance.now()),
      none({
        type: 'failed',
        reason: 'timeout',
        performed: 'no',
        detail: 'it was not ready in time',
      }),
      { signal: waiting.signal },
    );
    try {
      return await Promise.race([this.#connecting.promise, late]);
    } finally {
      waiting.abort();
      late.catch(() => {});
    }
  }

  /** Connects, stays connected, and connects again: until it is disposed of. */
  async #run(): Promise<void> {
    let failures = 0;
    let connectedBefore = false;
    while (!this.#stop.signal.aborted) {
      this.#connecting ??= Promise.withResolvers();
      const connecting = this.#connecting;
      const connection = await this.#connect();
      if (connection.type === 'none') {
        failures += 1;
        this.#lastFailure = connection.failure;
        this.#connecting = null;
        connecting.resolve(connection);
        this.#options.log(`it is down: ${this.#readable(connection.failure.detail)}`);
        await this.#rest(failures);
        continue;
      }
      const { link } = connection;
      this.#link = link;
      this.#connecting = null;
      connecting.resolve(connection);
      link.channel.listen(link.agreement, (method) => {
        if (method === 'notifications/tools/list_changed') this.#announceChange();
      });
      // Whoever listed it before got an older list, or none.
      if (connectedBefore || failures > 0) this.#announceChange();
      connectedBefore = true;
      const sinceMs = performance.now();
      const reason = await Promise.race([
        link.dropped,
        link.channel.ended,
        aborted(this.#stop.signal),
      ]);
      this.#link = null;
      this.#lastFailure = { type: 'failed', reason: 'down', performed: 'no', detail: reason };
      if (this.#stop.signal.aborted) {
        await link.channel.close('abandon');
        return;
      }
      this.#options.log(`the connection ended: ${this.#readable(reason)}`);
      this.#retire(link.channel);
      failures = performance.now() - sinceMs >= upstreamLimits.settledAfterMs ? 0 : failures + 1;
      if (!this.#dial.onDemand) await this.#rest(failures);
    }
  }

  /** Other calls may still be waiting for their answers on it. */
  #retire(channel: Channel): void {
    this.#retiring.add(channel);
    void channel.close('finish').finally(() => this.#retiring.delete(channel));
  }

  async #connect(): Promise<Connection> {
    let channel: Channel;
    try {
      channel = await this.#dial.open();
    } catch (error) {
      const detail = error instanceof Error ? error.message : 'it could not be started';
      const reason = error instanceof CredentialError ? 'credential' : 'down';
      return none({ type: 'failed', reason, performed: 'no', detail });
    }
    const nowMs = this.#options.clock();
    const skipProbe = nowMs < this.#legacyUntilMs;
    const ended = channel.ended.then((reason) => ({ type: 'ended' as const, reason }));
    const negotiated = await Promise.race([
      negotiate(channel, this.#options.clientInfo, skipProbe, upstreamLimits.startTimeoutMs),
      ended,
      aborted(this.#stop.signal).then(() => null),
    ]);
    if (negotiated?.type !== 'agreed') {
      const failure = negotiated?.type === 'failed' ? negotiated.failure : null;
      const died = negotiated?.type === 'ended' || failure?.reason === 'connection_lost';
      // Some old servers die of a question that they don't know: the next attempt asks in the old way.
      this.#legacyUntilMs = died && !skipProbe ? nowMs + upstreamLimits.startTimeoutMs : 0;
      await channel.close('abandon');
      // Of a process, its end explains more than the connection that broke with it.
      const detail =
        died && !this.#dial.onDemand
          ? await channel.ended
          : (failure?.detail ?? 'Sallyport is stopping');
      return none({
        type: 'failed',
        reason: failure?.reason === 'credential' ? 'credential' : 'down',
        performed: 'no',
        detail,
      });
    }
    const { agreement } = negotiated;
    if (agreement.era === 'legacy') this.#legacyUntilMs = nowMs + upstreamLimits.eraExpiryMs;
    const { promise: dropped, resolve: drop } = Promise.withResolvers<string>();
    const link: Link = {
      channel,
      agreement,
      eraUntilMs: this.#dial.onDemand
        ? nowMs + upstreamLimits.eraExpiryMs
        : Number.POSITIVE_INFINITY,
      dropped,
      drop: (reason) => {
        if (this.#link === link) {
          this.#link = null;
          this.#connecting ??= Promise.withResolvers();
        }
        drop(reason);
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
    if (era === link.agreement.era) {
      if (probed.type === 'agreed') link.agreement = probed.agreement;
      return;
    }
    this.#legacyUntilMs = 0;
    link.drop('its protocol version changed');
  }

  /** Exponential, with jitter: many gateways must not knock at a recovering server in step. */
  async #rest(failures: number): Promise<void> {
    const { restartDelayMinMs, restartDelayMaxMs } = upstreamLimits;
    const longestMs = Math.min(
      restartDelayMaxMs,
      restartDelayMinMs * 2 ** Math.min(failures - 1, 16),
    );
    this.#wake = new AbortController();
    const signal = AbortSignal.any([this.#stop.signal, this.#wake.signal]);
    await delay(longestMs / 2 + (Math.random() * longestMs) / 2, undefined, { signal }).catch(
      () => {},
    );
  }

  // ---- words -----------------------------------------------------------------------------------------------------

  #unavailable(failure: Failure): UpstreamError {
    const code = failure.reason === 'credential' ? 'upstream.credential' : 'upstream.unavailable';
    return new UpstreamError(
      code,
      `upstream \`${this.name}\` is not available: ${this.#readable(failure.detail)}`,
    );
  }

  #readable(text: string): string {
    return printable(this.#options.secrets.redactText(text), upstreamLimits.errorCharactersMax);
  }

  /** Name and version, as far as they are text: the rest of what a server says of itself interests nobody. */
  #describe(serverInfo: JsonObject): JsonObject {
    const described = ['name', 'title', 'version'].flatMap((key) => {
      const value = serverInfo[key];
      return typeof value === 'string' ? [[key, this.#readable(value.slice(0, 200))]] : [];
    });
    return Object.fromEntries(described);
  }
}

interface Asked {
  readonly method: string;
  readonly params: JsonObject;
}

/** From the decided call alone. */
function readQuestion({ surface, operation, args }: UpstreamCall): Asked | null {
  switch (surface) {
    case 'tool':
      return { method: 'tools/call', params: { name: operation, arguments: args } };
    case 'resource':
      return typeof args['uri'] === 'string'
        ? { method: 'resources/read', params: { uri: args['uri'] } }
        : null;
    case 'prompt': {
      const { name, arguments: given } = args;
      if (typeof name !== 'string' || (given !== undefined && !isJsonObject(given))) return null;
      return {
        method: 'prompts/get',
        params: given === undefined ? { name } : { name, arguments: given },
      };
    }
  }
}

function none(failure: Failure): Connection {
  return { type: 'none', failure };
}

function aborted(signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve('Sallyport is stopping');
    else signal.addEventListener('abort', () => resolve('Sallyport is stopping'), { once: true });
  });
}

async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  signal.throwIfAborted();
  const { promise: gone, reject } = Promise.withResolvers<never>();
  const onAbort = (): void =>
    reject(new UpstreamError('upstream.unavailable', 'nobody waits for the list any more'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, gone]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    promise.catch(() => {});
    gone.catch(() => {});
  }
}
