import { afterEach, expect, test } from 'vitest';
import {
  agentToken,
  openerToken,
  openStandIn,
  type Said,
  type StandIn,
  type StandInOptions,
  say,
} from '../../../test/edges/stand-in.ts';
import type { JsonValue } from '../../content/value.ts';
import type { Held } from '../../engine/hold.ts';

const open: StandIn[] = [];

async function edge(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = await openStandIn(options);
  open.push(standIn);
  return standIn;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ server }) => server.close()));
});

const opening = (body: JsonValue, token: string | null = openerToken): Said => ({
  path: '/v1/runs',
  token,
  body,
});

test('opening a run hands over everything that narrows it, and answers with its handle', async () => {
  const { server, opened } = await edge();
  const heard = await say(
    server,
    opening({
      agent: 'email_agent',
      user: 'ann',
      case: { sender: 'bob@customer.example' },
      request: 'answer Bob',
      request_trust: 'trusted',
      only: ['mail.read', { action: 'mail.send', recipients: ['bob@customer.example'] }],
      budget: { steps: 25, tool_calls: 50, duration: '120s', tokens: 1_000, cost: '1.00' },
      outside: ['browser'],
      dry_run: true,
      parent: 'run_0',
    }),
  );
  expect(heard.status).toBe(201);
  expect(opened).toEqual([
    {
      agent: 'email_agent',
      user: 'ann',
      case: { sender: 'bob@customer.example' },
      request: 'answer Bob',
      requestTrusted: true,
      only: ['mail.read', { action: 'mail.send', recipients: ['bob@customer.example'] }],
      budget: {
        steps: 25,
        toolCalls: 50,
        durationMs: 120_000,
        tokens: 1_000,
        costMicroUsd: 1_000_000,
      },
      outside: ['browser'],
      dryRun: true,
      parent: 'run_0',
    },
  ]);
  expect(heard.json).toMatchObject({
    ok: true,
    handle: 'spr_handle',
    run: {
      id: 'run_1',
      status: 'open',
      budget: { steps: 25, tool_calls: 50, duration: '120s', tokens: 1_000, cost: '1.00' },
      used: { steps: 0, tool_calls: 0, tokens: 0, cost: '0.00' },
    },
  });
});

test('what is left out opens the plainest run, whose request nobody trusts', async () => {
  const { server, opened } = await edge();
  await say(server, opening({ agent: 'reporter' }));
  expect(opened).toMatchObject([
    {
      user: null,
      case: {},
      request: null,
      requestTrusted: false,
      only: null,
      budget: {},
      dryRun: false,
    },
  ]);
});

test.each([
  ['a tenth', '0.1', 100_000],
  ['a number', 0.3, 300_000],
  ['six decimals', '12.345678', 12_345_678],
  ['nothing', 0, 0],
])('a cost of %s is exact', async (_, cost, costMicroUsd) => {
  const { server, opened } = await edge();
  await say(server, opening({ agent: 'reporter', budget: { cost } }));
  expect(opened).toMatchObject([{ budget: { costMicroUsd } }]);
});

test.each([
  ['an unknown key', { agent: 'a', agnet: 'b' }],
  ['an unknown budget', { agent: 'a', budget: { calls: 3 } }],
  ['no agent', {}],
  ['a trust nobody has', { agent: 'a', request_trust: 'yes' }],
  ['a dry run that is a word', { agent: 'a', dry_run: 'true' }],
  ['a cost finer than we count', { agent: 'a', budget: { cost: '0.0000001' } }],
  ['a cost below nothing', { agent: 'a', budget: { cost: -1 } }],
  ['a cost in the notation of calculators', { agent: 'a', budget: { cost: '1e9' } }],
  ['a duration without a unit', { agent: 'a', budget: { duration: '120' } }],
  ['a fraction of a step', { agent: 'a', budget: { steps: 1.5 } }],
  ['a list', []],
  ['a key twice', '{"agent":"a","agent":"b"}'],
])('%s is refused', async (_, body) => {
  const { server, opened } = await edge();
  const heard = await say(server, opening(body));
  expect(heard).toMatchObject({
    status: 400,
    json: { ok: false, error: { code: 'http.body', message: expect.any(String) } },
  });
  expect(opened).toEqual([]);
});

test.each([
  ['opening, by an agent', opening({ agent: 'reporter' }, agentToken), 403, 'identity.scope'],
  ['opening, by nobody', opening({ agent: 'reporter' }, null), 401, 'identity.credential_missing'],
  [
    'closing, by an agent',
    { path: '/v1/runs/run_1/close', token: agentToken, body: { as: 'success' } },
    403,
    'identity.scope',
  ],
  [
    'reading one that is not there',
    { path: '/v1/runs/run_2', token: agentToken },
    404,
    'run.not_found',
  ],
  ['reading by POST', { path: '/v1/runs/run_1', token: agentToken, body: {} }, 405, 'http.method'],
  ['opening by GET', { path: '/v1/runs', token: openerToken }, 405, 'http.method'],
])('%s', async (_, said, status, code) => {
  const { server } = await edge();
  expect(await say(server, said)).toMatchObject({ status, json: { ok: false, error: { code } } });
});

test('usage is reported by the agent itself, and read back', async () => {
  const { server, usage } = await edge();
  const heard = await say(server, {
    path: '/v1/runs/run_1/usage',
    token: agentToken,
    body: { steps: 1, tokens: 900, cost: 0.0123, model: 'm-1' },
  });
  expect(usage).toEqual([{ steps: 1, tokens: 900, costMicroUsd: 12_300, model: 'm-1' }]);
  expect(heard).toMatchObject({
    status: 200,
    json: { ok: true, run: { used: { steps: 1, tokens: 900, cost: '0.0123' } } },
  });
});

test('a run is read by its agent and closed by its opener', async () => {
  const { server } = await edge();
  expect(await say(server, { path: '/v1/runs/run_1', token: agentToken })).toMatchObject({
    status: 200,
    json: { run: { id: 'run_1' } },
  });
  const closed = await say(server, {
    path: '/v1/runs/run_1/close',
    token: openerToken,
    body: { as: 'failure', reason: 'the customer withdrew' },
  });
  expect(closed).toMatchObject({
    status: 200,
    json: { ok: true, run: { status: 'closed', closed_as: 'failure' } },
  });
});

const hold: Held = {
  id: 'call_1',
  of: 'call',
  tool: 'mail.send',
  tier: 2,
  digest: 'sha256:1',
  arguments: 'sha256:2',
  step: null,
  atMs: 1_795_000_000_000,
  expiresAtMs: 1_795_000_900_000,
  state: 'waiting',
  settledAtMs: null,
  asks: [
    {
      key: 'sha256:3',
      code: 'gate.tier',
      by: { type: 'role', role: 'leads' },
      quorum: 2,
      freshMs: null,
      remember: null,
      grants: null,
    },
  ],
  agreements: [{ by: 'bob', atMs: 1_795_000_000_001, asks: ['sha256:3'] }],
  editedFrom: null,
  withheld: null,
};

test('a run that was closed while a call waits is closing, and says what it waits for and no more', async () => {
  const { server } = await edge({ run: { status: 'closing', closedAs: 'success', held: [hold] } });
  const run = {
    status: 'closing',
    closed_as: 'success',
    holds: [
      { id: 'call_1', tool: 'mail.send', state: 'waiting', expires_at: '2026-11-18T11:21:40.000Z' },
    ],
  };
  const closed = await say(server, {
    path: '/v1/runs/run_1/close',
    token: openerToken,
    body: { as: 'success' },
  });
  expect(closed).toMatchObject({ status: 200, json: { run } });
  const read = await say(server, { path: '/v1/runs/run_1', token: openerToken });
  expect(read).toMatchObject({ status: 200, json: { run } });
  expect(read.text, 'who answered, or may').not.toMatch(/bob|leads|sha256/);
});

test.each(['approve', 'reject', 'answer', 'edit', 'holds'])(
  'neither opener nor agent answers a hold: there is no /v1/runs/{id}/%s',
  async (operation) => {
    const { server } = await edge({ run: { held: [hold] } });
    for (const token of [openerToken, agentToken]) {
      for (const path of [
        `/v1/runs/run_1/${operation}`,
        `/v1/runs/run_1/holds/call_1/${operation}`,
        `/v1/holds/call_1/${operation}`,
      ]) {
        const body = { answer: 'approve', digest: hold.digest, reason: null };
        expect((await say(server, { path, token, body })).status).toBe(404);
      }
    }
  },
);
