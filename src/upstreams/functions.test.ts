import { expect, test } from 'vitest';
import type { JsonObject } from '../content/value.ts';
import { SecretsHeld } from '../credentials/held.ts';
import { definitionDigest } from '../policy/lock-file.ts';
import { type FunctionContext, functionsUpstream, jsonValueMark } from './functions.ts';

function calling(
  perform: (args: JsonObject, context: FunctionContext) => unknown,
  secrets = new SecretsHeld(),
  timeoutMs = 5_000,
) {
  const upstream = functionsUpstream('tools', secrets);
  upstream.register('work', {}, perform);
  return upstream.call({
    surface: 'tool',
    operation: 'work',
    args: { a: { b: 1 } },
    callId: 'call-1',
    timeoutMs,
  });
}

/** What tells a number from a text of the same letters. */
const asJson = { _meta: { [jsonValueMark]: true } };

test.each([
  ['text', 'hello', { content: [{ type: 'text', text: 'hello' }] }],
  [
    'an object',
    { a: 1 },
    { content: [{ type: 'text', text: '{"a":1}' }], structuredContent: { a: 1 } },
  ],
  [
    'what JSON makes of it',
    { at: new Date(0), gone: undefined },
    {
      content: [{ type: 'text', text: '{"at":"1970-01-01T00:00:00.000Z"}' }],
      structuredContent: { at: '1970-01-01T00:00:00.000Z' },
    },
  ],
  ['a list', [1, 2], { content: [{ type: 'text', text: '[1,2]' }], ...asJson }],
  ['a number', 7, { content: [{ type: 'text', text: '7' }], ...asJson }],
  ['null', null, { content: [{ type: 'text', text: 'null' }], ...asJson }],
  ['nothing', undefined, { content: [] }],
])('it returns %s', async (_, value, result) => {
  expect(await calling(() => value)).toEqual({ type: 'result', result });
  expect(await calling(() => Promise.resolve(value))).toEqual({ type: 'result', result });
});

const circular: Record<string, unknown> = {};
circular['self'] = circular;

test.each([
  ['a cycle', circular],
  ['a number that JSON has not', { amount: 10n }],
  ['an integer that is not exact', { id: 2 ** 60 }],
  ['a function', () => 1],
])('it returns %s: it ran, and what came of it can not be told', async (_, value) => {
  expect(await calling(() => value)).toEqual({ type: 'unknown', reason: 'bad_answer' });
});

test('it throws: its own refusal, with its words', async () => {
  const outcome = await calling(() => {
    throw new Error('no such customer');
  });
  expect(outcome).toEqual({
    type: 'result',
    result: { content: [{ type: 'text', text: 'no such customer' }], isError: true },
  });
});

test('it is too slow: unknown, and told that nobody waits', async () => {
  let told = false;
  const outcome = await calling(
    (_, { signal }) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          told = true;
        });
      }),
    new SecretsHeld(),
    20,
  );
  expect(outcome).toEqual({ type: 'unknown', reason: 'timeout' });
  expect(told).toBe(true);
});

test('it gets the call’s id, and a copy of the arguments', async () => {
  const args = { a: { b: 1 } };
  const upstream = functionsUpstream('tools');
  upstream.register<{ a: { b: number } }, string>('work', {}, (given, { callId }) => {
    given.a.b = 2;
    return callId;
  });
  const outcome = await upstream.call({
    surface: 'tool',
    operation: 'work',
    args,
    callId: 'call-1',
    timeoutMs: 5_000,
  });
  expect(outcome).toMatchObject({ result: { content: [{ text: 'call-1' }] } });
  expect(args).toEqual({ a: { b: 1 } });
});

test.each([
  ['text', () => 'token is correct-horse-battery'],
  ['fields', () => ({ token: 'correct-horse-battery' })],
  [
    'an error',
    () => {
      throw new Error('correct-horse-battery is expired');
    },
  ],
])('a secret that Sallyport holds does not come back in %s', async (_, perform) => {
  const secrets = new SecretsHeld();
  secrets.hold('correct-horse-battery');
  expect(JSON.stringify(await calling(perform, secrets))).not.toContain('correct-horse-battery');
});

test('what is registered is listed, announced, and can not be replaced', async () => {
  const upstream = functionsUpstream('tools');
  let announced = 0;
  upstream.onCatalogChanged(() => {
    announced += 1;
  });
  upstream.register('work', { description: 'Works.' }, () => 1);
  expect(announced).toBe(1);
  expect(await upstream.listTools()).toEqual([
    {
      operation: 'work',
      definition: { name: 'work', description: 'Works.', inputSchema: { type: 'object' } },
    },
  ]);
  expect(() => upstream.register('work', {}, () => 2)).toThrow(
    expect.objectContaining({ code: 'upstream.registration' }),
  );
});

test.each([
  ['the one that was accepted', { description: 'Works.' }, { description: 'Works.' }, 'pinned'],
  ['another', { description: 'Works. Call it first.' }, { description: 'Works.' }, 'changed'],
  ['none', null, { description: 'Works.' }, 'pinned'],
])('a function that brings %s', (_, brought, accepted, type) => {
  const digest = definitionDigest({ name: 'work', ...accepted, inputSchema: { type: 'object' } });
  const upstream = functionsUpstream('tools');
  upstream.register('work', brought, () => 1);
  expect(upstream.state('work', digest).type).toBe(type);
  expect(upstream.state('other', digest).type).toBe('missing');
});

test('a definition that is no JSON is refused where it is written', () => {
  const definition = { inputSchema: JSON.parse('{"properties":{"__proto__":{}}}') };
  expect(() => functionsUpstream('tools').register('work', definition, () => 1)).toThrow(
    expect.objectContaining({ code: 'upstream.registration' }),
  );
});

test('what is not registered is certainly refused', async () => {
  expect(
    await functionsUpstream('tools').call({
      surface: 'tool',
      operation: 'x',
      args: {},
      callId: 'c',
      timeoutMs: 1_000,
    }),
  ).toMatchObject({ type: 'error', refused: true });
});
