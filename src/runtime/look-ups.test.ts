/** What a call names is looked at before it is decided: by Sallyport, on its own account, and the agent sees nothing of it. */
import { expect, test } from 'vitest';
import { loaded } from '../../test/engine/scene.ts';
import {
  codeOf,
  openWorld,
  text,
  type World,
  type WorldOptions,
} from '../../test/runtime/world.ts';
import type { JsonObject } from '../content/value.ts';
import type { UpstreamCall } from '../upstreams/port.ts';

const policy = loaded(
  `
sallyport: 1
enforcement: strict
upstreams: { box: { functions: true } }
tools:
  box.order: { action: order, tier: read_only, reach: internal, args: { id: object.order }, returns: { classes: [pii], object: order, id: /id, fields: { status: /status } } }
  box.cancel: { action: cancel, tier: reversible, reach: internal, on: order, args: { id: object.order, note: identifier }, resolve: { id: box.order }, fresh: 1h }
  box.refund: { action: refund, tier: reversible, reach: internal, args: { ids: object.order }, resolve: { ids: box.order } }
  box.draft: { action: draft, tier: read_only, reach: internal, args: { id: identifier } }
  box.send: { action: send, tier: consequential, reach: internal, args: { draft: reference }, resolve: { draft: box.draft } }
  box.wipe: { action: wipe, tier: reversible, reach: internal, args: { id: object.order }, resolve: { id: box.order } }
roles: { staff: { permissions: { box: { cancel: allow, refund: allow, send: allow, wipe: allow } } } }
agents:
  helper:
    unattended: { owner: staff }
    budget: { tool_calls: 4 }
    rate: 4/hour
    permissions: { box: { cancel: { repeat: allow }, refund: allow, send: { approval: never } } }
`,
  {
    tools: {
      'box.order': { id: 'integer' },
      'box.cancel': { id: 'integer', note: 'string?' },
      'box.refund': { ids: { type: 'array', items: { type: 'integer' } } },
      'box.draft': { id: 'string' },
      'box.send': { draft: 'string' },
      'box.wipe': { id: 'integer' },
    },
  },
);

function perform({ operation, args }: UpstreamCall) {
  if (operation === 'order' && args['id'] === 404)
    return { type: 'error' as const, code: 404, message: 'there is none', refused: true };
  const value: JsonObject =
    operation === 'order' ? { id: args['id'] ?? null, status: 'pending' } : {};
  return {
    type: 'result' as const,
    result: { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value },
  };
}

function worldOf(options: WorldOptions = {}): Promise<World> {
  return openWorld({ policy, perform, ...options });
}

function done(world: World): readonly string[] {
  return world.effects.map(({ operation, args }) => `${operation} ${JSON.stringify(args)}`);
}

test('once, with the id alone; recorded for the call that it was made for, and counted nowhere', async () => {
  await using world = await worldOf();
  const { handle, run } = await world.open();
  const answer = await world.call('box.cancel', { id: 7, note: 'eve' }, { handle });
  expect(done(world)).toEqual(['order {"id":7}', 'cancel {"id":7,"note":"eve"}']);
  const [look, cancel] = await world.events('call.started');
  expect(look).toMatchObject({ tool: 'box.order', for: cancel?.call });
  expect(answer).toMatchObject({ type: 'result', call: cancel?.call });
  const [seen] = await world.events('call.finished');
  expect(seen).toMatchObject({ released: null, labels: { trust: 'trusted', classes: [] } });
  const after = await world.run(run.id);
  expect(after).toMatchObject({ toolCalls: 1, completedTools: ['box.cancel'] });
  expect(after.labels.classes).toEqual([]);
  expect(after.history.flat().map(({ tool, seenByAgent }) => [tool, seenByAgent])).toEqual([
    ['box.order', false],
    ['box.cancel', true],
  ]);
});

test('again after a call acted on it, and not before', async () => {
  await using world = await worldOf();
  const { handle } = await world.open();
  await world.call('box.refund', { ids: [7, 8] }, { handle });
  await world.call('box.cancel', { id: 7, note: 'a' }, { handle });
  await world.call('box.cancel', { id: 9, note: 'b' }, { handle });
  expect(done(world)).toEqual([
    'order {"id":7}',
    'order {"id":8}',
    'refund {"ids":[7,8]}',
    'order {"id":7}',
    'cancel {"id":7,"note":"a"}',
    'order {"id":9}',
    'cancel {"id":9,"note":"b"}',
  ]);
});

test('again when it was longer ago than `fresh`', async () => {
  let nowMs = Date.UTC(2026, 2, 3);
  await using world = await worldOf({ clock: () => nowMs });
  const { handle } = await world.open();
  const cancel = () => world.call('box.cancel', { id: 404 }, { handle });
  await cancel();
  nowMs += 3_600_001;
  await cancel();
  expect(done(world).filter((call) => call.startsWith('order'))).toHaveLength(2);
});

test.each<[string, string, JsonObject, Partial<Parameters<World['call']>[2]>]>([
  ['is not granted', 'box.wipe', { id: 7 }, {}],
  ['does not fit its schema', 'box.cancel', { id: 'seven' }, {}],
  ['is only tried out', 'box.cancel', { id: 7 }, { dryRun: true }],
])('not for a call that %s', async (_, tool, args, options) => {
  await using world = await worldOf();
  const { handle } = await world.open();
  await world.call(tool, args, { handle, ...options });
  expect(done(world)).toEqual([]);
});

test('at sixteen things at the most', async () => {
  await using world = await worldOf();
  const { handle } = await world.open();
  await world.call('box.refund', { ids: Array.from({ length: 40 }, (_, n) => n) }, { handle });
  expect(done(world).filter((call) => call.startsWith('order'))).toHaveLength(16);
});

test('not at an upstream that keeps failing', async () => {
  await using world = await worldOf({
    perform: (call) =>
      call.operation === 'order' ? { type: 'not_sent', reason: 'down' } : perform(call),
  });
  const { handle } = await world.open();
  const ids = Array.from({ length: 16 }, (_, n) => n);
  await world.call('box.refund', { ids }, { handle });
  const looks = done(world).filter((call) => call.startsWith('order'));
  expect(looks).toHaveLength(policy.breaker.failures);
});

/** A draft that somebody rewrites when it was looked at so often. */
async function sending(rewrites: readonly number[], drafts: readonly string[] = ['d1']) {
  let looks = 0;
  await using world = await worldOf({
    perform: ({ operation, args }) => {
      if (operation !== 'draft') return text('sent');
      looks += 1;
      if (args['id'] === 'gone') return { type: 'not_sent', reason: 'server_error' };
      return text(`version ${rewrites.filter((at) => at < looks).length}`);
    },
  });
  const { handle, run } = await world.open();
  const codes: string[] = [];
  for (const draft of drafts)
    codes.push(codeOf(await world.call('box.send', { draft }, { handle })));
  return { codes, done: done(world), run: await world.run(run.id) };
}

const draft = 'draft {"id":"d1"}';
const sent = 'send {"draft":"d1"}';

test('what a call points at is looked at before it is decided, and once more before it is done', async () => {
  expect(await sending([])).toMatchObject({ codes: ['ok'], done: [draft, draft, sent] });
});

test('changed in between, nothing is done, and the agent may ask again', async () => {
  const { codes, done: calls, run } = await sending([1], ['d1', 'd1']);
  expect(codes).toEqual(['flow.reference_changed', 'ok']);
  expect(calls).toEqual([draft, draft, draft, draft, sent]);
  expect(run.inFlight).toEqual([]);
});

test('what can’t be looked at isn’t decided about', async () => {
  expect(await sending([], ['gone'])).toMatchObject({
    codes: ['flow.reference'],
    done: [expect.stringContaining('draft')],
  });
});

test('the same again is a duplicate; another text under the same id is another call', async () => {
  expect(await sending([], ['d1', 'd1'])).toMatchObject({ codes: ['ok', 'call.duplicate'] });
  expect(await sending([2], ['d1', 'd1'])).toMatchObject({ codes: ['ok', 'ok'] });
});
