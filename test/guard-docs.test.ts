/** The programs in docs/guard.md are run, one after the other, in one directory, as programs of their own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';

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
