import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSpool, spoolBytesMax, spoolFile } from './spool.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-spool-'));
afterAll(() => rmSync(root, { recursive: true }));

let places = 0;
function place(): string {
  places += 1;
  const directory = join(root, `place-${places}`);
  mkdirSync(directory);
  return directory;
}

test('what was appended is there after a restart, until it is cleared', async () => {
  const directory = place();
  {
    using spool = await openSpool(directory);
    await spool.append({ code: 'store.unavailable', n: 1 });
    await spool.append({ code: 'store.unavailable', n: 2 });
  }
  using spool = await openSpool(directory);
  expect(await spool.read()).toEqual([
    { code: 'store.unavailable', n: 1 },
    { code: 'store.unavailable', n: 2 },
  ]);
  await spool.clear();
  expect(await spool.read()).toEqual([]);
  expect(statSync(spoolFile(directory)).mode & 0o777).toBe(0o600);
});

test('a torn last line is dropped, and the next one is whole', async () => {
  const directory = place();
  {
    using spool = await openSpool(directory);
    await spool.append({ n: 1 });
  }
  appendFileSync(spoolFile(directory), '{"n":2,"tool":"mai');
  using spool = await openSpool(directory);
  await spool.append({ n: 3 });
  expect(await spool.read()).toEqual([{ n: 1 }, { n: 3 }]);
});

test('a line that somebody wrote into it is named, and hides no other', async () => {
  const directory = place();
  using spool = await openSpool(directory);
  await spool.append({ n: 1 });
  appendFileSync(spoolFile(directory), 'hello\n');
  await spool.append({ n: 2 });
  expect(await spool.read()).toEqual([{ n: 1 }, { code: 'spool.unreadable' }, { n: 2 }]);
});

test('clearing what was read never drops what came later', async () => {
  using spool = await openSpool(place());
  await spool.append({ n: 1 });
  await spool.read();
  await spool.append({ n: 2 });
  await spool.clear();
  expect(await spool.read()).toContainEqual({ n: 2 });
});

test('it is bounded: a full spool refuses, and keeps what it has', async () => {
  const directory = place();
  appendFileSync(spoolFile(directory), `"${'x'.repeat(spoolBytesMax - 10)}"\n`);
  using spool = await openSpool(directory);
  await expect(spool.append({ code: 'store.unavailable' })).rejects.toMatchObject({
    code: 'store.unavailable',
  });
  expect(await spool.read()).toHaveLength(1);
});

test('a place that can not be written says so', async () => {
  await expect(openSpool(join(root, 'missing'))).rejects.toMatchObject({
    code: 'store.unavailable',
  });
});
