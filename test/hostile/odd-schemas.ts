/** Input schemas as a hostile server lists them, and what becomes of each: the table that the server and the test share. */
import type { JsonObject, JsonValue } from '../../src/content/value.ts';

export interface OddSchema {
  readonly schema: JsonObject;
  /** In the reason for which a policy that names the tool doesn't load; null: it can be used. */
  readonly refused: string | null;
  readonly fits?: readonly JsonObject[];
  readonly unfit?: readonly JsonObject[];
}

const self = { $ref: '#' };
const named = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
});
const many = (count: number, made: (index: number) => JsonValue): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, made(index)]));
const nested = (depth: number, leaf: JsonValue): JsonObject => ({
  a: depth === 0 ? leaf : nested(depth - 1, leaf),
});
const refused = (schema: JsonObject, why: string): OddSchema => ({ schema, refused: why });

/** @param elsewhere - a server that must never be asked for anything. */
export function oddSchemas(elsewhere: string): ReadonlyMap<string, OddSchema> {
  return new Map<string, OddSchema>([
    [
      'remote_ref',
      refused(named({ a: { $ref: `${elsewhere}/schema.json` } }), '/properties/a/$ref'),
    ],
    ['file_ref', refused(named({ a: { $ref: 'file:///etc/passwd' } }), '/properties/a/$ref')],
    ['relative_ref', refused(named({ a: { $ref: 'other.json' } }), '/properties/a/$ref')],
    ['remote_schema', refused({ ...named({}), $schema: `${elsewhere}/meta` }, '`$schema`')],
    ['remote_id', refused(named({ a: { $id: `${elsewhere}/a`, $ref: '#/b' } }), '`$id`')],
    [
      'root_id',
      {
        schema: { ...named({ a: { type: 'string' } }), $id: `${elsewhere}/x` },
        refused: null,
        fits: [{ a: 'x' }],
        unfit: [{ a: 1 }],
      },
    ],
    ['broken_escapes', refused(named({ a: { $ref: '#/%E0%A4%A' } }), 'leads nowhere')],
    ['anchor', refused(named({ a: { $anchor: 'x', type: 'string' } }), '`$anchor`')],
    ['anchor_ref', refused(named({ a: { $ref: '#x' } }), '/properties/a/$ref')],
    ['dynamic_ref', refused(named({ a: { $dynamicRef: '#x' } }), '`$dynamicRef`')],
    [
      'draft_04',
      refused({ ...named({}), $schema: 'http://json-schema.org/draft-04/schema#' }, '`$schema`'),
    ],
    [
      'draft_2019_recursion',
      refused(
        {
          ...named({ a: { $recursiveRef: '#' } }),
          $schema: 'https://json-schema.org/draft/2019-09/schema',
        },
        '`$recursiveRef`',
      ),
    ],
    ['round', refused(named({ a: self }, { anyOf: [self] }), 'leads round to itself')],
    [
      'tree',
      {
        schema: named({ a: self, n: { type: 'integer' } }),
        refused: null,
        fits: [nested(25, {})],
        unfit: [nested(25, 1)],
      },
    ],
    [
      'mutual',
      {
        schema: named(
          { a: { $ref: '#/$defs/x' } },
          {
            $defs: {
              x: named({ b: { $ref: '#/$defs/y' } }),
              y: named({ a: { $ref: '#/$defs/x' } }),
            },
          },
        ),
        refused: null,
        fits: [{ a: { b: { a: { b: {} } } } }],
        unfit: [{ a: { b: { a: { b: 1 } } } }],
      },
    ],
    // Each level is looked at twice as often as the one above it: 2^25 times at the bottom.
    [
      'doubling_tree',
      refused(
        { type: 'object', anyOf: [{ properties: { a: self } }, { properties: { a: self } }] },
        'multiply',
      ),
    ],
    [
      'doubling_list',
      refused(
        named(
          { a: { $ref: '#/$defs/l' } },
          {
            $defs: {
              l: {
                oneOf: [
                  { type: 'array', items: { $ref: '#/$defs/l' } },
                  { items: { $ref: '#/$defs/l' } },
                ],
              },
            },
          },
        ),
        'multiply',
      ),
    ],
    [
      'doubling_defs',
      refused(
        named(
          { a: { $ref: '#/$defs/p0' } },
          {
            $defs: many(28, (n) =>
              n === 27
                ? { type: 'string' }
                : { anyOf: [1, 2].map(() => named({ a: { $ref: `#/$defs/p${n + 1}` } })) },
            ),
          },
        ),
        'multiply',
      ),
    ],
    [
      'doubling_defaults',
      refused(
        named({
          a: { ...self, default: {} },
          b: { ...self, default: {} },
          c: { ...self, default: {} },
        }),
        'defaults without end',
      ),
    ],
    [
      'backtracking',
      {
        schema: named({ a: { type: 'string', pattern: '^(a+)+$' } }),
        refused: null,
        fits: [{ a: 'aaa' }],
        unfit: [{ a: `${'a'.repeat(50_000)}!` }],
      },
    ],
    [
      'two_patterns',
      {
        schema: named({ a: { pattern: '^[a-z]+$' }, b: { pattern: '^[0-9]+$' } }),
        refused: null,
        fits: [{ a: 'x', b: '1' }],
        unfit: [{ a: '1' }, { b: 'x' }],
      },
    ],
    ['look_behind', refused(named({ a: { pattern: '(?<=a)b' } }), '/properties/a/pattern')],
    ['look_ahead_within', refused(named({ a: { pattern: 'a(?=b)' } }), '/properties/a/pattern')],
    ['back_reference', refused(named({ a: { pattern: '(a)\\1' } }), '/properties/a/pattern')],
    ['no_pattern', refused(named({ a: { pattern: '(' } }), '/properties/a/pattern')],
    [
      'huge_pattern',
      refused(named({ a: { pattern: '((a{1000}){1000}){1000}' } }), '/properties/a/pattern'),
    ],
    [
      'pattern_of_names',
      refused(named({}, { patternProperties: { '(?<!a)b': {} } }), '/patternProperties'),
    ],
    [
      'ten_thousand_properties',
      refused(named(many(10_000, () => ({}))), 'more than 2000 subschemas'),
    ],
    [
      'hundred_thousand_alternatives',
      refused(
        named({ a: { anyOf: Array.from({ length: 100_000 }, () => ({})) } }),
        'longer than 262144 characters',
      ),
    ],
    [
      'megabyte_of_words',
      refused(
        named({ a: { description: 'x'.repeat(1_000_000) } }),
        'longer than 262144 characters',
      ),
    ],
    [
      'megabyte_of_values',
      refused(
        named({ a: { enum: Array.from({ length: 100_000 }, (_, n) => `v${n}`) } }),
        'longer than 262144 characters',
      ),
    ],
    [
      'deep',
      refused(
        Array.from({ length: 40 }).reduce<JsonObject>((of) => named({ a: of }), {}),
        'too deep',
      ),
    ],
    [
      'names_of_every_object',
      {
        schema: named(
          {
            toString: { type: 'string' },
            valueOf: { type: 'integer' },
            constructor: { type: 'boolean' },
          },
          { required: ['toString'] },
        ),
        refused: null,
        fits: [{ toString: 'x' }, { toString: 'x', valueOf: 1, constructor: true }],
        unfit: [{}, { toString: 1 }, { toString: 'x', constructor: 'y' }],
      },
    ],
    [
      'format_of_every_object',
      {
        schema: named({ a: { format: 'constructor' }, b: { format: 'hasOwnProperty' } }),
        refused: null,
        fits: [{ a: 'x', b: 'y' }],
      },
    ],
    [
      'look_alike_names',
      {
        schema: named({ pаth: { type: 'string' }, path: { type: 'integer' } }),
        refused: null,
        fits: [{ path: 1 }, { pаth: 'x' }],
        unfit: [{ path: 'x' }],
      },
    ],
    [
      'unfit_default',
      {
        schema: named({ a: { type: 'integer', default: 'x' } }),
        refused: null,
        fits: [{ a: 1 }],
        unfit: [{}],
      },
    ],
    [
      'numbers_out_of_range',
      {
        schema: named({
          a: { type: 'integer', minimum: -9e15, maximum: 9e15, multipleOf: 0.5 },
        }),
        refused: null,
        unfit: [{ a: 'x' }],
      },
    ],
    ['odd_counts', refused(named({ a: { maxLength: 1.5 } }), '/properties/a/maxLength')],
    ['odd_division', refused(named({ a: { multipleOf: 0 } }), '/properties/a/multipleOf')],
    ['odd_type', refused(named({ a: { type: 'any' } }), '/properties/a/type')],
    ['async', refused({ ...named({}), $async: true }, '`$async`')],
    ['data', refused(named({ a: { minimum: { $data: '1/b' } } }), '/properties/a/minimum')],
    [
      'shouting',
      {
        schema: named({
          a: { title: '\u001b[2J\u202e', description: '\u009b\u0007', type: 'string' },
        }),
        refused: null,
        fits: [{ a: 'x' }],
      },
    ],
  ]);
}

/** Never listed: nobody can say which tool a call of it would meet, or read what it is called. */
export const oddTools: readonly JsonObject[] = [
  { name: 'twin', inputSchema: { type: 'object' } },
  { name: 'twin', inputSchema: { type: 'object', properties: { a: {} } } },
  { name: 'Cased', inputSchema: { type: 'object' } },
  { name: 'cased', inputSchema: { type: 'object' } },
  { name: 'esc\u001b[2J', inputSchema: { type: 'object' } },
  { name: 'other\u202eway', inputSchema: { type: 'object' } },
  { name: 'lооk', inputSchema: { type: 'object' } },
  { name: '', inputSchema: { type: 'object' } },
  { name: 'x'.repeat(300), inputSchema: { type: 'object' } },
  { name: 'no_schema' },
];
