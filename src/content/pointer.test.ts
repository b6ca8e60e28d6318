import { describe, expect, test } from 'vitest';
import { mapAt, PointerError, parsePointer, resolvePointer } from './pointer.ts';
import type { JsonValue } from './value.ts';

const mail: JsonValue = {
  emails: [
    { sender: 'ann@x.example', to: ['a@x.example', 'b@x.example'] },
    { sender: 'bob@x.example', to: [] },
    'rubbish',
  ],
  total: 2,
  'a/b': { '~': 1 },
  '': 'empty',
};

describe('finding', () => {
  test.each<[string, [string, JsonValue][]]>([
    ['/total', [['/total', 2]]],
    [
      '/emails/*/sender',
      [
        ['/emails/0/sender', 'ann@x.example'],
        ['/emails/1/sender', 'bob@x.example'],
      ],
    ],
    [
      '/emails/*/to/*',
      [
        ['/emails/0/to/0', 'a@x.example'],
        ['/emails/0/to/1', 'b@x.example'],
      ],
    ],
    ['/emails/1/sender', [['/emails/1/sender', 'bob@x.example']]],
    ['/a~1b/~0', [['/a~1b/~0', 1]]],
    ['/', [['/', 'empty']]],
    [
      '/emails/0/*~keys',
      [
        ['/emails/0/sender', 'sender'],
        ['/emails/0/to', 'to'],
      ],
    ],
    ['/missing/x', []],
    ['/emails/01', []],
    ['/emails/-', []],
    ['/emails/length', []],
    ['/total/*', []],
    ['/*', []],
    ['/constructor', []],
    ['/toString', []],
    ['/__proto__', []],
    ['/emails/0/sender/0', []],
  ])('%s', (text, found) => {
    expect(resolvePointer(mail, parsePointer(text))).toEqual(
      found.map(([pointer, value]) => ({ pointer, value })),
    );
  });

  test('the empty pointer is the whole', () => {
    expect(resolvePointer(mail, parsePointer(''))).toEqual([{ pointer: '', value: mail }]);
  });
});

test.each([['no slash'], ['/a~2'], ['/a~'], ['/*~keys/a'], ['/x'.repeat(33)]])(
  '`%s` is no pointer',
  (text) => {
    expect(() => parsePointer(text)).toThrow(PointerError);
  },
);

describe('changing', () => {
  const upper = (value: JsonValue): JsonValue => JSON.stringify(value).toUpperCase();

  test.each<[string, (value: JsonValue) => JsonValue | undefined, JsonValue | undefined]>([
    ['/a/b', upper, { a: { b: '"X"', c: 1 }, l: [1, 2] }],
    ['/a/b', () => undefined, { a: { c: 1 }, l: [1, 2] }],
    ['/l/*', (value) => (value === 1 ? undefined : value), { a: { b: 'x', c: 1 }, l: [2] }],
    ['/l/0', () => 'one', { a: { b: 'x', c: 1 }, l: ['one', 2] }],
    ['/l/0', () => undefined, { a: { b: 'x', c: 1 }, l: [2] }],
    ['/missing', upper, { a: { b: 'x', c: 1 }, l: [1, 2] }],
    ['/toString', () => 1, { a: { b: 'x', c: 1 }, l: [1, 2] }],
    ['', () => undefined, undefined],
    ['', () => 5, 5],
  ])('%s', (text, change, expected) => {
    const root = { a: { b: 'x', c: 1 }, l: [1, 2] };
    expect(mapAt(root, parsePointer(text), change)).toEqual(expected);
    expect(root).toEqual({ a: { b: 'x', c: 1 }, l: [1, 2] });
  });
});
