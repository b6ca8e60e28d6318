import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { type Group, groupsAfter, headerBytes, Journal, positionIn } from './journal.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-journal-'));
afterAll(() => rmSync(root, { recursive: true }));
const file = join(root, 'journal');

const database = 2 ** 47 + 5;
const last = { database, transaction: 6 };
const next = { database, transaction: 7 };

function group(steps: string, parts: string): Group {
  const stepsBytes = Buffer.byteLength(steps);
  return { bytes: Buffer.from('\0'.repeat(headerBytes) + steps + parts), stepsBytes };
}

/** @returns where each of them ends. */
function write(transactions: readonly (readonly string[])[], first = next): number[] {
  writeFileSync(file, '');
  const journal = new Journal(file);
  let ends: number[] = [];
  for (const [at, texts] of transactions.entries()) {
    journal.restart();
    ends = texts.map((text) => {
      const position = { ...first, transaction: first.transaction + at };
      journal.append(position, group(`["${text}"]`, `${text}'s parts`));
      return journal.bytes;
    });
  }
  journal.close();
  return ends;
}

function read(after = last): string[] {
  const fd = openSync(file, 'r');
  try {
    return [...groupsAfter(fd, after, file)].map(({ bytes, stepsBytes }) =>
      JSON.parse(Buffer.from(bytes).toString('utf8', headerBytes, headerBytes + stepsBytes)).at(0),
    );
  } finally {
    closeSync(fd);
  }
}

test('groups come back as they were written, in their order, with what lies behind their steps', () => {
  write([['one', 'zwölf', '']]);
  expect(read()).toEqual(['one', 'zwölf', '']);
  const fd = openSync(file, 'r');
  expect(positionIn(fd)).toMatchObject(next);
  const [first] = groupsAfter(fd, last, file);
  expect(Buffer.from(first?.bytes ?? []).toString('utf8', headerBytes)).toBe('["one"]one\'s parts');
  closeSync(fd);
});

test('torn at any byte: the groups that were whole by then, and no other', () => {
  const ends = write([['a', 'bb', 'ccc']]);
  const whole = readFileSync(file);
  for (let length = 0; length <= whole.length; length += 1) {
    writeFileSync(file, whole.subarray(0, length));
    expect(read()).toEqual(['a', 'bb', 'ccc'].slice(0, ends.filter((end) => end <= length).length));
  }
});

test('half of a group over an older, longer one is no group', () => {
  const [end = 0] = write([['old, and longer than the new one', 'old too']]);
  const old = readFileSync(file);
  write([['new, and long enough to lie over some of it']], { ...next, transaction: 8 });
  const fresh = readFileSync(file);
  for (let length = 1; length < Math.min(fresh.length, end); length += 1) {
    writeFileSync(file, Buffer.concat([fresh.subarray(0, length), old.subarray(length)]));
    expect(read({ ...last, transaction: 7 })).toEqual([]);
  }
});

test('no byte can change unseen: its group is dropped, with those behind it, or known to be damaged', () => {
  const texts = ['a', 'bb', 'ccc'];
  const ends = write([texts]);
  const whole = readFileSync(file);
  const changed = (at: number, change: number) => {
    const bytes = Buffer.from(whole);
    bytes[at] = (whole[at] ?? 0) ^ change;
    writeFileSync(file, bytes);
    try {
      return read();
    } catch (error) {
      return error;
    }
  };
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const before = texts.slice(0, ends.filter((end) => end <= at).length);
      const found = changed(at, change);
      if (!(found instanceof Error)) expect(found).toEqual(before);
      else expect(found).toMatchObject({ code: 'store.corrupt' });
    }),
    { numRuns: 500 },
  );
  // Of the last one nobody can say that it was ever acknowledged.
  expect(changed(headerBytes + 1, 1)).toMatchObject({
    code: 'store.corrupt',
    message: expect.stringContaining('damaged'),
  });
  expect(changed(whole.length - 1, 1)).toEqual(['a', 'bb']);
});

test('what the database has already counts for nothing, behind a shorter transaction too', () => {
  write([['a', 'b', 'c'], ['d']]);
  expect(read({ ...last, transaction: 7 })).toEqual(['d']);
  expect(read({ ...last, transaction: 8 })).toEqual([]);
});

test.each([
  ['another database', { database: database + 1, transaction: 7 }],
  ['a later transaction than the next one', { database, transaction: 8 }],
])('a journal of %s is refused: what was acknowledged between them is in neither file', (_, of) => {
  write([['a']], of);
  expect(() => read()).toThrow(
    expect.objectContaining({
      code: 'store.corrupt',
      hint: expect.stringContaining('from the same copy'),
    }),
  );
});

test('a file that is no journal has no groups, however large it says they are', () => {
  for (const content of [
    '',
    'x'.repeat(5_000),
    Buffer.concat([Buffer.from('SLYJ'), Buffer.alloc(28, 0xff)]),
  ]) {
    writeFileSync(file, content);
    expect(read()).toEqual([]);
  }
});
