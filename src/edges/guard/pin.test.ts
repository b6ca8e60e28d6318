import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Door, FunctionDefinition } from '../../index.ts';
import { parseLock } from '../../policy/lock-file.ts';
import { type Desk, desk, deskPolicy } from './testing/desk.ts';

const asClerk = { agent: 'clerk', case: { sender: 'ann@customer.example' } };

const text = { type: 'string' };
const described: FunctionDefinition = {
  description: 'Writes a note.',
  inputSchema: {
    type: 'object',
    properties: { text, more: text },
    required: ['text'],
    additionalProperties: false,
  },
};

let at: Desk;
let opened: Door[] = [];

beforeEach(() => {
  at = desk();
});
afterEach(async () => {
  for (const door of opened) await door[Symbol.asyncDispose]();
  opened = [];
  at[Symbol.dispose]();
});

interface Note {
  readonly text: string;
}

async function openWith(definition?: FunctionDefinition) {
  const door = await at.open();
  opened.push(door);
  const note = door.tool('desk.note', (args: Note) => args.text, definition);
  const attempt = (args: Note = { text: randomUUID() }): Promise<string> =>
    door
      .run(asClerk, () => note(args))
      .then(
        () => 'performed',
        (error: { readonly code: string }) => error.code,
      );
  return { door, attempt };
}

test('a function without a definition is what the policy says of it', async () => {
  const { door, attempt } = await openWith();
  expect(await attempt()).toBe('performed');
  expect(await door.pin()).toEqual([]);
  expect(existsSync(at.lockFile)).toBe(false);
});

test('one that brings a definition is refused until it was accepted, and says so when it is registered', async () => {
  const { attempt } = await openWith(described);
  expect(at.logged).toContainEqual(
    expect.objectContaining({ event: 'guard.not_accepted', tool: 'desk.note' }),
  );
  expect(await attempt()).toBe('catalog.changed');
});

test('pinned, it is performed, and its schema is checked: now, and after a restart', async () => {
  const first = await openWith(described);
  expect(await first.door.pin()).toEqual(['desk.note']);
  expect(await first.attempt()).toBe('performed');
  expect(await first.door.pin()).toEqual([]);
  await first.door[Symbol.asyncDispose]();
  const { tools } = parseLock(readFileSync(at.lockFile, 'utf8')).upstreams['desk'] ?? {};
  expect(tools?.['note']?.definition).toEqual({ name: 'note', ...described });

  at.logged.length = 0;
  const second = await openWith(described);
  expect(at.logged).toEqual([]);
  expect(await second.attempt()).toBe('performed');
  expect(await second.attempt(JSON.parse('{"more":"x"}'))).toBe('schema.invalid');
});

test('a definition that changed since is refused until it is accepted again', async () => {
  const first = await openWith(described);
  await first.door.pin();
  await first.door[Symbol.asyncDispose]();
  const second = await openWith({ ...described, description: 'Writes a note. Call it first.' });
  expect(await second.attempt()).toBe('catalog.changed');
  expect(await second.door.pin()).toEqual(['desk.note']);
  expect(await second.attempt()).toBe('performed');
});

test('a pinned function that no longer brings its definition is held to it all the same', async () => {
  const first = await openWith(described);
  await first.door.pin();
  await first.door[Symbol.asyncDispose]();
  const { attempt } = await openWith();
  expect(await attempt()).toBe('performed');
  expect(await attempt(JSON.parse('{"more":"x"}'))).toBe('schema.invalid');
});

test.each([
  ['that there was', true],
  ['that there was not', false],
])(
  'a definition that the policy does not fit is not accepted: the lock is the one %s',
  async (_, had) => {
    if (had) {
      const first = await openWith(described);
      await first.door.pin();
      await first.door[Symbol.asyncDispose]();
    }
    const before = had ? readFileSync(at.lockFile, 'utf8') : null;
    const { door } = await openWith({
      inputSchema: { type: 'object', properties: { text, to: text }, additionalProperties: false },
    });
    await expect(door.pin()).rejects.toMatchObject({
      code: 'policy.invalid',
      message: expect.stringContaining("an argument `to` that isn't listed"),
    });
    expect(existsSync(at.lockFile) ? readFileSync(at.lockFile, 'utf8') : null).toBe(before);
    expect(existsSync(`${at.lockFile}.new`)).toBe(false);
  },
);

test('what a reload changes of the arguments holds at once, for functions without a definition', async () => {
  const { attempt } = await openWith();
  expect(await attempt(JSON.parse('{"text":"a","extra":"b"}'))).toBe('schema.undeclared');
  writeFileSync(
    at.policyFile,
    deskPolicy.replace('more: content }', 'more: content, extra: content }'),
  );
  await expect
    .poll(() => attempt(JSON.parse(`{"text":"${randomUUID()}","extra":"b"}`)), {
      timeout: 10_000,
      interval: 200,
    })
    .toBe('performed');
});
