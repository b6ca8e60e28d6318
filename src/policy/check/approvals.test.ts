import { expect, test } from 'vitest';
import { loadPolicy } from '../load.ts';
import { emptyLock } from '../lock.ts';
import { checkApprovals } from './approvals.ts';
import { checkPolicy } from './check.ts';
import { formatPolicyCheck } from './format.ts';

function load(rest: string, grants = 'pay: allow') {
  const source = `sallyport: 1
upstreams: { desk: { functions: true } }
tools:
  desk.pay: { action: pay, tier: irreversible, reach: external, args: { to: account, amount: { is: amount, unit: cent, currency: USD } } }
  desk.note: { action: note, tier: reversible, reach: internal, args: { text: content } }
roles: { staff: { permissions: { desk: { pay: allow, note: allow } } }, leads: {}, finance: {}, auditors: {} }
flow: { external: allow, unrequested: allow }
agents: { clerk: { acts_for: [staff], permissions: { desk: { ${grants} } } } }
${rest}`;
  const result = loadPolicy({ file: 'p.yaml', readFile: () => source, lock: emptyLock });
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.policy;
}

const people = `users: { static: { ann: { roles: [leads] }, bob: { roles: [leads, staff] }, cleo: { roles: [staff, finance] } } }
`;

function askedIn(text: string): string {
  const [, part = ''] = /(who is asked, and about what\n[\s\S]*?)\n\n/.exec(text) ?? [];
  return part;
}

test('who is asked about what, and how', () => {
  const policy = load(
    `${people}approvals: { default: leads, timeout: 1h, wait: 0s, notify: [{ email: { to: [leads@x.example], smtp: { from: env:SMTP_URL } } }] }
`,
    'pay: { max_amount: { max: 5 USD, otherwise: { approval: finance } }, hours: { only: Mon 09:00-17:00, otherwise: { break_glass: leads } }, approval: { by: leads, quorum: 2, fresh: 5m, until: { approved: 50 }, if: "size(call.accounts) > 1" } }, note: { approval: { by: user } }',
  );
  expect(askedIn(formatPolicyCheck(checkPolicy(policy)))).toBe(
    `who is asked, and about what
  finance (cleo)
    agents.clerk.desk.pay: what \`max_amount\` doesn't let through
  the run's own person
    agents.clerk.desk.pay: breaking the glass of \`hours\`, of which leads is told
    agents.clerk.desk.note
  leads (ann, bob)
    agents.clerk.desk.pay: 2 of them, signed in within 5m, if size(call.accounts) > 1, until 50 were approved and none rejected; too few for runs of bob, since nobody approves for themselves
    repeats of what was done and had its answer
  a call waits 1h, then it is rejected; its request is answered at once
  told by e-mail to leads@x.example (env:SMTP_URL)`,
  );
});

test.each([
  ['', null],
  [
    'alerts: { events: [break_glass, secret_found], notify: [{ slack: { webhook: { from: env:SLACK } } }] }',
    'alerts\n  break_glass, secret_found\n  told by Slack (env:SLACK)',
  ],
  [
    'alerts: { events: [break_glass] }',
    'alerts\n  break_glass\n  nobody is told: whoever wants to know looks at `sallyport ledger list --type alert.raised`',
  ],
])('where alerts go: %s', (alerts, said) => {
  const [, part = null] =
    /^(alerts\n[\s\S]*?)\n\n/m.exec(formatPolicyCheck(checkPolicy(load(`${alerts}\n`)))) ?? [];
  expect(part).toBe(said);
});

test('what waits for nobody is refused, and says so', () => {
  const policy = load(`${people}content: { injection: { then: hold_next }, secrets: { then: hold } }
`);
  expect(askedIn(formatPolicyCheck(checkPolicy(policy)))).toBe(
    `who is asked, and about what
  nobody, so it is refused
    agents.clerk.desk.pay, by its tier
    calls that carry a secret
    what a run does after a result that gives orders
    repeats of what was done and had its answer`,
  );
});

test.each<[what: string, rest: string, grants: string, gate: string]>([
  ['the tier, and nobody', '', 'pay: allow', 'approval (tier), and nobody can be asked: refused'],
  [
    'the tier, and the default',
    'approvals: { default: leads }\n',
    'pay: allow',
    'approval by leads (ann, bob) (tier)',
  ],
  [
    'a role that nobody has',
    'approvals: { default: auditors }\n',
    'pay: allow',
    'approval by auditors (nobody has it) (tier)',
  ],
  [
    'a grant that names nobody',
    '',
    'pay: { approval: { quorum: 2 } }',
    'approval, 2 of them, and nobody can be asked: refused',
  ],
  ['a confirmation', '', 'pay: { approval: { by: user } }', "approval by the run's own person"],
])('the gate of a way out: %s', (_, rest, grants, gate) => {
  const policy = load(`${people}${rest}`, grants);
  const [clerk] = checkPolicy(policy).agents;
  expect(clerk?.external.map((way) => way.gate)).toEqual([gate]);
});

test('nobody is asked of a policy that asks nobody', () => {
  const policy = load('', 'note: allow');
  expect(checkApprovals({ ...policy, tools: new Map() })).toEqual({
    asked: [],
    nobody: [],
    how: null,
  });
});
