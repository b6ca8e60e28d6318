import { expect, test } from 'vitest';
import { checkPolicy } from '../check/check.ts';
import { loadPolicy } from '../load.ts';
import { emptyLock } from '../lock.ts';
import type { Policy } from '../model.ts';
import { diffPolicies } from './diff.ts';

function loaded(agent: string, role = 'allow'): Policy {
  const text = `
sallyport: 1
currency: USD
upstreams: { shop: { functions: true } }
tools:
  shop.order: { action: read, tier: read_only, reach: internal, args: { id: object.order }, returns: { object: order, id: /id, owner: /customer, fields: { status: /status, total: { at: /total, is: amount, unit: major } }, provides: { object.order: /id } } }
  shop.refund: { action: refund, tier: reversible, reach: external, args: { id: object.order } }
  shop.cancel: { action: cancel, tier: reversible, reach: internal, args: { id: object.order } }
roles: { staff: { permissions: { shop: { refund: ${role}, read: allow } } } }
agents: { clerk: { acts_for: [staff], permissions: { shop: { read: allow, refund: ${agent} } } } }
`;
  const result = loadPolicy({ file: '/p.yaml', readFile: () => text, lock: emptyLock });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.policy;
}

const marks = { wider: '+', narrower: '-', changed: '~', same: '=' };

function diff(before: string, after: string): readonly string[] {
  return diffPolicies(loaded(before), loaded(after)).groups.flatMap(({ changes }) =>
    changes.map(({ effect, text }) => `${marks[effect]} ${text}`),
  );
}

test.each<[string, string, readonly string[]]>([
  [
    '{ where: { id: { status: [pending] } } }',
    '{ where: { id: { status: [pending, open] } } }',
    [
      '+ `shop.refund`: where.id: of the order: status pending, open (was of the order: status pending)',
    ],
  ],
  [
    '{ where: { id: { total: { max: 50 } } } }',
    '{ where: { id: { total: { max: 20 } } } }',
    [
      '- `shop.refund`: where.id: of the order: total at most 20.00 USD (was of the order: total at most 50.00 USD)',
    ],
  ],
  [
    '{ where: { id: provided } }',
    'allow',
    ['+ `shop.refund`: no longer where.id: a value that a tool provides'],
  ],
  [
    'allow',
    '{ where: { id: provided } }',
    ['- `shop.refund`: now also where.id: a value that a tool provides'],
  ],
  [
    '{ after: { tool: shop.order, same: [id] } }',
    '{ after: { tools: [shop.order, shop.cancel], same: [id] } }',
    ['+ `shop.refund`: after: added shop.cancel'],
  ],
  [
    '{ not_after: { tool: shop.cancel, same: [id] } }',
    '{ not_after: { tools: [shop.order, shop.cancel], same: [id] } }',
    ['- `shop.refund`: not_after: added shop.order'],
  ],
  [
    '{ after: [shop.order] }',
    '{ after: { tool: shop.order, same: [id] } }',
    ['~ `shop.refund`: after: shop.order, with the same id (was shop.order)'],
  ],
])('from %s to %s', (before, after, expected) => {
  expect(diff(before, after)).toEqual(expected);
});

test.each<[string, string, string]>([
  [
    '{ where: { id: { status: [pending] } } }',
    '{ where: { id: { status: [shipped] } } }',
    '`where.id.status` of both sides have nothing in common',
  ],
  [
    '{ where: { id: { total: { max: 10 } } } }',
    '{ where: { id: { total: { min: 20 } } } }',
    'no `id.total` is both at least 2000 and at most 1000',
  ],
])('%s of the agent and %s of its people can never match', (agent, role, reason) => {
  expect(checkPolicy(loaded(agent, role)).neverMatching.map((one) => one.reason)).toContain(reason);
});
