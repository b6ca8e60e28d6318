/** `sallyport up` as a process of its own, in front of a real server: refused twice, killed, and started again. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../src/cli/program.ts';
import { callTool, toolTexts } from './mcp-client.ts';

const repository = join(import.meta.dirname, '..');
const directory = mkdtempSync(join(tmpdir(), 'sallyport-up-'));
const policyFile = join(directory, 'sallyport.yaml');
const soon = { timeout: 20_000, interval: 50 };
const started: ChildProcess[] = [];

const policy = `sallyport: 1
enforcement: strict
upstreams:
  files: { mcp: { command: ${join(repository, 'node_modules', '.bin', 'mcp-server-filesystem')}, args: [files] } }
tools:
  files.read_text_file: { action: read, tier: read_only, reach: internal, args: { path: path, head: number, tail: number } }
agents:
  reporter: { permissions: { files: { read: { paths: { under: [reports] } } } } }
`;

beforeAll(async () => {
  mkdirSync(join(directory, 'files', 'reports'), { recursive: true });
  writeFileSync(join(directory, 'files', 'reports', 'q3.txt'), 'sales went up\n');
  writeFileSync(policyFile, policy);
  await sallyport('tools', 'pin', 'files.read_text_file');
}, 60_000);
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function sallyport(...argv: string[]) {
  let out = '';
  const streams = { out: { write: (said: string) => (out += said) }, err: { write: () => true } };
  const code = await run([...argv, '--policy', policyFile, '--json'], streams);
  expect({ argv, code }).toEqual({ argv, code: 0 });
  return JSON.parse(out);
}

function spawnUp(...more: string[]): ChildProcess {
  const main = join(repository, 'src', 'cli', 'main.ts');
  const child = spawn(
    process.execPath,
    [main, 'up', '--port', '0', '--policy', policyFile, ...more],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  started.push(child);
  return child;
}

/** Resolves when it serves and its server is there. */
async function up(): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawnUp();
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await expect.poll(() => said, soon).toMatch(/^upstream files: up/m);
  const [, url = ''] = /^sallyport is up: (\S+)\/mcp$/m.exec(said) ?? [];
  return { child, url };
}

/** Children, their children, and so on. */
function descendantsOf(pid: number | undefined): number[] {
  const parents = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const found = [Number(pid)];
  for (const ancestor of found)
    for (const [child = 0, parent] of parents) if (parent === ancestor) found.push(child);
  return found.slice(1);
}

/** A zombie runs no more: nobody may be there to bury it. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function read(url: string, token: string): Promise<string> {
  const args = { path: 'reports/q3.txt' };
  const answer = await callTool(url, token, 'files.read_text_file', args);
  return toolTexts(answer)[0] ?? answer.error?.message ?? '';
}

/** A session of a legacy client: its id. */
async function initialize(url: string, token: string): Promise<string> {
  const answer = await post(url, token, {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 'test', version: '1' },
    },
  });
  return answer.headers.get('mcp-session-id') ?? '';
}

function post(url: string, token: string, body: object, session?: string): Promise<Response> {
  return fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
      ...(session === undefined
        ? {}
        : { 'mcp-session-id': session, 'mcp-protocol-version': '2025-06-18' }),
    },
    body: JSON.stringify(body),
  });
}

test('killed, it leaves no child; started again, runs and sessions go on', {
  timeout: 120_000,
}, async () => {
  const first = await up();
  const { token } = await sallyport('token', '--agent', 'reporter');
  expect(await read(first.url, token)).toBe('sales went up\n');
  const session = await initialize(first.url, token);
  expect(session).not.toBe('');
  const { runs } = await sallyport('runs', 'list');
  expect(runs).toHaveLength(1);

  const children = descendantsOf(first.child.pid);
  expect(children.length).toBeGreaterThan(0);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  await expect.poll(() => children.filter(isRunning), soon).toEqual([]);

  const second = await up();
  expect(await read(second.url, token)).toBe('sales went up\n');
  const listed = await post(
    second.url,
    token,
    { jsonrpc: '2.0', id: 2, method: 'tools/list' },
    session,
  );
  expect(listed.status).toBe(200);
  expect(await listed.text()).toContain('files.read_text_file');
  expect((await sallyport('runs', 'list')).runs.map(({ run: id }: { run: string }) => id)).toEqual(
    runs.map(({ run: id }: { run: string }) => id),
  );

  const again = descendantsOf(second.child.pid);
  second.child.kill('SIGTERM');
  expect(await once(second.child, 'exit')).toEqual([0, null]);
  expect(again.filter(isRunning)).toEqual([]);
});

test('a second gateway on the directory is refused, and says what to do', {
  timeout: 60_000,
}, async () => {
  const { child, url } = await up();
  const second = spawnUp();
  const exit = once(second, 'exit');
  const [said, printed] = await Promise.all([
    text(second.stderr ?? process.stdin),
    text(second.stdout ?? process.stdin),
  ]);
  expect(await exit).toEqual([3, null]);
  expect(said).toContain(`another process (pid ${child.pid}) writes to`);
  expect(said).toContain('hint: stop the other gateway');
  expect(printed).toBe('');
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each([
  ['a port that is none', ['--console-port', '70000']],
  ['an address that is none', ['--console-url', 'console.example']],
  ['more than an origin', ['--console-url', 'https://console.example/sallyport']],
  ['neither on nor off', ['--console', 'maybe']],
])('%s is wrong use', async (_, argv) => {
  const streams = { out: { write: () => true }, err: { write: () => true } };
  expect(await run(['up', '--policy', policyFile, ...argv], streams)).toBe(2);
});

test('the console is a port of its own, or isn’t there', async () => {
  const child = spawnUp();
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await expect.poll(() => said, soon).toMatch(/^console /m);
  const [, people = ''] =
    /^console +(\S+) \(sign in: sallyport token --approver <person>\)$/m.exec(said) ?? [];
  const [, gateway = ''] = /^sallyport is up: (\S+)\/mcp$/m.exec(said) ?? [];
  expect(new URL(people).port).not.toBe(new URL(gateway).port);
  expect((await fetch(`${people}/api/session`)).status).toBe(401);
  // Neither serves what the other does.
  expect((await fetch(`${people}/mcp`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${gateway}/api/session`)).status).toBe(404);
  const closed = once(child, 'close');
  child.kill('SIGTERM');
  await closed;

  const without = spawnUp('--console', 'off');
  let heard = '';
  without.stdout?.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  await expect.poll(() => heard, soon).toMatch(/^data /m);
  expect(heard).not.toMatch(/^console/m);
  const ended = once(without, 'close');
  without.kill('SIGTERM');
  await ended;
}, 60_000);
