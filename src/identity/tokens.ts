/**
 * Credentials of agents and openers: 256 random bits each, stored only as their SHA-256, compared in constant time.
 *
 * A token reads `sp_agent_<id>.<secret>`. The id finds the record and is safe to print; the secret is shown once, when
 * it is minted. A rotated token keeps its *credential*, the identity that implicit runs hang on: else rotating would
 * be a way to shed labels.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { GatewayEvent } from '../engine/events.ts';
import type { StateWrite, Store } from '../store/port.ts';
import { IdentityError } from './errors.ts';
import type { Principal } from './principal.ts';

const statePrefix = 'token:';
const tokenForm = /^sp_(agent|opener)_([0-9A-Za-z_-]{12})\.([0-9A-Za-z_-]{43})$/;

/** What is kept of a token. `agents` bounds an opener; `user` binds an agent's token to one person. */
export type TokenRecord = {
  readonly id: string;
  /** What implicit runs hang on: the same for a token and its successors. */
  readonly credential: string;
  readonly holder: 'agent' | 'opener';
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
  holder: z.enum(['agent', 'opener']),
  name: z.string(),
  user: z.string().nullable(),
  agents: z.array(z.string()).nullable(),
  sha256: z.string().length(64),
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
    };

export interface MintedToken {
  /** Shown once; not kept anywhere. */
  readonly token: string;
  readonly record: TokenRecord;
}

export interface Tokens {
  /** @throws {IdentityError} `identity.credential_missing` or `identity.credential_invalid`. */
  authenticate(authorization: string | undefined): Principal;
  mint(request: MintRequest): Promise<MintedToken>;
  /** Mints a successor; the old one works for `overlapMs` more. */
  rotate(id: string, overlapMs: number): Promise<MintedToken>;
  revoke(id: string): Promise<TokenRecord>;
  list(): readonly TokenRecord[];
}

export async function openTokens(store: Store): Promise<Tokens> {
  const records = new Map<string, TokenRecord>();
  for (const { value } of await store.listState(statePrefix)) {
    const record = recordShape.parse(value);
    records.set(record.id, record);
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
      sha256: hashOf(secret).toString('hex'),
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
      const presented = bearerOf(authorization);
      const [, holder, id = '', secret = ''] = tokenForm.exec(presented) ?? [];
      const record = records.get(id);
      // Hash and compare in any case: the time taken tells nothing about which ids exist.
      const same = timingSafeEqual(
        hashOf(secret),
        Buffer.from(record?.sha256 ?? '0'.repeat(64), 'hex'),
      );
      const live =
        record !== undefined && (record.expiresAtMs === null || store.nowMs() < record.expiresAtMs);
      if (record === undefined || !same || !live || record.holder !== holder) {
        throw new IdentityError('identity.credential_invalid', 'the credential is not valid');
      }
      return principalOf(record);
    },

    async mint(request) {
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
    },

    async rotate(id, overlapMs) {
      const old = find(id);
      const made = draw(
        {
          holder: old.holder,
          name: old.name,
          user: old.user,
          agents: old.agents,
          expiresAtMs: null,
        },
        old.credential,
      );
      const endsAtMs = Math.min(
        store.nowMs() + overlapMs,
        old.expiresAtMs ?? Number.MAX_SAFE_INTEGER,
      );
      await save(minted(made.record), [
        { id: made.record.id, record: made.record },
        { id, record: { ...old, expiresAtMs: endsAtMs } },
      ]);
      return made;
    },

    async revoke(id) {
      const record = find(id);
      await save({ v: 1, type: 'token.revoked', atMs: store.nowMs(), token: id }, [
        { id, record: null },
      ]);
      return record;
    },

    list: () =>
      [...records.values()].sort((a, b) => a.mintedAtMs - b.mintedAtMs || (a.id < b.id ? -1 : 1)),
  };
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

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function principalOf(record: TokenRecord): Principal {
  return record.holder === 'agent'
    ? { type: 'agent', credential: record.credential, agent: record.name, user: record.user }
    : { type: 'opener', credential: record.credential, name: record.name, agents: record.agents };
}
