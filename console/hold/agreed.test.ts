import { expect, test } from 'vitest';
import type { HoldShown } from '../../src/runtime/port.ts';
import { stillNeeded } from './agreed.ts';

const ask = (key: string, quorum: number): HoldShown['asks'][number] => ({
  key,
  quorum,
  code: 'gate.tier',
  by: { type: 'role', role: 'leads' },
  freshMs: null,
  remember: null,
  grants: null,
});
const agreed = (by: string, ...asks: string[]) => ({ by, atMs: 0, asks });

test.each([
  ['nobody has', [ask('a', 2)], [], null],
  ['another has', [ask('a', 2)], [agreed('eve', 'a')], null],
  ['they have, of two', [ask('a', 2)], [agreed('bob', 'a')], 1],
  ['they have twice, of three', [ask('a', 3)], [agreed('bob', 'a'), agreed('bob', 'a')], 2],
  ['both have, of two', [ask('a', 2)], [agreed('bob', 'a'), agreed('eve', 'a')], 0],
  [
    'they have to what is answered, and another thing is open that isn’t theirs',
    [ask('a', 1), ask('b', 2)],
    [agreed('bob', 'a')],
    0,
  ],
])('agreed, if %s', (_, asks, agreements, expected) => {
  expect(stillNeeded({ asks, agreements }, 'bob')).toBe(expected);
});
