/** A person changes the call before they agree to it. */
import { expect, test } from 'vitest';
import {
  type Asking,
  answers,
  asking,
  holdOf,
  holdWorld,
  paid,
  ticketOf,
  waiting,
} from '../../../test/runtime/holds.ts';
import {
  approver,
  codeOf,
  lastingDirectory,
  said,
  type World,
} from '../../../test/runtime/world.ts';
import { SallyportError } from '../../content/errors.ts';
import type { JsonObject } from '../../content/value.ts';

async function edits(
  world: World,
  id: string,
  by: string,
  args: JsonObject,
  digest?: string,
): Promise<string> {
  const who = approver(by, world.store.nowMs());
  const { holds } = world.runtime;
  try {
    const shown = digest ?? (await holds.preview(who, id, args)).digest;
    return (await holds.edit(who, id, args, shown, null)).state;
  } catch (error) {
    if (error instanceof SallyportError) return error.code;
    throw error;
  }
}

test('is shown first, done as changed, and its agent is told', async () => {
  await using world = await holdWorld();
  const held = world.call('box.pay', { id: 'a', secret: 'x1' }, { patienceMs: 60_000 });
  const id = await waiting(world);
  const hold = holdOf(world, id);
  const preview = await world.runtime.holds.preview(approver('dora'), id, {
    id: 'b',
    secret: '[redacted]',
  });
  expect(preview).toMatchObject({
    arguments: { id: 'b', secret: '[redacted]' },
    edited: { by: 'dora', from: { id: 'a', secret: '[redacted]' } },
    mine: { asks: [expect.any(String)] },
  });
  expect(preview.facts.values).toContainEqual(
    expect.objectContaining({ value: 'b', origin: { type: 'approver', by: 'dora' } }),
  );
  // Nothing is written of a preview.
  expect(await world.events('call.held')).toHaveLength(1);
  expect(holdOf(world, id)?.digest).toBe(hold?.digest);
  expect(await edits(world, id, 'dora', { id: 'b', secret: '[redacted]' })).toBe('approved');
  const answer = await held;
  expect(said(answer)).toContain('A person changed this call before it was made');
  expect(said(answer)).toContain('{"id":"b","secret":"[redacted]"}');
  expect(answer).toMatchObject({
    result: { _meta: { 'dev.sallyport/edited': { arguments: { id: 'b', secret: '[redacted]' } } } },
  });
  // What they couldn't see is what it was.
  expect(world.effects).toMatchObject([{ args: { id: 'b', secret: 'x1' } }]);
  const [proposed, changed] = await world.events('call.held');
  expect(changed).toMatchObject({ call: id, edited: { by: 'dora', from: proposed?.digest } });
  expect(await world.events('call.started')).toMatchObject([
    { call: id, editedFrom: proposed?.digest, approvedBy: ['dora'] },
  ]);
});

test('a repeat of what the agent proposed gets what was done, and is told', async () => {
  await using world = await holdWorld();
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  await edits(world, id, 'dora', { id: 'b' });
  await expect.poll(async () => (await world.events('call.finished')).length).toBe(1);
  expect(said(await world.call('box.pay', { id: 'a' }))).toContain('A person changed this call');
  expect(paid(world)).toEqual(['b']);
});

test.each<[string, Asking & { readonly args?: JsonObject; readonly by?: string }, string]>([
  [
    'what would be refused whoever agreed',
    { pay: '{ where: { id: [a, b] } }', args: { id: 'c' } },
    'approval.edit_denied',
  ],
  ['what the tool doesn’t take', { args: { id: 'b', more: 1 } }, 'approval.edit_denied'],
  ['by somebody who isn’t asked', { by: 'ann' }, 'approval.not_yours'],
  [
    'what waits for others too',
    { pay: '{ where: { id: { is: a, otherwise: { approval: board } } }, approval: { by: desk } }' },
    'waiting',
  ],
  [
    'what waits for nobody',
    {
      pay: '[{ where: { id: a }, approval: { by: desk } }, { where: { id: b }, approval: never }]',
    },
    'approved',
  ],
])('%s', async (_, { args = { id: 'b' }, by = 'dora', ...rules }, expected) => {
  await using world = await holdWorld({}, rules);
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  expect(await edits(world, id, by, args)).toBe(expected);
  await expect.poll(() => paid(world)).toEqual(expected === 'approved' ? ['b'] : []);
});

test.each<[string, JsonObject, string]>([
  ['left as it is', { id: 'b', secret: '[redacted]' }, 'approved'],
  ['written anew', { id: 'b', secret: 'x2' }, 'approved'],
  ['changed in part', { id: 'b', secret: '[redacted] please' }, 'approval.edit_denied'],
  ['moved', { id: '[redacted]', secret: 'x2' }, 'approval.edit_denied'],
])(
  'what a person can’t see may be left or replaced, and not sent as it is shown: %s',
  async (_, args, expected) => {
    await using world = await holdWorld();
    const id = ticketOf(await world.call('box.pay', { id: 'a', secret: 'x1' }));
    expect(await edits(world, id, 'dora', args)).toBe(expected);
  },
);

test('what others agreed to before is void', async () => {
  await using world = await holdWorld({}, { pay: '{ approval: { by: desk, quorum: 2 } }' });
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  await answers(world, id, 'dora');
  expect(await edits(world, id, 'dan', { id: 'b' })).toBe('waiting');
  expect(paid(world)).toEqual([]);
  expect(await answers(world, id, 'dora')).toBe('approved');
  await expect.poll(() => paid(world)).toEqual(['b']);
});

test('only what was shown, and never what was made already', async () => {
  await using world = await holdWorld();
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  const other = ticketOf(await world.call('box.pay', { id: 'b' }));
  expect(await edits(world, id, 'dora', { id: 'c' }, 'sha256:0')).toBe('approval.changed');
  expect(await edits(world, id, 'dora', { id: 'b' })).toBe('approval.edit_denied');
  await answers(world, other, 'dora');
  await expect.poll(() => paid(world)).toEqual(['b']);
  expect(await edits(world, id, 'dora', { id: 'b' })).toBe('approval.edit_denied');
  expect(holdOf(world, id)).toMatchObject({ state: 'waiting' });
});

test('of two changes at once one is first', async () => {
  await using world = await holdWorld();
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  const said = await Promise.all([
    edits(world, id, 'dora', { id: 'b' }),
    edits(world, id, 'dan', { id: 'c' }),
    answers(world, id, 'max'),
  ]);
  expect(said.filter((one) => one === 'approved')).toHaveLength(1);
  await expect.poll(() => paid(world).length).toBe(1);
  expect(await world.events('approval.settled')).toHaveLength(1);
});

test('an answer to what was changed meanwhile is none', async () => {
  await using world = await holdWorld({}, { pay: '{ approval: { by: desk, quorum: 2 } }' });
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  const digest = holdOf(world, id)?.digest ?? '';
  await edits(world, id, 'dan', { id: 'b' });
  expect(await answers(world, id, 'dora', { digest })).toBe('approval.changed');
});

test('counts against autonomy, and outlives a restart', async () => {
  await using directory = await lastingDirectory();
  const rules = {
    pay: '{ approval: { by: desk, quorum: 2, until: { approved: 5, rejected: 0 } } }',
  };
  const before = await holdWorld({ directory: directory.path }, rules);
  const id = ticketOf(await before.call('box.pay', { id: 'a' }));
  await edits(before, id, 'dan', { id: 'b' });
  await before.store[Symbol.asyncDispose]();
  await using world = await holdWorld({ directory: directory.path }, rules);
  expect(await answers(world, id, 'dora')).toBe('approved');
  await expect.poll(() => paid(world)).toEqual(['b']);
  const [held] = await world.events('call.held');
  const autonomy = held?.asks.find((ask) => ask.autonomy !== undefined)?.autonomy ?? '';
  const counted = (as: string) => world.store.windowSum(`autonomy|${as}|${autonomy}`, null);
  expect([await counted('approved'), await counted('rejected')]).toEqual([0, 1]);
  expect(codeOf(await world.call('box.pay', { id: 'a' }))).toBe('ok');
});

test('autonomy is earned by agreement, and a failure doesn’t give it back', async () => {
  const rules = { pay: '{ approval: { by: desk, until: { approved: 2, rejected: 0 } } }' };
  await using world = await holdWorld(
    { perform: () => ({ type: 'not_sent', reason: 'down' }), policy: asking(rules) },
    rules,
  );
  for (const id of ['a', 'b']) {
    const ticket = ticketOf(await world.call('box.pay', { id }));
    await answers(world, ticket, 'dora');
    await expect.poll(() => paid(world)).toContain(id);
  }
  expect(codeOf(await world.call('box.pay', { id: 'c' }))).toBe('upstream.down');
});
