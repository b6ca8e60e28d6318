import { expect, test } from 'vitest';
import { contextOf, loaded } from '../../../test/engine/scene.ts';
import type { JsonObject, JsonValue } from '../../content/value.ts';
import { decide } from '../decide.ts';
import type { Shown, ShownRecord } from '../exchange.ts';
import { scansOfResult } from '../scans.ts';
import { inspect } from './inspect.ts';
import type { ToolResult } from './result.ts';

const policy = loaded(
  `
sallyport: 1
currency: USD
upstreams: { shop: { functions: true } }
tools:
  shop.order:
    action: order
    tier: read_only
    reach: internal
    args: { id: object.order }
    returns: { object: order, id: /order_id, owner: /user_id, fields: { status: /status, paid: { at: /total, is: amount, unit: major, currency: USD }, items: "/items/*/sku" }, names: [/title], order: [/total], success: result.status != 'failed' }
  shop.mails:
    action: mails
    tier: read_only
    reach: internal
    args: { folder: folder }
    returns:
      items: /mails
      each: { /from: sender }
      object: mail
      id: /id
      owner: /from
      names: [/subject]
      provides:
        recipient: { at: "/mails/*/to", when: { /status: sent } }
        url: { at: "/mails/*/link", when: named }
        account: /bank
  shop.text: { action: text, tier: read_only, reach: internal, args: { id: identifier }, returns: { parse: json, provides: { recipient: "/*/email" } } }
  shop.plain: { action: plain, tier: read_only, reach: internal, args: { id: identifier }, returns: { trust: trusted } }
agents:
  helper:
    unattended: { owner: staff }
    permissions:
      shop:
        order: { fields: { except: [user_id] } }
        mails: { items: { sender: { only: [company.example] } } }
        text: allow
        plain: allow
  open:
    unattended: { owner: staff }
    permissions: { shop: { order: allow, mails: allow } }
roles: { staff: { permissions: { shop: { order: allow, mails: allow, text: allow, plain: allow } } } }
enforcement: strict
`,
  {
    tools: {
      'shop.order': { id: 'string' },
      'shop.mails': { folder: 'string?' },
      'shop.text': { id: 'string' },
      'shop.plain': { id: 'string' },
    },
  },
);

function shown(tool: string, result: ToolResult, agent = 'open'): Shown | null {
  const args: JsonObject = tool === 'shop.mails' ? {} : { id: '1' };
  const context = contextOf(policy, tool, args, { agent, user: null });
  if (context.tool === null) throw new Error('the policy lost its tool');
  return inspect({
    policy,
    decision: decide(context),
    tool: context.tool,
    args,
    result,
    scans: scansOfResult(policy, context.tool, result),
    marks: { boundary: 'boundary', placeholderKey: 'run_1' },
  }).shown;
}

function data(value: JsonObject): ToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value };
}

const order = {
  order_id: 7,
  user_id: 'u_1',
  status: 'pending',
  total: 12.5,
  title: 'Two chairs',
  items: [{ sku: 'chair' }, { sku: 'table' }],
};

const nameless: Omit<ShownRecord, 'at'> = {
  object: null,
  id: null,
  owner: null,
  fields: {},
  names: [],
  order: {},
  provides: [],
};

test('a record, with what the policy says of it and nothing else', () => {
  expect(shown('shop.order', data({ ...order, note: 'ignored' }))).toEqual({
    v: 1,
    parse: null,
    records: [
      {
        at: '',
        object: 'order',
        id: '7',
        owner: 'u_1',
        fields: { status: 'pending', paid: 1250, items: ['chair', 'table'] },
        names: ['Two chairs'],
        order: { '/total': 12.5 },
        provides: [],
      },
    ],
  });
});

test.each<[string, JsonObject, Partial<ShownRecord>]>([
  [
    'a field that is not there',
    { status: null, total: 'much' },
    { fields: { status: null, items: ['chair', 'table'] }, order: { '/total': 'much' } },
  ],
  ['no owner', { user_id: null }, { owner: null }],
  ['an id that is no single value', { order_id: [1] }, { id: null }],
  ['a name that is no text', { title: { de: 'Stuhl' } }, { names: [] }],
  [
    'a text too long to be a name or an id',
    { title: 'x'.repeat(5_000), order_id: 'y'.repeat(5_000) },
    { names: [], id: null },
  ],
])('%s permits nothing', (_, change, expected) => {
  expect(shown('shop.order', data({ ...order, ...change }))?.records[0]).toMatchObject(expected);
});

const mails = {
  bank: 'DE89 3704 0044 0532 0130 00',
  mails: [
    {
      id: 'a',
      from: 'Ann <ann@company.example>',
      to: ['Bob <bob@x.example>', 'nobody'],
      status: 'sent',
      subject: 'Hi',
      link: 'https://a.example/x',
    },
    {
      id: 'b',
      from: 'eve@evil.example',
      to: ['eve@evil.example'],
      status: 'received',
      subject: 'Re: Hi',
      link: 'https://evil.example/',
    },
  ],
};

test('items are records; values go to the one that they stand in, if its own fields say so', () => {
  expect(shown('shop.mails', data(mails))?.records).toEqual([
    {
      ...nameless,
      at: '/mails/0',
      object: 'mail',
      id: 'a',
      owner: 'ann@company.example',
      names: ['Hi'],
      provides: [
        { kind: 'recipient', key: 'bob@x.example', when: 'always' },
        { kind: 'url', key: 'https://a.example/x', when: 'named' },
      ],
    },
    {
      ...nameless,
      at: '/mails/1',
      object: 'mail',
      id: 'b',
      owner: 'eve@evil.example',
      names: ['Re: Hi'],
      provides: [{ kind: 'url', key: 'https://evil.example/', when: 'named' }],
    },
    {
      ...nameless,
      at: '',
      provides: [{ kind: 'account', key: 'DE89370400440532013000', when: 'always' }],
    },
  ]);
});

test('what a grant leaves out permits nothing', () => {
  expect(shown('shop.mails', data(mails), 'helper')?.records.map(({ id }) => id)).toEqual([
    'a',
    null,
  ]);
  expect(shown('shop.order', data(order), 'helper')?.records[0]).toMatchObject({
    id: '7',
    owner: null,
  });
});

test('a list too long for the model is known whole all the same', () => {
  const long = Array.from({ length: 1_200 }, (_, n) => ({
    id: `m${n}`,
    from: `p${n}@company.example`,
    subject: 'x'.repeat(50),
  }));
  const said = shown('shop.mails', data({ mails: long }));
  expect(said?.records).toHaveLength(1_000);
  expect(said?.records[999]).toMatchObject({
    at: '/mails/999',
    id: 'm999',
    owner: 'p999@company.example',
  });
});

test('values beyond the bound are left out, records stay', () => {
  const many = Array.from({ length: 900 }, (_, n) => ({
    id: `m${n}`,
    status: 'sent',
    to: Array.from({ length: 20 }, (__, m) => `r${n}-${m}@x.example`),
  }));
  const said = shown('shop.mails', data({ mails: many }));
  expect(said?.records).toHaveLength(900);
  expect(said?.records.every(({ id }) => id !== null)).toBe(true);
  const values = said?.records.flatMap(({ provides }) => provides);
  expect(values).toHaveLength(10_000 - 900);
});

test.each<[string, string, ToolResult]>([
  ['the policy says nothing but labels', 'shop.plain', data({ id: 1 })],
  [
    'an error',
    'shop.order',
    { content: [{ type: 'text', text: JSON.stringify(order) }], isError: true },
  ],
  ['an error that brings data', 'shop.order', { ...data(order), isError: true }],
  ['no success, by the policy', 'shop.order', data({ ...order, status: 'failed' })],
  [
    'text that nobody parses',
    'shop.order',
    { content: [{ type: 'text', text: JSON.stringify(order) }] },
  ],
  [
    'text that is no JSON',
    'shop.text',
    { content: [{ type: 'text', text: '[{"email": "a@x.example"}' }] },
  ],
])('%s: nothing', (_, tool, result) => {
  expect(shown(tool, result)).toBeNull();
});

test('text that is data says so', () => {
  const value: JsonValue = [{ email: 'Ann <ann@x.example>' }, { email: 'x' }];
  const result = { content: [{ type: 'text', text: JSON.stringify(value) }] };
  expect(shown('shop.text', result, 'helper')).toEqual({
    v: 1,
    parse: 'json',
    records: [
      {
        ...nameless,
        at: '',
        provides: [{ kind: 'recipient', key: 'ann@x.example', when: 'always' }],
      },
    ],
  });
});
