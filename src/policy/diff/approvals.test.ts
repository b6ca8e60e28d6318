import { expect, test } from 'vitest';
import { loadPolicy } from '../load.ts';
import { emptyLock } from '../lock.ts';
import type { Policy } from '../model.ts';
import { diffPolicies } from './diff.ts';

function loaded(approvals: string, approval: string, rest = ''): Policy {
  const source = `sallyport: 1
upstreams: { desk: { functions: true } }
tools:
  desk.pay: { action: pay, tier: irreversible, reach: internal, args: { to: account }, returns: { classes: [invoices] } }
roles: { leads: {}, finance: {} }
${approvals === '' ? '' : `approvals: { ${approvals} }`}
agents: { clerk: { permissions: { desk: { pay: { approval: ${approval} } } } } }
${rest}`;
  const result = loadPolicy({ file: 'p.yaml', readFile: () => source, lock: emptyLock });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.policy;
}

const marks = { wider: '+', narrower: '-', changed: '~', same: '=' } as const;

function differences(before: Policy, after: Policy): readonly string[] {
  return diffPolicies(before, after).groups.flatMap(({ about, changes }) =>
    changes.map(({ effect, text }) => `${about} ${marks[effect]} ${text}`),
  );
}

/** There and back: what lets more through one way lets less through the other. */
const mirrored = { '+': '-', '-': '+', '~': '~', '=': '=' } as const;

const slack = 'slack: { webhook: { from: env:SLACK } }';
const shows = 'slack: { webhook: { from: env:SLACK }, shows: [invoices] }';

test.each<[what: string, before: string, after: string, effects: string, said: string]>([
  [
    'somebody is asked',
    '',
    'default: leads',
    '+',
    'approvals.default: leads (was nobody, so it is refused)',
  ],
  [
    'somebody else',
    'default: leads',
    'default: finance',
    '~',
    'approvals.default: finance (was leads)',
  ],
  ['more time', 'timeout: 1m', 'timeout: 1h', '+', 'approvals.timeout: 1h (was 1m)'],
  ['less patience', 'wait: 3s', 'wait: 0s', '~', 'approvals.wait: not at all (was 3s)'],
  [
    'asked each time',
    'remember: run',
    'remember: never',
    '-',
    'approvals.remember: never (was run)',
  ],
  ['more at a time', 'open: 3', 'open: 9', '+', 'approvals.open: 9 (was 3)'],
  [
    'for oneself',
    'open: 3',
    'self_approval: true',
    '+',
    'approvals.self_approval: true (was false)',
  ],
  [
    'by itself',
    'execute: on_repeat',
    'execute: at_once',
    '+',
    'approvals.execute: at_once (was on_repeat)',
  ],
  [
    'somebody is told',
    'open: 3',
    `notify: [{ ${slack} }]`,
    '~',
    'approvals.notify: added Slack (env:SLACK)',
  ],
  [
    'nobody is told any more',
    `notify: [{ ${slack} }]`,
    'open: 3',
    '~',
    'approvals.notify: removed Slack (env:SLACK)',
  ],
  [
    'they are told more',
    `notify: [{ ${slack} }]`,
    `notify: [{ ${shows} }]`,
    '+',
    'approvals.notify, what Slack (env:SLACK) shows: added invoices',
  ],
  [
    'by another server',
    'notify: [{ email: { to: [a@x.example], smtp: { from: env:ONE } } }]',
    'notify: [{ email: { to: [a@x.example], smtp: { from: env:TWO } } }]',
    '~',
    'approvals.notify: added e-mail to a@x.example (env:TWO); removed e-mail to a@x.example (env:ONE)',
  ],
])('how people are asked: %s', (_, before, after, effect, said) => {
  const [was, is] = [loaded(before, '{ by: leads }'), loaded(after, '{ by: leads }')];
  expect(differences(was, is)).toEqual([`settings ${effect} ${said}`]);
  expect(differences(is, was).map((line) => line.split(' ')[1])).toEqual([
    mirrored[effect === '+' || effect === '-' ? effect : '~'],
  ]);
});

test.each<[what: string, before: string, after: string, effect: '+' | '-' | '~', said: string]>([
  ['nobody is asked', '{ by: leads }', 'never', '+', 'approval: never (was approval: by leads)'],
  [
    'others',
    '{ by: leads }',
    '{ by: finance }',
    '~',
    'approval: by finance (was approval: by leads)',
  ],
  [
    'fewer',
    '{ by: leads, quorum: 3 }',
    '{ by: leads, quorum: 2 }',
    '+',
    'approval: by leads, 2 of them (was approval: by leads, 3 of them)',
  ],
  [
    'who signed in just now',
    '{ by: leads }',
    '{ by: leads, fresh: 5m }',
    '-',
    'approval: by leads, signed in within 5m (was approval: by leads)',
  ],
  [
    'until enough was approved',
    '{ by: leads }',
    '{ by: leads, until: { approved: 50 } }',
    '+',
    'approval: by leads, until 50 were approved and none rejected (was approval: by leads)',
  ],
  [
    'a longer probation',
    '{ by: leads, until: { approved: 50 } }',
    '{ by: leads, until: { approved: 90 } }',
    '-',
    'approval: by leads, until 90 were approved and none rejected (was approval: by leads, until 50 were approved and none rejected)',
  ],
  [
    'a longer one that forgives more',
    '{ by: leads, until: { approved: 50 } }',
    '{ by: leads, until: { approved: 90, rejected: 1 } }',
    '~',
    'approval: by leads, until 90 were approved and at most 1 rejected (was approval: by leads, until 50 were approved and none rejected)',
  ],
  [
    'only some calls',
    '{ by: leads }',
    '{ by: leads, if: size(call.accounts) > 1 }',
    '+',
    'approval: by leads, if size(call.accounts) > 1 (was approval: by leads)',
  ],
  [
    'fewer, and of another role',
    '{ by: leads, quorum: 2 }',
    '{ by: finance }',
    '~',
    'approval: by finance (was approval: by leads, 2 of them)',
  ],
])('who approves a call: %s', (_, before, after, effect, said) => {
  const [was, is] = [loaded('', before), loaded('', after)];
  expect(differences(was, is)).toEqual([`agents.clerk ${effect} \`desk.pay\`: ${said}`]);
  expect(differences(is, was).map((line) => line.split(' ')[1])).toEqual([mirrored[effect]]);
});

test('where alerts go', () => {
  const alerts = (url: string): string =>
    `alerts: { events: [break_glass], notify: [{ webhook: { url: "${url}", secret: { from: env:HOOK } } }] }\n`;
  expect(
    differences(
      loaded('', 'never', alerts('https://one.example/in')),
      loaded('', 'never', alerts('https://two.example/in')),
    ),
  ).toEqual([
    'settings ~ alerts.notify: added https://two.example/in (signed with env:HOOK); removed https://one.example/in (signed with env:HOOK)',
  ]);
});
