/** The composition root with a real server: what a reload, a failing start, a restart and a stop leave behind. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../src/cli/program.ts';
import { askGateway } from '../src/edges/admin/client.ts';
import { adminSocketOf } from '../src/edges/admin/socket.ts';
import { type Gateway, openGateway } from '../src/gateway.ts';
import type { LogLine } from '../src/runtime/ports.ts';
import { callTool, postCall, toolTexts } from './mcp-client.ts';

/** With what JSON, URLs and Base64 write otherwise. */
const secret = 'hunter2/"+~correct horse';
const server = new URL('fixtures/leaky-server.ts', import.meta.url).pathname;

let directory: string;
let policyFile: string;
let dataDirectory: string;
let pidFile: string;
let logged: LogLine[];
let gateway: Gateway | null;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-root-'));
  policyFile = join(directory, 'sallyport.yaml');
  dataDirectory = join(directory, 'data');
  pidFile = join(directory, 'pids');
  logged = [];
  gateway = null;
  writeFileSync(join(directory, 'token'), secret, { mode: 0o600 });
  writePolicy();
  const streams = { out: { write: () => true }, err: { write: () => true } };
  expect(await run(['tools', 'pin', '--all', '--policy', policyFile], streams)).toBe(0);
  rmSync(pidFile);
});
afterEach(async () => {
  await gateway?.[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

const declared = ['leaky'];

function writePolicy(mode = 'one', upstreams: readonly string[] = declared): void {
  const lines = upstreams.flatMap((name) => [
    `  ${name}:`,
    `    mcp:`,
    `      command: ${JSON.stringify(process.execPath)}`,
    `      args: [${JSON.stringify(server)}, ${JSON.stringify(pidFile)}]`,
    `      env: { MODE: ${mode}, LEAKY_TOKEN: { from: ${JSON.stringify(`file:${join(directory, 'token')}`)} } }`,
  ]);
  const tools = upstreams.flatMap((name) => [
    `  ${name}.wait: { action: wait, tier: reversible, reach: internal, args: { file: content } }`,
    `  ${name}.dump: { action: dump, tier: reversible, reach: internal, args: { as: identifier } }`,
  ]);
  const permissions = [
    ...upstreams.map((name) => `${name}: { wait: allow, dump: allow }`),
    'own: { note: allow }',
  ];
  writeFileSync(
    policyFile,
    `sallyport: 1
enforcement: strict
upstreams:
  own: { functions: true }
${lines.join('\n')}
tools:
  own.note: { action: note, tier: reversible, reach: internal, args: { text: content } }
${tools.join('\n')}
agents:
  clerk: { permissions: { ${permissions.join(', ')} } }
  other: { permissions: { ${permissions.join(', ')} } }
`,
  );
}

async function start(): Promise<Gateway> {
  gateway = await openGateway({
    policyFile,
    dataDirectory,
    as: 'gateway',
    log: (line) => logged.push(line),
  });
  return gateway;
}

async function serve(): Promise<{ gateway: Gateway; url: string; token: string }> {
  const opened = await start();
  await opened.catalog.refresh();
  const { url } = await opened.listen({ host: '127.0.0.1', port: 0 });
  const { token } = await opened.tokens.mint({
    holder: 'agent',
    name: 'clerk',
    user: null,
    expiresAtMs: null,
  });
  return { gateway: opened, url, token };
}

async function stop(): Promise<void> {
  await gateway?.[Symbol.asyncDispose]();
  gateway = null;
}

function pids(): number[] {
  return existsSync(pidFile)
    ? readFileSync(pidFile, 'utf8').split('\n').filter(Boolean).map(Number)
    : [];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const soon = { timeout: 15_000, interval: 20 };

describe('a reload', () => {
  test('replaces an upstream: a call under way ends on the old one, which then goes', async () => {
    const { gateway: opened, url, token } = await serve();
    const first = pids().at(-1) ?? 0;
    const file = join(directory, 'go');
    const waiting = callTool(url, token, 'leaky.wait', { file });
    await expect.poll(() => startedCalls(opened), soon).toBe(1);

    writePolicy('two');
    expect(await opened.policySource.reload()).toBeNull();
    await expect.poll(() => pids().at(-1), soon).not.toBe(first);
    const second = pids().at(-1) ?? 0;
    await opened.catalog.refresh();
    expect(await postCall(url, token, 'leaky.dump', { as: 'result' })).toMatchObject({
      allowed: true,
    });
    expect(isAlive(first)).toBe(true);

    writeFileSync(file, '');
    expect(toolTexts(await waiting)).toEqual([String(first)]);
    await expect.poll(() => isAlive(first), soon).toBe(false);
    expect(isAlive(second)).toBe(true);
  });

  test('adds and removes upstreams, and what is removed goes', async () => {
    const { gateway: opened, url, token } = await serve();
    const [first = 0] = pids();
    writePolicy('one', []);
    expect(await opened.policySource.reload()).toBeNull();
    expect(opened.upstream('leaky')).toBeUndefined();
    expect(await postCall(url, token, 'leaky.dump', { as: 'x' })).toMatchObject({
      code: 'catalog.unknown_tool',
    });
    await expect.poll(() => isAlive(first), soon).toBe(false);
    writePolicy();
    expect(await opened.policySource.reload()).toBeNull();
    await opened.catalog.refresh();
    expect(await postCall(url, token, 'leaky.dump', { as: 'x' })).toMatchObject({ allowed: true });
  });

  test('of many in quick succession the last one holds, and no server of the others stays', async () => {
    const { gateway: opened } = await serve();
    const reloads: Promise<Error | null>[] = [];
    for (const [mode, upstreams] of [
      ['two', declared],
      ['two', []],
      ['three', declared],
    ] as const) {
      writePolicy(mode, upstreams);
      reloads.push(opened.policySource.reload());
    }
    expect(await Promise.all(reloads)).toEqual([null, null, null]);
    await opened.catalog.refresh();
    expect(opened.policySource.policy.upstreams.get('leaky')?.transport).toMatchObject({
      env: expect.any(Map),
    });
    await expect.poll(() => pids().filter(isAlive).length, soon).toBe(1);
    await stop();
    await expect.poll(() => pids().filter(isAlive), soon).toEqual([]);
  });

  test('a bad policy replaces nothing', async () => {
    const { gateway: opened, url, token } = await serve();
    writeFileSync(policyFile, 'sallyport: 1\nagents: { clerk: { permission: {} } }\n');
    expect(await opened.policySource.reload()).toMatchObject({ code: 'policy.invalid' });
    expect(await postCall(url, token, 'leaky.dump', { as: 'x' })).toMatchObject({ allowed: true });
    expect(pids()).toHaveLength(1);
  });
});

async function startedCalls(opened: Gateway): Promise<number> {
  const events = await opened.store.events({ limit: 1_000 });
  return events.filter(({ event }) => event.type === 'call.started').length;
}

describe('a start that fails', () => {
  test.each([
    ['the spool', () => mkdirSync(join(dataDirectory, 'refusals.jsonl'))],
    ['the ledger’s key', () => writeFileSync(join(dataDirectory, 'ledger.key.pem'), 'no key')],
  ])('for %s leaves nothing running, and the next one can start', async (_, damage) => {
    await start();
    await stop();
    const key = join(dataDirectory, 'ledger.key.pem');
    const kept = readFileSync(key);
    rmSync(join(dataDirectory, 'refusals.jsonl'));
    damage();
    const before = pids().length;
    await expect(start()).rejects.toMatchObject({
      code: expect.stringMatching(/^(store|ledger)\./),
    });
    await expect.poll(() => pids().slice(before).filter(isAlive), soon).toEqual([]);
    expect(existsSync(adminSocketOf(dataDirectory))).toBe(false);

    rmSync(join(dataDirectory, 'refusals.jsonl'), { recursive: true, force: true });
    writeFileSync(key, kept);
    await start();
  });

  test('for its port leaves nothing running once it is given up', async () => {
    const { url } = await serve();
    const port = Number(new URL(url).port);
    await using second = await openGateway({
      policyFile,
      dataDirectory: join(directory, 'elsewhere'),
      as: 'gateway',
      log: () => undefined,
    });
    await expect(second.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await second[Symbol.asyncDispose]();
    expect(existsSync(adminSocketOf(join(directory, 'elsewhere')))).toBe(false);
    await expect.poll(() => pids().filter(isAlive).length, soon).toBe(1);
  });

  test('for a gateway that is there already says so, and does not disturb it', async () => {
    const { url, token } = await serve();
    await expect(
      openGateway({ policyFile, dataDirectory, as: 'gateway', log: () => undefined }),
    ).rejects.toMatchObject({
      code: 'store.locked',
      message: expect.stringContaining(dataDirectory),
      hint: expect.stringContaining('stop the other gateway'),
    });
    expect(await askGateway(dataDirectory, 'status', {})).toMatchObject({ enforcement: 'strict' });
    expect(await postCall(url, token, 'leaky.dump', { as: 'x' })).toMatchObject({ allowed: true });
    expect(pids()).toHaveLength(1);
  });
});

describe('a stop', () => {
  test('lets a call under way end, then takes children, sockets and locks away', async () => {
    const { gateway: opened, url, token } = await serve();
    const file = join(directory, 'go');
    const waiting = callTool(url, token, 'leaky.wait', { file });
    await expect.poll(() => startedCalls(opened), soon).toBe(1);
    const stopped = stop();
    writeFileSync(file, '');
    expect((await waiting).result?.isError).not.toBe(true);
    await stopped;
    expect(pids().filter(isAlive)).toEqual([]);
    expect(existsSync(adminSocketOf(dataDirectory))).toBe(false);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    await using again = await start();
    const events = (await again.store.events({ limit: 1_000 })).map(({ event }) => event);
    expect(events.filter(({ type }) => type === 'call.finished')).toEqual([
      expect.objectContaining({ outcome: 'completed' }),
    ]);
    expect(events.findIndex(({ type }) => type === 'gateway.stopped')).toBeGreaterThan(
      events.findIndex(({ type }) => type === 'call.finished'),
    );
  });
});

describe('mediation is never better than proven', () => {
  const proven = async (agent: string, yes: boolean): Promise<void> => {
    await askGateway(dataDirectory, 'mediation.record', { agent, proven: yes });
  };

  async function mediationOf(opened: Gateway, agent: string, tool = 'leaky.dump'): Promise<string> {
    const principal = { type: 'agent', credential: `of-${agent}`, agent, user: null } as const;
    const args = tool === 'own.note' ? { text: String(Math.random()) } : { as: 'x' };
    const proposal = { tool, args, handles: [], step: null, dryRun: true };
    const answer = await opened.runtime.call(principal, proposal, new AbortController().signal);
    if (answer.type === 'result') await answer.released(true);
    const events = await opened.store.events({ limit: 10_000 });
    const calls = events.flatMap(({ event }) => ('mediation' in event ? [event.mediation] : []));
    return calls.at(-1) ?? 'none';
  }

  test('brokered without a proof, enforced with one for this agent and this policy', async () => {
    const { gateway: opened } = await serve();
    expect(await mediationOf(opened, 'clerk')).toBe('brokered');
    await proven('clerk', true);
    expect(await mediationOf(opened, 'clerk')).toBe('enforced');
    expect(await mediationOf(opened, 'other')).toBe('brokered');
    expect(await mediationOf(opened, 'clerk', 'own.note')).toBe('cooperative');

    writePolicy('two');
    await opened.policySource.reload();
    await opened.catalog.refresh();
    expect(await mediationOf(opened, 'clerk')).toBe('brokered');
    await proven('clerk', true);
    await stop();

    const { gateway: again } = await serve();
    expect(await mediationOf(again, 'clerk')).toBe('enforced');
    await proven('clerk', false);
    expect(await mediationOf(again, 'clerk')).toBe('brokered');
  });
});

describe('the key of sessions', () => {
  const file = (): string => join(dataDirectory, 'session.key');

  test('is private, and stays', async () => {
    await serve();
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    const key = readFileSync(file());
    expect(key).toHaveLength(32);
    await stop();
    await serve();
    expect(readFileSync(file())).toEqual(key);
  });

  test.each([
    ['was cut short', () => writeFileSync(file(), 'short')],
    ['was shown to others', () => chmodSync(file(), 0o644)],
  ])('that %s is replaced', async (_, damage) => {
    await serve();
    const key = readFileSync(file());
    await stop();
    damage();
    await serve();
    expect(readFileSync(file())).toHaveLength(32);
    expect(readFileSync(file())).not.toEqual(key);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });
});

test('a secret that a server gives away is nowhere: not in answers, not in the record, not in logs', async () => {
  const { gateway: opened, url, token } = await serve();
  const answers: unknown[] = [];
  for (const as of ['result', 'error', 'crash'])
    answers.push(await callTool(url, token, 'leaky.dump', { as }));
  expect(JSON.stringify(answers)).toContain('[redacted]');
  // Until it was seen dead, and what it said last was told.
  await expect
    .poll(() => opened.upstream('leaky')?.status().state !== 'up' || pids().length > 1, soon)
    .toBe(true);
  const status = await askGateway(dataDirectory, 'status', {});
  // An agent that knows it writes it too: refused arguments are kept as well.
  answers.push(await callTool(url, token, 'leaky.dump', { as: secret, more: secret }));
  await stop();
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(`user:${secret}`).toString('base64').replace(/=+$/, ''),
  ];
  const places = new Map<string, string>([
    ['answers', JSON.stringify(answers)],
    ['logs', JSON.stringify(logged)],
    ['status', JSON.stringify(status)],
  ]);
  for (const name of readdirSync(dataDirectory, { recursive: true, encoding: 'utf8' })) {
    const path = join(dataDirectory, name);
    if (statSync(path).isFile()) places.set(name, readFileSync(path, 'latin1'));
  }
  expect([...places.keys()]).toContain('sallyport.db');
  for (const [place, text] of places) {
    for (const form of forms) expect(text.includes(form), `${place}: ${form}`).toBe(false);
  }
});
