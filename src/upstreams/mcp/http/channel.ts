/** MCP over Streamable HTTP: every question is a POST of its own; sessions in the legacy era, none in the modern one. */
import { setTimeout as delay } from 'node:timers/promises';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { JsonObject } from '../../../content/value.ts';
import { type HttpCredential, noHttpCredential } from '../../../credentials/inject.ts';
import { upstreamLimits } from '../../limits.ts';
import type { Channel, Exchange, Question } from '../channel.ts';
import type { Incoming } from '../message.ts';
import { type Agreement, buildRequest, type ClientInfo, rpcCodes } from '../protocol.ts';
import { AnswerReader } from './answer.ts';
import { ignoredBody } from './body.ts';
import { headerValue } from './headers.ts';
import { AnswersHeld } from './held.ts';
import { NoticeStream } from './notices.ts';
import { type HttpHead, send } from './send.ts';

export interface HttpChannelOptions {
  readonly url: URL;
  readonly clientInfo: ClientInfo;
  /** Null: the upstream wants none. Rejects when the secret can't be had. */
  readonly readCredential: (() => Promise<HttpCredential>) | null;
}

/** Headers that are the same for every question, as long as these are. */
interface UsualHeaders {
  readonly credential: HttpCredential;
  readonly agreement: Agreement | null;
  readonly session: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** How often a stream that breaks off is taken up again. */
const resumptionsMax = 5;

export class HttpChannel implements Channel {
  readonly ended: Promise<string>;
  readonly #options: HttpChannelOptions;
  /** Of the URL, with its query. */
  readonly #path: string;
  readonly #pool: Pool;
  readonly #held = new AnswersHeld();
  #markEnded: (reason: string) => void = () => {};
  #credential: Promise<HttpCredential> | null = null;
  #session: string | null = null;
  #usual: UsualHeaders | null = null;
  #notices: NoticeStream | null = null;
  #nextId = 1;
  #closed = false;

  constructor(options: HttpChannelOptions) {
    this.#options = options;
    this.#path = options.url.pathname + options.url.search;
    this.#pool = new Pool(options.url.origin, {
      connections: upstreamLimits.connectionsMax,
      // One request a socket at a time: a slow call must not hold another one up. (undici sets TCP_NODELAY itself.)
      pipelining: 1,
      keepAliveTimeout: upstreamLimits.keepAliveMs,
      keepAliveMaxTimeout: upstreamLimits.keepAliveMs,
      connect: { timeout: upstreamLimits.connectTimeoutMs, allowH2: false },
    });
    this.ended = new Promise((resolve) => {
      this.#markEnded = resolve;
    });
  }

  ask(question: Question): Promise<Exchange> {
    // A session belongs to the handshake that made it.
    if (question.method === 'initialize') this.#session = null;
    return this.#attempt(question, performance.now() + question.timeoutMs, 'first');
  }

  async tell(method: string, params: JsonObject, agreement: Agreement): Promise<void> {
    await this.#post({ jsonrpc: '2.0', method, params }, agreement);
  }

  listen(agreement: Agreement, onNotification: (method: string) => void): void {
    this.#notices?.close();
    if (this.#closed) return;
    const request = {
      modernAs: agreement.version,
      clientInfo: this.#options.clientInfo,
      progress: false,
    };
    this.#notices = new NoticeStream(this.#pool, {
      open: async () => {
        const credential = await this.#currentCredential();
        return agreement.era === 'modern'
          ? {
              method: 'POST' as const,
              path: this.#pathWith(credential),
              headers: this.#headers(credential, agreement, {
                'mcp-method': 'subscriptions/listen',
              }),
              body: JSON.stringify(
                buildRequest(
                  this.#nextId++,
                  'subscriptions/listen',
                  { notifications: { toolsListChanged: true } },
                  request,
                ),
              ),
            }
          : {
              method: 'GET' as const,
              path: this.#pathWith(credential),
              headers: this.#headers(credential, agreement, { accept: 'text/event-stream' }),
              body: null,
            };
      },
      onMessage: (message) => {
        if (message.type === 'notification') onNotification(message.method);
        if (message.type === 'request') this.#refuse(message, agreement);
      },
    });
  }

  async close(inFlight: 'finish' | 'abandon'): Promise<void> {
    this.#closed = true;
    this.#notices?.close();
    if (inFlight === 'abandon') {
      if (this.#session !== null) await this.#endSession(this.#session);
      await this.#pool.destroy();
    } else {
      await this.#pool.close();
    }
    this.#markEnded('closed');
  }

  async #attempt(
    question: Question,
    deadlineMs: number,
    which: 'first' | 'second',
  ): Promise<Exchange> {
    let credential: HttpCredential;
    try {
      credential =
        this.#options.readCredential === null ? noHttpCredential : await this.#currentCredential();
    } catch (error) {
      this.#credential = null;
      const detail = error instanceof Error ? error.message : 'its credential could not be read';
      return { type: 'failed', reason: 'credential', performed: 'no', detail };
    }
    const id = this.#nextId++;
    const modernAs =
      question.agreement === null
        ? (question.probeVersion ?? null)
        : question.agreement.era === 'modern'
          ? question.agreement.version
          : null;
    const request = buildRequest(id, question.method, question.params, {
      modernAs,
      clientInfo: this.#options.clientInfo,
      progress: question.onProgress !== undefined,
    });
    const reader = new AnswerReader(
      id,
      question,
      this.#session !== null,
      this.#held.holder(),
      (message) => this.#refuse(message, question.agreement),
    );
    const end = await send(
      this.#pool,
      {
        method: 'POST',
        path: this.#pathWith(credential),
        headers: this.#headers(
          credential,
          question.agreement,
          modernAs === null ? null : { 'mcp-protocol-version': modernAs, ...mirrored(question) },
        ),
        body: JSON.stringify(request),
        timeoutMs: remaining(deadlineMs),
      },
      (head) => {
        if (question.method === 'initialize') this.#keepSession(head);
        return reader.read(head);
      },
    );
    let exchange = reader.conclude(end);
    if (exchange.type === 'failed' && question.agreement?.era === 'legacy') {
      exchange = await this.#resume(reader, exchange, question.agreement, credential, deadlineMs);
      if (
        exchange.type === 'failed' &&
        exchange.reason === 'timeout' &&
        exchange.performed === 'maybe'
      ) {
        // In this era a closed connection is no cancellation. What it has done by then stays unknown.
        void this.tell(
          'notifications/cancelled',
          { requestId: id, reason: 'timed out' },
          question.agreement,
        );
      }
    }
    if (which === 'second' || exchange.type !== 'failed' || exchange.httpStatus !== 401)
      return exchange;
    // Turned away at the door, so nothing happened: the secret may have been rotated since it was read.
    return (await this.#readCredentialAgain(credential))
      ? this.#attempt(question, deadlineMs, 'second')
      : exchange;
  }

  /** A server may close a stream and let us ask for the rest of it: reading again has no effect of its own. */
  async #resume(
    reader: AnswerReader,
    broken: Exchange,
    agreement: Agreement,
    credential: HttpCredential,
    deadlineMs: number,
  ): Promise<Exchange> {
    let exchange = broken;
    for (let resumption = 0; resumption < resumptionsMax; resumption += 1) {
      const { lastEventId, retryMs } = reader.position;
      if (
        exchange.type !== 'failed' ||
        exchange.reason !== 'connection_lost' ||
        lastEventId === null ||
        this.#closed
      )
        return exchange;
      await delay(Math.min(retryMs ?? 500, remaining(deadlineMs)));
      const end = await send(
        this.#pool,
        {
          method: 'GET',
          path: this.#pathWith(credential),
          headers: this.#headers(credential, agreement, {
            accept: 'text/event-stream',
            'last-event-id': lastEventId,
          }),
          body: null,
          timeoutMs: remaining(deadlineMs),
        },
        (head) => reader.readRest(head),
      );
      exchange = reader.conclude(end);
    }
    return exchange;
  }

  /** What an upstream may ask of us: whether we are there. In the modern era it may not ask at all. */
  #refuse(message: Extract<Incoming, { type: 'request' }>, agreement: Agreement | null): void {
    if (agreement?.era !== 'legacy') return;
    const answer =
      message.method === 'ping'
        ? { result: {} }
        : { error: { code: rpcCodes.methodNotFound, message: 'Method not found' } };
    void this.#post({ jsonrpc: '2.0', id: message.id, ...answer }, agreement);
  }

  /** A message that gets no answer. */
  async #post(message: object, agreement: Agreement): Promise<void> {
    const credential = await this.#currentCredential().catch(() => null);
    if (credential === null || this.#closed) return;
    await send(
      this.#pool,
      {
        method: 'POST',
        path: this.#pathWith(credential),
        headers: this.#headers(credential, agreement, null),
        body: JSON.stringify(message),
        timeoutMs: upstreamLimits.connectTimeoutMs,
      },
      ignoredBody,
    );
  }

  async #endSession(session: string): Promise<void> {
    const credential = await this.#currentCredential().catch(() => null);
    if (credential === null) return;
    await send(
      this.#pool,
      {
        method: 'DELETE',
        path: this.#pathWith(credential),
        headers: { ...credential.headers, 'mcp-session-id': session },
        body: null,
        timeoutMs: upstreamLimits.stopGraceMs,
      },
      ignoredBody,
    );
  }

  #keepSession(head: HttpHead): void {
    const session = head.header('mcp-session-id');
    // Whatever else it holds would go into a header of ours.
    if (session !== null && /^[\x21-\x7e]{1,1024}$/.test(session)) this.#session = session;
  }

  #pathWith({ query }: HttpCredential): string {
    if (query === null) return this.#path;
    const separator = this.#options.url.search === '' ? '?' : '&';
    return `${this.#path}${separator}${encodeURIComponent(query.name)}=${encodeURIComponent(query.value)}`;
  }

  #headers(
    credential: HttpCredential,
    agreement: Agreement | null,
    own: Readonly<Record<string, string>> | null,
  ): Readonly<Record<string, string>> {
    const usual = this.#usualHeaders(credential, agreement);
    // A credential's header stays its own, whatever else would have that name.
    return own === null ? usual : { ...usual, ...own, ...credential.headers };
  }

  #usualHeaders(
    credential: HttpCredential,
    agreement: Agreement | null,
  ): Readonly<Record<string, string>> {
    const session = agreement?.era === 'modern' ? null : this.#session;
    const known = this.#usual;
    if (
      known?.credential === credential &&
      known.agreement === agreement &&
      known.session === session
    )
      return known.headers;
    const headers: Record<string, string> = {
      accept: 'application/json, text/event-stream',
      'content-type': 'application/json',
      'user-agent': `${this.#options.clientInfo.name}/${this.#options.clientInfo.version}`,
    };
    // Older servers know neither the header nor what to do with it.
    if (agreement !== null && agreement.version >= '2025-06-18')
      headers['mcp-protocol-version'] = agreement.version;
    if (session !== null) headers['mcp-session-id'] = session;
    Object.assign(headers, credential.headers);
    this.#usual = { credential, agreement, session, headers };
    return headers;
  }

  #currentCredential(): Promise<HttpCredential> {
    this.#credential ??=
      this.#options.readCredential === null
        ? Promise.resolve(noHttpCredential)
        : this.#options.readCredential();
    return this.#credential;
  }

  /** True: there is another one now than `refused`. */
  async #readCredentialAgain(refused: HttpCredential): Promise<boolean> {
    if (this.#options.readCredential === null) return false;
    try {
      // Many calls may be refused at once; the first that comes reads, the others find the new one.
      const current = await this.#currentCredential();
      if (!same(current, refused)) return true;
      this.#credential = this.#options.readCredential();
      return !same(await this.#credential, refused);
    } catch {
      this.#credential = null;
      return false;
    }
  }
}

function mirrored(question: Question): Record<string, string> {
  const { name, uri } = question.params;
  const named = question.method === 'resources/read' ? uri : name;
  return {
    'mcp-method': question.method,
    ...(typeof named === 'string' ? { 'mcp-name': headerValue(named) } : {}),
    ...question.headers,
  };
}

function remaining(deadlineMs: number): number {
  return Math.max(1, Math.ceil(deadlineMs - performance.now()));
}

function same(a: HttpCredential, b: HttpCredential): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
