/** The programs in docs/guard.md are run, one after the other, in one directory, as programs of their own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../src/content/value.ts';
import { askGateway } from '../src/edges/admin/client.ts';
import type { OperationName } from '../src/edges/admin/operations.ts';

const repository = join(import.meta.dirname, '..');
const document = readFileSync(join(repository, 'docs', 'guard.md'), 'utf8');
const directory = mkdtempSync(join(tmpdir(), 'sallyport-guard-docs-'));

beforeAll(() => writeFileSync(join(directory, 'sallyport.yaml'), block('yaml')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function block(language: string): string {
  const found = new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(document)?.[1];
  if (found === undefined) throw new Error(`there is no block of ${language}`);
  return found;
}

async function printedBy(program: string): Promise<{ out: string; said: string }> {
  const entry = join(repository, 'src', 'index.ts');
  writeFileSync(join(directory, 'main.ts'), program.replace("'sallyport'", `'${entry}'`));
  const running = spawn(process.execPath, ['main.ts'], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, said] = await Promise.all([text(running.stdout), text(running.stderr)]);
  return { out, said };
}

test('the program', { timeout: 60_000 }, async () => {
  expect(await printedBy(block('ts'))).toEqual({ out: block('text'), said: '' });
});

test('a call that waits for a person, who answers at the operator’s socket', {
  timeout: 60_000,
}, async () => {
  const data = join(directory, '.sallyport');
  const printed = printedBy(block('ts held'));
  let ended = false;
  void printed.finally(() => {
    ended = true;
  });
  const ask = async (operation: OperationName, input: JsonObject): Promise<JsonObject> =>
    (await askGateway(data, operation, input)) ?? {};
  // Long after its first words: the second call waits, and nothing but that keeps the program alive.
  let hold: JsonValue | undefined;
  while (!isJsonObject(hold) && !ended) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { holds } = await ask('approvals.list', {});
    [hold] = isJsonArray(holds) ? holds : [];
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(hold).toMatchObject({ tool: 'mail.refund', agent: 'helper', state: 'waiting' });
  const { id = null, digest = null } = isJsonObject(hold) ? hold : {};
  const { token = null } = await ask('token.mint', {
    holder: 'approver',
    name: 'bob',
    expiresInMs: null,
  });
  await ask('approvals.approve', { id, digest, token, reason: null });
  expect(await printed).toEqual({ out: block('text held'), said: '' });
});

test('accepting a definition writes the lock, once', { timeout: 60_000 }, async () => {
  const script = block('ts pin');
  expect(await printedBy(script)).toEqual({
    out: block('text pin'),
    said: expect.stringContaining('"event":"guard.not_accepted"'),
  });
  expect(readFileSync(join(directory, 'sallyport.lock'), 'utf8')).toContain(
    'Lists the mails of a folder.',
  );
  expect(await printedBy(script)).toEqual({ out: '[]\n', said: '' });
});
