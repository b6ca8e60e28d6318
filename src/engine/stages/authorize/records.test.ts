import { describe, expect, test } from 'vitest';
import { decided, loaded, lockOf, verdictOf } from '../../../../test/engine/scene.ts';
import type { JsonObject } from '../../../content/value.ts';
import { formatDiagnostic } from '../../../policy/diagnostic.ts';
import { loadPolicy } from '../../../policy/load.ts';
import type { Policy } from '../../../policy/model.ts';
import { runPolicyTests } from '../../../policy/policytest.ts';
import { type Exchange, nothingShown } from '../../exchange.ts';
import type { Run } from '../../run.ts';

const signatures = {
  'shop.order': { order_id: 'string' },
  'shop.orders': {},
  'shop.payments': { order_id: 'string' },
  'shop.ledger': {},
  'shop.refund': { order_id: 'string', payment_id: 'string?', cents: 'integer?' },
  'shop.cancel': { order_id: 'string' },
  'shop.ship': { order_ids: 'string[]', quantities: 'integer[]?' },
  'shop.pack': { order_ids: 'string[]' },
  'shop.reprice': {
    lines: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          order_id: { type: 'string' },
          sku: { type: 'string' },
          cents: { type: 'integer' },
        },
        required: ['order_id', 'sku', 'cents'],
      },
    },
  },
} as const;

const tools = `
sallyport: 1
currency: USD
upstreams: { shop: { functions: true } }
roles: { staff: {} }
tools:
  shop.order:
    { action: read, tier: read_only, reach: internal, args: { order_id: object.order },
      returns: { object: order, id: /id, owner: /customer, fields: { status: /status, total: { at: /total, is: amount, unit: major }, tags: "/tags/*" } } }
  shop.orders:
    { action: read, tier: read_only, reach: internal, args: {},
      returns: { items: /orders, object: order, id: /id, fields: { status: /status } } }
  shop.payments:
    { action: read, tier: read_only, reach: internal, args: { order_id: object.order },
      returns: { items: /payments, names: [/label], provides: { reference: { at: "/payments/*/id", when: { /state: settled } } } } }
  shop.ledger:
    { action: read, tier: read_only, reach: internal, args: {},
      returns: { items: /payments, names: [/label], provides: { reference: { at: "/payments/*/id", when: named } } } }
  shop.refund:
    { action: refund, tier: reversible, reach: internal, on: order,
      args: { order_id: object.order, payment_id: reference, cents: { is: amount, unit: cent } } }
  shop.cancel: { action: cancel, tier: reversible, reach: internal, on: order, args: { order_id: object.order } }
  shop.pack: { action: pack, tier: reversible, reach: internal, args: { order_ids: object.order } }
  shop.ship: { action: ship, tier: reversible, reach: internal, args: { order_ids: object.order, quantities: number } }
  shop.reprice:
    { action: reprice, tier: reversible, reach: internal,
      args: { lines: { "/*/order_id": object.order, "/*/sku": identifier, "/*/cents": { is: amount, unit: cent } } } }
`;

/** An agent that may read, and do one thing under one rule. */
function agent(grant: string): string {
  return `agents: { clerk: { unattended: { owner: staff }, case: { customer: identifier }, permissions: { shop: { read: allow, ${grant} } } } }\n`;
}

function policyOf(grant: string, changes: (text: string) => string = (text) => text): Policy {
  return loaded(changes(tools) + agent(grant), { tools: signatures });
}

const lookUp = (status: string, more = '') =>
  `{ call: shop.order, with: { order_id: o1 }, expect: allow, returns: { data: { id: o1, customer: ann, status: ${status}, total: 40, tags: [a, b]${more} } } }`;
const seen = lookUp('pending');
const list =
  '{ call: shop.orders, expect: allow, returns: { data: { orders: [{ id: o1, status: pending }, { id: o2, status: shipped }] } } }';
const cancel = (expected: string) =>
  `{ call: shop.cancel, with: { order_id: o1 }, expect: ${expected} }`;
const refund = (args: string, expected: string) =>
  `{ call: shop.refund, with: { order_id: o1, ${args} }, expect: ${expected} }`;
const unresolved = '{ deny: authorize.unresolved }';
const where = '{ deny: authorize.where }';

/** Runs steps under one rule; what differs from what they expect, in words. */
function differences(policy: Policy, steps: readonly string[], given = ''): readonly string[] {
  const table = `policytest: 1
given: { agent: clerk, user: none, case: { customer: ann }, at: 2026-11-23T10:00:00Z${given} }
tests: [{ name: row, steps: [${steps.join(', ')}] }]
`;
  const results = runPolicyTests(policy, 't.yaml', table);
  if ('errors' in results) throw new Error(results.errors.map(formatDiagnostic).join('\n'));
  return results.tests.flatMap(({ failures }) =>
    failures.map(({ tool, expected, actual }) => `${tool}: ${actual}, not ${expected}`),
  );
}

describe('what an argument names', () => {
  const owned =
    'cancel: { where: { order_id: { owner: case.customer, status: [pending, "proc*"], total: { max: 50 } } } }';
  test.each<[string, string, readonly string[]]>([
    ['seen, and such', owned, [seen, cancel('allow')]],
    ['never seen', owned, [cancel(unresolved)]],
    ['another field than asked', owned, [lookUp('shipped'), cancel(where)]],
    ['a glob', owned, [lookUp('processed'), cancel('allow')]],
    [
      'the newest version counts',
      owned,
      [lookUp('shipped'), '{ wait: 1s }', seen, cancel('allow')],
    ],
    ["somebody else's", 'cancel: { where: { order_id: { owner: bob } } }', [seen, cancel(where)]],
    [
      'an amount beyond the most, in the currency',
      'cancel: { where: { order_id: { total: { max: 39.99 USD } } } }',
      [seen, cancel(where)],
    ],
    [
      'an amount at the most',
      'cancel: { where: { order_id: { total: { min: 40, max: 40 } } } }',
      [seen, cancel('allow')],
    ],
    [
      'every value of a field',
      'cancel: { where: { order_id: { tags: [a, b] } } }',
      [seen, cancel('allow')],
    ],
    [
      'one value of a field that is another',
      'cancel: { where: { order_id: { tags: [a] } } }',
      [seen, cancel(where)],
    ],
    [
      'what a list shows is known',
      'cancel: { where: { order_id: { status: pending } } }',
      [list, cancel('allow')],
    ],
    ['what a list leaves out is not', owned, [list, cancel(unresolved)]],
    [
      'a list after the thing itself shows less',
      owned,
      [seen, '{ wait: 1s }', list, cancel(unresolved)],
    ],
    [
      'acted on since',
      `${owned}, refund: allow`,
      [
        seen,
        '{ wait: 1s }',
        refund('payment_id: p, cents: 1', 'allow'),
        '{ wait: 1s }',
        cancel(unresolved),
      ],
    ],
    [
      'read anew after that',
      `${owned}, refund: allow`,
      [
        seen,
        '{ wait: 1s }',
        refund('payment_id: p, cents: 1', 'allow'),
        '{ wait: 1s }',
        seen,
        cancel('allow'),
      ],
    ],
    [
      'each of a list',
      'ship: { where: { order_ids: { status: pending } } }',
      [list, '{ call: shop.ship, with: { order_ids: [o1] }, expect: allow }'],
    ],
    [
      'one of a list that is another',
      'ship: { where: { order_ids: { status: pending } } }',
      [list, `{ call: shop.ship, with: { order_ids: [o1, o2] }, expect: ${where} }`],
    ],
    [
      'one of a list that nobody saw',
      'ship: { where: { order_ids: { status: pending } } }',
      [list, `{ call: shop.ship, with: { order_ids: [o1, o3] }, expect: ${unresolved} }`],
    ],
    [
      'none of a list',
      'ship: { where: { order_ids: { status: pending } } }',
      [list, '{ call: shop.ship, with: { order_ids: [] }, expect: { deny: authorize.absent } }'],
    ],
    [
      'inside the elements of a list',
      'reprice: { where: { lines: { owner: case.customer } } }',
      [
        seen,
        '{ call: shop.reprice, with: { lines: [{ order_id: o1, sku: x, cents: 5 }] }, expect: allow }',
        `{ call: shop.reprice, with: { lines: [{ order_id: o1, sku: x, cents: 5 }, { order_id: o2, sku: y, cents: 5 }] }, expect: ${unresolved} }`,
      ],
    ],
    [
      'in a run without a case',
      owned,
      ['{ open: { case: none } }', seen, cancel('{ deny: authorize.case_unbound }')],
    ],
    ['another run has seen nothing', owned, [seen, '{ open: {} }', cancel(unresolved)]],
    [
      'a person may be asked about what it is',
      'cancel: { where: { order_id: { status: pending, otherwise: { approval: staff } } } }',
      [lookUp('shipped'), cancel('{ hold: authorize.where }')],
    ],
    [
      'but not about what nobody knows',
      'cancel: { where: { order_id: { status: pending, otherwise: { approval: staff } } } }',
      [cancel(unresolved)],
    ],
  ])('%s', (_, grant, steps) => {
    expect(differences(policyOf(grant), steps)).toEqual([]);
  });

  test('older than `fresh` is not known', () => {
    const fresh = policyOf('cancel: { where: { order_id: { status: pending } } }', (text) =>
      text.replace('action: cancel,', 'action: cancel, fresh: 1m,'),
    );
    expect(differences(fresh, [seen, '{ wait: 1m }', cancel('allow')])).toEqual([]);
    expect(differences(fresh, [seen, '{ wait: 61s }', cancel(unresolved)])).toEqual([]);
  });

  const finds = (status: string) =>
    `{ call: shop.cancel, with: { order_id: o1 }, finds: { shop.order: { data: { id: o1, customer: ann, status: ${status}, total: 40, tags: [] } } }, expect: `;
  test.each<[string, readonly string[]]>([
    ['looked up by Sallyport', [`${finds('pending')}allow }`]],
    ['looked up, and otherwise', [`${finds('shipped')}${where} }`]],
    [
      'looked up again, where a list leaves out what is asked',
      [list, `${finds('pending')}allow }`],
    ],
    ['looked up in vain', [cancel(unresolved)]],
    ['what is known is not looked up', [seen, `${finds('shipped')}allow }`]],
  ])('resolve: %s', (_, steps) => {
    const resolving = policyOf(
      'cancel: { where: { order_id: { owner: case.customer, status: pending } } }',
      (text) => text.replace('action: cancel,', 'action: cancel, resolve: shop.order,'),
    );
    expect(differences(resolving, steps)).toEqual([]);
  });
});

describe('a value that a tool provides', () => {
  const provided = 'refund: { where: { payment_id: provided } }';
  const payments = (state = 'settled') =>
    `{ call: shop.payments, with: { order_id: o1 }, expect: allow, returns: { data: { payments: [{ id: pay_1, state: ${state}, label: Visa }], note: pay_9 } } }`;
  const ledger =
    '{ call: shop.ledger, expect: allow, returns: { data: { payments: [{ id: pay_2, label: Winter Sale Deposit }] } } }';
  const twins =
    '{ call: shop.ledger, expect: allow, returns: { data: { payments: [{ id: pay_2, label: Winter Sale Deposit }, { id: pay_3, label: Winter Sale Deposit }] } } }';
  const pays = (id: string, expected: string) => refund(`payment_id: ${id}, cents: 1`, expected);
  test.each<[string, readonly string[], string]>([
    ['from its field', [payments(), pays('pay_1', 'allow')], ''],
    ['from nowhere', [payments(), pays('pay_7', where)], ''],
    ['from a field that provides nothing', [payments(), pays('pay_9', where)], ''],
    ['whose condition is not met', [payments('open'), pays('pay_1', where)], ''],
    ['left out', [payments(), refund('cents: 1', '{ deny: authorize.absent }')], ''],
    ['of a record that no request names', [ledger, pays('pay_2', where)], ''],
    [
      'of a record that the request names',
      [ledger, pays('pay_2', 'allow')],
      ', request: Refund order number o1 from the Winter Sale Deposit.',
    ],
    [
      'of a record that an untrusted request names',
      [ledger, pays('pay_2', where)],
      ', request: { untrusted: Refund order number o1 from the Winter Sale Deposit. }',
    ],
    [
      'of one of two records of that name',
      [twins, pays('pay_2', '{ deny: authorize.where }')],
      ', request: Refund order number o1 from the Winter Sale Deposit.',
    ],
    ['in another run', [payments(), '{ open: {} }', pays('pay_1', where)], ''],
  ])('%s', (_, steps, given) => {
    const trusting = policyOf(
      provided,
      (text) => `${text}flow: { unrequested: allow, external: allow }\n`,
    );
    expect(differences(trusting, steps, given)).toEqual([]);
  });
});

describe('calls before', () => {
  const after = 'cancel: { after: { tool: shop.order, same: [order_id] } }';
  const other =
    '{ call: shop.order, with: { order_id: o2 }, expect: allow, returns: { data: { id: o2 } } }';
  const refused = '{ deny: authorize.after }';
  const forbidden = '{ deny: authorize.not_after }';
  const paid = refund('cents: 1', 'allow');
  test.each<[string, string, readonly string[]]>([
    ['nothing', after, [cancel(refused)]],
    ['of the same order', after, [seen, cancel('allow')]],
    ['of another order', after, [other, cancel(refused)]],
    [
      'that failed',
      after,
      [
        '{ call: shop.order, with: { order_id: o1 }, expect: allow, returns: { refuses: no } }',
        cancel(refused),
      ],
    ],
    ['of another tool', after, [list, cancel(refused)]],
    [
      'any of several tools',
      'cancel: { after: { tools: [shop.order, shop.payments], same: [order_id] } }',
      ['{ call: shop.payments, with: { order_id: o1 }, expect: allow }', cancel('allow')],
    ],
    [
      'any of a list, whatever it named',
      'cancel: { after: [shop.order, shop.payments] }',
      [other, cancel('allow')],
    ],
    ['in another run', after, [seen, '{ open: {} }', cancel(refused)]],
    [
      'nothing that forbids',
      'cancel: { not_after: { tools: [shop.refund], same: [order_id] } }, refund: allow',
      [cancel('allow')],
    ],
    [
      'forbidden after the same',
      'cancel: { not_after: { tools: [shop.refund], same: [order_id] } }, refund: allow',
      [paid, cancel(forbidden)],
    ],
    [
      'not after another',
      'cancel: { not_after: { tools: [shop.refund], same: [order_id] } }, refund: allow',
      ['{ call: shop.refund, with: { order_id: o2, cents: 1 }, expect: allow }', cancel('allow')],
    ],
    [
      'nor after one that failed',
      'cancel: { not_after: { tools: [shop.refund], same: [order_id] } }, refund: allow',
      [
        '{ call: shop.refund, with: { order_id: o1, cents: 1 }, expect: allow, returns: { refuses: no } }',
        cancel('allow'),
      ],
    ],
    [
      'but after one whose end nobody knows',
      'cancel: { not_after: { tools: [shop.refund], same: [order_id] } }, refund: allow',
      [
        '{ call: shop.refund, with: { order_id: o1, cents: 1 }, expect: allow, returns: { lost: true } }',
        cancel(forbidden),
      ],
    ],
    [
      'forbidden after any call of a tool',
      'cancel: { not_after: [shop.refund] }, refund: allow',
      ['{ call: shop.refund, with: { order_id: o2, cents: 1 }, expect: allow }', cancel(forbidden)],
    ],
    [
      'and after one of those whose end nobody knows',
      'cancel: { not_after: [shop.refund] }, refund: allow',
      [
        '{ call: shop.refund, with: { order_id: o2, cents: 1 }, expect: allow, returns: { lost: true } }',
        cancel(forbidden),
      ],
    ],
  ])('%s', (_, grant, steps) => {
    expect(differences(policyOf(grant), steps)).toEqual([]);
  });

  test.each<[string, string, string]>([
    [
      'once for each grant',
      'once_per: { arguments: [payment_id] }',
      '{ deny: authorize.once_per }',
    ],
    [
      'once for the tool',
      'once_per: { arguments: [payment_id], of: tool }',
      '{ deny: authorize.once_per }',
    ],
  ])('%s', (_, rule, expected) => {
    const once = policyOf(`refund: { ${rule}, repeat: allow }`);
    expect(
      differences(once, [
        refund('payment_id: p, cents: 1', 'allow'),
        '{ open: {} }',
        refund('payment_id: p, cents: 2', expected),
      ]),
    ).toEqual([]);
  });
});

describe('ref in an expression', () => {
  const pays = (cents: number, expected: string) =>
    refund(`payment_id: p, cents: ${cents}`, expected);
  const when = '{ deny: authorize.when }';
  const rule = (expression: string) => `refund: { when: "${expression}" }`;
  test.each<[string, string, readonly string[]]>([
    [
      'an amount in cents against one in dollars',
      rule("ref.order_id.status == 'pending' && call.args.cents <= ref.order_id.total"),
      [seen, pays(4_000, 'allow')],
    ],
    [
      'a cent more',
      rule("ref.order_id.status == 'pending' && call.args.cents <= ref.order_id.total"),
      [seen, pays(4_001, when)],
    ],
    ['the owner', rule('ref.order_id.owner == case.customer'), [seen, pays(1, 'allow')]],
    ['what was not seen', rule("ref.order_id.status == 'pending'"), [pays(1, unresolved)]],
    [
      'what a call has acted on since',
      rule("ref.order_id.status == 'pending'"),
      [seen, '{ wait: 1s }', pays(1, 'allow'), '{ wait: 1s }', pays(2, unresolved)],
    ],
    [
      'what was not seen, where that decides nothing',
      rule("agent == 'clerk' || ref.order_id.status == 'pending'"),
      [pays(1, 'allow')],
    ],
    [
      'a field that was not shown is no null',
      rule("ref.order_id.owner != 'eve'"),
      [list, pays(1, unresolved)],
    ],
    ['a field of several values', rule("'b' in ref.order_id.tags"), [seen, pays(1, 'allow')]],
    [
      'each of a list',
      'ship: { when: "ref.order_ids.all(o, o.status == \'pending\')" }',
      [
        list,
        '{ call: shop.ship, with: { order_ids: [o1] }, expect: allow }',
        '{ wait: 1s }',
        list,
        `{ call: shop.ship, with: { order_ids: [o1, o2] }, expect: ${when} }`,
      ],
    ],
    [
      'one of a list that nobody saw',
      'ship: { when: "ref.order_ids.all(o, o.status == \'pending\')" }',
      [list, `{ call: shop.ship, with: { order_ids: [o1, o9] }, expect: ${unresolved} }`],
    ],
    [
      'beside the other arguments of each',
      'ship: { when: "zip(call.args.quantities, ref.order_ids).all(p, p.left < 3 || p.right.status == \'pending\')" }',
      [
        list,
        '{ call: shop.ship, with: { order_ids: [o1, o2], quantities: [9, 2] }, expect: allow }',
        '{ wait: 1s }',
        list,
        `{ call: shop.ship, with: { order_ids: [o1, o2], quantities: [1, 9] }, expect: ${when} }`,
        '{ call: shop.ship, with: { order_ids: [o1, o2], quantities: [1] }, expect: { deny: authorize.when_error } }',
      ],
    ],
    [
      'by its place',
      'reprice: { when: "range(size(call.args.lines)).all(i, call.args.lines[i].cents <= ref.lines[i].total)" }',
      [
        seen,
        '{ call: shop.reprice, with: { lines: [{ order_id: o1, sku: x, cents: 4000 }] }, expect: allow }',
        '{ wait: 1s }',
        seen,
        `{ call: shop.reprice, with: { lines: [{ order_id: o1, sku: x, cents: 4001 }] }, expect: ${when} }`,
      ],
    ],
    [
      'the sum of a list',
      'reprice: { when: "sum(call.args.lines.map(l, l.cents)) <= usd(10)" }',
      [
        '{ call: shop.reprice, with: { lines: [{ order_id: o1, sku: x, cents: 400 }, { order_id: o1, sku: y, cents: 600 }] }, expect: allow }',
        `{ call: shop.reprice, with: { lines: [{ order_id: o1, sku: x, cents: 400 }, { order_id: o1, sku: y, cents: 601 }] }, expect: ${when} }`,
      ],
    ],
    [
      'an `if` that nobody can answer asks',
      'refund: { approval: { by: staff, if: "ref.order_id.status == \'shipped\'" } }',
      [pays(1, '{ hold: gate.approval }'), seen, pays(2, 'allow')],
    ],
  ])('%s', (_, grant, steps) => {
    expect(differences(policyOf(grant), steps)).toEqual([]);
  });
});

describe('calls that name several things, or leave them out', () => {
  const packed = '{ call: shop.pack, with: { order_ids: [o1] }, expect: allow }';
  const ship = (ids: string, expected: string) =>
    `{ call: shop.ship, with: { order_ids: [${ids}] }, expect: ${expected} }`;
  const after = 'pack: allow, ship: { after: { tool: shop.pack, same: [order_ids] } }';
  const never = 'refund: { not_after: { tool: shop.refund, same: [payment_id] }, repeat: allow }';
  test.each<[string, string, readonly string[]]>([
    ['each of them was named before', after, [packed, ship('o1', 'allow')]],
    ['one of them was not', after, [packed, ship('o1, o2', '{ deny: authorize.after }')]],
    ['nothing is named', never, [refund('cents: 1', '{ deny: authorize.absent }')]],
    [
      'a value that no call named',
      never,
      [refund('payment_id: p, cents: 1', 'allow'), refund('payment_id: q, cents: 1', 'allow')],
    ],
    [
      'a value that a call named',
      never,
      [
        refund('payment_id: p, cents: 1', 'allow'),
        refund('payment_id: p, cents: 2', '{ deny: authorize.not_after }'),
      ],
    ],
  ])('%s', (_, grant, steps) => {
    expect(differences(policyOf(grant), steps)).toEqual([]);
  });

  const rule = policyOf(
    'cancel: { not_after: { tool: shop.refund, same: [order_id] } }, refund: allow',
  );
  const any = policyOf('cancel: { not_after: [shop.refund] }, refund: allow');
  const done = policyOf('cancel: { after: { tool: shop.order, same: [order_id] } }');
  const past = {
    call: 'call_0',
    tool: 'shop.refund',
    tier: 1,
    sinceMs: 0,
    atMs: 1,
    completed: true,
    seenByAgent: true,
    arguments: '',
    released: null,
    shown: null,
    trust: 'trusted',
  } as const;
  const underWay = { ...past, completed: false, atMs: Number.MAX_SAFE_INTEGER };
  const earlier = (of: Exchange['past'], args: JsonObject): readonly Exchange[] => [
    { past: of, args, result: null, shown: nothingShown },
  ];
  const inFlight = [
    {
      id: 'call_0',
      tool: 'shop.refund',
      digest: '',
      tier: 1,
      atMs: 0,
      arguments: '',
      seenByAgent: true,
    },
  ] as const;
  test.each<[string, Policy, Partial<Run>, readonly Exchange[], string]>([
    [
      'one that is under way',
      rule,
      {},
      earlier(underWay, { order_id: 'o1' }),
      'deny authorize.not_after',
    ],
    ['one of another order that is', rule, {}, earlier(underWay, { order_id: 'o2' }), 'allow'],
    ['one that left it out', rule, {}, earlier(past, {}), 'deny authorize.not_after'],
    ['what the run has forgotten', rule, { historyLost: true }, [], 'deny authorize.not_after'],
    ['and may not lean on', done, { historyLost: true }, [], 'deny authorize.after'],
    ['any that is under way', any, { inFlight }, [], 'deny authorize.not_after'],
    ['none', any, {}, [], 'allow'],
  ])('%s', (_, policy, run, history, verdict) => {
    const options = {
      agent: 'clerk',
      user: null,
      case: { customer: 'ann' },
      run,
      facts: { history },
    };
    expect(verdictOf(decided(policy, 'shop.cancel', { order_id: 'o1' }, options))).toBe(verdict);
  });
});

describe('what a broken rule is told', () => {
  function messages(grant: string, change: (text: string) => string = (text) => text) {
    const result = loadPolicy({
      file: 'policy.yaml',
      readFile: () => change(tools) + agent(grant),
      lock: lockOf({ tools: signatures }),
    });
    return result.ok ? [] : result.errors.map(({ message }) => message);
  }
  test.each<[string, string, string]>([
    [
      'an argument that names nothing',
      'refund: { where: { payment_id: { owner: a } } }',
      "`shop.refund` can't answer `where.payment_id`: `payment_id` names no thing whose fields could be asked",
    ],
    [
      'a field that nobody returns',
      'cancel: { where: { order_id: { state: a } } }',
      'no tool returns the field `state` of `order`',
    ],
    [
      'an amount in another currency',
      'cancel: { where: { order_id: { total: { max: 5 EUR } } } }',
      'the field is in USD, and the limit in EUR',
    ],
    [
      'bounds of what is no number',
      'refund: { where: { payment_id: { max: 5 } } }',
      '`payment_id` is no number but `reference`',
    ],
    [
      '`provided` in a list',
      'refund: { where: { payment_id: [provided, x] } }',
      '`provided` stands alone: it is no value of a list',
    ],
    [
      'a kind that nothing provides',
      'cancel: { where: { order_id: provided } }',
      'no tool provides a `object.order`, which `order_id` is',
    ],
    [
      'an unknown case name',
      'cancel: { where: { order_id: { owner: case.buyer } } }',
      'unknown case name `buyer`',
    ],
    [
      'an argument that the tool before has not',
      'cancel: { after: { tool: shop.orders, same: [order_id] } }',
      '`shop.orders` has no argument `order_id`',
    ],
    [
      'an argument that the tool itself has not',
      'cancel: { not_after: { tool: shop.refund, same: [cents] } }',
      "`shop.cancel` can't answer `not_after`: it has no argument `cents`",
    ],
    [
      'a field of no record',
      'refund: { when: "ref.order_id.state == \'a\'" }',
      'no tool returns the field `state` of `order`',
    ],
    [
      'an argument that is no thing',
      'refund: { when: "ref.payment_id.state == \'a\'" }',
      '`payment_id` names no thing that a tool returns',
    ],
    [
      'an amount beside a bare number',
      'refund: { when: "ref.order_id.total > 5" }',
      'an amount is compared with an int, which says neither unit nor currency',
    ],
  ])('%s', (_, grant, message) => {
    expect(messages(grant)).toEqual([message]);
  });

  test.each<[string, (text: string) => string, string]>([
    [
      'one field of two kinds',
      (text) =>
        text.replace(
          'fields: { status: /status } }',
          'fields: { status: /status, total: { at: /total, is: number } } }',
        ),
      'the `total` of `order` is `number` here, and `amount` in USD in `shop.order`',
    ],
    [
      'a bare number beside an amount',
      (text) =>
        text.replace(
          'fields: { status: /status } }',
          'fields: { status: /status, total: /total } }',
        ),
      'the `total` of `order` is a bare number here, and an amount in `shop.order`',
    ],
    [
      'one value beside many',
      (text) =>
        text.replace('fields: { status: /status } }', 'fields: { status: /status, tags: /tags } }'),
      'the `tags` of `order` is one value here, and many in `shop.order`',
    ],
    [
      'a field with a name of the language',
      (text) =>
        text.replace('fields: { status: /status } }', 'fields: { status: /status, only: /only } }'),
      '`only` already means something where a rule speaks of a record',
    ],
  ])('%s', (_, change, message) => {
    expect(messages('cancel: allow', change)).toEqual([message]);
  });

  test.each<[string, string, (text: string) => string, string]>([
    [
      'one argument that names two sorts of things',
      'refund: { where: { order_id: { status: open } } }',
      (text) =>
        text.replace(
          'action: cancel, tier: reversible, reach: internal, on: order, args: { order_id: object.order }',
          'action: refund, tier: reversible, reach: internal, args: { order_id: object.payments }',
        ),
      '`order_id` names different things in the tools that this grant covers',
    ],
    [
      'values that are never equal',
      'cancel: { not_after: { tool: shop.payments, same: [order_id] } }',
      (text) =>
        text.replace(
          'shop.payments:\n    { action: read, tier: read_only, reach: internal, args: { order_id: object.order }',
          'shop.payments:\n    { action: read, tier: read_only, reach: internal, args: { order_id: path }',
        ),
      '`order_id` is `object.order` in `shop.cancel`, and `path` in `shop.payments`: the two are never equal',
    ],
  ])('%s', (_, grant, change, message) => {
    expect(messages(grant, change)).toEqual([message]);
  });

  test('amounts inside lists count in the unit of their tool', () => {
    const major = policyOf(
      'reprice: { when: "sum(call.args.lines.map(l, l.cents)) <= usd(10)" }',
      (text) =>
        text.replace(
          '"/*/cents": { is: amount, unit: cent }',
          '"/*/cents": { is: amount, unit: major }',
        ),
    );
    const reprice = (cents: number, expected: string) =>
      `{ call: shop.reprice, with: { lines: [{ order_id: o1, sku: x, cents: ${cents} }] }, expect: ${expected} }`;
    expect(
      differences(major, [reprice(10, 'allow'), reprice(11, '{ deny: authorize.when }')]),
    ).toEqual([]);
  });
});
