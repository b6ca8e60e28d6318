import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import { compileSchema, undeclaredArguments } from './schema-check.ts';
import { fillDefaults } from './schema-defaults.ts';

function complaintsOf(schema: JsonObject, value: JsonValue): readonly string[] {
  const compiled = compileSchema(schema);
  if ('error' in compiled) throw new Error(compiled.error);
  return compiled.check(value).map(({ pointer, message }) => `${pointer}: ${message}`);
}

function fits(schema: JsonObject, value: JsonValue): boolean {
  return complaintsOf(schema, value).length === 0;
}

function errorOf(schema: JsonObject): string | null {
  const compiled = compileSchema(schema);
  return 'error' in compiled ? compiled.error : null;
}

const draft7 = 'http://json-schema.org/draft-07/schema#';

describe('what fits', () => {
  test.each<[string, JsonObject, JsonValue, boolean]>([
    ['a type', { type: 'string' }, 'a', true],
    ['another type', { type: 'string' }, 1, false],
    ['nothing that a schema wants', {}, { any: ['thing'] }, true],
    ['required', { type: 'object', required: ['a'] }, {}, false],
    [
      'required, by a name that every JavaScript object has',
      { type: 'object', required: ['toString'] },
      {},
      false,
    ],
    [
      'additional',
      { type: 'object', properties: { a: {} }, additionalProperties: false },
      { b: 1 },
      false,
    ],
    ['an enum', { enum: ['x', 'y'] }, 'z', false],
    ['a tuple of 2020-12', { prefixItems: [{ type: 'string' }], items: false }, ['a', 'b'], false],
    [
      'a tuple of draft-07',
      { $schema: draft7, items: [{ type: 'string' }], additionalItems: false },
      ['a', 'b'],
      false,
    ],
    [
      'a tuple of draft-07 that fits',
      { $schema: draft7, items: [{ type: 'string' }] },
      ['a', 1],
      true,
    ],
    [
      'a local reference',
      { $defs: { id: { pattern: '^[a-z]+$' } }, properties: { id: { $ref: '#/$defs/id' } } },
      { id: 'A' },
      false,
    ],
    [
      'a tree that refers to itself',
      {
        properties: { children: { type: 'array', items: { $ref: '#' } }, name: { type: 'string' } },
      },
      { children: [{ children: [{ name: 1 }] }] },
      false,
    ],
    [
      'one that does, where it fits',
      { properties: { children: { items: { $ref: '#' } }, parent: { $ref: '#' } } },
      { children: [{ parent: { children: [{}] } }] },
      true,
    ],
    [
      'equal items',
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      false,
    ],
    ['unequal items', { uniqueItems: true }, [1, '1', [1]], true],
    ['a date', { format: 'date' }, '2026-02-31', false],
    ['a date and time', { format: 'date-time' }, '2026-11-23T09:00:00Z', true],
    ['a format that we do not know', { format: 'colour' }, 'red', true],
    ['a keyword that nobody knows', { 'x-secret': true, nullable: 5 }, 'red', true],
    [
      'unevaluated properties',
      { allOf: [{ properties: { a: {} } }], unevaluatedProperties: false },
      { b: 1 },
      false,
    ],
    ['a property called `$ref`', { properties: { $ref: { type: 'string' } } }, { $ref: 1 }, false],
  ])('%s', (_, schema, value, expected) => {
    expect(fits(schema, value)).toBe(expected);
  });

  test('each pattern is its own: the second is not the first', () => {
    const schema = {
      type: 'object',
      properties: { letters: { pattern: '^[a-z]+$' }, digits: { pattern: '^[0-9]+$' } },
      patternProperties: { '^x-': { pattern: '^!$' } },
    };
    expect(complaintsOf(schema, { letters: 'abc', digits: '123', 'x-a': '!' })).toEqual([]);
    expect(complaintsOf(schema, { letters: '123', digits: 'abc', 'x-a': 'a' }).toSorted()).toEqual([
      '/digits: must match its pattern',
      '/letters: must match its pattern',
      '/x-a: must match its pattern',
    ]);
  });

  test.each([
    // What a popular generator writes for an e-mail address.
    [
      String.raw`^(?!\.)(?!.*\.\.)([A-Za-z0-9_'+\-\.]*)[A-Za-z0-9_+-]@([A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$`,
      'ann@x.example',
      '.ann@x.example',
    ],
    [String.raw`^(?!\.)(?!.*\.\.)[a-z.]+$`, 'a.b', 'a..b'],
    ['^(?=.*[0-9]).{4,}$', 'abc1', 'abcd'],
    [String.raw`^\u0061+$`, 'aaa', 'b'],
    ['^(?<year>[0-9]{4})$', '2026', '26'],
    ['b', 'abc', 'xyz'],
  ])('%s', (pattern, fitting, unfit) => {
    expect(fits({ pattern }, fitting)).toBe(true);
    expect(fits({ pattern }, unfit)).toBe(false);
  });

  test('a pattern that would backtrack for years answers at once', () => {
    expect(fits({ pattern: '^(a+)+$' }, `${'a'.repeat(50_000)}!`)).toBe(false);
  });

  test('a hundred thousand equal objects are compared once each', () => {
    const items = Array.from({ length: 100_000 }, (_, index) => ({ index }));
    expect(fits({ uniqueItems: true }, items)).toBe(true);
    expect(fits({ uniqueItems: true }, [...items, { index: 7 }])).toBe(false);
  });
});

describe('complaints', () => {
  test('name the place and the rule, and never the value', () => {
    const schema = {
      type: 'object',
      required: ['subject'],
      properties: {
        to: { type: 'array', items: { type: 'string', maxLength: 3 } },
        mode: { enum: ['full'] },
        code: { const: 'x' },
      },
      additionalProperties: false,
    };
    const complaints = complaintsOf(schema, {
      to: ['s3cret-1', 5],
      mode: 's3cret-2',
      code: 's3cret-3',
      extra: 's3cret-4',
    });
    expect(complaints.toSorted()).toEqual([
      '/code: must be equal to constant',
      "/extra: isn't declared",
      '/mode: must be equal to one of the allowed values',
      '/to/0: must NOT have more than 3 characters',
      '/to/1: must be string',
      ": must have required property 'subject'",
    ]);
    expect(complaints.join()).not.toContain('s3cret');
  });

  test('are few, however much is wrong', () => {
    const schema = { items: { type: 'string' } };
    expect(
      complaintsOf(
        schema,
        Array.from({ length: 1_000 }, () => 1),
      ).length,
    ).toBe(20);
    expect(
      complaintsOf(
        schema,
        Array.from({ length: 100_000 }, () => 1),
      ).length,
    ).toBe(1);
  });
});

describe('schemas that are not enforced, and say so', () => {
  const nested = (depth: number): JsonObject => (depth === 0 ? {} : { items: nested(depth - 1) });
  const doubling = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => {
      const next = { $ref: `#/$defs/d${index + 1}` };
      return [
        `d${index}`,
        index === 19 ? { type: 'string' } : { anyOf: [next, { allOf: [next] }] },
      ];
    }),
  );
  test.each<[string, JsonObject, string]>([
    ['a remote reference', { $ref: 'https://evil.example/schema.json' }, '/$ref'],
    [
      'a reference to a file',
      { properties: { a: { $ref: 'other.json#/a' } } },
      '/properties/a/$ref',
    ],
    ['a reference to nothing', { $ref: '#/$defs/missing' }, 'leads nowhere'],
    ['a reference to what JavaScript objects have', { $ref: '#/constructor' }, 'leads nowhere'],
    ['a reference to itself', { $ref: '#' }, 'leads round to itself'],
    [
      'two references to each other',
      { $defs: { a: { $ref: '#/$defs/b' }, b: { anyOf: [{ $ref: '#/$defs/a' }] } } },
      'leads round to itself',
    ],
    [
      'alternatives that multiply',
      { $defs: doubling, $ref: '#/$defs/d0' },
      'its alternatives multiply',
    ],
    ['one that answers later', { $async: true }, '`$async`'],
    ['dynamic references', { $dynamicRef: '#x' }, '`$dynamicRef`'],
    ['another base inside', { properties: { a: { $id: 'https://evil.example' } } }, '`$id`'],
    ['an unknown draft', { $schema: 'https://evil.example/meta' }, '`$schema`'],
    ['a pattern with a back-reference', { pattern: '(a)\\1' }, '/pattern'],
    ['a pattern with look-behind', { pattern: '(?<=a)b' }, '/pattern'],
    ['a pattern with look-ahead in the middle', { pattern: '^a(?=b)' }, '/pattern'],
    ['a pattern with look-ahead and an alternative', { pattern: '^(?!a)b|c' }, '/pattern'],
    [
      "a pattern of a property's name",
      { patternProperties: { '(?<!a)b': {} } },
      '/patternProperties',
    ],
    ['a type that is none', { type: 'text' }, '/type'],
    ['a count that is none', { maxLength: -1 }, '/maxLength'],
    ['alternatives that are none', { anyOf: {} }, '/anyOf'],
    ['properties that are none', { properties: [] }, '/properties'],
    ['too deep', nested(40), 'too deep'],
    [
      'too many',
      {
        properties: Object.fromEntries(
          Array.from({ length: 2_001 }, (_, index) => [`p${index}`, {}]),
        ),
      },
      'more than 2000',
    ],
    ['too long', { description: 'x'.repeat(300_000) }, 'longer than'],
  ])('%s', (_, schema, expected) => {
    expect(errorOf(schema)).toContain(expected);
  });

  test('whatever a schema is, compiling and checking return', () => {
    const keyword = fc.constantFrom(
      'type',
      'properties',
      'items',
      '$ref',
      'anyOf',
      'pattern',
      'enum',
      'required',
      'not',
      '$defs',
      'maxLength',
      'format',
      'if',
      'uniqueItems',
    );
    const schema = fc.letrec<{ any: JsonValue }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<JsonValue>(
          'object',
          'string',
          '#',
          '#/$defs/a',
          '^a',
          1,
          -1,
          true,
          null,
          'date',
        ),
        fc.array(tie('any'), { maxLength: 3 }),
        fc.dictionary(fc.oneof(keyword, fc.constantFrom('a', 'constructor')), tie('any'), {
          maxKeys: 4,
        }),
      ),
    })).any;
    fc.assert(
      fc.property(schema, schema, (made, value) => {
        const compiled = compileSchema(isJsonObject(made) ? made : {});
        if ('error' in compiled) return compiled.error.length > 0;
        return Array.isArray(compiled.check(value));
      }),
      { numRuns: 300 },
    );
  });
});

describe('undeclared arguments', () => {
  test.each<[string, JsonObject, JsonObject, readonly string[]]>([
    ['a schema that is silent', { type: 'object', properties: { a: {} } }, { a: 1, b: 2 }, ['/b']],
    ['a schema without properties', { type: 'object' }, { b: 2 }, ['/b']],
    ['a schema that says yes', { properties: { a: {} }, additionalProperties: true }, { b: 2 }, []],
    ['names by pattern', { properties: {}, patternProperties: { '^x': {} } }, { x1: 2 }, []],
    [
      'inside an object that says what is in it',
      { properties: { o: { properties: { a: {} } } } },
      { o: { a: 1, b: 1 } },
      ['/o/b'],
    ],
    [
      'inside an object that says nothing',
      { properties: { o: { type: 'object' } } },
      { o: { b: 1 } },
      [],
    ],
    [
      'inside a list',
      { properties: { l: { items: { properties: { path: {} } } } } },
      { l: [{ path: 'a' }, { path: 'b', mode: 1 }] },
      ['/l/1/mode'],
    ],
    [
      'by a reference',
      { $defs: { o: { properties: { a: {} } } }, properties: { o: { $ref: '#/$defs/o' } } },
      { o: { b: 1 } },
      ['/o/b'],
    ],
    [
      'declared by an alternative',
      { properties: { o: { anyOf: [{ properties: { a: {} } }, { type: 'null' }] } } },
      { o: { a: 1 } },
      [],
    ],
    [
      'a name that every JavaScript object has',
      { properties: { a: {} } },
      { constructor: 1 },
      ['/constructor'],
    ],
    ['a name with a slash', { properties: {} }, { 'a/b~c': 1 }, ['/a~1b~0c']],
  ])('%s', (_, schema, args, expected) => {
    expect(undeclaredArguments(schema, args)).toEqual(expected);
  });
});

describe('defaults', () => {
  const schema: JsonObject = {
    type: 'object',
    $defs: { page: { properties: { size: { default: 10 } } } },
    properties: {
      mailbox: { type: 'string', default: 'INBOX' },
      tags: { default: ['a'] },
      reason: { default: null },
      nested: { properties: { deep: { default: true } } },
      made: { default: { a: 1 }, properties: { b: { default: 2 } } },
      page: { $ref: '#/$defs/page' },
      plain: { type: 'string' },
    },
  };

  test('fill what is absent, and only that', () => {
    expect(fillDefaults(schema, {})).toEqual({
      mailbox: 'INBOX',
      tags: ['a'],
      reason: null,
      made: { a: 1, b: 2 },
    });
    expect(fillDefaults(schema, { mailbox: null, nested: {}, page: {}, plain: '' })).toEqual({
      mailbox: null,
      tags: ['a'],
      reason: null,
      nested: { deep: true },
      made: { a: 1, b: 2 },
      page: { size: 10 },
      plain: '',
    });
  });

  test('are copies, and leave the call that came untouched', () => {
    const args = Object.freeze({ nested: Object.freeze({}) });
    const first = fillDefaults(schema, args);
    expect(first['tags']).not.toBe(fillDefaults(schema, args)['tags']);
    expect(args).toEqual({ nested: {} });
  });

  test('change no prototype', () => {
    const hostile: JsonObject = JSON.parse(
      '{"properties":{"__proto__":{"default":{"polluted":true}}}}',
    );
    const filled = fillDefaults(hostile, {});
    expect(Object.getPrototypeOf(filled)).toBe(Object.prototype);
    expect(Object.hasOwn(filled, '__proto__')).toBe(false);
    expect('polluted' in filled).toBe(false);
  });
});
