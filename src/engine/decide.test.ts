import { expect, test } from 'vitest';
import {
  contextOf,
  decided,
  loaded,
  type SceneOptions,
  tuesdayMs,
  verdictOf,
} from '../../test/engine/scene.ts';
import type { JsonObject } from '../content/value.ts';
import { decide } from './decide.ts';

/** A support mailbox, small enough to keep in one's head. */
const mailbox = loaded(
  `
sallyport: 1
timezone: America/New_York
currency: USD
hours: { business: Mon-Fri 09:00-17:00 }
upstreams:
  mail: { functions: true }
  shop: { functions: true }
users:
  static:
    ann: { roles: [support] }
    bob: { roles: [support, leads] }
    eve: { roles: [visitors] }
roles:
  support:
    permissions:
      mail: { read: { folders: [Support, Sales] }, send: allow, move: allow }
      shop: { refund: { max_amount: 200 USD } }
  leads:
    permissions:
      shop: { refund: { max_amount: 5000 USD } }
  visitors: { permissions: { mail: { read: allow } } }
tools:
  mail.list: { action: read, tier: read_only, reach: internal, args: { folder: folder, page: number }, returns: { items: /mails, each: { /from: sender } } }
  mail.send: { action: send, tier: irreversible, reach: external, args: { to: recipient, cc: recipient, text: content } }
  mail.move: { action: move, tier: reversible, reach: internal, args: { id: identifier, folder: folder } }
  mail.purge: { action: purge, tier: irreversible, reach: internal, args: { id: identifier } }
  shop.refund: { action: refund, tier: irreversible, reach: external, args: { payment: account, cents: { is: amount, unit: cent, currency: USD } } }
agents:
  helper:
    acts_for: [support, leads]
    case: { customer: recipient }
    permissions:
      mail:
        read: { folders: [Support, CustomerService], senders: [case.customer, company.com] }
        send: { recipients: [case.customer], hours: business, rate: 20/hour, approval: never }
        move: { folders: [Support] }
        purge: allow
      shop:
        refund:
          max_amount: 500 USD
          max_total: { case: 600 USD, user: 1000 USD/day }
          once_per: { arguments: [payment], otherwise: { approval: leads } }
          approval: { if: call.args.cents > usd(50), by: leads }
    forbidden: [mail.purge]
  reporter:
    permissions:
      mail: { read: { folders: [Support] } }
`,
  {
    tools: {
      'mail.list': { folder: 'string?', page: 'integer?' },
      'mail.send': { to: 'string[]', cc: 'string[]?', text: 'string' },
      'mail.move': { id: 'string', folder: 'string' },
      'mail.purge': { id: 'string' },
      'shop.refund': { payment: 'string', cents: 'integer' },
    },
  },
);

const forCustomer = { case: { customer: 'carol@customer.example' } };
const answer = { to: ['carol@customer.example'], text: 'Hello' };

test.each<[string, string, JsonObject, SceneOptions, string]>([
  ['the customer who wrote', 'mail.send', answer, forCustomer, 'allow'],
  [
    'the customer in other letters',
    'mail.send',
    { ...answer, to: ['Carol@CUSTOMER.example'] },
    forCustomer,
    'allow',
  ],
  [
    'a stranger in cc',
    'mail.send',
    { ...answer, cc: ['eve@evil.example'] },
    forCustomer,
    'deny authorize.recipients',
  ],
  [
    'an address that nobody can read for sure',
    'mail.send',
    { ...answer, to: ['carol@customer.example, eve@evil.example'] },
    forCustomer,
    'deny schema.unparsable',
  ],
  ['an answer without a case', 'mail.send', answer, {}, 'deny authorize.case_unbound'],
  [
    'an answer at five in the afternoon',
    'mail.send',
    answer,
    { ...forCustomer, nowMs: Date.UTC(2026, 2, 3, 22, 0) },
    'deny authorize.hours',
  ],
  [
    'an answer a minute before',
    'mail.send',
    answer,
    { ...forCustomer, nowMs: Date.UTC(2026, 2, 3, 21, 59) },
    'allow',
  ],
  [
    'the 20th answer of the hour',
    'mail.send',
    answer,
    { ...forCustomer, drawn: { 'rate|': 19 } },
    'allow',
  ],
  [
    'the 21st answer of the hour',
    'mail.send',
    answer,
    { ...forCustomer, drawn: { 'rate|': 20 } },
    'deny authorize.rate',
  ],
  [
    'a stranger, at night',
    'mail.send',
    { to: ['eve@evil.example'], text: '' },
    { ...forCustomer, nowMs: tuesdayMs + 43_200_000 },
    'deny authorize.recipients authorize.hours',
  ],

  ['a folder both may read', 'mail.list', { folder: 'Support' }, forCustomer, 'allow'],
  [
    'a folder that only the agent may read',
    'mail.list',
    { folder: 'CustomerService' },
    forCustomer,
    'deny authorize.folders',
  ],
  [
    'a folder that only the user may read',
    'mail.list',
    { folder: 'Sales' },
    forCustomer,
    'deny authorize.folders',
  ],
  [
    'a folder that nobody may read',
    'mail.list',
    { folder: 'Executive' },
    forCustomer,
    'deny authorize.folders authorize.folders',
  ],
  [
    'no folder at all, which may mean every folder',
    'mail.list',
    {},
    forCustomer,
    'deny authorize.absent authorize.absent',
  ],
  ['null for a folder', 'mail.move', { id: '1', folder: null }, forCustomer, 'deny schema.invalid'],

  ['a small refund', 'shop.refund', { payment: 'p1', cents: 4_900 }, forCustomer, 'allow'],
  [
    'a refund of more than the agent may alone',
    'shop.refund',
    { payment: 'p1', cents: 5_100 },
    forCustomer,
    'hold gate.approval',
  ],
  [
    'a refund beyond the role, by one who has only that',
    'shop.refund',
    { payment: 'p1', cents: 30_000 },
    forCustomer,
    'deny authorize.max_amount gate.approval',
  ],
  [
    'the same, by one with two roles',
    'shop.refund',
    { payment: 'p1', cents: 30_000 },
    { ...forCustomer, user: 'bob' },
    'hold gate.approval',
  ],
  [
    'a refund beyond the agent',
    'shop.refund',
    { payment: 'p1', cents: 50_100 },
    { ...forCustomer, user: 'bob' },
    'deny authorize.max_amount gate.approval',
  ],
  [
    'what is left of the total',
    'shop.refund',
    { payment: 'p1', cents: 4_900 },
    { ...forCustomer, drawn: { '|case|': 55_100 } },
    'allow',
  ],
  [
    'a cent more than is left',
    'shop.refund',
    { payment: 'p1', cents: 4_900 },
    { ...forCustomer, drawn: { '|case|': 55_101 } },
    'deny authorize.max_total',
  ],
  [
    'a second refund of one payment',
    'shop.refund',
    { payment: 'p1', cents: 100 },
    { ...forCustomer, taken: true },
    'hold authorize.once_per',
  ],
  [
    'a refund of less than nothing',
    'shop.refund',
    { payment: 'p1', cents: -100 },
    forCustomer,
    'deny schema.unparsable',
  ],

  [
    'what is forbidden though granted',
    'mail.purge',
    { id: '1' },
    forCustomer,
    'deny authorize.forbidden authorize.user_grant gate.tier',
  ],
  [
    'a tool nobody granted',
    'shop.refund',
    { payment: 'p', cents: 1 },
    { agent: 'reporter', user: null },
    'deny catalog.ungranted',
  ],
  ['a tool nobody knows', 'mail.burn', {}, forCustomer, 'deny catalog.unknown_tool'],
  [
    'an argument nobody declared',
    'mail.list',
    { folder: 'Support', bcc: 'x' },
    forCustomer,
    'deny schema.undeclared',
  ],
  [
    'an agent nobody knows',
    'mail.list',
    { folder: 'Support' },
    { agent: 'mallory' },
    'deny identity.unknown_agent',
  ],
  [
    'an agent that acts for nobody',
    'mail.list',
    { folder: 'Support' },
    { agent: 'reporter', user: null },
    'allow',
  ],
  [
    'a person for whom that agent does not act',
    'mail.list',
    { folder: 'Support' },
    { agent: 'reporter', user: 'ann' },
    'deny identity.user_not_permitted',
  ],
  [
    'nobody, where somebody is needed',
    'mail.send',
    answer,
    { ...forCustomer, user: null },
    'deny identity.user_required',
  ],
  [
    'a user with none of the roles',
    'mail.list',
    { folder: 'Support' },
    { ...forCustomer, user: 'eve' },
    'deny identity.user_not_permitted',
  ],
  [
    'a user nobody knows',
    'mail.list',
    { folder: 'Support' },
    { ...forCustomer, user: 'zoe' },
    'deny identity.user_not_permitted',
  ],
  [
    'a suspended agent',
    'mail.list',
    { folder: 'Support' },
    { ...forCustomer, facts: { suspended: true } },
    'deny identity.suspended',
  ],
  [
    'a closed run',
    'mail.list',
    { folder: 'Support' },
    { ...forCustomer, run: { status: 'closed' } },
    'deny identity.run_closed',
  ],
  [
    'a changed definition',
    'mail.list',
    { folder: 'Support' },
    { ...forCustomer, facts: { definition: 'changed' } },
    'deny catalog.changed',
  ],
  [
    'an upstream that is down',
    'mail.list',
    { folder: 'Support' },
    { ...forCustomer, facts: { upstreamUp: false } },
    'deny upstream.down',
  ],
])('%s', (_, tool, args, options, verdict) => {
  expect(verdictOf(decided(mailbox, tool, args, options))).toBe(verdict);
});

test('an allowed call draws on every counter of the grants it goes through on', () => {
  const { reservations } = decided(
    mailbox,
    'shop.refund',
    { payment: 'p1', cents: 4_900 },
    forCustomer,
  );
  expect(reservations.map(({ key, ...draw }) => ({ ...draw, key: key.split('|')[0] }))).toEqual([
    {
      type: 'window',
      key: 'total',
      amount: 4_900,
      max: 60_000,
      windowMs: null,
      code: 'authorize.max_total',
    },
    {
      type: 'window',
      key: 'total',
      amount: 4_900,
      max: 100_000,
      windowMs: 86_400_000,
      code: 'authorize.max_total',
    },
    { type: 'once', key: 'once', code: 'authorize.once_per' },
  ]);
});

test('a refused call draws on nothing', () => {
  expect(
    decided(mailbox, 'shop.refund', { payment: 'p1', cents: 5_100 }, forCustomer).reservations,
  ).toEqual([]);
});

test('the record shows every permission check that passed', () => {
  const { findings } = decided(mailbox, 'mail.list', { folder: 'Support' }, forCustomer);
  expect(findings.map(({ code, verdict }) => `${verdict} ${code}`).sort()).toEqual([
    'note authorize.folders',
    'note authorize.folders',
    'note authorize.senders',
  ]);
});

test('arguments read for another tool decide nothing', () => {
  const context = contextOf(mailbox, 'mail.list', { folder: 'Support' }, forCustomer);
  const other = contextOf(mailbox, 'mail.send', answer, forCustomer);
  expect(verdictOf(decide({ ...context, reading: other.reading }))).toBe('deny engine.fault');
});

test('a finding tells a text by its length', () => {
  const strict = loaded(
    `
sallyport: 1
upstreams: { mail: { functions: true } }
tools: { mail.post: { action: post, tier: reversible, reach: internal, args: { text: content } } }
agents: { helper: { permissions: { mail: { post: { where: { text: Hello } } } } } }
`,
    { tools: { 'mail.post': { text: 'string' } } },
  );
  const { findings } = decided(strict, 'mail.post', { text: 'My diary of today' }, { user: null });
  expect(findings.map(({ details }) => details['refused'])).toEqual([['(17 characters)']]);
});
