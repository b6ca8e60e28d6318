import { describe, expect, expectTypeOf, test } from 'vitest';
import { type Plain, plainArguments } from './plain-json.ts';

class Money {
  readonly cents = 5;
}

const cycle: Record<string, unknown> = {};
cycle['again'] = { in: [cycle] };

let deep: unknown = 'end';
for (let depth = 0; depth < 70; depth += 1) deep = [deep];

describe('refused, naming the place and never the value', () => {
  test.each<[string, object, string]>([
    ['a date, which would become text', { at: new Date(0) }, 'arguments.at is a Date'],
    ['a map, which would become {}', { by: new Map([['a', 1]]) }, 'arguments.by is a Map'],
    ['bytes', { file: Buffer.from('secret') }, 'arguments.file is a Buffer'],
    ['an object with behaviour', { price: new Money() }, 'arguments.price is a Money'],
    ['NaN, which would become null', { amount: Number.NaN }, 'arguments.amount is no finite'],
    ['Infinity', { amount: [1, Number.POSITIVE_INFINITY] }, 'arguments.amount[1] is no finite'],
    ['a big integer', { amount: 10n }, 'arguments.amount is of type bigint'],
    ['a function', { map: () => 1 }, 'arguments.map is of type function'],
    ['a symbol', { tag: Symbol('x') }, 'arguments.tag is of type symbol'],
    ['a hole in a list', { list: [1, undefined] }, 'arguments.list[1] is of type undefined'],
    ['a cycle', cycle, 'contains itself'],
    ['what is nested without end', { deep }, 'nested too deeply'],
    ['a list', [1, 2], 'takes one object'],
    ['an integer that is not exact', { id: 2 ** 60 }, 'strict JSON'],
    ['half a character', { text: '\ud83d' }, 'strict JSON'],
    ['two keys that some readers take for one', { to: 'a', To: 'b' }, 'strict JSON'],
    ['a prototype in disguise', JSON.parse('{"a":{"__proto__":{"x":1}}}'), 'strict JSON'],
  ])('%s', (_, args, message) => {
    expect(() => plainArguments(args)).toThrow(
      expect.objectContaining({
        code: 'guard.not_json',
        message: expect.stringContaining(message),
      }),
    );
  });
});

test('what was not given is left out', () => {
  expect(plainArguments({ to: 'a', cc: undefined })).toStrictEqual({ to: 'a' });
});

test('plain objects without a prototype are plain', () => {
  const args = Object.assign(Object.create(null), { to: ['a', { b: null }] });
  expect(plainArguments(args)).toStrictEqual({ to: ['a', { b: null }] });
});

test('what is decided about is read once', () => {
  let readings = 0;
  const args = {
    get to() {
      readings += 1;
      return readings === 1 ? 'ann@customer.example' : 'eve@evil.example';
    },
  };
  expect(plainArguments(args)).toEqual({ to: 'ann@customer.example' });
  expect(readings).toBe(1);
});

test('types say what a way through JSON makes of a value', () => {
  interface Mail {
    readonly id: string;
    readonly at: Date;
    readonly tags?: readonly string[];
  }
  expectTypeOf<Plain<Mail>>().toEqualTypeOf<{
    readonly id: string;
    readonly at: string;
    readonly tags?: readonly string[];
  }>();
  expectTypeOf<Plain<Mail[]>>().items.toHaveProperty('at').toEqualTypeOf<string>();
  expectTypeOf<Plain<undefined>>().toEqualTypeOf<undefined>();
  expectTypeOf<Plain<bigint>>().toEqualTypeOf<never>();
  expectTypeOf<Plain<unknown>>().toEqualTypeOf<unknown>();
});
