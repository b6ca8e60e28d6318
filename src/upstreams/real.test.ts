/** The reference servers, as anybody would install them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Opened, openHttp, openStdio, textOf } from '../../test/upstreams/open.ts';

const serverPath = (name: string): string =>
  fileURLToPath(import.meta.resolve(`@modelcontextprotocol/server-${name}/dist/index.js`));

let directory: string;
const opened: Opened[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-real-'));
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ upstream }) => upstream[Symbol.asyncDispose]()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

function keep(fresh: Opened): Opened {
  opened.push(fresh);
  return fresh;
}

async function operations({ upstream }: Opened): Promise<string[]> {
  return (await upstream.listTools(AbortSignal.timeout(30_000))).map(({ operation }) => operation);
}

test('filesystem: listed, read, and its own refusal relayed as its own', async () => {
  writeFileSync(join(directory, 'note.txt'), 'hello');
  const files = keep(openStdio(process.execPath, [serverPath('filesystem'), directory]));
  expect(await operations(files)).toHaveLength(14);
  expect(await textOf(files.call('read_text_file', { path: join(directory, 'note.txt') }))).toBe(
    'hello',
  );
  const outside = await files.call('read_text_file', { path: '/etc/passwd' });
  expect(outside).toMatchObject({ type: 'result', result: { isError: true } });
});

test('memory: what is written is read back', async () => {
  const memory = keep(
    openStdio(process.execPath, [serverPath('memory')], {
      MEMORY_FILE_PATH: join(directory, 'memory.json'),
    }),
  );
  expect(await operations(memory)).toEqual(
    expect.arrayContaining(['create_entities', 'read_graph', 'resources/read']),
  );
  await memory.call('create_entities', {
    entities: [{ name: 'ann', entityType: 'person', observations: ['likes tea'] }],
  });
  expect(await textOf(memory.call('read_graph'))).toContain('likes tea');
});

test('everything, over stdio: 13 tools, for we declare no roots; resources and prompts are operations', async () => {
  const everything = keep(openStdio(process.execPath, [serverPath('everything'), 'stdio']));
  const listed = await operations(everything);
  expect(listed).toHaveLength(15);
  expect(listed).toEqual(expect.arrayContaining(['echo', 'resources/read', 'prompts/get']));
  const progress: unknown[] = [];
  const outcome = await everything.call(
    'trigger-long-running-operation',
    { duration: 0.2, steps: 2 },
    { onProgress: (...numbers) => progress.push(numbers) },
  );
  expect(outcome.type).toBe('result');
  expect(progress.length).toBeGreaterThan(0);
  const prompt = await everything.call(
    'prompts/get',
    { name: 'simple-prompt' },
    { surface: 'prompt' },
  );
  expect(prompt).toMatchObject({
    type: 'result',
    result: { content: [{ type: 'text', role: 'user' }] },
  });
  const resource = await everything.call(
    'resources/read',
    { uri: 'demo://resource/dynamic/text/1' },
    { surface: 'resource' },
  );
  expect(resource).toMatchObject({
    type: 'result',
    result: {
      content: [{ type: 'resource', resource: { uri: 'demo://resource/dynamic/text/1' } }],
    },
  });
});

test('everything, over HTTP: called, restarted under its URL, called again', async () => {
  const port = await freePort();
  const everything = keep(openHttp(`http://127.0.0.1:${port}/mcp`));
  const first = await serve(port);
  expect(await operations(everything)).toHaveLength(15);
  expect(await textOf(everything.call('echo', { message: 'one' }))).toContain('one');
  first.kill('SIGKILL');
  await new Promise((resolve) => first.once('exit', resolve));
  expect(await everything.call('echo', { message: 'two' })).toMatchObject({
    reason: expect.stringMatching(/^(down|connection_lost)$/),
  });
  await serve(port);
  await vi.waitFor(
    async () =>
      expect(await textOf(everything.call('echo', { message: 'three' }))).toContain('three'),
    { timeout: 20_000 },
  );
});

async function serve(port: number): Promise<ChildProcess> {
  const server = spawn(process.execPath, [serverPath('everything'), 'streamableHttp'], {
    env: { PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(server);
  await new Promise<void>((resolve) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream.on('data', (text: Uint8Array) => {
        if (Buffer.from(text).includes('listening on port')) resolve();
      });
    }
  });
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
