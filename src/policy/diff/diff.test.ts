import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { loadPolicy } from '../load.ts';
import { emptyLock, type Lock } from '../lock.ts';
import { definitionDigest, parseLock } from '../lock-file.ts';
import type { Policy } from '../model.ts';
import { diffPolicies } from './diff.ts';
import { formatPolicyDiff } from './format.ts';

const base = `
sallyport: 1
currency: USD
hours: { business: Mon-Fri 09:00-17:00 }
upstreams: { mail: { functions: true }, bank: { mcp: { url: "http://127.0.0.1:9/mcp" } } }
users: { static: { ann: { roles: [people] } } }
tools:
  mail.read: { action: read, tier: read_only, reach: internal, args: { folder: folder, from: query } }
  mail.send: { action: send, tier: consequential, args: { to: recipient, text: content } }
  mail.wipe: { action: wipe, tier: irreversible, reach: internal, args: {} }
  bank.pay: { action: pay, tier: reversible, args: { amount: { is: amount, unit: major }, id: identifier } }
roles:
  people: { permissions: { mail: { read: allow, send: allow, wipe: allow }, bank: { pay: allow } } }
  others: { permissions: { mail: { read: allow } } }
agents:
  helper:
    acts_for: [people]
    case: { customer: recipient }
    budget: { tool_calls: 50 }
    rate: 10/minute
    permissions:
      mail:
        read: { folders: [inbox] }
        send: { recipients: [case.customer], max_recipients: 2, hours: business, approval: never }
      bank: { pay: { max_amount: 200 USD, rate: 5/hour, where: { id: [a, b] } } }
    forbidden: [mail.wipe]
`;

function load(text: string, lock: Lock = emptyLock, read?: (path: string) => string | null) {
  return loadPolicy({ file: '/p.yaml', readFile: read ?? (() => text), lock });
}

function loaded(text: string, lock?: Lock): Policy {
  const result = load(text, lock);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.policy;
}

function edited(...edits: readonly (readonly [string, string])[]): string {
  return edits.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, to);
  }, base);
}

const helper = 'agents.helper';

test.each<
  readonly [
    what: string,
    edits: readonly (readonly [string, string])[],
    expected: readonly string[],
  ]
>([
  [
    'checkpoints that leave the host',
    [['sallyport: 1', 'sallyport: 1\nledger: { checkpoints: { file: /kept } }']],
    ['settings ~ checkpoints: sent to /kept (was kept on this host only)'],
  ],
  [
    'a longer list',
    [['folders: [inbox]', 'folders: [inbox, sent]']],
    [`${helper} + \`mail.read\`: folders: added sent`],
  ],
  [
    'another list',
    [['where: { id: [a, b] }', 'where: { id: [b, c] }']],
    [`${helper} ~ \`bank.pay\`: where.id: added c; removed a`],
  ],
  [
    'a constraint less',
    [['recipients: [case.customer], ', '']],
    [`${helper} + \`mail.send\`: no longer recipients: case.customer`],
  ],
  [
    'a constraint more',
    [['{ folders: [inbox] }', '{ folders: [inbox], where: { from: ann } }']],
    [`${helper} - \`mail.read\`: now also where.from: ann`],
  ],
  [
    'a smaller number',
    [['max_recipients: 2', 'max_recipients: 1']],
    [`${helper} - \`mail.send\`: max_recipients: 1 (was 2)`],
  ],
  [
    'a larger amount',
    [['200 USD', '250.50 USD']],
    [`${helper} + \`bank.pay\`: max_amount: 250.50 USD (was 200.00 USD)`],
  ],
  [
    'a rate in the same window',
    [['rate: 5/hour', 'rate: 4/hour']],
    [`${helper} - \`bank.pay\`: rate: 4 in 1h (was 5 in 1h)`],
  ],
  [
    'a rate in another window',
    [['rate: 5/hour', 'rate: 5/day']],
    [`${helper} ~ \`bank.pay\`: rate: 5 in 1d (was 5 in 1h)`],
  ],
  [
    'somebody who may let it pass',
    [['max_amount: 200 USD', 'max_amount: { max: 200 USD, otherwise: { approval: people } }']],
    [
      `${helper} + \`bank.pay\`: max_amount: 200.00 USD, otherwise approval: people (was 200.00 USD)`,
    ],
  ],
  [
    'an approval that is back',
    [['hours: business, approval: never', 'hours: business']],
    [`${helper} - \`mail.send\`: approval: by the tier (was approval: never)`],
  ],
  [
    'a grant more',
    [
      ['        send: { recip', '        wipe: allow\n        send: { recip'],
      ['    forbidden: [mail.wipe]\n', ''],
    ],
    [
      `${helper} + may now \`mail.wipe\` (mail.wipe, irreversible, internal): without constraints`,
      `${helper} + forbidden: removed mail.wipe`,
    ],
  ],
  [
    'a grant that opens nothing',
    [['        send: { recip', '        wipe: allow\n        send: { recip']],
    [`${helper} ~ is granted \`mail.wipe\`, and can't use it: it is forbidden`],
  ],
  [
    'a grant less',
    [['        read: { folders: [inbox] }\n', '']],
    [`${helper} - may no longer \`mail.read\` (mail.read, read_only, internal)`],
  ],
  [
    'a role that permits less',
    [['send: allow, wipe: allow', 'wipe: allow']],
    [
      `${helper} - may no longer \`mail.send\` (mail.send, consequential, external)`,
      'roles.people - `mail.send` is no longer granted',
    ],
  ],
  [
    'a role that permits less of it',
    [['mail: { read: allow, send', 'mail: { read: { folders: [inbox] }, send']],
    ['roles.people - `mail.read`: now also folders: INBOX'],
  ],
  [
    'an alternative more',
    [['read: { folders: [inbox] }', 'read: [{ folders: [inbox] }, { where: { from: ann } }]']],
    [`${helper} + \`mail.read\`: or else, where.from: ann`],
  ],
  [
    'what is forbidden',
    [['[mail.wipe]', '[mail.wipe, bank.pay]']],
    [
      `${helper} - may no longer \`bank.pay\` (bank.pay, reversible, external)`,
      `${helper} - forbidden: added bank.pay`,
    ],
  ],
  [
    'a budget',
    [['tool_calls: 50', 'tool_calls: 60, duration: 2m']],
    [
      `${helper} + budget.tool_calls: 60 (was 50)`,
      `${helper} - budget.duration: 2m (was no limit)`,
    ],
  ],
  [
    "an agent's rate",
    [['    rate: 10/minute\n', '']],
    [`${helper} + rate: no limit (was 10 in 1m)`],
  ],
  [
    "an agent's enforcement",
    [['    rate: 10', '    enforcement: observe\n    rate: 10']],
    [`${helper} ~ enforcement: observe (was as of the policy)`],
  ],
  [
    'whom it acts for',
    [['acts_for: [people]', 'acts_for: [people, others]']],
    [`${helper} + acts for: added others`],
  ],
  [
    'a run without a user',
    [['    acts_for: [people]', '    acts_for: [people]\n    unattended: { owner: people }']],
    [`${helper} + runs without a user, for whom people answers`],
  ],
  [
    'a case name',
    [['customer: recipient }', 'customer: recipient, order: identifier }']],
    [`${helper} ~ case.order added`],
  ],
  [
    'a new agent',
    [['agents:\n', 'agents:\n  reader: { permissions: { mail: { read: allow } } }\n']],
    [
      'agents.reader + is new',
      'agents.reader + may now `mail.read` (mail.read, read_only, internal): without constraints',
    ],
  ],
  [
    'a person',
    [['ann: { roles: [people] }', 'ann: { roles: [people, others] }, bob: { roles: [others] }']],
    ['users.ann + roles: added others', 'users.bob + is new', 'users.bob + roles: added others'],
  ],
  [
    'a milder tier',
    [['tier: consequential', 'tier: reversible']],
    ['tools.mail.send + tier: reversible (was consequential)'],
  ],
  [
    'a reach',
    [['action: wipe, tier: irreversible, reach: internal', 'action: wipe, tier: irreversible']],
    ['tools.mail.wipe - reach: external (was internal)'],
  ],
  [
    'a kind',
    [['from: query }', 'from: content }']],
    ['tools.mail.read ~ argument from: content (was query)'],
  ],
  [
    'a new tool of a granted action',
    [
      [
        'tools:\n',
        'tools:\n  mail.peek: { action: read, tier: read_only, reach: internal, args: { folder: folder } }\n',
      ],
    ],
    [
      `${helper} + may now \`mail.read\` (mail.peek, read_only, internal): folders: INBOX`,
      'tools.mail.peek ~ is new: read, read_only, internal',
    ],
  ],
  [
    'where a server is',
    [['127.0.0.1:9/mcp', '127.0.0.1:8/mcp']],
    ['upstreams.bank ~ `transport.url` changed'],
  ],
  [
    'a window by its name',
    [['Mon-Fri 09:00-17:00', 'Mon-Fri 09:00-18:00']],
    [
      `${helper} ~ \`mail.send\`: hours: added Mon-Fri 09:00-18:00 UTC; removed Mon-Fri 09:00-17:00 UTC`,
    ],
  ],
  [
    'enforcement',
    [['currency: USD', 'currency: USD\nenforcement: observe']],
    ['settings + enforcement: observe (was strict)'],
  ],
  [
    'a breaker',
    [['currency: USD', 'currency: USD\nbreaker: { failures: 9, reset: 2m }']],
    ['settings + breaker.failures: 9 (was 5)', 'settings - breaker.reset: 2m (was 1m)'],
  ],
])('%s', (_, edits, expected) => {
  const diff = diffPolicies(loaded(base), loaded(edited(...edits)));
  expect(diff.equal).toBe(false);
  expect(lines(diff)).toEqual(expected);
});

test.each<readonly [what: string, edits: readonly (readonly [string, string])[]]>([
  ['a default that is written', [['currency: USD', 'currency: USD\nenforcement: strict']]],
  ['the order of a list', [['where: { id: [a, b] }', 'where: { id: [b, a] }']]],
  ['a window that nobody uses', [['hours: { ', 'hours: { nights: "22:00-06:00", ']]],
])('%s means the same, and is told as that', (_, edits) => {
  const diff = diffPolicies(loaded(base), loaded(edited(...edits)));
  expect(diff).toMatchObject({ equal: true, groups: [{ about: 'the text' }] });
  expect(formatPolicyDiff(diff)).toContain('both policies decide alike');
});

test('comments, the order of keys and files leave no trace', () => {
  const split = base
    .replace(/currency: USD\n/, '')
    .replace('sallyport: 1', 'sallyport: 1 # one\ninclude: [money.yaml]');
  const other = load('', emptyLock, (path) =>
    path === '/p.yaml' ? split : path === '/money.yaml' ? 'currency: USD\n' : null,
  );
  if (!other.ok) throw new Error(JSON.stringify(other.errors));
  expect(diffPolicies(loaded(base), other.policy)).toEqual({ equal: true, groups: [] });
});

test('what there are no words for is named beside what there are words for', () => {
  const variant = (more: string): string =>
    base.replace('\nroles:', `\n  mail.ask: { of: mail.send, action: ask, ${more} }\nroles:`);
  const diff = diffPolicies(
    loaded(variant('tier: consequential, with: { text: a question }')),
    loaded(variant('tier: reversible, with: { text: an order }')),
  );
  expect(lines(diff)).toEqual([
    'tools.mail.ask + tier: reversible (was consequential)',
    'tools.mail.ask ~ `fixed.text` changed',
  ]);
});

test('a definition that another was accepted for is told', () => {
  const pinned = (description: string): Lock => {
    const definition = { name: 'pay', description, inputSchema: { type: 'object' } };
    const pin = {
      digest: definitionDigest(definition),
      definition,
      pinnedAt: '2026-01-01T00:00:00Z',
    };
    return { lockVersion: 1, upstreams: { bank: { tools: { pay: pin } } } };
  };
  const of = (from: Lock, to: Lock) =>
    lines(diffPolicies(loaded(plainBank, from), loaded(plainBank, to)));
  expect(of(pinned('pays'), pinned('pays more'))).toEqual([
    'tools.bank.pay ~ another definition of it is pinned',
  ]);
  expect(of(emptyLock, pinned('pays'))).toEqual(['tools.bank.pay + is pinned now']);
  expect(of(pinned('pays'), emptyLock)).toEqual([
    'tools.bank.pay - is no longer pinned: every call is refused',
  ]);
});

const plainBank = `
sallyport: 1
upstreams: { bank: { mcp: { url: "http://127.0.0.1:9/mcp" } } }
tools: { bank.pay: { action: pay, args: {} } }
`;

describe('any change of an example', () => {
  const examples = [
    'examples/email-agent/sallyport',
    'examples/coding-agent/sallyport',
    'examples/claims-agent/sallyport',
    'examples/support-agent/sallyport',
    'examples/healthcare-agent/sallyport',
    'examples/gmail-agent/sallyport',
    'test/policies/good/everything',
  ];
  test.each(examples)('%s: whatever changes the hash has a line, and nothing else has', (name) => {
    const file = join(import.meta.dirname, '../../..', `${name}.yaml`);
    const folder = dirname(name.replace('/good/', '/'));
    const lock = parseLock(
      readFileSync(join(import.meta.dirname, '../../..', folder, 'sallyport.lock'), 'utf8'),
    );
    const written = wholeOf(file);
    const before = loaded(JSON.stringify(written), lock);
    const places = placesIn(written);
    let compared = 0;
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...mutations), (place, mutate) => {
        const after = load(JSON.stringify(changedAt(written, place, mutate)), lock);
        if (!after.ok) return;
        const diff = diffPolicies(before, after.policy);
        expect(diff.groups.length > 0).toBe(after.policy.hash !== before.hash);
        expect(diffPolicies(after.policy, before).equal).toBe(diff.equal);
        compared += 1;
      }),
      { numRuns: 40 },
    );
    expect(compared).toBeGreaterThan(5);
  });
});

function lines(diff: ReturnType<typeof diffPolicies>): readonly string[] {
  const marks = { wider: '+', narrower: '-', changed: '~', same: '=' };
  return diff.groups.flatMap(({ about, changes }) =>
    changes.map(({ effect, text }) => `${about} ${marks[effect]} ${text}`),
  );
}

/** An example in one piece: what it includes is put where it is included. */
function wholeOf(file: string): JsonObject {
  const { include = [], ...rest }: { include?: string[] } & JsonObject = parse(
    readFileSync(file, 'utf8'),
  );
  return include.reduce<JsonObject>(
    (whole, name) => merged(whole, wholeOf(join(dirname(file), name))),
    rest,
  );
}

function merged(one: JsonObject, other: JsonObject): JsonObject {
  const entries = Object.entries(other).map(([key, value]) => {
    const there = one[key];
    return [key, isJsonObject(there) && isJsonObject(value) ? merged(there, value) : value];
  });
  return { ...one, ...Object.fromEntries(entries) };
}

type Path = readonly (string | number)[];

function placesIn(value: JsonValue, path: Path = []): readonly Path[] {
  const children: readonly (readonly [string | number, JsonValue])[] = isJsonArray(value)
    ? value.map((entry, index) => [index, entry] as const)
    : isJsonObject(value)
      ? Object.entries(value)
      : [];
  return [
    ...(path.length === 0 ? [] : [path]),
    ...children.flatMap(([key, child]) => placesIn(child, [...path, key])),
  ];
}

/** What takes the place of a value; undefined takes it away. */
const mutations: readonly ((value: JsonValue) => JsonValue | undefined)[] = [
  () => undefined,
  (value) => (typeof value === 'number' ? value + 1 : value),
  (value) => (typeof value === 'boolean' ? !value : value),
  (value) => (typeof value === 'string' ? `${value}x` : value),
  (value) => (isJsonArray(value) ? value.toReversed() : value),
  (value) => (isJsonArray(value) ? value.slice(1) : value),
  () => 'allow',
  () => 'read_only',
  () => 'observe',
];

function changedAt(
  value: JsonValue,
  [key, ...rest]: Path,
  mutate: (value: JsonValue) => JsonValue | undefined,
): JsonValue {
  const changed = (child: JsonValue): readonly JsonValue[] => {
    const made = rest.length === 0 ? mutate(child) : changedAt(child, rest, mutate);
    return made === undefined ? [] : [made];
  };
  if (isJsonArray(value))
    return value.flatMap((entry, index) => (index === key ? changed(entry) : [entry]));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, entry]) =>
      name === key ? changed(entry).map((made) => [name, made]) : [[name, entry]],
    ),
  );
}
