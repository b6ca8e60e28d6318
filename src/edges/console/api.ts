/** What each request of the table in `views.ts` does. Whatever is shown is as recorded; whatever changes names who asked. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { SallyportError } from '../../content/errors.ts';
import { readJson } from '../../content/json.ts';
import { IdentityError } from '../../identity/errors.ts';
import { checkJsonBody, readBody } from '../http/body.ts';
import { HttpRefusal } from '../http/refusal.ts';
import { sendEmpty } from '../http/respond.ts';
import { agentRow, agentRows } from './agents.ts';
import type { SessionCookie } from './cookie.ts';
import { eventPage, ledgerPage, receiptView } from './events.ts';
import { explainView } from './explain.ts';
import { exportLeaves } from './export.ts';
import { holdOver } from './hold-over.ts';
import { consoleLimits } from './limits.ts';
import { nowView } from './now.ts';
import { permissionsView } from './permissions.ts';
import { policyView } from './policy.ts';
import type { ConsolePorts } from './ports.ts';
import type { Query } from './query.ts';
import { ConsoleRefusal, notFound, signedOut } from './refusal.ts';
import { sendView } from './respond.ts';
import { ledgerFilterOf, type RouteName, rowsMaxOf } from './routes.ts';
import { runPage, runsPage, timelinePage } from './runs.ts';
import { principalOf, type Session, type Sessions } from './sessions.ts';
import {
  answerShape,
  editShape,
  explainShape,
  pinShape,
  previewShape,
  reasonShape,
  signInShape,
} from './shapes.ts';
import { Shares } from './shares.ts';
import type { SignInLimits } from './sign-in-limits.ts';
import type { ConsoleStream } from './stream.ts';
import { pinTool, toolRows } from './tools.ts';
import type { SessionView } from './views.ts';

export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly cookie: SessionCookie;
  /** Of the cookie that came with it. */
  readonly secret: string | null;
  /** What the path names: a hold, a run, an agent. */
  readonly subject: string;
  readonly query: Query;
  /** Whose session it is, as of the moment of asking. */
  readonly whose: () => Session | null;
}

export interface ApiParts {
  readonly sessions: Sessions;
  readonly stream: ConsoleStream;
  readonly limits: SignInLimits;
}

const seqMax = Number.MAX_SAFE_INTEGER;
const runStatuses = ['open', 'closing', 'closed', 'abandoned'] as const;

export class Api {
  readonly #ports: ConsolePorts;
  readonly #parts: ApiParts;
  readonly #searches = new Shares(
    'searches',
    consoleLimits.searchesAtOnce,
    consoleLimits.searchesOfOneMax,
  );
  readonly #exports = new Shares(
    'exports',
    consoleLimits.exportsAtOnce,
    consoleLimits.exportsOfOneMax,
  );

  constructor(ports: ConsolePorts, parts: ApiParts) {
    this.#ports = ports;
    this.#parts = parts;
  }

  async perform(name: Exclude<RouteName, 'signIn'>, asked: Asked, session: Session): Promise<void> {
    const { response, subject, query } = asked;
    const ports = this.#ports;
    const send = (view: object): Promise<void> => sendView(response, 200, view);
    switch (name) {
      case 'session':
        return send(this.#sessionView(session));
      case 'signOut':
        return this.#signOut(asked);
      case 'now':
        return send(await nowView(ports));
      case 'stream':
        return this.#stream(response, session);
      case 'hold':
        return send(
          (await ports.runtime.holds.show(principalOf(session), subject)) ??
            (await holdOver(ports, subject)) ??
            noHold(),
        );
      case 'answer': {
        const answer = await read(asked, answerShape);
        return send(await ports.runtime.holds.answer(this.#who(asked), subject, answer));
      }
      case 'preview': {
        const { arguments: args } = await read(asked, previewShape);
        return send(await ports.runtime.holds.preview(this.#who(asked), subject, args));
      }
      case 'edit': {
        const { arguments: args, digest, reason } = await read(asked, editShape);
        return send(
          await ports.runtime.holds.edit(this.#who(asked), subject, args, digest, reason),
        );
      }
      case 'runs': {
        const filter = {
          agent: query.text('agent'),
          status: query.oneOf('status', runStatuses),
          before: query.text('before'),
        };
        return send(await runsPage(ports.store, filter, rowsMaxOf(query)));
      }
      case 'run':
        return send(await runPage(ports, subject));
      case 'timeline':
        return send(
          await timelinePage(ports, subject, query.whole('after', 0, seqMax), rowsMaxOf(query)),
        );
      case 'event':
        return send(await eventPage(ports, seqOf(subject)));
      case 'receipt':
        return send(await receiptView(ports, seqOf(subject), query.whole('since', 0, seqMax)));
      case 'ledger': {
        const filter = ledgerFilterOf(query);
        const before = query.whole('before', 0, seqMax);
        const rowsMax = rowsMaxOf(query);
        const page = await this.#searches.within(session.user, () =>
          ledgerPage(ports, filter, before, rowsMax),
        );
        return send(page);
      }
      case 'export':
        return this.#export(asked, session);
      case 'agents':
        return send(await agentRows(ports));
      case 'permissions':
        return send(permissionsView(ports.policySource.policy, subject, query.text('user')));
      case 'suspend':
        return this.#suspend(asked);
      case 'resume':
        return this.#resume(asked);
      case 'explain':
        return send(await explainView(ports, await read(asked, explainShape)));
      case 'policy':
        return send(policyView(ports));
      case 'tools':
        return send(toolRows(ports));
      case 'pin': {
        const { digest } = await read(asked, pinShape);
        const { user } = this.#operator(asked);
        return send(await pinTool(ports, subject, digest, user));
      }
    }
  }

  async signIn(asked: Asked): Promise<void> {
    const { request, response, cookie } = asked;
    const { sessions, limits } = this.#parts;
    const address = request.socket.remoteAddress ?? '';
    const { token } = await read(asked, signInShape, consoleLimits.signInBytesMax);
    const { session, secret } = await sessions.signIn(token).catch((error: unknown) => {
      if (!(error instanceof IdentityError)) throw error;
      const waitS = limits.failed(address);
      throw waitS === null ? error : tooManyAttempts(waitS);
    });
    limits.succeeded(address);
    // Whoever planted a session of theirs in this browser loses it.
    if (asked.secret !== null) await sessions.signOut(asked.secret);
    const view = this.#sessionView(session);
    const lifeS = (view.expiresAtMs - this.#ports.store.nowMs()) / 1_000;
    await sendView(response, 200, view, { 'set-cookie': cookie.set(secret, lifeS) });
  }

  async #signOut({ response, cookie, secret }: Asked): Promise<void> {
    if (secret !== null) await this.#parts.sessions.signOut(secret);
    await sendEmpty(response, 204, { 'set-cookie': cookie.clear() });
  }

  async #stream(response: ServerResponse, session: Session): Promise<void> {
    if (this.#parts.stream.open(session.id, response)) return;
    throw new ConsoleRefusal(503, 'console.busy', 'too many consoles are open', {
      headers: { 'retry-after': '10' },
    });
  }

  async #export({ response, query, whose }: Asked, { user }: Session): Promise<void> {
    const filter = ledgerFilterOf(query);
    await this.#exports.within(user, () =>
      exportLeaves(this.#ports.store, filter, response, () => whose() !== null),
    );
  }

  async #suspend(asked: Asked): Promise<void> {
    await agentRow(this.#ports, asked.subject);
    const { reason } = await read(asked, reasonShape);
    const { user } = this.#who(asked);
    await this.#ports.suspend(asked.subject, user, reason);
    await sendView(asked.response, 200, await agentRow(this.#ports, asked.subject));
  }

  async #resume(asked: Asked): Promise<void> {
    await agentRow(this.#ports, asked.subject);
    await read(asked, reasonShape);
    const { user } = this.#operator(asked);
    await this.#ports.resume(asked.subject, user);
    await sendView(asked.response, 200, await agentRow(this.#ports, asked.subject));
  }

  /** Asked again after the body was read: what began before a token was revoked must not be done after it. */
  #who({ whose }: Asked): ReturnType<typeof principalOf> {
    const session = whose();
    if (session === null) throw signedOut();
    return principalOf(session);
  }

  #operator(asked: Asked): ReturnType<typeof principalOf> {
    const who = this.#who(asked);
    if (this.#operates(who.user)) return who;
    throw new ConsoleRefusal(
      403,
      'console.role',
      'that is for people of the role that `approvals.default` names',
    );
  }

  #operates(user: string): boolean {
    const { approvals } = this.#ports.policySource.policy;
    return approvals.default !== null && this.#rolesOf(user).includes(approvals.default);
  }

  #rolesOf(user: string): readonly string[] {
    return [...(this.#ports.policySource.policy.users.get(user)?.roles ?? [])];
  }

  #sessionView(session: Session): SessionView {
    const { user, signedInAtMs } = session;
    return {
      user,
      roles: this.#rolesOf(user),
      operates: this.#operates(user),
      signedInAtMs,
      expiresAtMs: this.#parts.sessions.expiresAtMs(session),
    };
  }
}

async function read<Shape>(
  { request }: Asked,
  shape: z.ZodType<Shape>,
  bytesMax: number = consoleLimits.bodyBytesMax,
): Promise<Shape> {
  checkJsonBody(request);
  const parsed = shape.safeParse(strictly(await readBody(request, bytesMax)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const at = issue === undefined || issue.path.length === 0 ? '' : `\`${issue.path.join('.')}\`: `;
  throw new HttpRefusal(400, 'http.body', `${at}${issue?.message ?? 'not what is expected here'}`);
}

function strictly(body: Uint8Array): unknown {
  try {
    return readJson(body);
  } catch (error) {
    if (error instanceof SallyportError) throw new HttpRefusal(400, 'http.body', error.message);
    throw error;
  }
}

function tooManyAttempts(waitS: number): ConsoleRefusal {
  return new ConsoleRefusal(429, 'console.too_many_attempts', 'too many attempts to sign in', {
    headers: { 'retry-after': String(waitS) },
  });
}

function seqOf(text: string): number {
  const seq = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(seq)) throw notFound('event');
  return seq;
}

function noHold(): never {
  throw notFound('hold');
}
