/**
 * Credentials of agents, openers and approvers: 256 random bits each, stored only as their SHA-256, compared in constant time.
 *
 * A token reads `sp_agent_<id>.<secret>`. The id finds the record and is safe to print; the secret is shown once, when
 * it is minted. A rotated token keeps its *credential*, the identity that implicit runs hang on: else rotating would
 * be a way to shed labels.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { GatewayEvent } from '../engine/events.ts';
import { StoreError } from '../store/errors.ts';
import type { StateWrite, Store } from '../store/port.ts';
import { IdentityError } from './errors.ts';
import type { ApproverPrincipal, Principal } from './principal.ts';

const statePrefix = 'token:';
const tokenForm = /^sp_(agent|opener|approver)_([0-9A-Za-z_-]{12})\.([0-9A-Za-z_-]{43})$/;

/** What is kept of a token. `agents` bounds an opener; `user` binds an agent's token to one person. */
export type TokenRecord = {
  readonly id: string;
  /** What implicit runs hang on: the same for a token and its successors. */
  readonly credential: string;
  readonly holder: 'agent' | 'opener' | 'approver';
  /** Of an approver: the person's id. */
  readonly name: string;
  readonly user: string | null;
  readonly agents: readonly string[] | null;
  readonly sha256: string;
  readonly mintedAtMs: number;
  readonly expiresAtMs: number | null;
};

const recordShape: z.ZodType<TokenRecord> = z.strictObject({
  id: z.string(),
  credential: z.string(),
  holder: z.enum(['agent', 'opener', 'approver']),
  name: z.string(),
  user: z.string().nullable(),
  agents: z.array(z.string()).nullable(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  mintedAtMs: z.number(),
  expiresAtMs: z.number().nullable(),
});

export type MintRequest =
  | {
      readonly holder: 'agent';
      readonly name: string;
      readonly user: string | null;
      readonly expiresAtMs: number | null;
    }
  | {
      readonly holder: 'opener';
      readonly name: string;
      readonly agents: readonly string[] | null;
      readonly expiresAtMs: number | null;
    }
  | {
      readonly holder: 'approver';
      /** The person's id, as the policy's `users` name it. */
      readonly name: string;
      readonly expiresAtMs: number | null;
    };

export interface MintedToken {
  /** Shown once; not kept anywhere. */
  readonly token: string;
  readonly record: TokenRecord;
}

export interface Tokens {
  /**
   * Whoever calls or opens runs; a person's token is none of theirs.
   *
   * @throws {IdentityError} `identity.credential_missing` or `identity.credential_invalid`.
   */
  authenticate(authorization: string | undefined): Principal;
  /**
   * A person who signs in at this moment; a token of an agent or an opener is no person's.
   *
   * @param token - as minted, without a scheme.
   * @throws {IdentityError} `identity.credential_invalid`.
   */
  authenticateApprover(token: string): ApproverPrincipal;
  mint(request: MintRequest): Promise<MintedToken>;
  /** Mints a successor that lives as long; the old one works for `overlapMs` more. */
  rotate(id: string, overlapMs: number): Promise<MintedToken>;
  revoke(id: string): Promise<TokenRecord>;
  list(): readonly TokenRecord[];
}

/** What tokens need of the store. */
export type TokenStore = Pick<Store, 'listState' | 'commitGateway' | 'nowMs'>;

export async function openTokens(store: TokenStore): Promise<Tokens> {
  const records = new Map<string, TokenRecord>();
  for (const { value } of await store.listState(statePrefix)) {
    const read = recordShape.safeParse(value);
    if (!read.success) throw new StoreError('store.corrupt', `a token can't be read back`);
    records.set(read.data.id, read.data);
  }

  // One change after the other: a rotation that began before a revocation must not bring the token back after it.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  }

  async function save(
    event: GatewayEvent,
    writes: readonly { id: string; record: TokenRecord | null }[],
  ): Promise<void> {
    const stateWrites: StateWrite[] = writes.map(({ id, record }) => ({
      key: statePrefix + id,
      value: record,
    }));
    await store.commitGateway({ events: [event], writes: stateWrites });
    for (const { id, record } of writes) {
      if (record === null) records.delete(id);
      else records.set(id, record);
    }
  }

  function find(id: string): TokenRecord {
    const record = records.get(id);
    if (record === undefined) {
      throw new IdentityError('identity.unknown_token', `there is no token \`${id}\``, {
        hint: '`sallyport token list` shows them',
      });
    }
    return record;
  }

  function verified(presented: string): TokenRecord {
    const [, holder, id = '', secret = ''] = tokenForm.exec(presented) ?? [];
    const record = records.get(id);
    // Hash and compare in any case: the time taken tells nothing about which ids exist.
    const same = timingSafeEqual(
      Buffer.from(hashOf(secret)),
      Buffer.from(record?.sha256 ?? noHash),
    );
    const live =
      record !== undefined && (record.expiresAtMs === null || store.nowMs() < record.expiresAtMs);
    if (record === undefined || !same || !live || record.holder !== holder) throw invalid();
    return record;
  }

  function draw(
    base: Omit<TokenRecord, 'id' | 'credential' | 'sha256' | 'mintedAtMs'>,
    credential: string | null,
  ): MintedToken {
    const id = randomBytes(9).toString('base64url');
    const secret = randomBytes(32).toString('base64url');
    const record: TokenRecord = {
      ...base,
      id,
      credential: credential ?? id,
      sha256: hashOf(secret),
      mintedAtMs: store.nowMs(),
    };
    return { token: `sp_${record.holder}_${id}.${secret}`, record };
  }

  function minted(record: TokenRecord): GatewayEvent {
    return {
      v: 1,
      type: 'token.minted',
      atMs: record.mintedAtMs,
      token: record.id,
      holder: record.holder,
      name: record.name,
      expiresAtMs: record.expiresAtMs,
    };
  }

  return {
    authenticate(authorization) {
      const record = verified(bearerOf(authorization));
      if (record.holder === 'approver') throw invalid();
      return principalOf(record, record.holder);
    },

    authenticateApprover(token) {
      const { holder, credential, name } = verified(token);
      if (holder !== 'approver') throw invalid();
      return { type: 'approver', credential, user: name, signedInAtMs: store.nowMs() };
    },

    mint: (request) =>
      inTurn(async () => {
        checkName(request.name);
        if (
          request.expiresAtMs !== null &&
          !(isTime(request.expiresAtMs) && request.expiresAtMs > store.nowMs())
        )
          throw new IdentityError('identity.bad_request', 'a token has to expire in the future');
        const made = draw(
          {
            holder: request.holder,
            name: request.name,
            user: request.holder === 'agent' ? request.user : null,
            agents:
              request.holder === 'opener' && request.agents !== null ? [...request.agents] : null,
            expiresAtMs: request.expiresAtMs,
          },
          null,
        );
        await save(minted(made.record), [{ id: made.record.id, record: made.record }]);
        return made;
      }),

    rotate: (id, overlapMs) =>
      inTurn(async () => {
        if (!isTime(overlapMs))
          throw new IdentityError('identity.bad_request', 'the overlap has to be 0 ms or more');
        const old = find(id);
        const nowMs = store.nowMs();
        const made = draw(
          {
            holder: old.holder,
            name: old.name,
            user: old.user,
            agents: old.agents,
            // As long as the old one was meant to live: rotating must not make a credential last for ever.
            expiresAtMs:
              old.expiresAtMs === null ? null : nowMs + (old.expiresAtMs - old.mintedAtMs),
          },
          old.credential,
        );
        const endsAtMs = Math.min(nowMs + overlapMs, old.expiresAtMs ?? Number.MAX_SAFE_INTEGER);
        await save(minted(made.record), [
          { id: made.record.id, record: made.record },
          { id, record: { ...old, expiresAtMs: endsAtMs } },
        ]);
        return made;
      }),

    revoke: (id) =>
      inTurn(async () => {
        const record = find(id);
        await save({ v: 1, type: 'token.revoked', atMs: store.nowMs(), token: id }, [
          { id, record: null },
        ]);
        return record;
      }),

    list: () =>
      [...records.values()].sort((a, b) => a.mintedAtMs - b.mintedAtMs || (a.id < b.id ? -1 : 1)),
  };
}

/** Shown in lists and records, so it is one line of ordinary length. */
function checkName(name: string): void {
  if (!/^[^\p{C}\p{Z}]([^\p{C}]{0,126}[^\p{C}\p{Z}])?$/u.test(name))
    throw new IdentityError('identity.bad_request', 'a token needs a name of up to 128 characters');
}

function isTime(ms: number): boolean {
  return Number.isSafeInteger(ms) && ms >= 0;
}

function bearerOf(authorization: string | undefined): string {
  const [, presented] = /^bearer +([^\s]{1,200})$/i.exec(authorization ?? '') ?? [];
  if (presented === undefined) {
    throw new IdentityError('identity.credential_missing', 'a bearer token is required', {
      hint: 'send `Authorization: Bearer …` with a token from `sallyport token`',
    });
  }
  return presented;
}

const noHash = '0'.repeat(64);

/** In hex, which costs a third of what bytes do. */
function hashOf(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** One answer to everything that is wrong with a credential, so that nobody learns what. */
function invalid(): IdentityError {
  return new IdentityError('identity.credential_invalid', 'the credential is not valid');
}

function principalOf(
  { credential, name, user, agents }: TokenRecord,
  holder: 'agent' | 'opener',
): Principal {
  return holder === 'agent'
    ? { type: 'agent', credential, agent: name, user }
    : { type: 'opener', credential, name, agents };
}
