/** An MCP server as an upstream: connected, kept connected, asked. What transport it uses is its dial's business. */

import { printable } from '../../content/escape.ts';
import { isJsonObject, type JsonObject } from '../../content/value.ts';
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
import { readResult } from '../tool-result.ts';
import type { Exchange, Failure, Question } from './channel.ts';
import { type Dial, KeptConnection, type Link } from './connection.ts';
import { type MirroredArgument, mirrorArguments, readMirroring } from './http/headers.ts';
import { type Listing, listAllTools } from './listing.ts';
import { type ClientInfo, isModernError, rpcCodes } from './protocol.ts';

export interface McpUpstreamOptions {
  readonly clientInfo: ClientInfo;
  readonly secrets: SecretsHeld;
  readonly clock: () => number;
  readonly log: (message: string) => void;
}

/** Of definitions that are left out of a list, how many are named in the log. */
const leftOutLogged = 20;

type UpstreamAnswer = UpstreamOutcome & { readonly retryAfterMs?: number };

export class McpUpstream implements Upstream {
  readonly name: string;
  readonly #dial: Dial;
  readonly #options: McpUpstreamOptions;
  readonly #listeners = new Set<() => void>();
  readonly #connection: KeptConnection;
  #mirrored: ReadonlyMap<string, readonly MirroredArgument[]> = new Map();
  #description: { readonly of: JsonObject; readonly text: JsonObject } | null = null;

  constructor(name: string, dial: Dial, options: McpUpstreamOptions) {
    this.name = name;
    this.#dial = dial;
    this.#options = options;
    this.#connection = new KeptConnection(dial, {
      clientInfo: options.clientInfo,
      clock: options.clock,
      log: (message) => options.log(this.#readable(message)),
      onListChanged: () => {
        for (const listener of this.#listeners) listener();
      },
    });
  }

  status(): UpstreamStatus {
    const { agreement, lastFailure } = this.#connection;
    if (agreement !== null) {
      const { serverInfo, version } = agreement;
      return {
        state: 'up',
        reason: null,
        serverInfo: serverInfo === null ? null : this.#described(serverInfo),
        protocolVersion: version,
      };
    }
    const reason = lastFailure === null ? null : this.#readable(lastFailure.detail);
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
      const connection = this.#connection.current() ?? (await this.#connection.take(deadlineMs));
      if (connection.type === 'none') return this.#outcome(request, connection.failure);
      const { link } = connection;
      const first = await this.#ask(link, request, asked, deadlineMs);
      // Only what certainly had no effect is ever repeated, and only after what stood in its way was mended.
      if (first.type === 'result' || !(await this.#mend(first, link, deadlineMs)))
        return this.#outcome(request, first);
      const mended = await this.#connection.take(deadlineMs);
      return this.#outcome(
        request,
        mended.type === 'none'
          ? mended.failure
          : await this.#ask(mended.link, request, asked, deadlineMs),
      );
    } catch (error) {
      // A fault of ours while a call may be on its way: never a guess that it had no effect.
      this.#options.log(
        `a call failed in Sallyport itself: ${error instanceof Error ? error.name : 'unknown'}`,
      );
      return { type: 'unknown', reason: 'bad_answer' };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }

  // ---- calls -----------------------------------------------------------------------------------------------------

  #ask(
    { channel, agreement }: Link,
    { surface, operation, args, onProgress }: UpstreamCall,
    { method, params }: Asked,
    deadlineMs: number,
  ): Promise<Exchange> {
    const mirrored =
      surface === 'tool' && agreement.era === 'modern' ? this.#mirrored.get(operation) : undefined;
    return channel.ask({
      method,
      params,
      timeoutMs: Math.max(1, deadlineMs - performance.now()),
      agreement,
      ...(mirrored === undefined ? {} : { headers: mirrorArguments(mirrored, args) }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
  }

  /** True: the obstacle is gone, and a second attempt is worth it. */
  async #mend(exchange: Exchange, link: Link, deadlineMs: number): Promise<boolean> {
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
    this.#connection.changedEra(link);
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
    const connection = await this.#connection.take(deadlineMs);
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

  #described(serverInfo: JsonObject): JsonObject {
    // Asked at every call, and the same as long as the connection.
    if (this.#description?.of !== serverInfo)
      this.#description = { of: serverInfo, text: this.#describe(serverInfo) };
    return this.#description.text;
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
