import { expect, test } from 'vitest';
import { decided, loaded, type SceneOptions, verdictOf } from '../../../test/engine/scene.ts';

/** One tool a tier, so that a row reads `agent's word, user's word, tier`. */
function policyOf(agents: string, users: string, extra = ''): ReturnType<typeof loaded> {
  return loaded(
    `
sallyport: 1
upstreams: { box: { functions: true } }
users: { static: { ann: { roles: [staff] }, lee: { roles: [leads] } } }
tools:
  box.t0: { action: t0, tier: read_only, reach: internal, args: { n: number } }
  box.t1: { action: t1, tier: reversible, reach: internal, args: { n: number } }
  box.t2: { action: t2, tier: consequential, reach: internal, args: { n: number } }
  box.t3: { action: t3, tier: irreversible, reach: internal, args: { n: number } }
roles:
  leads: { permissions: { box: { t0: allow } } }
  staff: { permissions: { box: { t0: ${users}, t1: ${users}, t2: ${users}, t3: ${users} } } }
agents:
  helper:
    acts_for: [staff]
    ${extra}
    permissions: { box: { t0: ${agents}, t1: ${agents}, t2: ${agents}, t3: ${agents} } }
`,
    {
      tools: {
        'box.t0': { n: 'integer' },
        'box.t1': { n: 'integer' },
        'box.t2': { n: 'integer' },
        'box.t3': { n: 'integer' },
      },
    },
  );
}

const waits = 'hold gate.tier approval.unavailable';
const asks = 'hold gate.approval';

test.each<[string, string, string, [string, string, string, string]]>([
  ['silence on both sides', 'allow', 'allow', ['allow', 'allow', waits, waits]],
  ['the agent alone', '{ approval: never }', 'allow', ['allow', 'allow', 'allow', 'allow']],
  [
    "the user's `never` opens nothing",
    'allow',
    '{ approval: never }',
    ['allow', 'allow', waits, waits],
  ],
  [
    'the agent asks at every tier',
    '{ approval: { by: leads } }',
    'allow',
    [asks, asks, asks, asks],
  ],
  [
    'the user adds an approval',
    '{ approval: never }',
    '{ approval: { by: leads } }',
    [asks, asks, asks, asks],
  ],
  [
    'an `if` that is false',
    '{ approval: { if: call.args.n > 5, by: leads } }',
    'allow',
    ['allow', 'allow', 'allow', 'allow'],
  ],
  [
    'an `if` that is true',
    '{ approval: { if: call.args.n > 0, by: leads } }',
    'allow',
    [asks, asks, asks, asks],
  ],
  [
    'an `if` that fails',
    '{ approval: { if: 1 / (call.args.n - 1) > 0, by: leads } }',
    'allow',
    [asks, asks, asks, asks],
  ],
  [
    'both ask',
    '{ approval: { by: leads } }',
    '{ approval: { by: staff } }',
    [
      'hold gate.approval gate.approval',
      'hold gate.approval gate.approval',
      'hold gate.approval gate.approval',
      'hold gate.approval gate.approval',
    ],
  ],
  [
    'one alternative that waits, one that needs not',
    '[{ approval: { by: leads } }, { approval: never }]',
    'allow',
    ['allow', 'allow', 'allow', 'allow'],
  ],
])('%s', (_, agents, users, verdicts) => {
  const policy = policyOf(agents, users);
  const found = [0, 1, 2, 3].map((tier) => verdictOf(decided(policy, `box.t${tier}`, { n: 1 })));
  expect(found).toEqual(verdicts);
});

test('a hold names whose approval would answer it', () => {
  const { findings } = decided(
    policyOf('{ approval: { by: leads } }', '{ approval: { by: staff } }'),
    'box.t1',
    { n: 1 },
  );
  expect(findings.map((finding) => finding.approver)).toEqual([
    expect.objectContaining({ by: { type: 'role', role: 'leads' } }),
    expect.objectContaining({ by: { type: 'role', role: 'staff' } }),
  ]);
});

test.each<[string, string, SceneOptions, string, string]>([
  ['strict, by default', '', {}, 'hold', 'hold'],
  ['an agent that is only watched', 'enforcement: observe', {}, 'hold', 'allow'],
  ['an agent that is warned of', 'enforcement: warn', {}, 'hold', 'allow'],
  ['watched, as a dry run', 'enforcement: observe', { dryRun: true }, 'hold', 'hold'],
  [
    'watched, and suspended',
    'enforcement: observe',
    { facts: { suspended: true } },
    'deny',
    'deny',
  ],
  [
    'watched, and the definition changed',
    'enforcement: observe',
    { facts: { definition: 'changed' } },
    'deny',
    'deny',
  ],
  ['watched, and forbidden', 'enforcement: observe\n    forbidden: [box.t2]', {}, 'deny', 'deny'],
  ['watched, and closed', 'enforcement: observe', { run: { status: 'closed' } }, 'deny', 'deny'],
  [
    'watched, and out of calls',
    'enforcement: observe\n    budget: { tool_calls: 1 }',
    { run: { toolCalls: 1 } },
    'deny',
    'allow',
  ],
])('enforcement: %s', (_, extra, options, verdict, effect) => {
  const decision = decided(policyOf('allow', 'allow', extra), 'box.t2', { n: 1 }, options);
  expect([decision.verdict, decision.effect]).toEqual([verdict, effect]);
});

test("a grant's word is more specific than its agent's, and a role's grant can be stricter", () => {
  const watched = 'enforcement: observe';
  expect(
    decided(policyOf('{ enforcement: strict }', 'allow', watched), 'box.t2', { n: 1 }).effect,
  ).toBe('hold');
  expect(
    decided(policyOf('{ enforcement: observe }', 'allow', 'enforcement: strict'), 'box.t2', {
      n: 1,
    }).effect,
  ).toBe('allow');
  expect(
    decided(policyOf('allow', '{ enforcement: strict }', watched), 'box.t2', { n: 1 }).effect,
  ).toBe('hold');
});

test('a call can not be written so that it fails on the alternative that is only watched', () => {
  const either =
    '[{ when: call.args.n < 0, enforcement: observe }, { when: call.args.n == 0 && call.args.n == 0, approval: never }]';
  const decision = decided(policyOf(either, 'allow'), 'box.t2', { n: 7 });
  expect([decision.verdict, decision.effect, decision.enforcement]).toEqual([
    'deny',
    'deny',
    'strict',
  ]);
});

test('where a limit is only watched, it is counted and stops nothing', () => {
  const policy = policyOf('{ rate: 1/hour, enforcement: observe }', 'allow');
  const decision = decided(policy, 'box.t1', { n: 1 }, { drawn: { 'rate|': 5 } });
  expect([decision.verdict, decision.effect]).toEqual(['deny', 'allow']);
  expect(decision.reservations).toMatchObject([{ amount: 1, max: Number.MAX_SAFE_INTEGER }]);
});
