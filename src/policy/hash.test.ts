import { expect, test } from 'vitest';
import { changedKeys } from './hash.ts';

test.each([
  ['nothing', { a: 1 }, { a: 1 }, []],
  ['a value', { a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, ['a.c']],
  ['a key more', { a: {} }, { a: { b: 1 } }, ['a.b']],
  ['a key less', { a: 1, b: 2 }, { a: 1 }, ['b']],
  ['the order of a list', { a: [1, 2] }, { a: [2, 1] }, ['a']],
  ['the order of keys', { a: 1, b: { c: 1, d: 2 } }, { b: { d: 2, c: 1 }, a: 1 }, []],
  ['a map that became a list', { a: { b: 1 } }, { a: [1] }, ['a']],
  ['a name that objects have anyway', {}, { constructor: 1 }, ['constructor']],
])('%s', (_, before, after, expected) => {
  expect(changedKeys(before, after)).toEqual(expected);
});

test('a rewritten policy is told in a bounded list', () => {
  const many = Object.fromEntries(
    Array.from({ length: 5_000 }, (_, index) => [`k${index}`, index]),
  );
  const changed = changedKeys({}, many);
  expect([changed.length, changed.at(-1)]).toEqual([201, '…']);
});
