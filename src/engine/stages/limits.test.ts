import { expect, test } from 'vitest';
import {
  contextOf,
  decided,
  loaded,
  type SceneOptions,
  tuesdayMs,
  verdictOf,
} from '../../../test/engine/scene.ts';
import { remainingBudget } from '../budget.ts';
import type { Asked } from '../decision.ts';
import type { Held } from '../hold.ts';
import type { CallMark, RecentCall, Run } from '../run.ts';
import { keep } from '../run-memory.ts';

const policy = loaded(
  `
sallyport: 1
upstreams: { box: { functions: true } }
tools:
  box.look: { action: look, tier: read_only, reach: internal, args: { id: identifier } }
  box.act: { action: act, tier: consequential, reach: internal, args: { id: identifier } }
agents:
  helper:
    model: { through: reported }
    budget: { steps: 25, tool_calls: 50, duration: 120s, tokens: 200k, cost: { max: 1.00 USD, then: hold } }
    rate: 10/minute
    loops: { same_call: 3, same_tool: 15, cycle: 3 }
    permissions: { box: { look: allow, act: { approval: never } } }
  patient:
    loops: { same_call: 3, same_tool: 1000, cycle: 3 }
    permissions: { box: { look: allow, act: { approval: never, repeat: allow } } }
`,
  { tools: { 'box.look': { id: 'string' }, 'box.act': { id: 'string' } } },
);

const alone: SceneOptions = { user: null };
const after = (run: Partial<Run>): SceneOptions => ({ ...alone, run });
const implicit = { implicit: true, openedAtMs: tuesdayMs - 86_400_000 };
const times = (calls: number, atMs: number): CallMark[] => [{ atMs, sinceMs: atMs, calls }];

test.each<[string, SceneOptions, string]>([
  ['the 50th call', after({ toolCalls: 49 }), 'allow'],
  ['the 51st call', after({ toolCalls: 50 }), 'deny limits.tool_calls'],
  ['step 25', after({ steps: 25 }), 'allow'],
  ['step 26, as reported', after({ steps: 26 }), 'deny limits.steps'],
  ['step 26, as the agent itself says', { ...alone, step: 26 }, 'deny limits.steps'],
  ['119.999 seconds', after({ openedAtMs: tuesdayMs - 119_999 }), 'allow'],
  ['120 seconds', after({ openedAtMs: tuesdayMs - 120_000 }), 'deny limits.duration'],
  ['all tokens', after({ tokens: 200_000 }), 'deny limits.tokens'],
  [
    'all money, which waits for a person',
    after({ costMicroUsd: 1_000_000 }),
    'hold limits.cost approval.unavailable',
  ],
  ['a cent before', after({ costMicroUsd: 990_000 }), 'allow'],
  [
    'several at once',
    after({ toolCalls: 50, tokens: 300_000 }),
    'deny limits.tool_calls limits.tokens',
  ],
  [
    'an opener that narrowed to 5 calls',
    after({ toolCalls: 5, budget: { toolCalls: 5 } }),
    'deny limits.tool_calls',
  ],
  [
    'an opener that asked for more',
    after({ toolCalls: 50, budget: { toolCalls: 500 } }),
    'deny limits.tool_calls',
  ],
  [
    'the 10,000th call of a run without a budget',
    { ...alone, agent: 'patient', run: { toolCalls: 10_000 } },
    'deny limits.run_calls',
  ],
  [
    'an implicit run, a day old',
    after({ ...implicit, toolCalls: 900, callTimes: times(49, tuesdayMs - 60_000) }),
    'allow',
  ],
  [
    '50 calls within its window',
    after({ ...implicit, toolCalls: 900, callTimes: times(50, tuesdayMs - 119_999) }),
    'deny limits.tool_calls',
  ],
  [
    '50 calls just before its window',
    after({ ...implicit, toolCalls: 900, callTimes: times(50, tuesdayMs - 120_000) }),
    'allow',
  ],
  [
    'tokens within its window',
    after({
      ...implicit,
      usageTimes: [{ atMs: tuesdayMs, steps: 1, tokens: 200_000, costMicroUsd: 0 }],
    }),
    'deny limits.tokens',
  ],
  [
    'tokens before its window',
    after({
      ...implicit,
      tokens: 200_000,
      usageTimes: [{ atMs: tuesdayMs - 120_000, steps: 1, tokens: 200_000, costMicroUsd: 0 }],
    }),
    'allow',
  ],
  ['the 10th call of the minute', { ...alone, drawn: { 'agents.helper': 9 } }, 'allow'],
  [
    'the 11th call of the minute',
    { ...alone, drawn: { 'agents.helper': 10 } },
    'deny limits.agent_rate',
  ],
  [
    'an open breaker',
    { ...alone, facts: { breaker: { state: 'open', untilMs: tuesdayMs + 5 } } },
    'deny limits.breaker_open',
  ],
  [
    'a breaker whose probe is under way',
    { ...alone, facts: { breaker: { state: 'half_open', probing: true } } },
    'deny limits.breaker_open',
  ],
  [
    'the probe itself',
    { ...alone, facts: { breaker: { state: 'half_open', probing: false } } },
    'allow',
  ],
  ['a counter that nobody read', { ...alone, facts: { windows: {} } }, 'deny engine.fault'],
])('budget: %s', (_, options, verdict) => {
  expect(verdictOf(decided(policy, 'box.look', { id: 'a' }, options))).toBe(verdict);
});

/** `a=1 a=1 b`: calls by their argument, with what came back; none: not known. */
function history(written: string, agent: string): readonly RecentCall[] {
  return written
    .split(' ')
    .filter(Boolean)
    .map((one) => {
      const [id = '', result] = one.split('=');
      const { reading } = contextOf(policy, 'box.look', { id }, { ...alone, agent });
      return {
        tool: id === 'other' ? 'box.act' : 'box.look',
        digest: reading?.ok === true ? reading.read.digest : '',
        resultDigest: result ?? null,
      };
    });
}

test.each<[string, string, string]>([
  ['twice the same', 'a=1 a=1', 'allow'],
  ['three times the same', 'a=1 a=1 a=1', 'deny limits.same_call'],
  ['a poll whose answer changes', 'a=1 a=2 a=3', 'allow'],
  ['three times the same, with another in between', 'a=1 a=1 b=1 a=1', 'allow'],
  ['three at the same time, none answered yet', 'a a a', 'allow'],
  ['three refusals for one reason', 'a=refused:x a=refused:x a=refused:x', 'deny limits.same_call'],
  ['two calls in a circle', 'a=1 b=1 a=2 b=2 a=3 b=3', 'deny limits.cycle'],
  ['the circle twice', 'a=1 b=1 a=2 b=2', 'allow'],
  ['the circle, left', 'b=1 a=1 b=2 a=2 b=3 a=3', 'allow'],
  [
    'four calls in a circle',
    'a=1 b=1 c=1 d=1 a=1 b=1 c=1 d=1 a=1 b=1 c=1 d=1',
    'deny limits.cycle',
  ],
  [
    'fifteen pages of one tool',
    'p=1 q=1 r=1 s=1 t=1 u=1 v=1 w=1 x=1 y=1 z=1 k=1 l=1 m=1 n=1',
    'deny limits.same_tool',
  ],
  ['fourteen pages', 'p=1 q=1 r=1 s=1 t=1 u=1 v=1 w=1 x=1 y=1 z=1 k=1 l=1 m=1', 'allow'],
  [
    'fifteen pages, another tool before the last',
    'p=1 q=1 r=1 s=1 t=1 u=1 v=1 w=1 x=1 y=1 z=1 k=1 l=1 other=1 n=1',
    'allow',
  ],
])('loops: %s', (_, written, verdict) => {
  const recent = history(written, 'helper');
  expect(
    verdictOf(
      decided(policy, 'box.look', { id: 'a' }, after({ recent, toolCalls: recent.length })),
    ),
  ).toBe(verdict);
});

test('a limit beyond what is remembered holds once the run has had so many calls', () => {
  const recent: RecentCall[] = Array.from({ length: 64 }, (_, index) => ({
    tool: 'box.look',
    digest: `sha256:${index}`,
    resultDigest: null,
  }));
  const at = (toolCalls: number) =>
    verdictOf(
      decided(
        policy,
        'box.look',
        { id: 'a' },
        { ...alone, agent: 'patient', run: { recent, toolCalls } },
      ),
    );
  expect(at(999)).toBe('allow');
  expect(at(1_000)).toBe('deny limits.same_tool');
});

test.each<[string, string, boolean, string]>([
  ['an act that was done and answered', 'helper', true, 'hold call.duplicate approval.unavailable'],
  ['an act that failed', 'helper', false, 'allow'],
  ['an act whose grant says `repeat: allow`', 'patient', true, 'allow'],
])('duplicates: %s', (_, agent, completed, verdict) => {
  const { reading } = contextOf(policy, 'box.act', { id: 'a' }, { ...alone, agent });
  const digest = reading?.ok === true ? reading.read.digest : '';
  const memory = {
    id: 'c1',
    tool: 'box.act',
    digest,
    tier: 2,
    atMs: tuesdayMs,
    state: completed ? 'completed' : 'failed',
    delivered: true,
    outcome: null,
  } as const;
  expect(
    verdictOf(
      decided(
        policy,
        'box.act',
        { id: 'a' },
        { ...alone, agent, run: { remembered: keep([], memory, () => false) } },
      ),
    ),
  ).toBe(verdict);
});

const heldCall: Held = {
  id: 'call_1',
  of: 'call',
  tool: 'box.act',
  tier: 2,
  digest: 'sha256:d',
  arguments: 'sha256:a',
  step: null,
  atMs: tuesdayMs - 1_000,
  expiresAtMs: tuesdayMs + 900_000,
  state: 'waiting',
  settledAtMs: null,
  asks: [],
  agreements: [],
  editedFrom: null,
  withheld: null,
};

test.each<[string, Partial<Run>, string]>([
  ['a held call is no second one', { toolCalls: 50, held: [heldCall] }, 'allow'],
  [
    'another call is',
    { toolCalls: 50, held: [{ ...heldCall, id: 'c2' }] },
    'deny limits.tool_calls',
  ],
  [
    'nor is it in a window',
    { ...implicit, callTimes: times(50, tuesdayMs), held: [heldCall] },
    'allow',
  ],
  [
    'outside of which it counts for nothing',
    {
      ...implicit,
      callTimes: times(50, tuesdayMs),
      held: [{ ...heldCall, atMs: tuesdayMs - 120_000 }],
    },
    'deny limits.tool_calls',
  ],
  ['what people added', { toolCalls: 54, granted: { toolCalls: 5 } }, 'allow'],
  ['and no more', { toolCalls: 55, granted: { toolCalls: 5 } }, 'deny limits.tool_calls'],
  [
    'which a run without an end hasn’t',
    { ...implicit, callTimes: times(50, tuesdayMs), granted: { toolCalls: 5 } },
    'deny limits.tool_calls',
  ],
  [
    'time in which somebody was asked',
    { openedAtMs: tuesdayMs - 500_000, heldMs: 300_001, heldSinceMs: tuesdayMs - 80_000 },
    'allow',
  ],
  [
    'and no more of it',
    { openedAtMs: tuesdayMs - 500_000, heldMs: 300_000, heldSinceMs: tuesdayMs - 80_000 },
    'deny limits.duration',
  ],
])('%s', (_, run, said) => {
  expect(verdictOf(decided(policy, 'box.look', { id: 'a' }, after(run)))).toBe(said);
});

test.each<[string, Partial<Run>, Asked['grants']]>([
  ['a run with an end is given as much again', {}, { costMicroUsd: 1_000_000 }],
  ['as it was opened with', { budget: { costMicroUsd: 500_000 } }, { costMicroUsd: 500_000 }],
  [
    'and not with what it was given before',
    { costMicroUsd: 9_000_000, granted: { costMicroUsd: 1_000_000 } },
    { costMicroUsd: 1_000_000 },
  ],
  [
    'a run without an end, this one call',
    {
      ...implicit,
      usageTimes: [{ atMs: tuesdayMs, steps: 0, tokens: 0, costMicroUsd: 1_000_000 }],
    },
    null,
  ],
  ['a child, whose budget is its parent’s, this one call', { parent: 'run_above' }, null],
])('a budget that waits for a person: %s', (_, run, grants) => {
  const { findings } = decided(
    policy,
    'box.look',
    { id: 'a' },
    after({ costMicroUsd: 1_000_000, ...run }),
  );
  const found = findings.find(({ code }) => code === 'limits.cost');
  expect(found?.approver?.grants).toEqual(grants);
});

test('what is left is said for what is bounded, and never below zero', () => {
  const helper = policy.agents.get('helper');
  if (helper === undefined) throw new Error('the policy lost its agent');
  const run: Run = contextOf(
    policy,
    'box.look',
    { id: 'a' },
    after({ toolCalls: 60, steps: 5, openedAtMs: tuesdayMs - 20_000 }),
  ).run;
  expect(remainingBudget(helper, run, tuesdayMs)).toEqual({
    steps: 20,
    toolCalls: 0,
    durationMs: 100_000,
    tokens: 200_000,
    costMicroUsd: 1_000_000,
  });
});
