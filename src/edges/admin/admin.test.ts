import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JsonObject } from '../../content/value.ts';
import { type Gateway, openGateway } from '../../gateway.ts';
import { askGateway } from './client.ts';
import type { OperationName } from './operations.ts';
import { adminSocketOf } from './socket.ts';

const policy = `
sallyport: 1
enforcement: strict
upstreams: { desk: { functions: true } }
tools:
  desk.note: { action: note, tier: reversible, reach: internal, args: { text: content } }
users:
  static: { ann: { roles: [people] } }
roles:
  people: { permissions: { desk: { note: allow } } }
agents:
  clerk:
    acts_for: [people]
    unattended: { owner: people }
    permissions: { desk: { note: allow } }
`;

let root: string;
let dataDirectory: string;
let gateway: Gateway;
let url: string;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-admin-'));
  gateway = await start(join(root, 'data'));
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

async function start(directory: string): Promise<Gateway> {
  dataDirectory = directory;
  const policyFile = join(root, 'sallyport.yaml');
  writeFileSync(policyFile, policy);
  const opened = await openGateway({
    policyFile,
    dataDirectory,
    as: 'gateway',
    log: () => undefined,
  });
  ({ url } = await opened.listen({ host: '127.0.0.1', port: 0 }));
  return opened;
}

async function restart(directory: string): Promise<void> {
  await gateway[Symbol.asyncDispose]();
  gateway = await start(directory);
}

const ask = (name: OperationName, input: JsonObject): Promise<JsonObject | null> =>
  askGateway(dataDirectory, name, input);

interface Raw {
  readonly status: number | undefined;
  readonly body: { readonly ok: boolean; readonly error?: { readonly code: string } };
}

async function readAll(response: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return text;
}

/** As a hostile client would, and not as ours does. */
function send(method: string, path: string, body: string): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { socketPath: adminSocketOf(dataDirectory), method, path },
      (response) => {
        readAll(response).then(
          (text) => resolve({ status: response.statusCode, body: JSON.parse(text) }),
          reject,
        );
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

describe('the socket', () => {
  test('is its owner’s alone, in a directory that is its owner’s alone', () => {
    expect(statSync(adminSocketOf(dataDirectory)).mode & 0o777).toBe(0o600);
    expect(statSync(dataDirectory).mode & 0o777).toBe(0o700);
  });

  test('is narrow from its first instant, whatever the umask, which stays as it was', async () => {
    const umask = process.umask(0);
    try {
      await restart(join(root, 'wide'));
      expect(statSync(adminSocketOf(dataDirectory)).mode & 0o777).toBe(0o600);
      expect(process.umask()).toBe(0);
    } finally {
      process.umask(umask);
    }
  });

  test('takes the place of one that a killed gateway left behind', async () => {
    await gateway[Symbol.asyncDispose]();
    await leaveSocket(adminSocketOf(dataDirectory));
    expect(lstatSync(adminSocketOf(dataDirectory)).isSocket()).toBe(true);
    expect(await ask('status', {})).toBeNull();
    gateway = await start(dataDirectory);
    expect(await ask('status', {})).toMatchObject({ enforcement: 'strict' });
  });

  test('is gone when the gateway is', async () => {
    await gateway[Symbol.asyncDispose]();
    expect(existsSync(adminSocketOf(dataDirectory))).toBe(false);
    expect(await ask('status', {})).toBeNull();
  });

  test('an operation under way is answered before the gateway stops', async () => {
    const { run } = await openRun();
    const closeRun = gateway.runtime.closeRun.bind(gateway.runtime);
    const begun = Promise.withResolvers<void>();
    vi.spyOn(gateway.runtime, 'closeRun').mockImplementation((...closed) => {
      begun.resolve();
      return closeRun(...closed);
    });
    const closing = ask('runs.close', { run, as: 'failure', reason: null });
    await begun.promise;
    await gateway[Symbol.asyncDispose]();
    expect(await closing).toMatchObject({ run: { status: 'closed' } });
  });

  test('is found in a directory that is deeper than a socket’s name may be', async () => {
    const deep = join(root, ...Array.from({ length: 12 }, () => 'a-long-name'), 'data');
    mkdirSync(join(deep, '..'), { recursive: true });
    const before = shortNames();
    await restart(deep);
    expect(Buffer.byteLength(adminSocketOf(deep))).toBeGreaterThan(108);
    expect(await ask('status', {})).toMatchObject({ enforcement: 'strict' });
    expect(lstatSync(adminSocketOf(deep)).mode & 0o777).toBe(0o600);
    await gateway[Symbol.asyncDispose]();
    expect(existsSync(adminSocketOf(deep))).toBe(false);
    expect(await ask('status', {})).toBeNull();
    expect(shortNames()).toEqual(before);
  });
});

/** What short names for deep directories would leave behind. */
function shortNames(): string[] {
  return readdirSync(tmpdir()).filter((entry) => entry.startsWith('sp-'));
}

/** Closing a socket takes its file away; a kill doesn't. */
async function leaveSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.left`, resolve));
  linkSync(`${path}.left`, path);
  await new Promise((resolve) => server.close(resolve));
}

async function openRun(): Promise<{ readonly run: string }> {
  const { run } = await gateway.runtime.openRun(
    { type: 'opener', credential: 'c', name: 'workflow', agents: null },
    {
      agent: 'clerk',
      user: null,
      case: {},
      request: null,
      requestTrusted: false,
      only: null,
      budget: {},
      outside: [],
      dryRun: false,
      parent: null,
    },
  );
  return { run: run.id };
}

describe('hostile requests', () => {
  test.each([
    ['nothing', 'POST', '/status', '', 'json.syntax'],
    ['no JSON', 'POST', '/status', '{', 'json.syntax'],
    ['a list', 'POST', '/status', '[]', 'operation.bad_input'],
    ['a key that is there twice', 'POST', '/status', '{"a":1,"a":2}', 'json.duplicate_key'],
    ['a prototype', 'POST', '/status', '{"__proto__":{}}', 'json.proto_key'],
    ['nested without end', 'POST', '/status', '['.repeat(100_000), 'json.depth'],
    ['too large', 'POST', '/status', ' '.repeat(3_000_000), 'http.body_too_large'],
    ['an operation that there is not', 'POST', '/shell', '{}', 'operation.unknown'],
    ['what every object has', 'POST', '/constructor', '{}', 'operation.unknown'],
    ['a path above', 'POST', '/../status', '{}', 'operation.unknown'],
    ['another method', 'GET', '/status', '', 'operation.unknown'],
  ])('%s', async (_, method, path, body, code) => {
    expect(await send(method, path, body)).toMatchObject({
      status: 400,
      body: { ok: false, error: { code } },
    });
    expect(await ask('status', {})).toMatchObject({ enforcement: 'strict' });
  });
});

describe('what an operation takes', () => {
  const mint = { holder: 'agent', name: 'clerk', user: null, expiresInMs: null };
  test.each<[OperationName, JsonObject, string]>([
    ['status', { verbose: true }, 'operation.bad_input'],
    ['token.mint', {}, 'operation.bad_input'],
    ['token.mint', { ...mint, holder: 'operator' }, 'operation.bad_input'],
    ['token.mint', { ...mint, expiresInMs: -1 }, 'operation.bad_input'],
    ['token.mint', { ...mint, agents: null }, 'operation.bad_input'],
    ['token.mint', { ...mint, name: 'nobody' }, 'operation.unknown_agent'],
    ['token.mint', { ...mint, user: 'eve' }, 'operation.unknown_user'],
    [
      'token.mint',
      { holder: 'opener', name: 'w', agents: ['clerk', 'nobody'], expiresInMs: null },
      'operation.unknown_agent',
    ],
    [
      'token.mint',
      { holder: 'approver', name: 'eve', expiresInMs: null },
      'operation.unknown_user',
    ],
    [
      'token.mint',
      { holder: 'approver', name: 'ann', user: 'ann', expiresInMs: null },
      'operation.bad_input',
    ],
    ['token.list', { limit: 1 }, 'operation.bad_input'],
    ['token.rotate', { id: 'x', overlapMs: -1 }, 'operation.bad_input'],
    ['token.rotate', { id: 'x', overlapMs: 0 }, 'identity.unknown_token'],
    ['token.revoke', { id: 5 }, 'operation.bad_input'],
    ['token.revoke', { id: 'x' }, 'identity.unknown_token'],
    ['runs.list', { agent: null, status: null, limit: 0, before: null }, 'operation.bad_input'],
    ['runs.list', { agent: null, status: 'lost', limit: 1, before: null }, 'operation.bad_input'],
    ['runs.show', { run: '' }, 'operation.bad_input'],
    ['runs.show', { run: 'run_x' }, 'run.not_found'],
    ['runs.close', { run: 'run_x', as: 'abandoned', reason: null }, 'operation.bad_input'],
    ['runs.close', { run: 'run_x', as: 'failure', reason: null }, 'run.not_found'],
    ['suspend', { agent: 'clerk' }, 'operation.bad_input'],
    ['suspend', { agent: 'clerk', reason: 'x'.repeat(513) }, 'operation.bad_input'],
    ['resume', { agent: 'x'.repeat(129) }, 'operation.bad_input'],
    ['tools.list', { refresh: 'yes' }, 'operation.bad_input'],
    ['mediation.record', { agent: 'clerk', proven: 'yes' }, 'operation.bad_input'],
    ['mediation.record', { agent: 'nobody', proven: true }, 'operation.unknown_agent'],
  ])('%s %j: %s', async (name, input, code) => {
    await expect(ask(name, input)).rejects.toMatchObject({ name: 'RemoteError', code });
  });

  test('an error keeps its hint across the socket', async () => {
    await expect(ask('token.mint', { ...mint, name: 'nobody' })).rejects.toMatchObject({
      message: 'the policy knows no agent `nobody`',
      hint: 'it knows clerk',
    });
  });
});

describe('what an operation does', () => {
  test('a token is minted, used, listed without its hash, rotated and revoked', async () => {
    const minted = await ask('token.mint', {
      holder: 'agent',
      name: 'clerk',
      user: 'ann',
      expiresInMs: 60_000,
    });
    const bearer = `Bearer ${String(minted?.['token'])}`;
    expect(gateway.tokens.authenticate(bearer)).toMatchObject({ agent: 'clerk', user: 'ann' });
    const listed = await ask('token.list', {});
    expect(listed?.['tokens']).toEqual([
      expect.objectContaining({ holder: 'agent', name: 'clerk', user: 'ann' }),
    ]);
    expect(JSON.stringify(listed)).not.toContain('sha256');
    const id = gateway.tokens.list()[0]?.id ?? '';
    const rotated = await ask('token.rotate', { id, overlapMs: 0 });
    expect(() => gateway.tokens.authenticate(bearer)).toThrow('not valid');
    const next = `Bearer ${String(rotated?.['token'])}`;
    expect(gateway.tokens.authenticate(next)).toMatchObject({ agent: 'clerk', user: 'ann' });
    await ask('token.revoke', { id: gateway.tokens.list().at(-1)?.id ?? '' });
    expect(() => gateway.tokens.authenticate(next)).toThrow('not valid');
  });

  test('a person’s token is minted for somebody whom the policy names, and signs in', async () => {
    const minted = await ask('token.mint', {
      holder: 'approver',
      name: 'ann',
      expiresInMs: 60_000,
    });
    expect(gateway.tokens.authenticateApprover(String(minted?.['token']))).toMatchObject({
      user: 'ann',
    });
    expect(minted?.['record']).toMatchObject({ holder: 'approver', name: 'ann' });
    const unknown = ask('token.mint', { holder: 'approver', name: 'clerk', expiresInMs: null });
    await expect(unknown).rejects.toMatchObject({
      message: 'the policy knows no user `clerk`',
      hint: 'it knows ann',
    });
  });

  test.each(['/mcp', '/v1/runs'])('a person’s token is no credential at %s', async (path) => {
    const minted = await ask('token.mint', { holder: 'approver', name: 'ann', expiresInMs: null });
    const unknown = `sp_approver_${'A'.repeat(12)}.${'A'.repeat(43)}`;
    const answers = [minted?.['token'], unknown].map(async (token) => {
      const answer = await fetch(new URL(path, url), {
        method: 'POST',
        headers: { authorization: `Bearer ${String(token)}`, 'content-type': 'application/json' },
        body: '{}',
      });
      return [answer.status, answer.headers.get('www-authenticate'), await answer.text()];
    });
    const [person, nobody] = await Promise.all(answers);
    expect(person?.[0]).toBe(401);
    expect(person).toEqual(nobody);
  });

  test('many at the same time are all done, and each once', async () => {
    const asked = Array.from({ length: 40 }, (_, index) =>
      ask('token.mint', {
        holder: 'opener',
        name: `workflow-${index}`,
        agents: null,
        expiresInMs: null,
      }),
    );
    const tokens = new Set((await Promise.all(asked)).map((answer) => answer?.['token']));
    expect(tokens.size).toBe(40);
    expect(gateway.tokens.list()).toHaveLength(40);
  });

  test('a run is listed, shown with its events, and closed once', async () => {
    const { run } = await openRun();
    expect(
      await ask('runs.list', { agent: 'clerk', status: 'open', limit: 10, before: null }),
    ).toMatchObject({ runs: [{ run }] });
    expect(await ask('runs.show', { run })).toMatchObject({
      run: { id: run, status: 'open' },
      events: [{ type: 'run.opened' }],
    });
    const close = { run, as: 'failure', reason: 'enough' };
    expect(await ask('runs.close', close)).toMatchObject({ run: { status: 'closed' } });
    await expect(ask('runs.close', close)).rejects.toMatchObject({ code: 'run.closed' });
  });

  test('a suspended agent is refused until it is resumed', async () => {
    const agent = { type: 'agent', credential: 'c', agent: 'clerk', user: null } as const;
    const call = async (text: string): Promise<unknown> => {
      const proposal = { tool: 'desk.note', args: { text }, handles: [], step: null, dryRun: true };
      const answer = await gateway.runtime.call(agent, proposal, new AbortController().signal);
      return answer.type === 'refused' ? answer.refusal.code : answer.type;
    };
    const before = await call('a');
    await ask('suspend', { agent: 'clerk', reason: 'odd' });
    expect(await call('b')).toBe('identity.suspended');
    await ask('resume', { agent: 'clerk' });
    expect(await call('c')).toBe(before);
  });

  test('the policy, the ledger’s length and the upstreams are told', async () => {
    expect(await ask('status', {})).toMatchObject({
      policy: gateway.policySource.policy.hash,
      enforcement: 'strict',
      events: expect.any(Number),
      upstreams: [{ name: 'desk', state: 'up' }],
    });
    expect(await ask('tools.list', { refresh: true })).toMatchObject({
      upstreams: [{ name: 'desk' }],
    });
  });
});
