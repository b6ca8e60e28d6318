import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DistinctKeys, jsonLiterals, withLiterals } from './json-literals.ts';

const said = (text: string): readonly string[] | null =>
  jsonLiterals(text)?.map(({ form, pointer, value }) => `${form} ${pointer} ${value}`) ?? null;

describe('the literals of a text', () => {
  test.each<[string, string, readonly string[] | null]>([
    [
      'a map',
      '{"a": "x", "b/c": [1, "y"]}',
      ['key /a a', 'text /a x', 'key /b~1c b/c', 'text /b~1c/1 y'],
    ],
    ['a key twice', '{"a":"x","a":"y"}', ['key /a a', 'text /a x', 'key /a a', 'text /a y']],
    [
      'long numbers',
      '[4111111111111111, 17, -1234567890.123, 1e400]',
      ['number /0 4111111111111111', 'number /2 -1234567890.123'],
    ],
    [
      'a number beyond a double',
      '{"n":123456789012345678901234567890}',
      ['key /n n', 'number /n 123456789012345678901234567890'],
    ],
    ['escapes', '["\\u0041\\"\\\\", "]"]', ['text /0 A"\\', 'text /1 ]']],
    ['white space', ' [\n "x" ]\n', ['text /0 x']],
    ['nothing', '[]', []],
    ['lines', '{"a":"x"}\n\n["y"]\n', ['key /0/a a', 'text /0/a x', 'text /2/0 y']],
    ['prose', '[note] a text', null],
    ['JSON that is cut', '{"a":"x', null],
    ['a text', 'a', null],
    ['a string', '"a"', null],
    ['lines that are only begun as JSON', '{"a":1}\nand more', null],
  ])('%s', (_, text, expected) => {
    expect(said(text)).toEqual(expected);
  });

  test('a hundred thousand brackets', () => {
    const depth = 100_000;
    const literals = jsonLiterals(`${'['.repeat(depth)}"x"${']'.repeat(depth)}`);
    expect(literals?.map(({ value }) => value) ?? []).toEqual(['x']);
  });
});

describe('other values', () => {
  test.each<[string, string, (value: string) => string, string]>([
    [
      'keep everything else',
      '{ "a":1.50,\n"a": "x" }',
      (value) => (value === 'x' ? 'y"' : value),
      '{ "a":1.50,\n"a": "y\\"" }',
    ],
    ['a number becomes a string', '[4111111111111111]', () => '[card]', '["[card]"]'],
    ['two keys stay two', '{"1":0,"2":0}', () => 'k', '{"k":0,"k (2)":0}'],
    ['a key in every element is one', '[{"1":0},{"1":0}]', () => 'k', '[{"k":0},{"k":0}]'],
    [
      'a key that is there already',
      '{"k":0,"1":0}',
      (value) => (value === '1' ? 'k' : value),
      '{"k":0,"k (2)":0}',
    ],
  ])('%s', (_, text, change, expected) => {
    const literals = jsonLiterals(text) ?? [];
    expect(withLiterals(text, literals, ({ value }) => change(value))).toBe(expected);
  });

  test('whatever is put in, it stays JSON, and unchanged it stays the text', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 0, max: 4 }),
        (value, put, space) => {
          const text = JSON.stringify([value], null, space);
          const literals = jsonLiterals(text) ?? [];
          expect(withLiterals(text, literals, (literal) => literal.value)).toBe(text);
          const changed = withLiterals(text, literals, () => put);
          expect(() => JSON.parse(changed)).not.toThrow();
          expect(changed.length).toBeGreaterThanOrEqual(2);
        },
      ),
    );
  });
});

test('keys that would become one are told apart, thousands of them at once', () => {
  const keys = new DistinctKeys();
  const all = Array.from({ length: 30_000 }, (_, index) => keys.distinct(`k${index}`, 'k'));
  expect(all.slice(0, 3)).toEqual(['k', 'k (2)', 'k (3)']);
  expect(new Set(all).size).toBe(all.length);
  expect([keys.distinct('k0', 'k'), keys.distinct('k (4)', 'k (4)')]).toEqual(['k', 'k (4) (2)']);
});
