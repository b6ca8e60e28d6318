/** What is published: a few files, which find the threads, the process and the pages that they start and read by their places. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type * as sallyport from '../src/index.ts';
import { atOnceCharactersMax } from '../src/scanning/scanner.ts';
import { type CliProject, startCliProject } from './cli-project.ts';
import { callTool, toolTexts } from './mcp-client.ts';

let project: CliProject & { readonly url: string };
const dist = () => join(project.program, 'dist');
beforeAll(async () => {
  project = await startCliProject();
}, 60_000);
afterAll(() => project[Symbol.asyncDispose]());

test('it is few files, and none of them is a test or a page', () => {
  const names = readdirSync(dist(), { recursive: true, encoding: 'utf8' });
  const scripts = names.filter((name) => name.endsWith('.js'));
  expect(scripts.length).toBeLessThan(20);
  expect(scripts).toContain(join('cli', 'main.js'));
  expect(names.filter((name) => /test|console/.test(name))).toEqual([]);
});

test('the thread that reads what is long, behind a process that is kept', async () => {
  const line = 'a line of a long report, as people write them\n';
  const text = line.repeat(Math.ceil((2 * atOnceCharactersMax) / line.length));
  writeFileSync(join(project.directory, 'files', 'reports', 'long.txt'), text);
  const token = (await project.shell('sallyport token --agent reporter')).out.trim();
  const args = { path: 'reports/long.txt' };
  const url = new URL(project.url).origin;
  const answer = await callTool(url, token, 'files.read_text_file', args);
  expect(answer.error).toBeUndefined();
  expect(toolTexts(answer)[0]).toContain(line);
});

test('the thread that verifies what the thread that writes has written', async () => {
  expect(await project.shell('sallyport ledger verify')).toMatchObject({ code: 0 });
});

test('the console’s pages', async () => {
  await project.stopAll();
  const start = () => project.start('sallyport up --port 0 --console-port 0');
  const without = await start();
  await expect.poll(() => without.err).toContain('the console isn’t built');
  await without.end();
  mkdirSync(join(dist(), 'console'));
  writeFileSync(join(dist(), 'console', 'index.html'), '<!doctype html><title>pages</title>');
  const built = await start();
  const [, url = ''] = /^console +(\S+)/m.exec(built.out) ?? [];
  expect(await (await fetch(url)).text()).toContain('<title>pages</title>');
  await built.end();
});

test('the library', async () => {
  const built: typeof sallyport = await import(pathToFileURL(join(dist(), 'index.js')).href);
  const policy = join(project.directory, 'functions.yaml');
  writeFileSync(
    policy,
    `sallyport: 1
upstreams: { own: { functions: true } }
tools:
  own.look: { action: look, tier: read_only, reach: internal, args: { id: identifier } }
agents:
  reader: { permissions: { own: { look: allow } } }
`,
  );
  await using door = await built.open({ policy, log: () => undefined });
  const look = door.tool('own.look', ({ id }: { id: string }) => `${id} is there`);
  expect(await door.run({ agent: 'reader' }, () => look({ id: 'o-1' }))).toContain('o-1 is there');
});
