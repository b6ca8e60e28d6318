import { describe, expect, test } from 'vitest';
import { lockOf } from '../../../test/engine/scene.ts';
import { type LoadResult, loadPolicy } from '../load.ts';
import { emptyLock } from '../lock.ts';
import type { Policy } from '../model.ts';
import { runPolicyTests } from '../policytest.ts';

interface Written {
  readonly people?: string;
  readonly approvals?: string;
  readonly agent?: string;
  readonly grant?: string;
  readonly ofRole?: string;
  readonly alerts?: string;
}

function load(written: Written): LoadResult {
  const { people = '', approvals, agent = '', grant = 'allow', ofRole = 'allow', alerts } = written;
  const source = `sallyport: 1
upstreams: { desk: { functions: true } }
tools:
  desk.pay: { action: pay, tier: irreversible, reach: internal, args: { amount: { is: amount, unit: cent, currency: USD } }, returns: { classes: [invoices] } }
roles: { staff: { permissions: { desk: { pay: ${ofRole} } } }, leads: {} }
users: { static: { ${people} } }
${approvals === undefined ? '' : `approvals: ${approvals}`}
${alerts === undefined ? '' : `alerts: ${alerts}`}
agents:
  clerk: { acts_for: [staff], ${agent} permissions: { desk: { pay: ${grant} } } }
`;
  return loadPolicy({ file: 'p.yaml', readFile: () => source, lock: emptyLock });
}

function loaded(written: Written): Policy {
  const result = load(written);
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.policy;
}

/** What is said of holds, each once. */
function saidOf(written: Written): readonly string[] {
  const result = load(written);
  if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.warnings.flatMap(({ code, message }) => (code === 'policy.hold' ? [message] : []));
}

const leads = 'ann: { roles: [leads] }, bob: { roles: [staff] }';
const leadsOfTheirOwn = 'ann: { roles: [leads, staff] }';
const byLeads = '{ approval: { by: leads } }';

describe('a hold that nobody can answer is said when the policy is loaded, and no other', () => {
  test.each<[what: string, written: Written, said: readonly string[]]>([
    ['a role that somebody has', { people: leads, grant: byLeads }, []],
    [
      'a role that nobody has',
      { grant: byLeads },
      ['nobody has the role `leads`: such a call waits until its time is over, and is rejected'],
    ],
    [
      'more people than there are',
      { people: leads, grant: '{ approval: { by: leads, quorum: 2 } }' },
      [
        '2 people have to agree, and 1 has the role `leads`: such a call waits until its time is over, and is rejected',
      ],
    ],
    [
      'nobody named',
      { people: leads, grant: '{ approval: { quorum: 1 } }' },
      [
        '`approval` waits for a person, and nobody is named who could be asked: such a call is refused',
      ],
    ],
    [
      'nobody named, and a default',
      { people: leads, approvals: '{ default: leads }', grant: '{ approval: { quorum: 1 } }' },
      [],
    ],
    [
      'a default that nobody has is told once, where it stands',
      {
        approvals: '{ default: leads }',
        grant: '{ approval: { quorum: 1 } }',
        agent: 'budget: { tool_calls: { max: 5, then: hold } },',
      },
      ['nobody has the role `leads`: such a call waits until its time is over, and is rejected'],
    ],
    [
      'a budget that asks, and nobody',
      { people: leads, agent: 'budget: { tool_calls: { max: 5, then: hold } },' },
      [
        '`then: hold` waits for a person, and nobody is named who could be asked: such a call is refused',
      ],
    ],
    [
      'a budget that asks the default',
      {
        people: leads,
        approvals: '{ default: leads }',
        agent: 'budget: { tool_calls: { max: 5, then: hold } },',
      },
      [],
    ],
    ["the run's own person", { people: leads, grant: '{ approval: { by: user } }' }, []],
    [
      "the run's own person, of whom a run may be without",
      {
        people: leads,
        agent: 'unattended: { owner: leads },',
        grant: '{ approval: { by: user } }',
      },
      ["`approval` asks the run's own person: in a run without one such a call is refused"],
    ],
    [
      'the same, asked by the role',
      {
        people: leads,
        agent: 'unattended: { owner: leads },',
        ofRole: '{ approval: { by: user } }',
      },
      ["`approval` asks the run's own person: in a run without one such a call is refused"],
    ],
    [
      'the same as `otherwise`',
      {
        people: leads,
        agent: 'unattended: { owner: leads },',
        grant: '{ max_amount: { max: 5 USD, otherwise: { approval: user } } }',
      },
      ["`otherwise` asks the run's own person: in a run without one such a call is refused"],
    ],
    [
      'glass that nobody is there to break, nor to hear of it',
      {
        agent: 'unattended: { owner: leads },',
        grant: '{ max_amount: { max: 5 USD, otherwise: { break_glass: leads } } }',
      },
      [
        "`break_glass` asks the run's own person: in a run without one such a call is refused",
        'nobody has the role `leads`: nobody is told when glass is broken',
      ],
    ],
    [
      'only those that it works for',
      { people: leadsOfTheirOwn, grant: byLeads },
      [
        '`approval` asks `leads`, whose people are those that the agent works for: nobody approves for themselves, so nobody can',
      ],
    ],
    [
      'the same where they may',
      { people: leadsOfTheirOwn, approvals: '{ self_approval: true }', grant: byLeads },
      [],
    ],
    [
      'the same where it also works for nobody',
      { people: leadsOfTheirOwn, agent: 'unattended: { owner: leads },', grant: byLeads },
      [],
    ],
    [
      'somebody else who can be asked in some of its runs',
      { people: 'ann: { roles: [leads, staff] }, bob: { roles: [staff] }', grant: byLeads },
      [],
    ],
    [
      'too few others',
      {
        people: 'ann: { roles: [leads, staff] }, bob: { roles: [leads, staff] }',
        grant: '{ approval: { by: leads, quorum: 2 } }',
      },
      [
        '`approval` asks `leads`, whose people are those that the agent works for: nobody approves for themselves, so nobody can',
      ],
    ],
  ])('%s', (_, written, said) => {
    expect(saidOf(written).toSorted()).toEqual(said.toSorted());
  });
});

describe('what is said of approvals is what holds', () => {
  test('nothing said', () => {
    expect(loaded({}).approvals).toEqual({
      default: null,
      timeoutMs: 900_000,
      waitMs: 3_000,
      remember: 'run',
      open: 3,
      selfApproval: false,
      execute: 'at_once',
      notify: [],
    });
  });

  test('all of it said', () => {
    const { approvals, alertChannels, alertEvents } = loaded({
      people: leads,
      approvals:
        '{ default: leads, timeout: 1h, wait: 0s, remember: never, open: 1, self_approval: true, execute: on_repeat, notify: [{ slack: { webhook: { from: env:SLACK } } }, { email: { to: [Ann@Büro.example], smtp: { from: env:SMTP_URL }, shows: [invoices] } }] }',
      alerts:
        '{ events: [break_glass], notify: [{ webhook: { url: https://soc.example/in, secret: { from: env:HOOK } } }] }',
    });
    expect(approvals).toMatchObject({
      default: 'leads',
      timeoutMs: 3_600_000,
      waitMs: 0,
      remember: 'never',
      open: 1,
      selfApproval: true,
      execute: 'on_repeat',
      notify: [
        { type: 'slack', webhook: { from: 'env:SLACK' }, shows: new Set() },
        {
          type: 'email',
          to: ['Ann@xn--bro-hoa.example'],
          from: null,
          smtp: { from: 'env:SMTP_URL' },
          shows: new Set(['invoices']),
        },
      ],
    });
    expect([...alertEvents]).toEqual(['break_glass']);
    expect(alertChannels).toMatchObject([
      { type: 'webhook', url: 'https://soc.example/in', secret: { from: 'env:HOOK' } },
    ]);
  });

  test.each<[grant: string, approval: object]>([
    ['{ approval: { by: leads } }', { role: 'leads', quorum: 1, freshMs: null, until: null }],
    [
      '{ approval: { by: leads, quorum: 2, fresh: 5m, until: { approved: 50 } } }',
      { role: 'leads', quorum: 2, freshMs: 300_000, until: { approved: 50, rejected: 0 } },
    ],
    [
      '{ approval: { by: user, until: { approved: 50, rejected: 2 } } }',
      { role: 'user', until: { approved: 50, rejected: 2 } },
    ],
  ])('%s', (grant, approval) => {
    const [alternative] =
      loaded({ people: leads, grant }).agents.get('clerk')?.permissions.get('desk.pay')
        ?.alternatives ?? [];
    expect(alternative?.approval).toMatchObject(approval);
  });
});

test.each<[approvals: string, isSaid: boolean]>([
  ['{ wait: 50s, timeout: 5s }', true],
  ['{ wait: 5s, timeout: 5s }', false],
  // Nobody wrote how long the request is kept open.
  ['{ timeout: 1s }', false],
])('a request that is kept open for longer than its call waits: %s', (approvals, isSaid) => {
  const result = load({ people: leads, approvals });
  expect(result.ok && result.warnings.map(({ message }) => message)).toEqual(
    isSaid
      ? [
          'a request is kept open for longer than its call waits: when `timeout` is over, it is rejected',
        ]
      : [],
  );
});

test('a secret that was written where it is named is in no message', () => {
  const result = load({
    people: leads,
    approvals: '{ notify: [{ slack: { webhook: https://hooks.slack.com/services/T/B/hunter2 } }] }',
  });
  expect(result.ok).toBe(false);
  expect(JSON.stringify(result)).not.toContain('hunter2');
});

describe('what is warned of is what a gateway would refuse, and nothing else', () => {
  const defaults = ['', 'approvals: { default: leads }', 'approvals: { default: user }'];
  const asking = [
    'approval: { quorum: 1 }',
    'approval: { by: leads }',
    'approval: { by: user }',
    'approval: never, max_amount: { max: 1 USD, otherwise: { approval: leads } }',
    'approval: never, max_amount: { max: 1 USD, otherwise: { approval: user } }',
    'approval: never, max_amount: { max: 1 USD, otherwise: { break_glass: leads } }',
  ];
  const standing = [
    ['acts_for: [staff]', ['ann']],
    ['acts_for: [staff], unattended: { owner: leads }', ['ann', 'none']],
    ['unattended: { owner: leads }', ['none']],
    ['', ['none']],
  ] as const;
  test.each(
    defaults.flatMap((approvals) =>
      asking.flatMap((grant) =>
        standing.map(([agent, users]) => [approvals, grant, agent, users] as const),
      ),
    ),
  )('%s %s %s', (approvals, grant, agent, users) => {
    const source = `sallyport: 1
upstreams: { desk: { functions: true } }
tools:
  desk.pay: { action: pay, tier: reversible, reach: internal, args: { cents: { is: amount, unit: cent, currency: USD } } }
roles: { staff: { permissions: { desk: { pay: allow } } }, leads: {} }
users: { static: { ann: { roles: [staff] }, bob: { roles: [leads] } } }
${approvals}
agents: { clerk: { ${agent === '' ? '' : `${agent}, `}permissions: { desk: { pay: { ${grant} } } } } }
`;
    const lock = lockOf({ tools: { 'desk.pay': { cents: 'integer' } } });
    const result = loadPolicy({ file: 'p.yaml', readFile: () => source, lock });
    if (!result.ok) throw new Error(result.errors.map(({ message }) => message).join('\n'));
    const code = grant.includes('otherwise') ? 'authorize.max_amount' : 'gate.approval';
    const refused = users.filter((user) => {
      const table = `policytest: 1
given: { agent: clerk, user: ${user}, at: 2026-11-23T10:00:00Z }
tests: [{ name: a, call: desk.pay, with: { cents: 900 }, expect: { hold: ${code}, asks: [] } }]
`;
      const ran = runPolicyTests(result.policy, 't.yaml', table);
      if ('errors' in ran) throw new Error(ran.errors.map(({ message }) => message).join('\n'));
      const [failure] = ran.tests.flatMap(({ failures }) => failures);
      // Held it is in any case: what differs is who is asked.
      expect(failure?.expected ?? 'asks nobody').toBe('asks nobody');
      return failure === undefined;
    });
    const warned = result.warnings.some(({ message }) => message.includes('call is refused'));
    expect(warned).toBe(refused.length > 0);
  });
});
