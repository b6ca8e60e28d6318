import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSecret } from './secrets.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-secrets-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
  delete process.env['SALLYPORT_TEST'];
});

function file(content: string, mode = 0o600): string {
  const path = join(directory, 'secret');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return `file:${path}`;
}

describe('a file', () => {
  test.each([
    ['as it is', 'correct horse', '', 'correct horse'],
    ['without its last line break', 'correct horse\n', '', 'correct horse'],
    ['with the others', ' correct\nhorse\r\n', '', ' correct\nhorse'],
    ['a field of JSON', '{"user":"ann","password":"correct horse"}', '#password', 'correct horse'],
    [
      'a variable of dotenv',
      '# mail\nexport USER=ann\nPASSWORD="correct horse"\n',
      '#PASSWORD',
      'correct horse',
    ],
    ['a bare variable', 'PASSWORD=correct=horse\n', '#PASSWORD', 'correct=horse'],
  ])('%s', async (_, content, field, secret) => {
    expect(await readSecret({ from: file(content) + field })).toBe(secret);
  });

  test.each([0o640, 0o604, 0o660, 0o666, 0o601])(
    'of mode %o is refused: others may know it',
    async (mode) => {
      await expect(readSecret({ from: file('correct horse', mode) })).rejects.toMatchObject({
        code: 'credential.unsafe_file',
      });
    },
  );

  test('behind a link of ours is read', async () => {
    const target = file('correct horse').slice('file:'.length);
    symlinkSync(target, join(directory, 'link'));
    expect(await readSecret({ from: `file:${join(directory, 'link')}` })).toBe('correct horse');
  });

  test.each([
    ['a directory', () => `file:${directory}`, 'credential.unusable'],
    ['nothing', () => `file:${join(directory, 'nothing')}`, 'credential.missing'],
    ['a file without that field', () => `${file('{"user":"ann"}')}#password`, 'credential.missing'],
    [
      'a field that every object has',
      () => `${file('{"user":"ann"}')}#constructor`,
      'credential.missing',
    ],
    [
      'a field that is no text',
      () => `${file('{"password":12345}')}#password`,
      'credential.unusable',
    ],
    ['broken JSON', () => `${file('{"password":"correct horse"')}#password`, 'credential.unusable'],
    ['an empty file', () => file(''), 'credential.unusable'],
    ['more than a secret', () => file('x'.repeat(70_000)), 'credential.unusable'],
    ['a relative path', () => 'file:secrets/token', 'credential.reference'],
  ])('%s: %#', async (_, from, code) => {
    await expect(readSecret({ from: from() })).rejects.toMatchObject({ code });
  });
});

test('a variable', async () => {
  process.env['SALLYPORT_TEST'] = 'correct horse';
  expect(await readSecret({ from: 'env:SALLYPORT_TEST' })).toBe('correct horse');
});

test.each([
  ['env:SALLYPORT_TEST', 'credential.missing'],
  ['vault:secret/mail', 'credential.reference'],
  ['correct horse', 'credential.reference'],
])('%s: %s', async (from, code) => {
  await expect(readSecret({ from })).rejects.toMatchObject({ code });
});

test('an error names the reference, never the value', async () => {
  const from = `${file('{"password":"correct horse"')}#password`;
  const error = await readSecret({ from }).catch((caught: unknown) => caught);
  expect(String(error)).toContain(from);
  expect(JSON.stringify(error) + String(error)).not.toContain('correct horse');
});
