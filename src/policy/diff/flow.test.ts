import { expect, test } from 'vitest';
import { loadPolicy } from '../load.ts';
import { emptyLock } from '../lock.ts';
import type { Policy } from '../model.ts';
import { diffPolicies } from './diff.ts';

const base = `
sallyport: 1
currency: USD
upstreams: { mail: { functions: true }, shop: { functions: true } }
tools:
  mail.read:
    action: read
    tier: read_only
    reach: internal
    args: { folder: folder }
    returns:
      items: /messages
      classes: [customer_data]
      object: message
      id: /id
      fields: { status: /status }
      names: [/subject, /from]
      provides: { recipient: { at: "/messages/*/from", when: named } }
  mail.send: { action: send, tier: consequential, args: { to: recipient, text: content } }
  mail.remove: { action: remove, tier: consequential, reach: internal, args: { id: object.message }, on: mail, resolve: mail.get, fresh: 5m }
  mail.get: { action: read, tier: read_only, reach: internal, args: { id: object.message }, returns: { object: message, id: /id } }
  shop.note: { action: note, tier: reversible, reach: internal, args: { text: content }, memory: true }
agents: { helper: { case: { customer: recipient } } }
flow:
  external: provenance
  trusted:
    recipient: [desk@company.com]
    account: [ES91 2100 0418 4502 0005 1332]
    url: [https://help.company.com, https://status.company.com]
  classes: { customer_data: { may_reach: [subject, shop] } }
actions: { send: { words: [dispatch, forward] } }
`;

function loaded(text: string): Policy {
  const result = loadPolicy({ file: '/p.yaml', readFile: () => text, lock: emptyLock });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.policy;
}

function diffOf(from: string, to: string): ReturnType<typeof diffPolicies> {
  expect(base).toContain(from);
  return diffPolicies(loaded(base), loaded(base.replace(from, to)));
}

const marks = { wider: '+', narrower: '-', changed: '~', same: '=' };

test.each<readonly [from: string, to: string, expected: readonly string[]]>([
  ['external: provenance', 'external: allow', ['settings + flow.external: allow (was provenance)']],
  ['external: provenance', 'external: deny', ['settings - flow.external: deny (was provenance)']],
  ['external: provenance', 'external: hold', ['settings ~ flow.external: hold (was provenance)']],
  ['flow:\n', 'flow:\n  when: untrusted\n', ['settings + flow.when: untrusted (was always)']],
  ['flow:\n', 'flow:\n  unrequested: deny\n', ['settings - flow.unrequested: deny (was hold)']],
  ['flow:\n', 'flow:\n  unrequested: allow\n', ['settings + flow.unrequested: allow (was hold)']],
  ['flow:\n', 'flow:\n  delegation: deny\n', ['settings - flow.delegation: deny (was ask)']],
  [
    '[desk@company.com]',
    '[desk@company.com, ann@company.com]',
    ['settings + flow.trusted.recipient: added ann@company.com'],
  ],
  [
    '    account: [ES91 2100 0418 4502 0005 1332]\n',
    '',
    ['settings - flow.trusted.account: removed ES9121000418450200051332'],
  ],
  [
    'https://status.company.com',
    'https://status.company.com/eu',
    [
      'settings ~ flow.trusted.url: added https://status.company.com:443/eu; removed https://status.company.com:443',
    ],
  ],
  [
    '  trusted:\n',
    '  trusted:\n    from: [{ tool: mail.read, provides: recipient }]\n',
    ['settings + flow.trusted.from: added recipient from mail.read'],
  ],
  [
    '[subject, shop]',
    '[subject, shop, company.com]',
    ['settings + flow.classes.customer_data.may_reach: added company.com'],
  ],
  [
    '[subject, shop]',
    '[case.customer]',
    [
      'settings ~ flow.classes.customer_data.may_reach: added case.customer; removed the subject, the upstream shop',
    ],
  ],
  [
    '  classes: { customer_data: { may_reach: [subject, shop] } }\n',
    '',
    ['settings + flow.classes.customer_data: no longer bounded by `may_reach`'],
  ],
  [
    'may_reach: [subject, shop] }',
    'may_reach: [subject, shop] }, secret: { may_reach: [] }',
    ['settings - flow.classes.secret: may now reach nobody'],
  ],
  [
    '[dispatch, forward]',
    '[dispatch, forward, pass on]',
    ['settings + actions.send.words: added pass on'],
  ],
  [
    '[customer_data]\n',
    '[customer_data, salaries]\n',
    ['tools.mail.read - returns.classes: added salaries'],
  ],
  [
    ', when: named }',
    ', when: { /status: sent } }',
    [
      'tools.mail.read ~ values for later calls: added recipient at /messages/*/from, when /status is sent; removed recipient at /messages/*/from, when named',
    ],
  ],
  [
    '{ at: "/messages/*/from", when: named } }',
    '{ at: "/messages/*/from", when: named }, object.message: "/messages/*/id" }',
    ['tools.mail.read + values for later calls: added object.message at /messages/*/id'],
  ],
  [
    'fields: { status: /status }',
    'fields: { status: /state, fee: { at: /fee, is: amount, unit: cent } }',
    [
      'tools.mail.read ~ returns.fields: fee at /fee, a amount; status at /state (was status at /status)',
    ],
  ],
  ['id: /id\n', 'id: /uid\n', ['tools.mail.read ~ returns.id: /uid (was /id)']],
  [
    'id: /id\n',
    'id: /id\n      owner: /from\n',
    ['tools.mail.read ~ returns.owner: /from (was none)'],
  ],
  ['on: mail', 'on: event', ['tools.mail.remove ~ acts on: event (was mail)']],
  [
    ', resolve: mail.get',
    '',
    ['tools.mail.remove ~ what id names is read by nobody (was mail.get, as id)'],
  ],
  ['fresh: 5m', 'fresh: 1h', ['tools.mail.remove + fresh: 1h (was 5m)']],
  [', memory: true', '', ['tools.shop.note + memory: false (was true)']],
])('%j becomes %j', (from, to, expected) => {
  const diff = diffOf(from, to);
  expect(
    diff.groups.flatMap(({ about, changes }) =>
      changes.map(({ effect, text }) => `${about} ${marks[effect]} ${text}`),
    ),
  ).toEqual(expected);
});

test.each([
  ['[subject, shop]', '[shop, subject]'],
  ['[dispatch, forward]', '[forward, dispatch]'],
  ['[dispatch, forward]', '[Dispatch, forward]'],
  ['[/subject, /from]', '[/from, /subject]'],
  [
    'url: [https://help.company.com, https://status',
    'url: [https://help.company.com/, https://status',
  ],
  ['flow:\n', 'flow:\n  when: always\n'],
])('%j means the same as %j', (from, to) => {
  expect(diffOf(from, to)).toMatchObject({ equal: true, groups: [{ about: 'the text' }] });
});
