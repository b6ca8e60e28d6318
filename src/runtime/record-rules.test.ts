/** Rules of records where calls run beside each other, outlive the process, and meet another policy. */
import { expect, test } from 'vitest';
import { loaded } from '../../test/engine/scene.ts';
import {
  codeOf,
  lastingDirectory,
  type Outcome,
  openWorld,
  type World,
} from '../../test/runtime/world.ts';
import type { JsonObject } from '../content/value.ts';
import type { Policy } from '../policy/model.ts';
import type { UpstreamCall } from '../upstreams/port.ts';

function shop(helper = '', changes: (text: string) => string = (text) => text): Policy {
  return loaded(
    changes(`
sallyport: 1
enforcement: strict
upstreams: { box: { functions: true } }
tools:
  box.order: { action: order, tier: read_only, reach: internal, args: { id: object.order }, returns: { object: order, id: /id, fields: { status: /status } } }
  box.cancel: { action: cancel, tier: reversible, reach: internal, on: order, args: { id: object.order, note: identifier }, resolve: { id: box.order } }
  box.note: { action: note, tier: reversible, reach: internal, args: { id: object.order, note: identifier } }
roles: { staff: { permissions: { box: { order: allow, cancel: allow, note: allow } } } }
agents:
  helper:
    unattended: { owner: staff }
    ${helper}
    permissions: { box: { order: allow, cancel: { where: { id: { status: pending } } }, note: { after: { tool: box.order, same: [id] } } } }
`),
    {
      tools: {
        'box.order': { id: 'string' },
        'box.cancel': { id: 'string', note: 'string?' },
        'box.note': { id: 'string', note: 'string?' },
      },
    },
  );
}

/** A shop in which a cancelled order is cancelled, once its call has ended. */
function shopkeeper(): (call: UpstreamCall) => Promise<ReturnType<typeof result>> {
  const cancelled = new Set<unknown>();
  return async ({ operation, args }) => {
    if (operation !== 'cancel')
      return result({
        id: args['id'] ?? null,
        status: cancelled.has(args['id']) ? 'gone' : 'pending',
      });
    await new Promise((done) => setTimeout(done, 20));
    cancelled.add(args['id']);
    return result({});
  };
}

function result(value: JsonObject) {
  return {
    type: 'result' as const,
    result: { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value },
  };
}

async function cancels(world: World, ids: readonly string[]): Promise<readonly string[]> {
  const { handle } = await world.open();
  const answers = ids.map((id, index) =>
    world.call('box.cancel', { id, note: `n${index}` }, { handle }),
  );
  return (await Promise.all(answers)).map(codeOf).toSorted();
}

test.each<[string, string, readonly string[], readonly string[]]>([
  // The one that began second can't know what the first makes of the order.
  ['two that act on one order at once', '', ['o1', 'o1'], ['authorize.unresolved', 'ok']],
  ['two orders at once', '', ['o1', 'o2'], ['ok', 'ok']],
  // It waits for the first, looks again, and finds what the first has done.
  ['one after the other', 'parallel: 1', ['o1', 'o1'], ['authorize.where', 'ok']],
])('%s', async (_, helper, ids, codes) => {
  await using world = await openWorld({ policy: shop(helper), perform: shopkeeper() });
  expect(await cancels(world, ids)).toEqual(codes);
});

test('what was shown and done before a restart counts after it', async () => {
  await using directory = await lastingDirectory();
  const options = { policy: shop(), directory: directory.path, perform: shopkeeper() };
  let handle = '';
  {
    await using world = await openWorld(options);
    ({ handle } = await world.open());
    expect(codeOf(await world.call('box.order', { id: 'o1' }, { handle }))).toBe('ok');
  }
  await using world = await openWorld(options);
  expect(codeOf(await world.call('box.note', { id: 'o1' }, { handle }))).toBe('ok');
  expect(codeOf(await world.call('box.note', { id: 'o2' }, { handle }))).toBe('authorize.after');
});

test("Sallyport's own look is none that the agent made", async () => {
  await using world = await openWorld({ policy: shop(), perform: shopkeeper() });
  const { handle } = await world.open();
  expect(codeOf(await world.call('box.cancel', { id: 'o1' }, { handle }))).toBe('ok');
  expect(codeOf(await world.call('box.note', { id: 'o1' }, { handle }))).toBe('authorize.after');
});

test('a plan is compiled again after a reload, and what does not fit any more permits nothing', async () => {
  await using world = await openWorld({ policy: shop(), perform: shopkeeper() });
  const { handle, run } = await world.open({
    only: ['box.order', { action: 'box.cancel', where: { id: { status: 'pending' } } }],
  });
  const cancel = (id: string) => world.call('box.cancel', { id }, { handle }).then(codeOf);
  expect(await cancel('o1')).toBe('ok');
  world.policy = shop('', (text) =>
    text
      .replace('fields: { status: /status }', 'fields: { state: /status }')
      .replace('where: { id: { status: pending } }', 'where: { id: { state: pending } }'),
  );
  expect(await cancel('o2')).toBe('authorize.only');
  expect(codeOf(await world.call('box.order', { id: 'o2' }, { handle }))).toBe('ok');
  expect((await world.run(run.id)).only).toEqual([
    'box.order',
    { action: 'box.cancel', where: { id: { status: 'pending' } } },
  ]);
});

test.each<[string, Outcome, string]>([
  ['never left', { type: 'not_sent', reason: 'down' }, 'ok'],
  [
    'the upstream turned away',
    { type: 'error', code: -32_602, message: 'no', refused: true },
    'ok',
  ],
  ['ended nobody knows how', { type: 'unknown', reason: 'timeout' }, 'authorize.once_per'],
  [
    'the upstream calls an error, and may have half done',
    { type: 'result', result: { content: [], isError: true } },
    'authorize.once_per',
  ],
])('once for each order: a call that %s', async (_, first, second) => {
  const once = shop('', (text) =>
    text.replace('{ where: { id: { status: pending } } }', '{ once_per: { arguments: [id] } }'),
  );
  let calls = 0;
  await using world = await openWorld({
    policy: once,
    perform: ({ operation }) => {
      if (operation !== 'cancel') return result({ id: 'o1' });
      calls += 1;
      return calls === 1 ? first : result({});
    },
  });
  const { handle } = await world.open();
  await world.call('box.cancel', { id: 'o1', note: 'a' }, { handle });
  expect(codeOf(await world.call('box.cancel', { id: 'o1', note: 'b' }, { handle }))).toBe(second);
});
