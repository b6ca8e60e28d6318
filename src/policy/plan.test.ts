import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loaded } from '../../test/engine/scene.ts';
import type { JsonObject } from '../content/value.ts';
import { formatDiagnostic } from './diagnostic.ts';
import type { PlanEntry, Policy } from './model.ts';
import { compilePlan } from './plan.ts';
import { runPolicyTests } from './policytest.ts';

function office(changes: (text: string) => string = (text) => text): Policy {
  return loaded(
    changes(`
sallyport: 1
currency: USD
hours: { office: Mon-Fri 09:00-17:00 }
upstreams: { mail: { functions: true } }
roles: { staff: {} }
tools:
  mail.search: { action: read, tier: read_only, reach: internal, args: { query: query }, returns: { items: /mails, object: mail, id: /id, each: { /from: sender, /folder: folder } } }
  mail.send: { action: send, tier: reversible, reach: external, on: mail, args: { to: recipient, subject: title, body: content } }
  mail.reply: { action: send, tier: reversible, reach: external, on: mail, args: { to: recipient, subject: title, body: content } }
  mail.delete: { action: delete, tier: reversible, reach: internal, on: mail, args: { id: object.mail } }
  mail.pay: { action: pay, tier: reversible, reach: external, args: { account: account, cents: { is: amount, unit: cent } } }
agents:
  clerk:
    unattended: { owner: staff }
    case: { customer: recipient }
    permissions: { mail: { read: allow, send: { allowed_domains: [x.example], repeat: allow }, delete: allow, pay: { max_amount: 100 USD, repeat: allow } } }
`),
    {
      tools: {
        'mail.search': { query: 'string' },
        'mail.send': { to: 'string', subject: 'string', body: 'string' },
        'mail.reply': { to: 'string', subject: 'string', body: 'string' },
        'mail.delete': { id: 'string' },
        'mail.pay': { account: 'string', cents: 'integer' },
      },
    },
  );
}

function differences(policy: Policy, given: string, steps: readonly string[]): readonly string[] {
  const table = `policytest: 1
given: { agent: clerk, user: none, case: { customer: bob@x.example }, at: 2026-11-23T10:00:00Z, ${given} }
tests: [{ name: row, steps: [${steps.join(', ')}] }]
`;
  const results = runPolicyTests(policy, 't.yaml', table);
  if ('errors' in results) throw new Error(results.errors.map(formatDiagnostic).join('\n'));
  return results.tests.flatMap(({ failures }) =>
    failures.map(({ tool, expected, actual }) => `${tool}: ${actual}, not ${expected}`),
  );
}

const search = (data: string, shows = '') =>
  `{ call: mail.search, with: { query: invoice }, expect: allow, returns: { data: ${data} }${shows} }`;
const send = (to: string, expected: string, tool = 'send', subject = 'Hello') =>
  `{ call: mail.${tool}, with: { to: ${to}, subject: ${subject}, body: Good day }, expect: ${expected} }`;
const pay = (cents: number, expected: string) =>
  `{ call: mail.pay, with: { account: acct-1, cents: ${cents} }, expect: ${expected} }`;
const secret =
  '{ mails: [{ id: m1, from: ann@x.example, folder: inbox, text: The vault code is XQ-84731-77 }] }';
const tell = (expected: string) =>
  `{ call: mail.send, with: { to: a@x.example, subject: Hello, body: The vault code is XQ-84731-77 }, expect: ${expected} }`;
const ask = (expected: string) =>
  `{ call: mail.search, with: { query: XQ-84731-77 }, expect: ${expected}, returns: { data: { mails: [] } } }`;
const notIn = '{ deny: authorize.only }';
const mails =
  '{ mails: [{ id: m1, from: ann@x.example, folder: inbox }, { id: m2, from: eve@z.example, folder: board }] }';

describe("a run's plan", () => {
  test.each<[string, string, readonly string[]]>([
    ['an action that is in it', 'only: [mail.send]', [send('a@x.example', 'allow')]],
    ['one that is not', 'only: [mail.read]', [send('a@x.example', notIn)]],
    ['none at all', 'only: []', [send('a@x.example', notIn)]],
    [
      'a recipient that it lists',
      'only: [{ action: mail.send, recipients: [a@x.example] }]',
      [send('A@X.example', 'allow')],
    ],
    [
      'another',
      'only: [{ action: mail.send, recipients: [a@x.example] }]',
      [send('b@x.example', '{ deny: authorize.recipients }')],
    ],
    [
      'it never widens',
      'only: [{ action: mail.send, recipients: [a@y.example] }]',
      [send('a@y.example', '{ deny: authorize.allowed_domains }')],
    ],
    [
      'any one of several entries',
      'only: [{ action: mail.send, recipients: [a@x.example] }, { action: mail.send, recipients: [case.customer] }]',
      [
        send('bob@x.example', 'allow'),
        send('a@x.example', 'allow'),
        send('c@x.example', '{ deny: authorize.recipients }'),
      ],
    ],
    [
      'a tool of the action',
      'only: [{ action: mail.send, tools: [reply] }]',
      [send('a@x.example', 'allow', 'reply'), send('a@x.example', notIn)],
    ],
    [
      'an argument',
      'only: [{ action: mail.send, where: { subject: Hello } }]',
      [
        send('a@x.example', 'allow'),
        send('a@x.example', '{ deny: authorize.where }', 'send', 'Other'),
      ],
    ],
    [
      'an amount, on top of the agent’s own',
      'only: [{ action: mail.pay, max_amount: 10 USD }]',
      [pay(1_000, 'allow'), pay(1_001, '{ deny: authorize.max_amount }')],
    ],
    [
      'a total of the run',
      'only: [{ action: mail.pay, max_total: { agent: 15 USD } }]',
      [
        pay(1_000, 'allow'),
        pay(501, '{ deny: authorize.max_total }'),
        '{ open: {} }',
        pay(501, 'allow'),
      ],
    ],
    [
      'named hours of the policy',
      'only: [{ action: mail.pay, hours: office }]',
      [pay(1, 'allow'), '{ wait: 12h }', pay(2, '{ deny: authorize.hours }')],
    ],
    [
      'an expression',
      'only: [{ action: mail.pay, when: "call.args.cents == usd(5)" }]',
      [pay(500, 'allow'), pay(501, '{ deny: authorize.when }')],
    ],
    [
      'what it lets be seen',
      'only: [{ action: mail.read, senders: [x.example] }]',
      [
        search(
          mails,
          ', shows: { data: { mails: [{ id: m1, from: ann@x.example, folder: inbox }] } }',
        ),
      ],
    ],
    [
      'a hold of its own',
      'only: [{ action: mail.send, recipients: { only: [a@x.example], otherwise: { approval: staff } } }]',
      [send('b@x.example', '{ hold: authorize.recipients }')],
    ],
  ])('%s', (_, given, steps) => {
    expect(differences(office(), given, steps)).toEqual([]);
  });

  // The request says nothing of whom, what or which: what the plan lists is what was asked for.
  const asked = 'request: Please do what is needed';
  test.each<[string, string, readonly string[]]>([
    [
      'a recipient that it lists is supplied',
      'only: [{ action: mail.send, recipients: [a@x.example], where: { subject: Hello } }]',
      [send('a@x.example', 'allow')],
    ],
    [
      'nor one that a domain covers beside it',
      'only: [{ action: mail.send, recipients: [a@x.example, x.example], where: { subject: Hello } }]',
      [send('b@x.example', '{ deny: flow.made_up }')],
    ],
    [
      'nor one that it lists for another argument',
      'only: [{ action: mail.send, where: { subject: a@x.example } }]',
      [send('a@x.example', '{ deny: flow.made_up }', 'send', 'a@x.example')],
    ],
    [
      'a text that it leaves open is compared with what was read',
      'only: [mail.read, { action: mail.send, recipients: [a@x.example], where: { subject: Hello } }]',
      [search(secret), tell('{ hold: flow.content }')],
    ],
    [
      'a text that it writes out is the opener’s own',
      'only: [mail.read, { action: mail.send, recipients: [a@x.example], where: { subject: Hello, body: The vault code is XQ-84731-77 } }]',
      [search(secret), tell('allow')],
    ],
    [
      'a look-up that it leaves open is, too',
      'only: [mail.read]',
      [search(secret), ask('{ deny: flow.query }')],
    ],
    [
      'a look-up that it writes out is not',
      'only: [{ action: mail.read, where: { query: [invoice, XQ-84731-77] } }]',
      [search(secret), ask('allow')],
    ],
    [
      'one that only a ceiling covers is not',
      'only: [{ action: mail.send, allowed_domains: [x.example] }]',
      [send('a@x.example', '{ deny: [flow.made_up] }')],
    ],
    [
      'a thing that it lists was chosen',
      'only: [{ action: mail.delete, where: { id: m2 } }, mail.read]',
      [search(mails), '{ call: mail.delete, with: { id: m2 }, expect: allow }'],
    ],
    [
      'one that it leaves open was not',
      'only: [mail.delete, mail.read]',
      [search(mails), '{ call: mail.delete, with: { id: m2 }, expect: { hold: flow.object } }'],
    ],
    [
      'an account that it lists',
      'only: [{ action: mail.pay, accounts: [acct-1] }]',
      [pay(1, 'allow')],
    ],
    [
      'an argument that it lists',
      'only: [{ action: mail.pay, where: { account: [acct-1, acct-2] } }]',
      [pay(1, 'allow')],
    ],
    [
      'an action that it names was asked for',
      'only: [{ action: mail.pay, where: { account: acct-1 } }]',
      [pay(1, 'allow'), send('a@x.example', '{ deny: [authorize.only, flow.made_up] }')],
    ],
  ])('with a request: %s', (_, only, steps) => {
    expect(differences(office(), `${asked}, ${only}`, steps)).toEqual([]);
  });
});

describe('an entry that does not fit', () => {
  test.each<[string, PlanEntry, string]>([
    ['no action', {}, '`action` is missing'],
    ['an unknown action', { action: 'mail.burn' }, '`mail.burn` is no known action'],
    ['an unknown action alone', 'mail.burn', '`mail.burn` is no known action'],
    ['a tool alone in its place', 'mail.search', '`mail.search` is no known action'],
    ['a tool in its place', { action: 'mail.search' }, '`mail.search` is no known action'],
    [
      'an unknown constraint',
      { action: 'mail.send', recipient: ['a@x.example'] },
      'unknown constraint `recipient`',
    ],
    [
      'what only the policy says',
      { action: 'mail.send', approval: 'never' },
      'unknown constraint `approval`',
    ],
    [
      'and how strictly',
      { action: 'mail.send', enforcement: 'observe' },
      'unknown constraint `enforcement`',
    ],
    [
      'a constraint that the tool cannot answer',
      { action: 'mail.delete', recipients: ['a@x.example'] },
      "`mail.delete` can't answer `recipients`: no argument of it is a `recipient`",
    ],
    [
      'a case name that is none',
      { action: 'mail.send', recipients: ['case.nobody'] },
      'unknown case name `nobody`',
    ],
    [
      'a tool of another action',
      { action: 'mail.send', tools: ['search'] },
      '`mail.search` has the action `read`, not `send`',
    ],
    [
      'no address',
      { action: 'mail.send', recipients: ['nobody'] },
      '`nobody` is no address and no domain',
    ],
    [
      'an expression that is none',
      { action: 'mail.send', when: 'call.args.too == 1' },
      'no argument of `mail.send` is called `too`',
    ],
    [
      'a value of another type',
      { action: 'mail.pay', max_amount: [5] },
      "a list doesn't belong here",
    ],
  ])('%s', (_, entry, message) => {
    const { problems, alternatives } = compilePlan(office(), { run: 'run_1', agent: 'clerk' }, [
      entry,
      'mail.read',
    ]);
    expect(problems.map((one) => [one.entry, one.message])).toEqual([[0, message]]);
    expect([...alternatives.keys()]).toEqual(['mail.read']);
  });

  test('what the document shows fits', () => {
    const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'wire.md'), 'utf8');
    const [, shown = ''] =
      /^```json\n(\{\n {2}"agent": "clerk"[\s\S]*?)^```$/m.exec(document) ?? [];
    const { only }: { readonly only: readonly PlanEntry[] } = JSON.parse(shown);
    const plan = compilePlan(office(), { run: 'run_1', agent: 'clerk' }, only);
    expect([...plan.alternatives.keys(), ...plan.problems]).toEqual([
      'mail.read',
      'mail.send',
      'mail.delete',
    ]);
  });

  test('after a reload it permits nothing, and the others go on', () => {
    const only: readonly JsonObject[] = [
      { action: 'mail.pay', max_amount: '10 USD' },
      { action: 'mail.send', recipients: ['a@x.example'] },
    ];
    const holder = { run: 'run_1', agent: 'clerk' };
    expect([...compilePlan(office(), holder, only).alternatives.keys()]).toEqual([
      'mail.pay',
      'mail.send',
    ]);
    const changed = office((text) =>
      text
        .replace('cents: { is: amount, unit: cent }', 'cents: number')
        .replace('max_amount: 100 USD, ', ''),
    );
    expect([...compilePlan(changed, holder, only).alternatives.keys()]).toEqual(['mail.send']);
  });
});
