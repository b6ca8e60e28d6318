import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from './diagnostic.ts';
import { type LoadResult, loadPolicy } from './load.ts';
import { parseLock } from './lock-file.ts';
import type { Agent, Alternative, Constraint, Policy } from './model.ts';

const folder = join(import.meta.dirname, '..', '..', 'test', 'policies');
const lock = parseLock(readFileSync(join(folder, 'sallyport.lock'), 'utf8'));
const everything = readFileSync(join(folder, 'good', 'everything.yaml'), 'utf8');
const bank = readFileSync(join(folder, 'good', 'parts', 'bank.yaml'), 'utf8');

function load(files: Readonly<Record<string, string>>): LoadResult {
  return loadPolicy({ file: 'policy.yaml', readFile: (path) => files[path] ?? null, lock });
}

function loaded(files: Readonly<Record<string, string>>): Policy {
  const result = load(files);
  if (!result.ok) throw new Error(result.errors.map((error) => error.message).join('\n'));
  return result.policy;
}

const whole = loaded({ 'policy.yaml': everything, 'parts/bank.yaml': bank });

function agentOf(policy: Policy, name: string): Agent {
  const agent = policy.agents.get(name);
  if (agent === undefined) throw new Error(`no agent ${name}`);
  return agent;
}

function alternative(action: string, index = 0): Alternative {
  const found = agentOf(whole, 'email_agent').permissions.get(action)?.alternatives[index];
  if (found === undefined) throw new Error(`no alternative of ${action}`);
  return found;
}

function constraint<T extends Constraint['type']>(
  action: string,
  type: T,
  index = 0,
): Extract<Constraint, { type: T }> {
  for (const one of alternative(action, index).constraints) if (isOf(one, type)) return one;
  throw new Error(`no ${type} in ${action}`);
}

function isOf<T extends Constraint['type']>(
  one: Constraint,
  type: T,
): one is Extract<Constraint, { type: T }> {
  return one.type === type;
}

describe('what the text becomes', () => {
  test('budgets in base units', () => {
    const { steps, toolCalls, durationMs, tokens, costMicroUsd } = agentOf(
      whole,
      'email_agent',
    ).budget;
    const limits = [steps, toolCalls, durationMs, tokens, costMicroUsd];
    expect(limits.map((limit) => limit?.max)).toEqual([25, 50, 120_000, 200_000, 1_000_000]);
    expect(limits.map((limit) => limit?.then)).toEqual(limits.map(() => 'deny'));
  });

  test('limits where nothing is said', () => {
    const { loops, budget, parallel } = agentOf(
      loaded({ 'policy.yaml': 'sallyport: 1\nagents: { a: {} }\n' }),
      'a',
    );
    expect(loops).toEqual({ sameCall: 3, sameTool: 15, cycle: 3 });
    expect([parallel, budget.steps]).toEqual([null, null]);
  });

  test('a policy that says nothing is strict, in UTC, and frames 4,000 bytes', () => {
    const { enforcement, timezone, content, breaker } = loaded({ 'policy.yaml': 'sallyport: 1\n' });
    const { results } = content;
    expect({ enforcement, timezone, results, breaker }).toEqual({
      enforcement: 'strict',
      timezone: 'UTC',
      results: { maxBytes: 4_000, frame: 'untrusted', links: 'show' },
      breaker: { failures: 5, resetMs: 60_000 },
    });
  });

  test('a tool that nobody classified is irreversible and external', () => {
    const policy = loaded({
      'policy.yaml':
        'sallyport: 1\nupstreams: { mail: { mcp: { command: m } } }\ntools: { mail.remove: { action: delete, args: { id: identifier } } }\n',
    });
    expect(policy.tools.get('mail.remove')).toMatchObject({
      tier: 3,
      reach: 'external',
      persists: false,
    });
  });

  test('addresses, domains and subdomains are told apart, and a case name stays one', () => {
    expect(constraint('mail.read', 'senders').only).toEqual([
      { type: 'case', name: 'sender' },
      { type: 'domain', domain: 'company.com' },
      { type: 'subdomains', domain: 'company.com' },
    ]);
  });

  test('an IBAN is kept in its electronic form', () => {
    expect(constraint('bank.pay', 'accounts').only).toEqual([
      { type: 'literal', value: { type: 'text', key: 'DE89370400440532013000' } },
    ]);
  });

  test('an amount without a currency takes that of the policy, in the smallest unit', () => {
    expect(constraint('bank.pay', 'max_amount').amount).toEqual({ minor: 5_000, currency: 'USD' });
  });

  test('each scope of a total is a constraint of its own', () => {
    const totals = alternative('bank.pay').constraints.flatMap((one) =>
      one.type === 'max_total' ? [[one.name, one.amount.minor, one.windowMs]] : [],
    );
    expect(totals).toEqual([
      ['max_total.case', 20_000, null],
      ['max_total.user', 100_000, 86_400_000],
      ['max_total.agent', 500_000, 30 * 86_400_000],
    ]);
  });

  test('a window by name and one in place have the zone of the policy', () => {
    expect(constraint('bank.pay', 'hours').windows).toEqual([
      {
        text: 'Mon-Fri 09:00-17:00',
        days: new Set([1, 2, 3, 4, 5]),
        fromMinute: 540,
        untilMinute: 1_020,
        timezone: 'America/New_York',
      },
      {
        text: 'Sat 10:00-12:00',
        days: new Set([6]),
        fromMinute: 600,
        untilMinute: 720,
        timezone: 'America/New_York',
      },
    ]);
  });

  test.each([
    ['thread_id', { type: 'terms', terms: [{ type: 'case', name: 'thread' }] }],
    [
      'html',
      {
        type: 'terms',
        terms: [{ type: 'literal', value: { type: 'flag', key: 'false', flag: false } }],
      },
    ],
  ])('where.%s', (argument, expected) => {
    const found = alternative('mail.send').constraints.find(
      (one) => one.name === `where.${argument}`,
    );
    expect(found).toMatchObject({ argument, test: expected });
  });

  test('a range is no list', () => {
    expect(constraint('mail.read', 'where').test).toEqual({ type: 'range', min: 1, max: 50 });
  });

  test('a variant keeps its arguments and hides the fixed ones', () => {
    const variant = whole.tools.get('mail.look');
    expect(variant).toMatchObject({
      operation: 'fetch',
      action: 'read_one',
      tier: 0,
      variantOf: 'mail.fetch',
      fixed: { mark: false },
    });
    expect([...(variant?.args.keys() ?? [])]).toEqual(['ids', 'mark']);
  });

  test('grants have the key that counters live under', () => {
    expect(alternative('mail.read', 1).key).toBe('agents.email_agent.mail.read[1]');
    expect(alternative('mail.send').key).toBe('agents.email_agent.mail.send');
  });

  test('a resource is a call with a definition of our own', () => {
    const tool = whole.tools.get('mail.resources/read');
    expect(tool?.surface).toBe('resource');
    expect(tool?.pin?.checkInput({ uri: 'file:///a' })).toEqual([]);
    expect(tool?.pin?.checkInput({ uri: 3 })).not.toEqual([]);
  });
});

describe('flow and records', () => {
  const look = whole.tools.get('mail.look');

  test('a policy that says nothing of flow has its defaults', () => {
    expect(loaded({ 'policy.yaml': 'sallyport: 1\nflow: {}\n' }).flow).toEqual({
      when: 'always',
      external: 'provenance',
      unrequested: 'hold',
      delegation: 'ask',
      trusted: { recipients: new Set(), accounts: new Set(), urls: [], from: [] },
      classes: new Map(),
    });
  });

  test('trusted values are kept as parsed values are compared', () => {
    expect(whole.flow).toMatchObject({
      unrequested: 'deny',
      trusted: {
        recipients: new Set(['desk@company.com']),
        accounts: new Set(['DE89370400440532013000']),
        urls: [{ scheme: 'https', host: 'help.company.com', port: 443, path: '/docs' }],
        from: [{ tool: 'mail.search', provides: 'recipient' }],
      },
    });
  });

  test('each audience is what it looks like', () => {
    expect(whole.flow.classes.get('customer_data')).toEqual([
      { type: 'case', name: 'sender' },
      { type: 'address', key: 'ann@company.com' },
      { type: 'domain', domain: 'company.com' },
      { type: 'subdomains', domain: 'company.com' },
      { type: 'upstream', name: 'files' },
      { type: 'url', url: { scheme: 'https', host: 'crm.company.com', port: 443, path: '/api' } },
      { type: 'subject' },
      { type: 'model' },
    ]);
    expect(whole.flow.classes.get('secret')).toEqual([]);
  });

  test('words of an action are kept in small letters, once', () => {
    const words = (list: string): Policy['actionWords'] =>
      loaded({
        'policy.yaml': `sallyport: 1\nupstreams: { chat: { functions: true } }\ntools: { chat.send: { action: send, args: {} } }\nactions: { send: { words: [${list}] } }\n`,
      }).actionWords;
    expect(words('Sign off, sign off, Überweise')).toEqual(
      new Map([['send', ['sign off', 'überweise']]]),
    );
  });

  test('a variant has what the tool that it is of says, and may say otherwise', () => {
    expect(look).toMatchObject({ on: 'mail', returns: { object: 'message', id: { text: '/id' } } });
    expect(look?.returns).toBe(whole.tools.get('mail.fetch')?.returns);
    const { tools } = loaded({
      'policy.yaml': `sallyport: 1
upstreams: { notes: { functions: true } }
tools:
  notes.get: { action: read, tier: read_only, reach: internal, args: { id: identifier }, returns: { object: note, id: /id } }
  notes.put: { action: put, args: { id: object.note, text: content, mode: identifier, other: object.note }, on: note, memory: true, fresh: 5m, resolve: { id: notes.get, other: notes.get } }
  notes.add: { of: notes.put, with: { mode: add } }
  notes.swap: { of: notes.put, with: { other: n-1 }, on: page, memory: false, fresh: 1m }
  notes.one: { of: notes.put, with: { mode: one }, resolve: { other: notes.get } }
`,
    });
    const facts = (name: string): unknown => {
      const tool = tools.get(name);
      return [tool?.on, tool?.memory, tool?.freshMs, [...(tool?.resolve.keys() ?? [])]];
    };
    expect(facts('notes.add')).toEqual(['note', true, 300_000, ['id', 'other']]);
    expect(facts('notes.swap')).toEqual(['page', false, 60_000, ['id']]);
    expect(facts('notes.one')).toEqual(['note', true, 300_000, ['other']]);
  });

  test('fields of a record, with the kind that they or the items say', () => {
    const kinds = [...(look?.returns.fields ?? [])].map(([name, { pointer, kind }]) => [
      name,
      pointer.text,
      kind?.name ?? null,
      kind?.currency ?? null,
    ]);
    expect(kinds).toEqual([
      ['status', '/status', null, null],
      ['from', '/from', 'sender', null],
      ['fee', '/fee', 'amount', 'EUR'],
    ]);
  });

  test('values that are provided, on their condition', () => {
    expect(whole.tools.get('mail.search')?.returns.provides).toMatchObject([
      { kind: { name: 'recipient' }, at: { text: '/messages/*/from' }, when: { type: 'named' } },
      {
        kind: { name: 'recipient' },
        at: { text: '/messages/*/to/*' },
        when: {
          type: 'fields',
          equal: [
            { pointer: { text: '/status' }, value: 'sent' },
            { pointer: { text: '/flagged' }, value: false },
          ],
        },
      },
      {
        kind: { name: 'object.message' },
        at: { text: '/messages/*/id' },
        when: { type: 'always' },
      },
    ]);
  });

  const providing = (returns: string): unknown => {
    const tool = loaded({
      'policy.yaml': `sallyport: 1\nupstreams: { a: { functions: true } }\ntools: { a.b: { action: read, args: {}, returns: { ${returns} } } }\n`,
    }).tools.get('a.b');
    const [{ kind } = { kind: null }] = tool?.returns.provides ?? [];
    return [kind?.name, kind?.form, kind?.currency];
  };
  test.each([
    [
      'as a sender of the items',
      'items: /m, each: { /by: { is: sender, form: handle } }, provides: { recipient: "/m/*/by" }',
      ['recipient', 'handle', null],
    ],
    [
      'where the items are single ones',
      'items: "/m/*", each: { /by: { is: recipient, form: phone } }, provides: { recipient: "/m/*/by" }',
      ['recipient', 'phone', null],
    ],
    [
      'where the result is the list',
      'items: "", each: { "": { is: recipient, form: handle } }, provides: { recipient: "/*" }',
      ['recipient', 'handle', null],
    ],
    [
      'as a field of the record',
      'object: o, id: /id, fields: { total: { at: /total, is: amount, unit: cent, currency: EUR } }, provides: { amount: /total }',
      ['amount', 'email', 'EUR'],
    ],
    [
      'plainly where another kind stands',
      'items: /m, each: { /by: { is: sender, form: handle } }, provides: { account: "/m/*/by" }',
      ['account', 'email', null],
    ],
    [
      'plainly at another place',
      'items: /m, each: { /by: { is: sender, form: handle } }, provides: { recipient: /by }',
      ['recipient', 'email', null],
    ],
  ])('a provided value is read %s', (_, returns, expected) => {
    expect(providing(returns)).toEqual(expected);
  });

  test('what an argument names is read into the argument of that kind, of that name, or the only id', () => {
    const resolves = (name: string): unknown =>
      Object.fromEntries(whole.tools.get(name)?.resolve ?? []);
    expect(resolves('mail.remove')).toEqual({
      id: { tool: 'mail.look', argument: 'ids', isList: true },
    });
    expect(resolves('mail.send')).toEqual({
      thread_id: { tool: 'mail.look', argument: 'ids', isList: true },
    });
    const resolved = (args: string): unknown =>
      Object.fromEntries(
        loaded({
          'policy.yaml': `sallyport: 1
upstreams: { shop: { functions: true } }
tools:
  shop.get: { action: read, tier: read_only, reach: internal, args: { ${args} }, returns: { object: order, id: /id } }
  shop.cancel: { action: cancel, args: { order_id: object.order }, resolve: shop.get }
`,
        }).tools.get('shop.cancel')?.resolve ?? [],
      );
    const into = (argument: string): unknown => ({
      order_id: { tool: 'shop.get', argument, isList: false },
    });
    expect(resolved('id: object.order, order_id: identifier')).toEqual(into('id'));
    expect(resolved('id: identifier, order_id: identifier')).toEqual(into('order_id'));
    expect(resolved('number: identifier, verbose: flag')).toEqual(into('number'));
  });

  const forms = (entry: string, ...kinds: readonly string[]): LoadResult =>
    load({
      'policy.yaml': `sallyport: 1
upstreams: { chat: { functions: true } }
tools: { chat.send: { action: send, args: { ${kinds.map((kind, index) => `to${index}: ${kind}`).join(', ')} } } }
flow: { trusted: { recipient: [${entry}] } }
`,
    });
  test.each([
    ['"@Ann"', ['{ is: recipient, form: handle }'], ['ann']],
    ['"#general"', ['{ is: recipient, form: opaque }'], ['#general']],
    ['ann.smith', ['{ is: recipient, form: handle }'], ['ann.smith']],
    ['"+49 30 1234567"', ['{ is: recipient, form: phone }', 'recipient'], ['+49301234567']],
    [
      'Ann@X.example',
      ['{ is: recipient, form: opaque }', 'recipient'],
      ['Ann@X.example', 'ann@x.example'],
    ],
  ])('a trusted %s is read as the tools read recipients', (entry, kinds, expected) => {
    const result = forms(entry, ...kinds);
    expect(result.ok && [...result.policy.flow.trusted.recipients]).toEqual(expected);
  });
  test.each([
    ['general', ['recipient'], '`general` is not one plain e-mail address'],
    [
      'company.com',
      ['recipient', '{ is: recipient, form: opaque }'],
      '`company.com` is a domain, and a domain names nobody',
    ],
  ])('a trusted %s is refused', (entry, kinds, message) => {
    const result = forms(entry, ...kinds);
    expect(result.ok || result.errors.map((error) => error.message)).toEqual([message]);
  });

  test('an id of an object that nothing returns loads, and says that no run can name one', () => {
    const result = load({
      'policy.yaml': `sallyport: 1
upstreams: { shop: { functions: true } }
tools:
  shop.get: { action: read, args: { id: object.order, parts: { "/*/file": object.fil } }, returns: { object: file, id: /id } }
`,
    });
    expect(result.ok).toBe(true);
    expect(
      result.warnings.map(({ at, message, mend }) => [at.line, at.column, message, mend]),
    ).toEqual([
      [
        4,
        41,
        'no tool returns `order`: nothing that a run reads can name one',
        'add `returns: { object: order, id: … }` to the tool that reads it',
      ],
      [
        4,
        75,
        'no tool returns `fil`: nothing that a run reads can name one',
        'did you mean `file`?',
      ],
    ]);
  });

  test('what a tool provides is named, though it returns none as a record', () => {
    const result = load({
      'policy.yaml': `sallyport: 1
upstreams: { shop: { functions: true } }
tools:
  shop.profile: { action: read, args: {}, returns: { provides: { object.address: /addresses/*/id } } }
  shop.move: { action: move, args: { to: object.address } }
`,
    });
    expect(result.ok).toBe(true);
    expect(result.warnings).toEqual([]);
  });
});

describe('the hash', () => {
  const plain =
    'sallyport: 1\ntimezone: UTC\nupstreams:\n  files: { mcp: { command: f, args: [a, b] } }\n';

  test.each([
    ['comments', `# a comment\n${plain}# another\n`],
    [
      'the order of keys',
      'upstreams:\n  files: { mcp: { args: [a, b], command: f } }\ntimezone: UTC\nsallyport: 1\n',
    ],
    [
      'quotes and layout',
      'sallyport: 1\ntimezone: "UTC"\nupstreams:\n  files:\n    mcp:\n      command: f\n      args:\n        - a\n        - b\n',
    ],
  ])('%s leave it as it is', (_, text) => {
    expect(loaded({ 'policy.yaml': text }).hash).toBe(loaded({ 'policy.yaml': plain }).hash);
  });

  test('files leave it as it is', () => {
    const split = {
      'policy.yaml': 'sallyport: 1\ninclude: [more/up.yaml]\ntimezone: UTC\n',
      'more/up.yaml': 'upstreams:\n  files: { mcp: { command: f, args: [a, b] } }\n',
    };
    expect(loaded(split).hash).toBe(loaded({ 'policy.yaml': plain }).hash);
  });

  test('so do channels that stand beside the secrets of one installation', () => {
    const rules = 'approvals: { timeout: 5m';
    const channels = 'notify: [{ slack: { webhook: { from: env:SLACK } } }]';
    const split = {
      'policy.yaml': `${plain}include: [site.yaml]\n${rules} }\nalerts: { events: [break_glass] }\n`,
      'site.yaml': `approvals: { ${channels} }\nalerts: { ${channels} }\n`,
    };
    const whole = `${plain}${rules}, ${channels} }\nalerts: { events: [break_glass], ${channels} }\n`;
    expect(loaded(split).hash).toBe(loaded({ 'policy.yaml': whole }).hash);
    expect(loaded(split).approvals.notify).toHaveLength(1);
  });

  test.each([
    ['a value', plain.replace('UTC', 'Europe/Berlin')],
    ['the order of a list', plain.replace('[a, b]', '[b, a]')],
    ['a key that says what holds anyway', `${plain}enforcement: strict\n`],
  ])('%s changes it', (_, text) => {
    expect(loaded({ 'policy.yaml': text }).hash).not.toBe(loaded({ 'policy.yaml': plain }).hash);
  });
});

describe('warnings', () => {
  const agent = (grant: string): string => `sallyport: 1
upstreams: { files: { mcp: { command: f, env: { API_KEY: abc } } } }
tools:
  files.read: { action: read, tier: read_only, reach: internal, args: { path: path, head: number } }
  files.remove: { action: remove, args: {} }
agents:
  a: { budget: { tool_calls: { max: 5, then: hold } }, permissions: { files: { read: ${grant} } } }
`;

  test('holds load, and what nobody can answer says so', () => {
    const result = load({
      'policy.yaml': agent(
        '{ hours: { only: Mon 09:00-17:00, otherwise: { approval: user } }, approval: { by: user } }',
      ),
    });
    expect(result.ok).toBe(true);
    expect(result.warnings.map(({ code, at }) => [code, at.line, at.column])).toEqual([
      ['policy.secret', 2, 58],
      ['policy.pin', 5, 3],
      ['policy.hold', 7, 46],
      ['policy.hold', 7, 131],
      ['policy.hold', 7, 163],
    ]);
  });

  test.each([
    ['/messages', '/from', '/messages/*/from'],
    ['/messages/*', '/from', '/messages/*/from'],
    ['""', '/from', '/*/from'],
    ['/messages', '/mesages/*/from', '/messages/*/mesages/*/from'],
    ['/messages', '/messages/*/from', null],
    ['""', '/*/from', null],
  ])('items at %s, and a value that depends on its record at %s', (items, at, mend) => {
    const result = load({
      'policy.yaml': `sallyport: 1
upstreams: { mail: { mcp: { command: m } } }
tools:
  mail.search:
    action: read
    tier: read_only
    reach: internal
    args: { folder: folder, query: query, limit: number }
    returns:
      items: ${items}
      names: /subject
      provides: { recipient: { at: ${at}, when: named } }
agents: { a: { permissions: { mail: { read: allow } } } }
`,
    });
    expect(
      result.warnings
        .filter(({ code }) => code === 'policy.value')
        .map((warning) => [warning.at.line, warning.mend]),
    ).toEqual(
      mend === null ? [] : [[12, `pointers of \`provides\` start at the root: \`${mend}\``]],
    );
  });

  const reader = (grant: string): string => `sallyport: 1
upstreams: { files: { mcp: { command: f } }, mail: { mcp: { command: m } } }
tools:
  files.read: { action: read, tier: read_only, reach: internal, args: { path: path, head: number } }
  mail.search: { action: read, tier: read_only, reach: internal, args: { folder: folder, query: query, limit: number }, returns: { items: /messages/*, each: { /from: sender } } }
  mail.send: { action: send, tier: consequential, reach: external, args: { to: recipient, cc: recipient, subject: content, body: content, attachments: path, thread_id: identifier, priority: identifier, html: flag } }
agents:
  a: { permissions: { ${grant} } }
`;
  test.each<[string, string, string | null]>([
    ['one map', 'files: { read: { paths: { under: [/srv] }, rate: 5/hour } }', null],
    [
      'a list of two limits',
      'files: { read: [{ paths: { under: [/srv] } }, { rate: 5/hour }] }',
      null,
    ],
    [
      'a list in which one opens all',
      'files: { read: [{ paths: { under: [/srv] } }, allow] }',
      'any one of a list is enough, and this one lets through what `agents.a.files.read[0]` restricts',
    ],
    [
      'excepted paths anywhere',
      'files: { read: { paths: { except: [/etc/**] } } }',
      "a path may also be written relative to the upstream's own folder, and `/etc/**` doesn't match it then",
    ],
    [
      'a role that no agent acts for',
      'files: { read: allow } } }\nroles: { c: { permissions: { files: { read: { rate: 5/hour } } }',
      'no agent acts for `c`: what it permits and limits holds for nobody',
    ],
    [
      'subdomains forbidden, and not the domain',
      'mail: { send: { forbidden_domains: ["*.x.example"], approval: never } }',
      "`*.x.example` doesn't forbid `x.example` itself",
    ],
    [
      'a domain forbidden, and its subdomains',
      'mail: { send: { forbidden_domains: [x.example, "*.x.example"], approval: never } }',
      null,
    ],
    ['excepted names anywhere', 'files: { read: { paths: { except: ["**/.env*"] } } }', null],
    ['a field of the items', 'mail: { read: { fields: { except: [from] } } }', null],
    [
      'a field that no item has',
      'mail: { read: { fields: { except: [frm] } } }',
      'no result here has a field `frm`, by the pinned output schemas',
    ],
    [
      'a pointer that starts at the root where items are filtered',
      'mail: { read: { fields: { except: [/messages/0/from] } } }',
      '`/messages/0/from` leads to nothing, by the pinned output schemas',
    ],
  ])('%s', (_, grant, warning) => {
    const result = load({ 'policy.yaml': reader(grant) });
    expect(result.ok).toBe(true);
    expect(result.warnings.map(({ message }) => message)).toEqual(
      warning === null ? [] : [warning],
    );
  });
});

test('an overlay is never loaded', () => {
  const result = loadPolicy({ file: 'flow.later.yaml', readFile: () => 'sallyport: 1\n', lock });
  expect(result.ok).toBe(false);
});

test('a file that is no text of ours is refused before it is parsed', () => {
  const result = load({ 'policy.yaml': `sallyport: 1\n# ${'x'.repeat(1_100_000)}\n` });
  expect(result.ok ? [] : result.errors.map((error) => error.message)).toEqual([
    'the policy is too large',
  ]);
});

test('brackets by the ten thousand are an error, not a crash', () => {
  const result = load({ 'policy.yaml': `sallyport: ${'['.repeat(100_000)}` });
  expect(result.ok).toBe(false);
});

test('errors are at most a hundred', () => {
  const wrong = Array.from({ length: 500 }, (_, index) => `key_${index}: 1\n`).join('');
  const result = load({ 'policy.yaml': `sallyport: 1\n${wrong}` });
  expect(result.ok ? 0 : result.errors.length).toBe(100);
});

test('nothing but the policy and what it includes is asked for', () => {
  const asked: string[] = [];
  loadPolicy({
    file: 'some/where/policy.yaml',
    readFile: (path) => {
      asked.push(path);
      return path.endsWith('policy.yaml')
        ? 'sallyport: 1\ninclude: [a/b.yaml, ../c.yaml, /etc/d.yaml]\n'
        : 'hours: {}\n';
    },
    lock,
  });
  expect(asked).toEqual(['some/where/policy.yaml', 'some/where/a/b.yaml']);
});

describe('whatever the text', () => {
  const lines = everything.split('\n');

  test('loading is total, and every error has a place in a file that was read', () => {
    fc.assert(
      fc.property(
        fc.nat(everything.length),
        fc.nat(12),
        fc.oneof(
          fc.string({ maxLength: 8 }),
          fc.constantFrom(
            '',
            '!',
            '&a ',
            '*a',
            '{',
            '[',
            ', ',
            ': ',
            '\n',
            '"',
            '|',
            'case.x',
            '0',
            '-',
            '<<: ',
          ),
        ),
        (at, cut, insert) => {
          const text = everything.slice(0, at) + insert + everything.slice(at + cut);
          const result = load({ 'policy.yaml': text, 'parts/bank.yaml': bank });
          if (result.ok) return;
          expect(result.errors.length).toBeGreaterThan(0);
          for (const error of result.errors) {
            expect(error.at.line).toBeGreaterThan(0);
            expect(error.at.column).toBeGreaterThan(0);
            expect(['policy.yaml', 'parts/bank.yaml']).toContain(error.at.file);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  // A line that is left out or misspelt must never leave a policy that grants more by accident of reading.
  test('a misspelt key is an error on its own line', () => {
    const keys = lines.flatMap((line, index) => {
      const [, indent, key] = /^(\s*)([a-z_]+):( |$)/.exec(line) ?? [];
      return indent === undefined || key === undefined ? [] : [{ index, indent, key }];
    });
    for (const { index, indent, key } of keys) {
      const misspelt = lines.with(
        index,
        (lines[index] ?? '').replace(`${indent}${key}`, `${indent}${key}zq`),
      );
      const result = load({ 'policy.yaml': misspelt.join('\n'), 'parts/bank.yaml': bank });
      expect([key, result.ok]).toEqual([key, nameIsFree.has(key)]);
    }
  });
});

/** Names that nothing else in that policy mentions: another name is as good. */
const nameIsFree: ReadonlySet<string> = new Set(['night', 'local', 'ann', 'lead', 'email_agent']);

test('a secret that was written is in no message: they go to logs and into the ledger', () => {
  const result = load({
    'policy.yaml': `sallyport: 1
upstreams:
  a: { mcp: { url: https://a.example }, credential: { from: hunter2, az: bearer } }
  b: { mcp: { url: "https://me:hunter2@b.example" } }
  c: { mcp: { command: /bin/c, env: { API_TOKEN: hunter2 }, urls: none } }
content: { detector: { http: "http://d.example?token=hunter2", time: 2s } }
ledger: { checkpoints: { webhook: { url: https://e.example, secret: { from: 'me:hunter2' } } } }
approvals: { notify: [{ slack: "https://hooks.slack.com/services/hunter2" }] }
`,
  });
  const said = [...(result.ok ? [] : result.errors), ...result.warnings];
  expect(said.filter(({ code }) => code === 'policy.secret').map(({ at }) => at.line)).toEqual([
    3, 4, 6, 7, 8, 5,
  ]);
  expect(said.length).toBeGreaterThan(5);
  expect(JSON.stringify(said.map((one) => [one, formatDiagnostic(one)]))).not.toContain('hunter2');
});
