/** `npm run protection` as whoever brings a suite of their own uses it. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-protection-'));
  const record = (tool: string, injectionTask: string) => ({
    suite: 'desk',
    userTask: 'u',
    injectionTask,
    prompt: 'Please post hello.',
    injections: {},
    steps: [
      { phase: 'injection', tool, args: { text: 'hello' }, result: '', attackCritical: true },
    ],
  });
  const lines = [record('post', 'granted'), record('erase', 'unknown')].map((line) =>
    JSON.stringify(line),
  );
  await writeFile(join(folder, 'cases.jsonl.gz'), gzipSync(lines.join('\n')));
  // Without a lock, and the agent works for nobody.
  await writeFile(
    join(folder, 'desk.yaml'),
    `sallyport: 1
enforcement: strict
upstreams: { anything: { mcp: { url: "http://127.0.0.1:9/mcp" } } }
tools: { anything.post: { action: post, tier: reversible, reach: internal, args: { text: content } } }
roles: { staff: { permissions: { anything: { post: allow } } } }
agents:
  bot:
    unattended: { owner: staff }
    acts_for: [staff]
    permissions: { anything: { post: allow } }
`,
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function protection(...args: readonly string[]) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(import.meta.dirname, 'main.ts'), ...args],
      (_, out, err) => resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

test('a suite of cases alone, with a policy of its own', async () => {
  const { code, out } = await protection(
    '--suite',
    folder,
    '--policy',
    join(folder, 'desk.yaml'),
    '--json',
  );
  expect(code).toBe(0);
  const printed = JSON.parse(out);
  expect(Object.keys(printed)[0]).toBe('ok');
  const [{ suite, rows, warnings, details }] = printed.suites;
  expect(suite).toBe('desk');
  expect(rows).toContainEqual({ name: 'V0 denied', value: 50, n: 2, target: null, ok: true });
  expect(warnings).toContain('the policy has no tool `erase`: 1 calls refused');
  expect(details.agent).toBe('bot');
});

test.each([
  ['no such folder', ['--suite', '/nowhere'], 'nothing to measure'],
  ['no policy for it', ['--suite', 'FOLDER'], 'no policy for `desk`'],
  ['no such suite', ['--suite', 'FOLDER', '--only', 'bank'], 'there are desk'],
  ['no such option', ['--suit', 'FOLDER'], 'suit'],
  ['no number', ['--sample', 'some'], 'whole number'],
])('wrong use: %s', async (_, args, said) => {
  const { code, err } = await protection(...args.map((arg) => (arg === 'FOLDER' ? folder : arg)));
  expect(code).toBe(2);
  expect(err).toContain(said);
});

test('--help has examples', async () => {
  const { code, out } = await protection('--help');
  expect(code).toBe(0);
  expect(out).toContain('npm run protection -- --suite');
});
