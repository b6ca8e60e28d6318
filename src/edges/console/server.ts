/**
 * The console's server: a port and an origin of its own, where people look at what happens and answer what waits for
 * them. Every request is looked at in one order: is it addressed to us, is it of our own pages, who is signed in, what is
 * asked. Nothing here decides: the runtime takes an answer, or says why it doesn't count.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkHeaderCount } from '../http/headers.ts';
import { keepFor, letGoOfRequest } from '../http/held-bytes.ts';
import { hostCheck } from '../http/hosts.ts';
import { listen } from '../http/listener.ts';
import { ClientGone, HttpRefusal } from '../http/refusal.ts';
import { type RecordRefusals, refusalTally } from '../http/refusal-tally.ts';
import { Api, type Asked } from './api.ts';
import { SessionCookie } from './cookie.ts';
import { type ConsoleFiles, readConsoleFiles } from './files.ts';
import { consoleLimits } from './limits.ts';
import { OriginCheck, type PublicOrigin, publicOriginOf } from './origin.ts';
import type { ConsolePorts } from './ports.ts';
import { Query } from './query.ts';
import { signedOut } from './refusal.ts';
import { sendView, type Told, toldOf } from './respond.ts';
import { setSecurityHeaders } from './response-headers.ts';
import { queryOf, routeOf } from './routes.ts';
import { type Session, Sessions } from './sessions.ts';
import { SignInLimits } from './sign-in-limits.ts';
import { ConsoleStream } from './stream.ts';

export interface ConsoleOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Where browsers reach it, as behind a proxy with TLS. Null: on this machine, at the port itself. */
  readonly url: string | null;
  /** The built pages. */
  readonly directory: string;
  readonly recordRefusals: RecordRefusals;
}

export interface RunningConsole {
  /** Where browsers reach it, without a path. */
  readonly url: string;
  /** Nobody has built its pages. */
  readonly missing: boolean;
  readonly close: () => Promise<void>;
}

/** @throws {SallyportError} when it is to listen where others reach it, and nobody said under which name. */
export async function startConsole(
  ports: ConsolePorts,
  options: ConsoleOptions,
): Promise<RunningConsole> {
  const declared = options.url === null ? null : publicOriginOf(options.url);
  const checkHost = hostCheck(options.host, declared === null ? [] : [declared.host]);
  const files = readConsoleFiles(options.directory);
  const tally = refusalTally(options.recordRefusals, ports.log);
  const fault = (error: unknown): void =>
    ports.log({
      level: 'error',
      event: 'console.fault',
      error: error instanceof Error ? error.message : String(error),
    });
  const sessions = await Sessions.open({
    store: ports.store,
    tokens: ports.tokens,
    isKnown: (person) => ports.policySource.policy.users.has(person),
    onClosed: ({ id }) => stream.closeOf(id),
    onFault: fault,
  });
  const stream = new ConsoleStream({
    feed: ports.feed,
    openHolds: () => ports.runtime.holds.open(),
    nowMs: () => ports.store.nowMs(),
    onSeen: (session) => sessions.seen(session),
  });
  const sweep = (): void => {
    sessions.sweep().catch(fault);
  };
  const sweeping = setInterval(sweep, consoleLimits.sweepEveryMs).unref();
  // Whoever lost the right to look stops looking, not only asking.
  const unfollow = ports.feed.follow((events) => {
    const ends = ({ type }: { readonly type: string }): boolean =>
      type === 'token.revoked' || type === 'token.minted' || type === 'policy.loaded';
    if (events.some(({ event }) => ends(event))) setImmediate(sweep);
  });

  const site = Promise.withResolvers<Site>();
  const server = await listen({
    host: options.host,
    port: options.port,
    noteRefusal: tally.note,
    async answer(request, response) {
      const { answer } = await site.promise;
      await answer(request, response);
    },
    refuse: (refusal, response) => {
      setSecurityHeaders(response, declared?.overTls === true);
      refuse(refusal, response, null);
    },
  });
  const here = declared ?? publicOriginOf(server.url);
  site.resolve(
    new Site(here, {
      checkHost,
      origin: new OriginCheck(declared?.origin ?? null),
      cookie: new SessionCookie(here),
      files,
      api: new Api(ports, { sessions, stream, limits: new SignInLimits(() => performance.now()) }),
      sessions,
      refuse,
    }),
  );

  function refuse(error: unknown, response: ServerResponse, session: Session | null): void {
    if (error instanceof ClientGone || response.headersSent) {
      response.destroy();
      return;
    }
    const told = toldOf(error);
    if (told === null) {
      fault(error);
      const message = 'something went wrong here; nothing was changed by it';
      void sendView(response, 500, { error: { code: 'console.fault', message } });
      return;
    }
    const { status, code, message, hint, headers } = told;
    if (isAnAttempt(told, session)) tally.note(code, session?.credential ?? null);
    const view = { error: { code, message, ...(hint === undefined ? {} : { hint }) } };
    void sendView(response, status, view, headers);
  }

  return {
    url: here.origin,
    missing: files.missing,
    async close() {
      clearInterval(sweeping);
      unfollow();
      stream.close();
      await server.close();
      await tally.close();
    },
  };
}

/**
 * Something that whoever looks at the record has to hear of. Not that somebody isn't signed in yet, and asks whether they
 * are; nor that what a person looked for is gone, was answered by another a moment before, or can't be so.
 */
function isAnAttempt({ code, status }: Told, session: Session | null): boolean {
  if (code === 'console.signed_out') return false;
  return session === null || ![404, 409, 410, 422].includes(status);
}

interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Who asks, once that is known. */
  session: Session | null;
}

interface SiteParts {
  readonly checkHost: ReturnType<typeof hostCheck>;
  readonly origin: OriginCheck;
  readonly cookie: SessionCookie;
  readonly files: ConsoleFiles;
  readonly api: Api;
  readonly sessions: Sessions;
  readonly refuse: (error: unknown, response: ServerResponse, session: Session | null) => void;
}

class Site {
  readonly #here: PublicOrigin;
  readonly #parts: SiteParts;

  constructor(here: PublicOrigin, parts: SiteParts) {
    this.#here = here;
    this.#parts = parts;
  }

  /** Total. */
  readonly answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const visit: Visit = { request, response, session: null };
    try {
      setSecurityHeaders(response, this.#here.overTls);
      await this.#route(visit);
    } catch (error) {
      this.#parts.refuse(error, response, visit.session);
    } finally {
      letGoOfRequest(request);
    }
  };

  async #route(visit: Visit): Promise<void> {
    const { checkHost, files } = this.#parts;
    const { request, response } = visit;
    checkHost(request);
    checkHeaderCount(request);
    const { url = '', method = '' } = request;
    const at = url.indexOf('?');
    const path = at === -1 ? url : url.slice(0, at);
    if (path.startsWith('/api/'))
      return this.#ask(visit, method, path, at === -1 ? '' : url.slice(at + 1));
    if (method !== 'GET' && method !== 'HEAD') throw wrongMethod(['GET']);
    if (!(await files.answer(path, request, response)))
      throw new HttpRefusal(404, 'http.not_found', 'there is nothing here');
  }

  async #ask(visit: Visit, method: string, path: string, search: string): Promise<void> {
    const { origin, cookie, sessions, api } = this.#parts;
    const { request, response } = visit;
    const route = routeOf(method, path);
    if (!('name' in route)) {
      throw route.length === 0
        ? new HttpRefusal(404, 'http.not_found', 'there is nothing here')
        : wrongMethod(route);
    }
    if (method === 'GET') origin.checkReading(request);
    else origin.checkChange(request);
    const secret = cookie.read(request);
    const whose = (): Session | null => sessions.find(secret);
    const session = whose();
    visit.session = session;
    if (session !== null) keepFor(request, session.credential);
    const asked: Asked = {
      request,
      response,
      cookie,
      secret,
      subject: route.subject,
      query: new Query(search, queryOf[route.name] ?? []),
      whose,
    };
    if (route.name === 'signIn') return api.signIn(asked);
    if (session === null) throw signedOut();
    return api.perform(route.name, asked, session);
  }
}

function wrongMethod(allowed: readonly string[]): HttpRefusal {
  const methods = allowed.join(', ');
  return new HttpRefusal(405, 'http.method', `use ${methods} here`, {
    headers: { allow: methods },
  });
}
