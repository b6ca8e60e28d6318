/** What the build hands to a browser: files named by what is in them, nothing inline, small, and the same each time. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..', '..');
const built = join(repository, 'dist', 'console');
const scriptBytesMax = 40_000;

const build = () =>
  execFileSync(process.execPath, ['scripts/build-console.ts'], { cwd: repository });
const names = () => readdirSync(join(built, 'assets')).sort();

beforeAll(() => {
  build();
});

test('the page has no script and no style of its own, and asks for nothing from elsewhere', () => {
  const page = readFileSync(join(built, 'index.html'), 'utf8');
  expect(page).not.toMatch(/<style|style=|\son[a-z]+=|javascript:|https?:|\/\/[a-z]/i);
  expect(page.match(/<script\b[^>]*>[^<]*<\/script>/g)).toEqual([
    expect.stringMatching(
      /^<script type="module" src="\/assets\/main-[0-9a-f]{16}\.js"><\/script>$/,
    ),
  ]);
  for (const [, name = ''] of page.matchAll(/(?:src|href)="\/assets\/([^"]+)"/g))
    expect(names()).toContain(name);
});

test('each file is there as it is, and as it is sent', () => {
  const files = names().filter((name) => !/\.(br|gz)$/.test(name));
  expect(files.map((name) => name.replace(/-[0-9a-f]{16}/, ''))).toEqual([
    'icon.svg',
    'main.js',
    'style.css',
  ]);
  for (const file of [...files.map((name) => join('assets', name)), 'index.html']) {
    const read = (ending: string) => readFileSync(join(built, `${file}${ending}`));
    expect(brotliDecompressSync(read('.br')).equals(read(''))).toBe(true);
    expect(gunzipSync(read('.gz')).equals(read(''))).toBe(true);
  }
});

test('the script is small as it is sent, with either compression', () => {
  const sizes = names()
    .filter((name) => /^main-.*\.(br|gz)$/.test(name))
    .map((name) => readFileSync(join(built, 'assets', name)).length);
  expect(sizes).toHaveLength(2);
  for (const size of sizes) expect(size).toBeLessThan(scriptBytesMax);
});

test('built twice it is the same, and nothing of an earlier one is left', () => {
  const before = names();
  build();
  expect(names()).toEqual(before);
});
