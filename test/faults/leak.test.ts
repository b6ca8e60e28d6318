/** The rule for leaks, on lives that leak and lives that don't. */
import { expect, test } from 'vitest';
import { growthOf } from './leak.ts';

const megabyte = 1024 * 1024;
const life = (of: (minute: number) => number, what = 'sockets') =>
  Array.from({ length: 20 }, (_, minute) => ({ [what]: of(minute) }));

test.each([
  ['flat', 'sockets', () => 7, false],
  ['warm after its first half', 'sockets', (minute: number) => Math.min(minute, 9), false],
  ['a spike', 'sockets', (minute: number) => (minute === 15 ? 90 : 7), false],
  ['up and down', 'sockets', (minute: number) => 7 + (minute % 3), false],
  ['one more a minute', 'sockets', (minute: number) => 7 + minute, true],
  ['one more every two minutes', 'sockets', (minute: number) => Math.floor(minute / 2), true],
  [
    'filled and emptied, over and over',
    'external',
    (minute: number) => (15 + 3 * (minute % 5)) * megabyte,
    false,
  ],
  [
    'filled and emptied, higher each time',
    'external',
    (minute: number) => (15 + 3 * (minute % 5) + minute) * megabyte,
    true,
  ],
  ['going down', 'sockets', (minute: number) => 40 - minute, false],
  ['a little memory', 'heapUsed', (minute: number) => (40 + minute / 10) * megabyte, false],
  ['a megabyte a minute', 'heapUsed', (minute: number) => (40 + minute) * megabyte, true],
  ['as much of a large set', 'rss', (minute: number) => (400 + minute) * megabyte, false],
] as const)('%s: %s', (_, what, of, leaks) => {
  expect(growthOf(life(of, what)).map((growth) => growth.leaks)).toEqual([leaks]);
});

test('of too few samples nothing is said', () => {
  expect(growthOf(life((minute) => minute).slice(0, 5))).toEqual([]);
});
