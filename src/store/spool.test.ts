import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSpool, spoolBytesMax } from './spool.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-spool-'));
afterAll(() => rmSync(root, { recursive: true }));

let files = 0;
function place(): string {
  files += 1;
  return join(root, `spool-${files}.jsonl`);
}

test('what was appended is there after a restart, until it is cleared', () => {
  const file = place();
  {
    using spool = openSpool(file);
    spool.append({ code: 'store.unavailable', n: 1 });
    spool.append({ code: 'store.unavailable', n: 2 });
  }
  using spool = openSpool(file);
  const spooled = spool.read();
  expect(spooled.refusals).toEqual([
    { code: 'store.unavailable', n: 1 },
    { code: 'store.unavailable', n: 2 },
  ]);
  spooled.clear();
  expect(spool.read().refusals).toEqual([]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a torn last line is dropped, and the next one is whole', () => {
  const file = place();
  {
    using spool = openSpool(file);
    spool.append({ n: 1 });
  }
  appendFileSync(file, '{"n":2,"tool":"mai');
  using spool = openSpool(file);
  spool.append({ n: 3 });
  expect(spool.read()).toMatchObject({ refusals: [{ n: 1 }, { n: 3 }], unreadable: 0 });
});

test('a line that somebody wrote into it is counted, and hides no other', () => {
  const file = place();
  using spool = openSpool(file);
  spool.append({ n: 1 });
  appendFileSync(file, 'hello\n');
  spool.append({ n: 2 });
  expect(spool.read()).toMatchObject({ refusals: [{ n: 1 }, { n: 2 }], unreadable: 1 });
});

test('clearing what was read never drops what came later', () => {
  using spool = openSpool(place());
  spool.append({ n: 1 });
  const spooled = spool.read();
  spool.append({ n: 2 });
  spooled.clear();
  expect(spool.read().refusals).toContainEqual({ n: 2 });
});

test('it is bounded: a full spool refuses, and keeps what it has', () => {
  const file = place();
  appendFileSync(file, `"${'x'.repeat(spoolBytesMax - 10)}"\n`);
  using spool = openSpool(file);
  expect(() => spool.append({ code: 'store.unavailable' })).toThrow(
    expect.objectContaining({ code: 'store.unavailable' }),
  );
  expect(spool.read().refusals).toHaveLength(1);
});

test('a place that can not be written says so', () => {
  expect(() => openSpool(join(root, 'missing', 'spool.jsonl'))).toThrow(
    expect.objectContaining({ code: 'store.unavailable' }),
  );
});
