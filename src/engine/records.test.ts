import { expect, test } from 'vitest';
import { loaded } from '../../test/engine/scene.ts';
import type { JsonObject } from '../content/value.ts';
import { type Exchange, nothingShown, type ShownRecord } from './exchange.ts';
import { recordOf } from './records.ts';

const { tools } = loaded(
  `
sallyport: 1
upstreams: { shop: { functions: true } }
tools:
  shop.get: { action: get, tier: read_only, reach: internal, args: { id: object.order }, returns: { object: order, id: /id } }
  shop.cancel: { action: cancel, tier: reversible, reach: internal, on: order, args: { id: object.order } }
  shop.merge: { action: merge, tier: reversible, reach: internal, args: { into: { "/ids": object.order } } }
  shop.next: { action: next, tier: reversible, reach: internal, on: order, args: { why: identifier } }
  shop.mail: { action: mail, tier: reversible, args: { to: recipient } }
agents: {}
`,
  {
    tools: {
      'shop.get': { id: 'integer' },
      'shop.cancel': { id: 'integer' },
      'shop.merge': { into: { type: 'object' } },
      'shop.next': { why: 'string' },
      'shop.mail': { to: 'string' },
    },
  },
);

type Moments = Partial<Exchange['past']>;

let calls = 0;

function exchange(tool: string, args: JsonObject, records: ShownRecord[], past: Moments): Exchange {
  calls += 1;
  return {
    past: {
      call: `c${calls}`,
      tool,
      tier: tools.get(tool)?.tier ?? 3,
      sinceMs: 0,
      atMs: 0,
      completed: true,
      seenByAgent: true,
      arguments: 'sha256:a',
      released: null,
      shown: null,
      trust: 'untrusted',
      ...past,
    },
    args,
    result: null,
    shown: { ...nothingShown, records },
  };
}

function order(id: string, status: string): ShownRecord {
  return {
    at: '',
    object: 'order',
    id,
    owner: null,
    fields: { status },
    names: [],
    order: {},
    provides: [],
  };
}

const read = (status: string, past: Moments = {}): Exchange =>
  exchange('shop.get', { id: 7 }, [order('7', status)], past);
const act = (tool: string, args: JsonObject, past: Moments = {}): Exchange =>
  exchange(`shop.${tool}`, args, [], past);
const at = (sinceMs: number, atMs: number): Moments => ({ sinceMs, atMs });
const underWay: Moments = { sinceMs: 10, atMs: Number.MAX_SAFE_INTEGER, completed: false };

test.each<[string, Exchange[], string]>([
  ['nothing was shown', [], 'unknown'],
  ['another one was', [exchange('shop.get', { id: 8 }, [order('8', 'open')], {})], 'unknown'],
  ['the newest version counts', [read('open', at(1, 2)), read('closed', at(3, 4))], 'closed'],
  [
    'a call that acts on it',
    [read('open', at(1, 2)), act('cancel', { id: 7 }, at(3, 4))],
    'open, acted_on',
  ],
  [
    'that failed: it may have come half-way',
    [read('open', at(1, 2)), act('cancel', { id: 7 }, { ...at(3, 4), completed: false })],
    'open, acted_on',
  ],
  [
    'that is under way',
    [read('open', at(1, 2)), act('cancel', { id: 7 }, underWay)],
    'open, acted_on',
  ],
  [
    'that names it in a part of an argument',
    [read('open', at(1, 2)), act('merge', { into: { ids: [3, 7] } }, at(3, 4))],
    'open, acted_on',
  ],
  [
    'that doesn’t say which it acts on',
    [read('open', at(1, 2)), act('next', { why: '7' }, at(3, 4))],
    'open, acted_on',
  ],
  ['that acts on another', [read('open', at(1, 2)), act('cancel', { id: 8 }, at(3, 4))], 'open'],
  [
    'that acts on nothing of the kind',
    [read('open', at(1, 2)), act('mail', { to: '7@x.example' }, at(3, 4))],
    'open',
  ],
  [
    'that the policy no longer knows',
    [read('open', at(1, 2)), act('gone', { id: 7 }, at(3, 4))],
    'open, acted_on',
  ],
  [
    'read again after it',
    [read('open', at(1, 2)), act('cancel', { id: 7 }, at(3, 4)), read('closed', at(5, 6))],
    'closed',
  ],
  [
    'read again in the same moment',
    [read('open', at(1, 1)), act('cancel', { id: 7 }, at(1, 1)), read('closed', at(1, 1))],
    'closed',
  ],
  [
    'read beside it: it may have been before',
    [act('cancel', { id: 7 }, at(3, 5)), read('open', at(4, 6))],
    'open, acted_on',
  ],
  [
    'begun before the read, and still under way',
    [read('open', at(20, 21)), act('cancel', { id: 7 }, underWay)],
    'open, acted_on',
  ],
  [
    'a read of it acts on nothing',
    [read('open', at(1, 2)), exchange('shop.get', { id: 7 }, [], at(3, 4))],
    'open',
  ],
])('%s', (_, history, expected) => {
  const known = recordOf(
    history,
    tools,
    { object: 'order', id: '7' },
    { nowMs: 100, freshMs: null },
  );
  const said = known === null ? 'unknown' : [known.record.fields['status'], known.staleBecause];
  expect(Array.isArray(said) ? said.filter((one) => one !== null).join(', ') : said).toBe(expected);
});

test.each([
  [1_000, null],
  [999, 'age'],
])('asked for a second ago, with %d ms of freshness', (freshMs, because) => {
  const history = [read('open', at(1_000, 1_900))];
  const known = recordOf(history, tools, { object: 'order', id: '7' }, { nowMs: 2_000, freshMs });
  expect(known?.staleBecause).toBe(because);
});

test('two versions in one result are none; the same twice is one', () => {
  const asked = (records: ShownRecord[]) =>
    recordOf(
      [read('open', at(1, 2)), exchange('shop.get', {}, records, at(3, 4))],
      tools,
      { object: 'order', id: '7' },
      { nowMs: 5, freshMs: null },
    );
  expect(asked([order('7', 'open'), order('7', 'closed')])).toBeNull();
  expect(asked([order('7', 'new'), order('7', 'new')])?.record.fields).toEqual({ status: 'new' });
});
