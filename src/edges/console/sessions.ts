/**
 * People who are signed in. A cookie is 256 random bits, kept as their hash; what it stands for is looked up at every
 * request, so a token that is revoked, or a person whom the policy doesn't know any more, is out at once. Kept with the
 * state, so that a restart of the gateway interrupts nobody who is about to answer.
 */
import { hash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { GatewayEvent } from '../../engine/events.ts';
import type { ApproverPrincipal } from '../../identity/principal.ts';
import type { Tokens } from '../../identity/tokens.ts';
import type { Store } from '../../store/port.ts';
import { consoleLimits } from './limits.ts';
import { ConsoleRefusal } from './refusal.ts';

const statePrefix = 'console.session:';
const secretForm = /^[0-9A-Za-z_-]{43}$/;

export type Session = {
  /** Names it in the record, and is no secret. */
  readonly id: string;
  readonly user: string;
  readonly credential: string;
  /** The very token: a successor of it that was minted because this one leaked must not keep its sessions alive. */
  readonly token: string;
  readonly signedInAtMs: number;
  readonly seenAtMs: number;
};

const sessionShape: z.ZodType<Session> = z.strictObject({
  id: z.string(),
  user: z.string(),
  credential: z.string(),
  token: z.string(),
  signedInAtMs: z.number(),
  seenAtMs: z.number(),
});

export interface SessionPorts {
  readonly store: Pick<Store, 'listState' | 'commitGateway' | 'nowMs'>;
  readonly tokens: Pick<Tokens, 'authenticateApprover' | 'list'>;
  /** Whether the policy names this person. */
  readonly isKnown: (person: string) => boolean;
  /** The session is over, however it ended. */
  readonly onClosed: (session: Session) => void;
  readonly onFault: (error: unknown) => void;
}

interface Kept {
  session: Session;
  writtenAtMs: number;
}

export class Sessions {
  readonly #ports: SessionPorts;
  /** By the hash of their secret. Its own hash is all that an attacker's guess is compared with. */
  readonly #sessions = new Map<string, Kept>();

  static async open(ports: SessionPorts): Promise<Sessions> {
    const sessions = new Sessions(ports);
    for (const { key, value } of await ports.store.listState(statePrefix)) {
      const read = sessionShape.safeParse(value);
      // What can't be read lets nobody in: the person signs in again.
      if (!read.success) continue;
      sessions.#sessions.set(key.slice(statePrefix.length), {
        session: read.data,
        writtenAtMs: read.data.seenAtMs,
      });
    }
    return sessions;
  }

  private constructor(ports: SessionPorts) {
    this.#ports = ports;
  }

  /**
   * @returns the session, and the secret of its cookie, which is shown to nobody else.
   * @throws {IdentityError} when the token is none of a person.
   */
  async signIn(token: string): Promise<{ readonly session: Session; readonly secret: string }> {
    const { credential, user, signedInAtMs } = this.#ports.tokens.authenticateApprover(token);
    if (!this.#ports.isKnown(user)) {
      throw new ConsoleRefusal(
        403,
        'console.unknown_person',
        'the policy knows nobody of this name any more',
      );
    }
    await this.#makeRoom(user);
    const secret = randomBytes(32).toString('base64url');
    const session: Session = {
      id: `ses_${randomBytes(9).toString('base64url')}`,
      user,
      credential,
      token: tokenIdOf(token),
      signedInAtMs,
      seenAtMs: signedInAtMs,
    };
    const key = keyOf(secret);
    await this.#write(key, session, event('session.opened', session, signedInAtMs));
    this.#sessions.set(key, { session, writtenAtMs: signedInAtMs });
    return { session, secret };
  }

  /** Whose cookie this is, as of now; null: nobody's any more. */
  find(secret: string | null): Session | null {
    if (secret === null || !secretForm.test(secret)) return null;
    const key = keyOf(secret);
    const kept = this.#sessions.get(key);
    if (kept === undefined) return null;
    if (!this.#isLive(kept.session, this.#liveTokens())) {
      this.#close(key, kept.session).catch(this.#ports.onFault);
      return null;
    }
    this.#see(key, kept);
    return kept.session;
  }

  /** A page of it is open. */
  seen(id: string): void {
    for (const [key, kept] of this.#sessions) if (kept.session.id === id) this.#see(key, kept);
  }

  async signOut(secret: string): Promise<void> {
    const key = keyOf(secret);
    const kept = this.#sessions.get(key);
    if (kept !== undefined) await this.#close(key, kept.session);
  }

  /** Ends those that aren't good any more: after a token was revoked or the policy changed, and now and then. */
  async sweep(): Promise<void> {
    const live = this.#liveTokens();
    for (const [key, { session }] of [...this.#sessions])
      if (!this.#isLive(session, live)) await this.#close(key, session);
  }

  expiresAtMs({ signedInAtMs, token }: Session): number {
    const endsAtMs = signedInAtMs + consoleLimits.sessionMs;
    return Math.min(endsAtMs, this.#liveTokens().get(token)?.expiresAtMs ?? endsAtMs);
  }

  #isLive(session: Session, live: LiveTokens): boolean {
    const { user, token, signedInAtMs, seenAtMs } = session;
    const nowMs = this.#ports.store.nowMs();
    return (
      nowMs - signedInAtMs < consoleLimits.sessionMs &&
      nowMs - seenAtMs < consoleLimits.sessionIdleMs &&
      live.get(token)?.name === user &&
      this.#ports.isKnown(user)
    );
  }

  #liveTokens(): LiveTokens {
    const nowMs = this.#ports.store.nowMs();
    return new Map(
      this.#ports.tokens
        .list()
        .filter(
          ({ holder, expiresAtMs }) =>
            holder === 'approver' && (expiresAtMs === null || nowMs < expiresAtMs),
        )
        .map(({ id, name, expiresAtMs }) => [id, { name, expiresAtMs }]),
    );
  }

  #see(key: string, kept: Kept): void {
    const seenAtMs = this.#ports.store.nowMs();
    kept.session = { ...kept.session, seenAtMs };
    if (seenAtMs - kept.writtenAtMs < consoleLimits.sessionSeenEveryMs) return;
    kept.writtenAtMs = seenAtMs;
    this.#write(key, kept.session, null).catch(this.#ports.onFault);
  }

  async #makeRoom(user: string): Promise<void> {
    await this.#makeRoomAmong(
      [...this.#sessions].filter(([, { session }]) => session.user === user),
      consoleLimits.sessionsOfOneMax,
    );
    await this.#makeRoomAmong([...this.#sessions], consoleLimits.sessionsMax);
  }

  async #makeRoomAmong(
    sessions: readonly (readonly [string, Kept])[],
    sessionsMax: number,
  ): Promise<void> {
    if (sessions.length < sessionsMax) return;
    const unused = sessions.toSorted(([, a], [, b]) => a.session.seenAtMs - b.session.seenAtMs);
    for (const [key, { session }] of unused.slice(
      0,
      Math.max(0, sessions.length - sessionsMax + 1),
    ))
      await this.#close(key, session);
  }

  /** Out of memory first: whatever becomes of the record, it lets nobody in. */
  async #close(key: string, session: Session): Promise<void> {
    if (!this.#sessions.delete(key)) return;
    this.#ports.onClosed(session);
    await this.#write(key, null, event('session.closed', session, this.#ports.store.nowMs()));
  }

  async #write(key: string, session: Session | null, recorded: GatewayEvent | null): Promise<void> {
    await this.#ports.store.commitGateway({
      events: recorded === null ? [] : [recorded],
      writes: [{ key: statePrefix + key, value: session }],
    });
  }
}

type LiveTokens = ReadonlyMap<
  string,
  { readonly name: string; readonly expiresAtMs: number | null }
>;

export function principalOf({ user, credential, signedInAtMs }: Session): ApproverPrincipal {
  return { type: 'approver', credential, user, signedInAtMs };
}

function event(
  type: 'session.opened' | 'session.closed',
  { id, user, credential }: Session,
  atMs: number,
): GatewayEvent {
  return { v: 1, type, atMs, session: id, user, credential };
}

function keyOf(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** Of a token that was just found good. */
function tokenIdOf(token: string): string {
  return /^sp_approver_([^.]+)\./.exec(token)?.[1] ?? '';
}
