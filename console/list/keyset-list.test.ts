import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeysetList } from './keyset-list.ts';
import { rowsShown } from './window.ts';

const size = 100_000;
const pageRows = 200;

function pageOf(cursor: string | null) {
  const from = cursor === null ? size : Number(cursor);
  const rows = Array.from({ length: Math.min(pageRows, from) }, (_, index) => from - 1 - index);
  const last = from - rows.length;
  return { rows, next: last === 0 ? null : String(last) };
}

test('a hundred thousand rows come in order, each once, and then no more is asked for', async () => {
  let asked = 0;
  const list = new KeysetList<number>(
    async (cursor) => {
      asked += 1;
      return pageOf(cursor);
    },
    String,
    () => undefined,
  );
  while (!list.complete) await list.more();
  await list.more();
  expect(asked).toBe(size / pageRows);
  expect(list.rows).toHaveLength(size);
  expect(list.rows.every((row, index) => row === size - 1 - index)).toBe(true);
});

test('scrolling while a page is under way asks for it once', async () => {
  let asked = 0;
  const list = new KeysetList<number>(
    async (cursor) => {
      asked += 1;
      return pageOf(cursor);
    },
    String,
    () => undefined,
  );
  await Promise.all([list.more(), list.more(), list.more()]);
  expect([asked, list.rows.length]).toEqual([1, pageRows]);
});

test('a page that fails is told, and tried again', async () => {
  let fails = true;
  const list = new KeysetList<number>(
    async (cursor) => {
      if (fails) throw new Error('no connection');
      return pageOf(cursor);
    },
    String,
    () => undefined,
  );
  await list.more();
  expect([list.problem, list.complete, list.loading]).toEqual(['no connection', false, false]);
  fails = false;
  await list.more();
  expect([list.problem, list.rows.length]).toEqual([null, pageRows]);
});

test('what comes after the list was closed is dropped', async () => {
  let answer: (page: ReturnType<typeof pageOf>) => void = () => {};
  let changes = 0;
  const list = new KeysetList<number>(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
    String,
    () => {
      changes += 1;
    },
  );
  const more = list.more();
  list.close();
  answer(pageOf(null));
  await more;
  expect([list.rows.length, changes]).toEqual([0, 1]);
});

test('a page that leads to itself ends the list', async () => {
  const list = new KeysetList<number>(
    async (cursor) => ({ rows: [cursor === null ? 1 : 2], next: 'again' }),
    String,
    () => undefined,
  );
  for (let turn = 0; turn < 5; turn += 1) await list.more();
  expect([list.rows.length, list.complete]).toEqual([2, true]);
});

test('what happens while pages are still to come stands at the end, once', async () => {
  const pages = [
    { rows: [1, 2], next: '2' },
    { rows: [3, 4], next: null },
  ];
  const list = new KeysetList<number>(
    async (cursor) => pages[cursor === null ? 0 : 1] ?? { rows: [], next: null },
    String,
    () => undefined,
  );
  await list.more();
  list.add(4);
  list.add(5);
  expect(list.rows).toEqual([1, 2]);
  await list.more();
  list.add(6);
  expect(list.rows).toEqual([1, 2, 3, 4, 5, 6]);
});

test('after a gap it goes on from its last row', async () => {
  const rows = [1, 2];
  const list = new KeysetList<number>(
    async (cursor) => ({ rows: rows.filter((row) => row > Number(cursor ?? 0)), next: null }),
    String,
    () => undefined,
  );
  await list.more();
  rows.push(3, 4);
  await list.resume('2');
  expect([list.rows, list.complete]).toEqual([[1, 2, 3, 4], true]);
});

test('what is in sight is there, wherever the list stands, and never more than a few windows', () => {
  const place = fc.record({
    rowPx: fc.integer({ min: 20, max: 120 }),
    count: fc.integer({ min: 0, max: size }),
    abovePx: fc.integer({ min: -5_000, max: 12_000_000 }),
    windowPx: fc.integer({ min: 200, max: 3_000 }),
  });
  fc.assert(
    fc.property(place, (at) => {
      const { first, end, beforePx, afterPx } = rowsShown(at);
      expect(beforePx + (end - first) * at.rowPx + afterPx).toBe(at.count * at.rowPx);
      expect(end - first).toBeLessThanOrEqual(at.windowPx / at.rowPx + 26);
      const inSight = (row: number) =>
        (row + 1) * at.rowPx > at.abovePx && row * at.rowPx < at.abovePx + at.windowPx;
      for (const row of [first - 1, end])
        if (row >= 0 && row < at.count) expect(inSight(row)).toBe(false);
    }),
  );
});
