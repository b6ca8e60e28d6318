import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fold } from '../engine/fold.ts';
import type { Store } from '../store/port.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { type MintRequest, openTokens, type Tokens } from './tokens.ts';

const dayMs = 86_400_000;
let directory: string;
let store: Store;
let tokens: Tokens;
let nowMs: number;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-tokens-'));
  nowMs = Date.UTC(2026, 0, 1);
  await start();
});
afterEach(async () => {
  await store[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function start(): Promise<void> {
  store = await openSqliteStore({ directory, foldRun: fold, clock: () => nowMs });
  tokens = await openTokens(store);
}

const helper: MintRequest = { holder: 'agent', name: 'helper', user: 'ann', expiresAtMs: null };
const workflow: MintRequest = {
  holder: 'opener',
  name: 'workflow',
  agents: ['helper'],
  expiresAtMs: null,
};

const ann: MintRequest = { holder: 'approver', name: 'ann', expiresAtMs: null };

function signIn(token: string): unknown {
  try {
    return tokens.authenticateApprover(token);
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

function whoIs(token: string): unknown {
  try {
    return tokens.authenticate(`Bearer ${token}`);
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

describe('minting', () => {
  test('gives back who asks, also after a restart; the secret is nowhere in the store', async () => {
    const [agent, opener] = [await tokens.mint(helper), await tokens.mint(workflow)];
    await store[Symbol.asyncDispose]();
    await start();
    expect(whoIs(agent.token)).toEqual({
      type: 'agent',
      credential: agent.record.id,
      agent: 'helper',
      user: 'ann',
    });
    expect(whoIs(opener.token)).toMatchObject({ type: 'opener', agents: ['helper'] });
    for (const file of await readdir(directory)) {
      const bytes = await readFile(join(directory, file), 'latin1');
      for (const { token } of [agent, opener]) {
        const [, secret = ''] = token.split('.');
        expect(secret).toMatch(/^[\w-]{43}$/);
        expect(bytes).not.toContain(secret);
      }
    }
    const events = await store.events({ type: 'token.minted', limit: 9 });
    expect(events.map(({ event }) => event)).toMatchObject([
      { name: 'helper', holder: 'agent' },
      { name: 'workflow', holder: 'opener' },
    ]);
  });

  test.each<[string, Partial<MintRequest>]>([
    ['no name', { name: '' }],
    ['a name of two lines', { name: 'a\nb' }],
    ['an endless name', { name: 'x'.repeat(129) }],
    ['a time in the past', { expiresAtMs: 1 }],
    ['a time that is none', { expiresAtMs: Number.NaN }],
  ])('%s is refused', async (_, wrong) => {
    const request = { ...helper, ...wrong, holder: 'agent' } as const;
    await expect(tokens.mint(request)).rejects.toMatchObject({ code: 'identity.bad_request' });
    expect(tokens.list()).toEqual([]);
  });
});

describe('authenticating', () => {
  test('one code for everything that is wrong with a credential', async () => {
    const { token, record } = await tokens.mint({ ...helper, expiresAtMs: nowMs + dayMs });
    const other = await tokens.mint(helper);
    const flipped = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`;
    const wrong = [
      flipped,
      token.replace('sp_agent', 'sp_opener'),
      `sp_agent_${record.id}.${other.token.split('.')[1]}`,
      `sp_agent_${'A'.repeat(12)}.${'A'.repeat(43)}`,
      `${token}A`,
      'sp_agent_',
      '__proto__',
    ];
    expect(wrong.map(whoIs)).toEqual(wrong.map(() => 'identity.credential_invalid'));
    expect(whoIs(token)).toMatchObject({ type: 'agent' });
    nowMs += dayMs;
    expect(whoIs(token)).toBe('identity.credential_invalid');
  });

  test.each([undefined, '', 'Basic abc', 'Bearer', 'Bearer a b', `Bearer ${'x'.repeat(300)}`])(
    '%s is no credential at all',
    (header) => {
      expect(() => tokens.authenticate(header)).toThrow(
        expect.objectContaining({ code: 'identity.credential_missing' }),
      );
    },
  );
});

describe('a person’s token', () => {
  test('signs in, at this moment, also after a restart', async () => {
    const { token, record } = await tokens.mint(ann);
    expect(token).toMatch(/^sp_approver_/);
    await store[Symbol.asyncDispose]();
    nowMs += dayMs;
    await start();
    expect(signIn(token)).toEqual({
      type: 'approver',
      credential: record.id,
      user: 'ann',
      signedInAtMs: nowMs,
    });
  });

  test('is no agent’s and no opener’s, and theirs sign nobody in', async () => {
    const [agent, opener, person] = [
      await tokens.mint(helper),
      await tokens.mint(workflow),
      await tokens.mint(ann),
    ].map(({ token }) => token);
    const tried = [agent, opener, person].map((token = '') => [signIn(token), whoIs(token)]);
    expect(tried).toEqual([
      ['identity.credential_invalid', expect.objectContaining({ agent: 'helper' })],
      ['identity.credential_invalid', expect.objectContaining({ name: 'workflow' })],
      [expect.objectContaining({ user: 'ann' }), 'identity.credential_invalid'],
    ]);
  });

  test('renamed to another holder, cut, with a scheme, expired or revoked: one answer', async () => {
    const { token, record } = await tokens.mint({ ...ann, expiresAtMs: nowMs + dayMs });
    const agent = await tokens.mint(helper);
    const wrong = [
      token.replace('sp_approver', 'sp_agent'),
      agent.token.replace('sp_agent', 'sp_approver'),
      token.slice(0, -1),
      `Bearer ${token}`,
      '',
    ];
    expect(wrong.map(signIn)).toEqual(wrong.map(() => 'identity.credential_invalid'));
    expect(whoIs(wrong[0] ?? '')).toBe('identity.credential_invalid');
    const next = await tokens.rotate(record.id, 0);
    expect([signIn(token), signIn(next.token)]).toMatchObject([
      'identity.credential_invalid',
      { user: 'ann', credential: record.id },
    ]);
    await tokens.revoke(next.record.id);
    expect(signIn(next.token)).toBe('identity.credential_invalid');
    const short = await tokens.mint({ ...ann, expiresAtMs: nowMs + dayMs });
    nowMs += dayMs;
    expect(signIn(short.token)).toBe('identity.credential_invalid');
  });
});

describe('rotating', () => {
  test('both work for the overlap, under one credential, so no label is shed by it', async () => {
    const old = await tokens.mint(helper);
    const next = await tokens.rotate(old.record.id, 60_000);
    expect(whoIs(next.token)).toEqual(whoIs(old.token));
    nowMs += 60_000;
    expect(whoIs(old.token)).toBe('identity.credential_invalid');
    const third = await tokens.rotate(next.record.id, 0);
    expect(whoIs(third.token)).toMatchObject({ credential: old.record.id });
    expect(whoIs(next.token)).toBe('identity.credential_invalid');
  });

  test('a credential that was to end still ends', async () => {
    const old = await tokens.mint({ ...helper, expiresAtMs: nowMs + 30 * dayMs });
    nowMs += 10 * dayMs;
    const { record } = await tokens.rotate(old.record.id, 90 * dayMs);
    expect(record.expiresAtMs).toBe(nowMs + 30 * dayMs);
    nowMs += 20 * dayMs;
    expect(whoIs(old.token)).toBe('identity.credential_invalid');
  });

  test.each([-1, Number.NaN, 0.5])('an overlap of %d ms is refused', async (overlapMs) => {
    const { record } = await tokens.mint(helper);
    await expect(tokens.rotate(record.id, overlapMs)).rejects.toMatchObject({
      code: 'identity.bad_request',
    });
  });
});

describe('revoking', () => {
  test('ends it at once and for good, whatever else is asked for at that moment', async () => {
    const { token, record } = await tokens.mint(helper);
    const [revoked, rotated] = await Promise.allSettled([
      tokens.revoke(record.id),
      tokens.rotate(record.id, dayMs),
    ]);
    expect(revoked.status).toBe('fulfilled');
    expect(rotated).toMatchObject({ reason: { code: 'identity.unknown_token' } });
    expect(whoIs(token)).toBe('identity.credential_invalid');
    await store[Symbol.asyncDispose]();
    await start();
    expect(whoIs(token)).toBe('identity.credential_invalid');
    expect(tokens.list()).toEqual([]);
  });
});

test('a record that somebody else wrote stops the start, instead of letting anybody in', async () => {
  await store.commitGateway({
    events: [],
    writes: [{ key: 'token:x', value: { id: 'x', sha256: 'f'.repeat(10) } }],
  });
  await expect(openTokens(store)).rejects.toMatchObject({ code: 'store.corrupt' });
});
