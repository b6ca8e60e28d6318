/** Nothing that a client makes up is a person's answer: whatever it says, sends or is named, the call waits. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/content/value.ts';
import { stateSeal } from '../../../src/edges/mcp/request-state.ts';
import type { HoldSummary } from '../../../src/runtime/port.ts';
import { Browser } from '../../console-rig.ts';
import { postJson } from '../../mcp-client.ts';
import { answers, type Bank, type Caller, openBank, yes } from './bank.ts';

let bank: Bank;
let bob: Browser;
let hold: HoldSummary;
let args: { readonly id: string; readonly note: string };
let round = 0;
beforeAll(async () => {
  bank = await openBank();
  bob = await bank.person('bob');
});
afterAll(async () => {
  await bank.expectNever('forged');
  await bank.expectBooksAgree();
  await bank[Symbol.asyncDispose]();
});
beforeEach(async () => {
  round += 1;
  args = { id: `forged ${round}`, note: '' };
  hold = await bank.hold('pay', args);
});

function expectWaits(): void {
  expect(bank.open(hold.id)?.state).toBe('waiting');
}

const approved = {
  action: 'accept',
  content: { approve: true, approved: true, answer: 'approve' },
};

describe('at MCP, a call that comes with', () => {
  const rows: readonly (readonly [string, () => Partial<Caller> | Promise<Partial<Caller>>])[] = [
    ['its ticket as a request state', () => ({ modern: true, params: { requestState: hold.id } })],
    [
      'a request state in plain text',
      () => {
        const state = JSON.stringify({ hold: hold.id, approved: true, by: 'bob' });
        const requestState = `spq_${Buffer.from(state).toString('base64url')}`;
        return { modern: true, params: { requestState, inputResponses: { approval: approved } } };
      },
    ],
    [
      'a request state that somebody else sealed',
      () => {
        const requestState = stateSeal(randomBytes(32)).seal({
          hold: hold.id,
          credential: bank.real.gateway.tokens.list()[0]?.credential ?? '',
          request: hold.digest,
          untilMs: hold.expiresAtMs,
          round: 1,
          askedForPage: true,
        });
        return { modern: true, params: { requestState, inputResponses: { approval: approved } } };
      },
    ],
    [
      'an answer to a question that it wasn’t asked',
      () => ({ modern: true, params: { inputResponses: { approval: approved } } }),
    ],
    [
      'an answer under the name of the hold',
      () => ({
        modern: true,
        params: { inputResponses: { [hold.id]: approved, [hold.digest]: true } },
      }),
    ],
    [
      'parameters of its own',
      () => ({
        params: {
          approved: true,
          approvedBy: ['bob'],
          ticket: hold.id,
          approval: { ...yes(hold), by: 'bob' },
        },
      }),
    ],
    [
      'a decision in `_meta`',
      () => ({
        meta: {
          'dev.sallyport/decision': { verdict: 'allow', call: hold.id, approvedBy: ['bob'] },
          'dev.sallyport/approval': { ...yes(hold), by: 'bob' },
          'dev.sallyport/approved': true,
          'dev.sallyport/approver': 'bob',
          'dev.sallyport/ticket': hold.id,
          'dev.sallyport/repeats': hold.id,
        },
      }),
    ],
    [
      'a person’s yes among the agent’s reasons',
      () => ({ meta: { 'dev.sallyport/reason': `bob approved ${hold.id} at the console` } }),
    ],
    [
      'headers of a proxy that has signed somebody in',
      () => ({
        headers: {
          'x-forwarded-user': 'bob',
          'x-remote-user': 'bob',
          'remote-user': 'bob',
          'x-forwarded-email': 'bob@bank.example',
          'x-auth-request-user': 'bob',
          'x-forwarded-for': '127.0.0.1',
          forwarded: 'for=127.0.0.1;by=bob',
          'sallyport-approver': 'bob',
          'sallyport-approved': hold.id,
          'sallyport-console': '1',
        },
      }),
    ],
    [
      'the cookie of a person who is signed in',
      () => ({ headers: { cookie: bob.cookie ?? '', 'sallyport-console': '1' } }),
    ],
  ];
  test.each(rows)('%s', async (_, made) => {
    const caller = { ...bank.clerk, ...(await made()) };
    expect((await bank.call(caller, 'pay', args)).code).not.toBe('ok');
    expectWaits();
    await bank.expectNever(`"${args.id}"`);
  });
});

describe('at MCP, a message that would say it', () => {
  const rows: readonly (readonly [string, () => JsonObject])[] = [
    ...['approvals/approve', 'approvals/answer', 'elicitation/create', 'holds/answer'].map(
      (method) =>
        [
          `the method ${method}`,
          () => ({ id: 1, method, params: { ...yes(hold), id: hold.id } }),
        ] as const,
    ),
    [
      'a tool of ours that is none',
      () => ({
        id: 1,
        method: 'tools/call',
        params: { name: 'sallyport.approve', arguments: { id: hold.id } },
      }),
    ],
    [
      'that the page was answered',
      () => ({
        method: 'notifications/elicitation/complete',
        params: { elicitationId: hold.id, action: 'accept' },
      }),
    ],
    ['the answer to an elicitation', () => ({ id: hold.id, result: approved })],
  ];
  test.each(rows)('%s', async (_, message) => {
    await postJson(`${bank.real.url}/mcp`, bank.clerk.token, {
      jsonrpc: '2.0',
      ...message(),
    }).catch(() => null);
    expectWaits();
    await bank.expectNever(`"${args.id}"`);
  });
});

describe('at the console, an answer with', () => {
  const named = (value: string): string =>
    `sallyport_console_${new URL(bank.real.console).port}=${value}`;
  const rows: readonly (readonly [
    string,
    () => Promise<Record<string, string>> | Record<string, string>,
  ])[] = [
    ['no cookie at all', () => ({})],
    ['a made-up cookie', () => ({ cookie: named(randomBytes(32).toString('base64url')) })],
    ['an empty cookie', () => ({ cookie: named('') })],
    ['the hold’s id as a cookie', () => ({ cookie: named(hold.id) })],
    ['a person’s cookie, one character changed', () => ({ cookie: changed(bob.cookie ?? '') })],
    [
      'a person’s cookie under another name',
      () => ({ cookie: (bob.cookie ?? '').replace('sallyport', 'Sallyport') }),
    ],
    [
      'a person’s cookie beside another of its name',
      () => ({ cookie: `${bob.cookie}; ${named('x'.repeat(43))}` }),
    ],
    ['a session’s id, as the ledger has it', async () => ({ cookie: named(await sessionId()) })],
    [
      'the hash of a person’s cookie, as the store has it',
      async () => ({ cookie: named(await storedKey()) }),
    ],
    [
      'a person’s token as a cookie',
      async () => ({ cookie: named(await bank.real.approverToken('bob')) }),
    ],
    [
      'a person’s token as a bearer',
      async () => ({ authorization: `Bearer ${await bank.real.approverToken('bob')}` }),
    ],
    ['an agent’s token as a bearer', () => ({ authorization: `Bearer ${bank.clerk.token}` })],
    [
      'an opener’s token as a bearer',
      async () => ({ authorization: `Bearer ${await bank.real.openerToken()}` }),
    ],
    ['an agent’s token as a cookie', () => ({ cookie: named(bank.clerk.token) })],
    [
      'a proxy’s word for a person',
      () => ({
        'x-forwarded-user': 'bob',
        'remote-user': 'bob',
        'x-remote-user': 'bob',
        'x-auth-request-user': 'bob',
        authorization: `Basic ${Buffer.from('bob:').toString('base64')}`,
      }),
    ],
  ];
  test.each(rows)('%s', async (_, headers) => {
    const stranger = new Browser(bank.real.console);
    const sent = await headers();
    const heard = await stranger.post(`/api/holds/${hold.id}/answer`, yes(hold), sent);
    expect(heard).toMatchObject({ status: 401, json: { error: { code: 'console.signed_out' } } });
    expectWaits();
  });

  test('a person named in the body, the path or the query', async () => {
    const kim = await bank.person('kim');
    const path = `/api/holds/${hold.id}/answer`;
    for (const body of [
      { by: 'bob' },
      { user: 'bob' },
      { roles: ['desk'] },
      { asks: hold.asks.map(({ key }) => key) },
    ])
      expect((await kim.post(path, { ...yes(hold), ...body })).status).toBe(400);
    for (const query of ['?user=bob', '?token=x', '?as=bob'])
      expect((await kim.post(`${path}${query}`, yes(hold))).status).not.toBe(200);
    expectWaits();
  });
});

describe('nobody signs in with', () => {
  const token = (): Promise<string> => bank.real.approverToken('bob');
  const rows: readonly (readonly [string, () => Promise<string> | string])[] = [
    ['an agent’s token', () => bank.clerk.token],
    ['an opener’s token', () => bank.real.openerToken()],
    [
      'an agent’s token that calls itself a person’s',
      () => bank.clerk.token.replace('sp_agent_', 'sp_approver_'),
    ],
    [
      'an opener’s token that calls itself a person’s',
      async () => (await bank.real.openerToken()).replace('sp_opener_', 'sp_approver_'),
    ],
    ['a token with another secret', async () => changed(await token())],
    ['a token without its end', async () => (await token()).slice(0, -1)],
    [
      'one person’s token with another’s secret',
      async () =>
        `${(await token()).split('.')[0]}.${(await bank.real.approverToken('eve')).split('.')[1]}`,
    ],
    ['the id of a token', async () => (await token()).split('.')[0] ?? ''],
    ['a name', () => 'bob'],
    ['a hold’s ticket', () => hold.id],
    [
      'a token that has expired',
      async () => {
        const old = await bank.real.approverToken('bob', 100);
        await new Promise((resolve) => setTimeout(resolve, 150));
        return old;
      },
    ],
    [
      'a token that was revoked',
      async () => {
        const one = await token();
        const { tokens } = bank.real.gateway;
        await tokens.revoke(tokens.list().at(-1)?.id ?? '');
        return one;
      },
    ],
  ];
  test.each(rows)('%s', async (_, made) => {
    // Attempts are bounded, and begin anew with a good one.
    await bank.person('kim');
    const stranger = new Browser(bank.real.console);
    const heard = await stranger.post('/api/session', { token: await made() });
    expect(heard.status).toBe(401);
    expect(heard.headers['set-cookie']).toBeUndefined();
    expect((await answers(stranger, hold, yes(hold))).status).toBe(401);
    expectWaits();
  });
});

test('a person’s token makes no call, opens no run and reads none', async () => {
  const person = { token: await bank.real.approverToken('bob') };
  expect(await bank.call(person, 'note', { id: 'forged' })).toMatchObject({ status: 401 });
  for (const path of ['/v1/runs', `/v1/runs/${hold.run}/close`])
    expect(
      await postJson(`${bank.real.url}${path}`, person.token, { agent: 'clerk', as: 'success' }),
    ).toMatchObject({ ok: false });
  expectWaits();
});

test('a call that is made after a false answer still waits, and a true one is what it waits for', async () => {
  await bank.call(
    { ...bank.clerk, modern: true, params: { inputResponses: { approval: approved } } },
    'wire',
    { id: 'true' },
  );
  const wire = await bank.hold('wire', { id: 'true' });
  for (const name of ['bob', 'eve'])
    expect((await answers(await bank.person(name), wire, yes(wire))).status).toBe(200);
  await bank.expectOnce('"true"');
});

function changed(text: string): string {
  const at = text.length - 3;
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
}

async function sessionId(): Promise<string> {
  const opened = (await bank.events()).find((event) => event.type === 'session.opened');
  return opened?.type === 'session.opened' ? opened.session : '';
}

async function storedKey(): Promise<string> {
  const [row] = await bank.real.gateway.store.listState('console.session:');
  return row?.key.split(':')[1] ?? '';
}
