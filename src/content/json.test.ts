import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, readJson, StrictJsonError } from './json.ts';
import type { JsonValue } from './value.ts';

function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    if (error instanceof StrictJsonError) return error.code;
    throw error;
  }
}

describe('what readers read alike', () => {
  test.each<[string, JsonValue]>([
    ['null', null],
    [' \t\r\n[ ] ', []],
    ['{}', {}],
    ['{"a":{"b":[1,-2.5,1e3,true,false,null]}}', { a: { b: [1, -2.5, 1000, true, false, null] } }],
    ['"\\u0041\\n\\"\\/\\\\"', 'A\n"/\\'],
    ['"\\ud83d\\ude00 😀"', '😀 😀'],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['-0', 0],
    ['-0.0e5', 0],
    ['0e-999', 0],
    ['0.00', 0],
    [
      '{"constructor":1,"toString":2,"hasOwnProperty":3}',
      { constructor: 1, toString: 2, hasOwnProperty: 3 },
    ],
    ['{"":1,"a":2,"b":{"a":3}}', { '': 1, a: 2, b: { a: 3 } }],
    ['"\u2028\u007f"', '\u2028\u007f'],
  ])('%j', (text, value) => {
    expect(readJson(text)).toEqual(value);
    expect(readJson(new TextEncoder().encode(text))).toEqual(value);
    expect(Object.is(readJson(text), -0)).toBe(false);
  });
});

describe('what is refused', () => {
  test.each<[string, string | Uint8Array, string]>([
    ['the same key twice', '{"to":"ann","to":"eve"}', 'json.duplicate_key'],
    ['the same key twice, one escaped', '{"to":"ann","\\u0074o":"eve"}', 'json.duplicate_key'],
    ['the same key twice, far apart', '{"a":1,"b":{"a":1},"c":[],"a":2}', 'json.duplicate_key'],
    ['a key in other letters', '{"to":"ann","To":"eve"}', 'json.case_duplicate_key'],
    [
      'a key in other letters, the upper first',
      '{"TO":"ann","to":"eve"}',
      'json.case_duplicate_key',
    ],
    ['two keys in mixed letters', '{"tO":"ann","To":"eve"}', 'json.case_duplicate_key'],
    ['the Kelvin sign for k', '{"key":1,"\u212aey":2}', 'json.case_duplicate_key'],
    ['the long s for s', '{"send":1,"\u017fend":2}', 'json.case_duplicate_key'],
    ['the capital sharp s for the small one', '{"ß":1,"ẞ":2}', 'json.case_duplicate_key'],
    ['a key with accents in other letters', '{"É":1,"é":2}', 'json.case_duplicate_key'],
    ['__proto__', '{"__proto__":{"admin":true}}', 'json.proto_key'],
    ['__proto__, escaped', '{"\\u005f_proto__":1}', 'json.proto_key'],
    ['__proto__, deep', '[{"a":{"__proto__":1}}]', 'json.proto_key'],
    ['a lone high surrogate, escaped', '"\\ud800"', 'json.lone_surrogate'],
    ['a lone low surrogate, escaped', '"a\\udc00b"', 'json.lone_surrogate'],
    ['a lone surrogate in a key', '{"\\ud800":1}', 'json.lone_surrogate'],
    ['surrogates in the wrong order', '"\\udc00\\ud800"', 'json.lone_surrogate'],
    ['a lone surrogate in the text', '"\ud800"', 'json.lone_surrogate'],
    ['a surrogate in bytes', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), 'json.utf8'],
    ['an overlong byte form', new Uint8Array([0x22, 0xc0, 0xaf, 0x22]), 'json.utf8'],
    ['bytes that end in a character', new Uint8Array([0x22, 0xe2, 0x82]), 'json.utf8'],
    ['a byte order mark', '\ufeff{}', 'json.bom'],
    ['a byte order mark in bytes', new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), 'json.bom'],
    ['a second value', '{} {}', 'json.trailing'],
    ['rubbish after the value', '1 x', 'json.trailing'],
    ['a NUL after the value', '1\0', 'json.trailing'],
    ['an integer past 2^53-1', '9007199254740992', 'json.number_range'],
    ['an integer below -(2^53-1)', '-9007199254740993', 'json.number_range'],
    ['a large integer with an exponent', '1e20', 'json.number_range'],
    ['a large integer with a fraction', '9007199254740993.0', 'json.number_range'],
    ['more than a double holds', '1e400', 'json.number_range'],
    ['less than a double holds', '-1e400', 'json.number_range'],
    ['so little that a double holds nothing of it', '1e-400', 'json.number_range'],
    ['the same, with digits after the point', '-0.0001e-400', 'json.number_range'],
    ['a leading zero', '01', 'json.trailing'],
    ['a plus', '+1', 'json.syntax'],
    ['no digit before the point', '.5', 'json.syntax'],
    ['no digit after the point', '1.', 'json.syntax'],
    ['no digit in the exponent', '1e+', 'json.syntax'],
    ['a minus alone', '-', 'json.syntax'],
    ['NaN', 'NaN', 'json.syntax'],
    ['Infinity', '[Infinity]', 'json.syntax'],
    ['a hexadecimal number', '0x10', 'json.trailing'],
    ['nothing', '', 'json.syntax'],
    ['white space alone', ' \n', 'json.syntax'],
    ['white space of another kind', '\u00a01', 'json.syntax'],
    ['a comma too many in a list', '[1,]', 'json.syntax'],
    ['a comma too many in an object', '{"a":1,}', 'json.syntax'],
    ['a key without quotes', '{a:1}', 'json.syntax'],
    ['single quotes', "{'a':1}", 'json.syntax'],
    ['a comment', '/* */ 1', 'json.syntax'],
    ['an object without an end', '{"a":1', 'json.syntax'],
    ['a string without an end', '"a', 'json.syntax'],
    ['a string that ends in a backslash', '"a\\', 'json.syntax'],
    ['an unknown escape', '"\\x41"', 'json.syntax'],
    ['a short escape', '"\\u00 1"', 'json.syntax'],
    ['a raw line break in a string', '"a\nb"', 'json.control_character'],
    ['a raw NUL in a string with escapes', '"\\n\0"', 'json.control_character'],
    ['a word cut off', 'tru', 'json.syntax'],
    ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`, 'json.depth'],
    ['a million levels', '['.repeat(1_000_000), 'json.depth'],
    ['a million levels of objects', '{"a":'.repeat(600_000), 'json.depth'],
    ['more than 4 MiB', `"${'a'.repeat(4_194_304)}"`, 'json.size'],
    ['more than 4 MiB, in fewer characters', `"${'€'.repeat(1_400_000)}"`, 'json.size'],
    ['more than 4 MiB of bytes', new Uint8Array(4_194_305).fill(0x20), 'json.size'],
  ])('%s', (_, source, code) => {
    expect(outcome(() => readJson(source))).toBe(code);
  });

  test('limits can be drawn tighter', () => {
    expect(outcome(() => readJson('[[1]]', { depthMax: 1 }))).toBe('json.depth');
    expect(readJson('[1]', { depthMax: 1 })).toEqual([1]);
    expect(outcome(() => readJson('"ab"', { bytesMax: 3 }))).toBe('json.size');
    expect(outcome(() => readJson('"ä"', { bytesMax: 3 }))).toBe('json.size');
    expect(readJson('"ä"', { bytesMax: 4 })).toBe('ä');
  });

  test('no limit that is asked for endangers the stack', () => {
    const deep = '['.repeat(1_000_000);
    expect(outcome(() => readJson(deep, { depthMax: Number.POSITIVE_INFINITY }))).toBe(
      'json.depth',
    );
  });

  test('an error says where, and quotes nothing', () => {
    const error = [() => readJson('{"a":1,"password":"hunter2","password":"x"}')].map((read) => {
      try {
        return read();
      } catch (thrown) {
        return thrown;
      }
    })[0];
    expect(error).toMatchObject({ code: 'json.duplicate_key', offset: 28 });
    expect(String(error)).not.toMatch(/hunter2|password/);
  });
});

describe('for any text', () => {
  /** Near-JSON: mostly valid, so that the property reaches far into the reader. */
  const nearJson = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', '\\', '1', 'e', '\0', '\ud800'))
    .map(([text, at, extra]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + extra + text.slice(place + (at % 2));
    });

  test('it reads what JSON.parse reads, or refuses with its own error', () => {
    fc.assert(
      fc.property(fc.oneof(nearJson, fc.json(), fc.string({ unit: 'binary' })), (text) => {
        const read = outcome(() => ({ value: readJson(text) }));
        if (typeof read !== 'string') {
          expect(read).toEqual({ value: withoutNegativeZero(JSON.parse(text)) });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('it accepts what JSON.stringify writes of unique keys and exact numbers', () => {
    const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constant(null),
        fc.boolean(),
        fc.maxSafeInteger(),
        fc.double({ min: -1e15, max: 1e15, noNaN: true }),
        fc.string({ unit: 'grapheme' }),
        fc.array(tie('tree'), { maxLength: 5 }),
        fc.dictionary(
          fc.stringMatching(/^[a-z_]{1,8}$/).filter((key) => key !== '__proto__'),
          tie('tree'),
        ),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(readJson(JSON.stringify(value))).toEqual(withoutNegativeZero(value));
        const canonical = canonicalJson(value);
        expect(canonicalJson(readJson(canonical))).toBe(canonical);
      }),
    );
  });

  test('any bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void outcome(() => readJson(bytes))));
  });
});

function withoutNegativeZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('the canonical form', () => {
  test.each<[string, JsonValue, string]>([
    [
      'keys by UTF-16 units, not by code points',
      { '\ufb33': 1, '😀': 2, '€': 3, '\r': 4, '1': 5, ö: 6, '\u0080': 7 },
      '{"\\r":4,"1":5,"\u0080":7,"ö":6,"€":3,"😀":2,"\ufb33":1}',
    ],
    [
      'numbers as ECMAScript writes them',
      [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, 0, -1.5],
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0,-1.5]',
    ],
    ['-0 as 0', -0, '0'],
    [
      'strings with the shortest escapes',
      '€$\u000f\nA\'B"\\\\"/',
      '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"',
    ],
    ['nothing more than needed', { b: [], a: {}, c: null }, '{"a":{},"b":[],"c":null}'],
    ['large integers without an exponent', 1e20, '100000000000000000000'],
    [
      'keys that are in order',
      { '': 0, a: [{ b: -0, c: '\\ud' }] },
      '{"":0,"a":[{"b":0,"c":"\\\\ud"}]}',
    ],
    ['keys that are numbers, as text', { 9: 1, 10: 2 }, '{"10":2,"9":1}'],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test.each<[string, () => JsonValue, string]>([
    ['NaN, which would share a text with null', () => Number.NaN, 'json.value'],
    ['Infinity', () => [Number.POSITIVE_INFINITY], 'json.value'],
    ['a lone surrogate', () => ({ '\ud800': 1 }), 'json.lone_surrogate'],
    [
      'a lone surrogate after keys in order',
      () => ({ a: 1, b: ['\udfff'] }),
      'json.lone_surrogate',
    ],
    ['a hole, which would vanish', () => new Array<JsonValue>(2), 'json.value'],
    [
      'too many levels',
      () => Array.from({ length: 600 }).reduce<JsonValue>((inner) => [inner], 1),
      'json.depth',
    ],
  ])('refuses %s', (_, make, code) => {
    expect(outcome(() => canonicalJson(make()))).toBe(code);
  });
});
