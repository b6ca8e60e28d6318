import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loaded } from '../../test/engine/scene.ts';
import type { JsonObject, JsonValue } from '../content/value.ts';
import type { Tool } from '../policy/model.ts';
import type { Reading } from './context.ts';
import { listedInputSchema, readCall } from './read-call.ts';

const policy = loaded(
  `
sallyport: 1
currency: USD
upstreams: { box: { functions: true } }
tools:
  box.read: { action: read, tier: read_only, reach: internal, args: { folder: folder, ids: identifier, mark: flag } }
  box.quiet: { of: box.read, with: { mark: false }, action: quiet, tier: read_only }
  box.push: { action: push, tier: reversible, reach: internal, args: { files: { "/*/path": path, "/*/content": content }, note: content } }
  box.edit: { action: edit, tier: reversible, reach: internal, args: { edits: content } }
  box.run: { action: run, tier: reversible, reach: internal, args: { command: command } }
  box.pay: { action: pay, tier: reversible, reach: internal, args: { cents: { is: amount, unit: cent, currency: USD }, key: idempotency_key } }
agents: { helper: { permissions: { box: { read: allow, quiet: allow, push: allow, edit: allow, run: allow, pay: allow } } } }
`,
  {
    tools: {
      'box.read': {
        folder: { type: 'string', default: 'INBOX' },
        ids: 'string[]?',
        mark: 'boolean?',
      },
      'box.push': {
        files: { type: 'array', items: { type: 'object' } },
        note: { type: ['string', 'null'] },
      },
      'box.edit': { edits: { type: 'array' } },
      'box.run': { command: { type: ['string', 'array'] } },
      'box.pay': { cents: 'integer', key: { type: 'string', minLength: 8 } },
    },
  },
);

function tool(name: string): Tool {
  const found = policy.tools.get(name);
  if (found === undefined) throw new Error(`no tool ${name}`);
  return found;
}

/** Arguments as sent, or the code that refuses them. */
function sent(reading: Reading): JsonObject | string {
  return reading.ok ? reading.read.args : reading.findings.map(({ code }) => code).join(' ');
}

function nested(depth: number): JsonValue {
  return depth === 0 ? 'x' : [nested(depth - 1)];
}

test.each<[string, string, JsonObject, JsonObject | string]>([
  ['a default that decides what is read', 'box.read', {}, { folder: 'INBOX' }],
  ['a folder of its own', 'box.read', { folder: 'Support' }, { folder: 'Support' }],
  [
    'what the variant fixes',
    'box.quiet',
    { folder: 'Support' },
    { folder: 'Support', mark: false },
  ],
  ['an attempt to unfix it', 'box.quiet', { mark: true }, 'schema.undeclared'],
  ['the very value that is fixed', 'box.quiet', { mark: false }, 'schema.undeclared'],
  ['an argument nobody declared', 'box.read', { all: true }, 'schema.undeclared'],
  ['a name that every object has', 'box.read', { constructor: 'x' }, 'schema.undeclared'],
  ['a type that does not fit', 'box.read', { folder: 7 }, 'schema.invalid'],
  ['an amount of nothing real', 'box.pay', { cents: -5 }, 'schema.unparsable'],
  [
    'an idempotency key of the agent, which is ignored',
    'box.pay',
    { cents: 5, key: 'mine' },
    { cents: 5 },
  ],
  ['no key, though the schema wants one', 'box.pay', { cents: 5 }, { cents: 5 }],
  [
    'all parts of a file',
    'box.push',
    { files: [{ path: '/a', content: 'b' }], note: null },
    { files: [{ path: '/a', content: 'b' }], note: null },
  ],
  [
    'a part of a file that nobody spoke of',
    'box.push',
    { files: [{ path: '/a', content: 'b', mode: '0777' }], note: 'x' },
    'schema.undeclared',
  ],
  [
    'a path that can not be read',
    'box.push',
    { files: [{ path: '../../etc/passwd', content: 'b' }], note: 'x' },
    'schema.unparsable',
  ],
  ['too deep', 'box.edit', { edits: [nested(40)] }, 'schema.too_deep'],
  ['as deep as may be', 'box.edit', { edits: [nested(29)] }, { edits: [nested(29)] }],
  ['too large', 'box.edit', { edits: ['x'.repeat(1_048_576)] }, 'schema.too_large'],
  [
    'too large in bytes, not in letters',
    'box.edit',
    { edits: ['€'.repeat(400_000)] },
    'schema.too_large',
  ],
  [
    'too many values',
    'box.edit',
    { edits: Array.from({ length: 10_001 }, () => 'x') },
    'schema.too_large',
  ],
])('%s', (_, name, args, expected) => {
  expect(sent(readCall(tool(name), args))).toEqual(expected);
});

test.each<[string, string, JsonObject, string[]]>([
  [
    'each of a list',
    'box.read',
    { ids: ['a', 'b'] },
    ['/: text INBOX', '/0: text a', '/1: text b'],
  ],
  [
    'the parts of files',
    'box.push',
    { files: [{ path: '/x/../a', content: 'b' }], note: null },
    ['/0/path: path /a', '/0/content: text b'],
  ],
  [
    'text within an edit',
    'box.edit',
    { edits: [{ oldText: 'a', newText: 'b' }] },
    ['/0/oldText: text a', '/0/newText: text b'],
  ],
  ['a command as words', 'box.run', { command: ['npm', 'test'] }, ['/: command npm test']],
  ['null, which names nothing', 'box.push', { files: [], note: null }, []],
])('values: %s', (_, name, args, expected) => {
  const reading = readCall(tool(name), args);
  expect(reading.ok).toBe(true);
  const values = reading.ok ? reading.read.values : [];
  expect(
    values.map(
      ({ pointer, value }) =>
        `${pointer === '' ? '/' : pointer}: ${value.type} ${'key' in value ? readable(value.key) : ''}`,
    ),
  ).toEqual(expected);
});

/** A command's key keeps its words apart in a way of its own. */
function readable(key: string): string {
  return key.startsWith('[') ? String(JSON.parse(key).join(' ')) : key.replaceAll('\u0000', ' ');
}

test('one call has one digest, whatever the order of its names and the key that was made up for it', () => {
  const digests = [{ cents: 5 }, { cents: 5, key: 'one' }, { key: 'two', cents: 5 }].map((args) => {
    const reading = readCall(tool('box.pay'), args);
    return reading.ok ? reading.read.digest : '';
  });
  expect(new Set(digests).size).toBe(1);
  expect(digests[0]).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('leaving a default out and writing it are one call; a variant is another', () => {
  const digest = (name: string, args: JsonObject): string => {
    const reading = readCall(tool(name), args);
    return reading.ok ? reading.read.digest : '';
  };
  expect(digest('box.read', {})).toBe(digest('box.read', { folder: 'INBOX' }));
  expect(digest('box.read', { mark: false })).not.toBe(digest('box.quiet', {}));
});

test('an agent sees neither what a variant fixes nor the key that Sallyport fills', () => {
  expect(Object.keys(properties('box.quiet'))).toEqual(['folder', 'ids']);
  expect(Object.keys(properties('box.pay'))).toEqual(['cents']);
  expect(listedInputSchema(tool('box.pay'))['required']).toEqual(['cents']);
  expect(Object.keys(properties('box.read'))).toEqual(['folder', 'ids', 'mark']);
});

function properties(name: string): object {
  const found = listedInputSchema(tool(name))['properties'];
  return typeof found === 'object' && found !== null ? found : {};
}

/** What no JSON reader makes, but a caller in the same process may hand over. */
function given(value: unknown): JsonObject {
  const holder: { args: JsonObject } = Object.assign({ args: {} }, { args: value });
  return holder.args;
}

const circle: Record<string, unknown> = {};
circle['edits'] = [circle, circle];

test.each<[string, unknown]>([
  ['a circle', circle],
  ['a function', { edits: [() => 1] }],
  ['a bigint', { edits: [1n] }],
  ['not a number', { edits: [Number.NaN] }],
  ['a map', { edits: [new Map()] }],
  ['a date', { edits: [new Date(0)] }],
  ['undefined in a list', { edits: [undefined] }],
  ['a hole in a list', { edits: new Array(3) }],
  ['a prototype under its own name', JSON.parse('{"edits":[{"__proto__":{"x":1}}]}')],
  ['nothing', undefined],
  ['null', null],
  ['a list', []],
  ['a text', 'edits'],
])('live objects that are no JSON are refused: %s', (_, args) => {
  expect(readCall(tool('box.edit'), given(args)).ok).toBe(false);
});

test('nothing that is handed over makes it throw', () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...policy.tools.values()), (args, one) => {
      expect(typeof readCall(one, given(args)).ok).toBe('boolean');
    }),
    { numRuns: 500 },
  );
});
