import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyRunEvent } from '../../test/engine/arbitrary.ts';
import { runOf, tuesdayMs } from '../../test/engine/scene.ts';
import { joinable } from './duplicates.ts';
import type { RunEvent } from './events.ts';
import { fold } from './fold.ts';
import { limits } from './limits.ts';
import type { Run } from './run.ts';
import { everyCall, recall } from './run-memory.ts';

const ofCall = {
  v: 1,
  run: 'run_1',
  agent: 'helper',
  user: 'ann',
  policy: 'sha256:p',
  step: null,
  tool: 'mail.send',
  tier: 2,
  digest: 'sha256:d',
  mediation: 'brokered',
} as const;
const nothing = {
  arguments: 'sha256:a',
  verdict: 'allow',
  effect: 'allow',
  enforcement: 'strict',
  dryRun: false,
  findings: [],
  facts: {},
  budgetLeft: {},
} as const;

type Call = Partial<{
  call: string;
  atMs: number;
  tier: 0 | 1 | 2 | 3;
  digest: string;
  tool: string;
  outcome: 'completed' | 'failed' | 'indeterminate';
  delivered: boolean;
  dryRun: boolean;
  result: string | null;
}>;

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

function started(changes: Call = {}): Of<'call.started'> {
  const {
    call = 'c1',
    atMs = tuesdayMs,
    tier = 2,
    digest = 'sha256:d',
    tool = 'mail.send',
    dryRun = false,
  } = changes;
  return {
    ...ofCall,
    ...nothing,
    type: 'call.started',
    reservations: [],
    idempotencyKey: null,
    call,
    atMs,
    tier,
    digest,
    tool,
    dryRun,
  };
}

function finished(changes: Call = {}): Of<'call.finished'> {
  const {
    call = 'c1',
    atMs = tuesdayMs,
    tier = 2,
    digest = 'sha256:d',
    tool = 'mail.send',
    outcome = 'completed',
    delivered = true,
    dryRun = false,
    result = 'sha256:r',
  } = changes;
  return {
    ...ofCall,
    type: 'call.finished',
    call,
    atMs,
    tier,
    digest,
    tool,
    outcome,
    by: 'upstream',
    delivered,
    dryRun,
    result,
    released: 'sha256:o',
    isError: outcome !== 'completed',
    findings: [],
    durationMs: 1,
    tokens: null,
    costMicroUsd: null,
    labels: { trust: 'untrusted', classes: ['pii'], subjects: ['carol@customer.example'] },
    budgetLeft: {},
  };
}

function handedOver(call: string, digest = 'sha256:d'): RunEvent {
  const { v, run, agent, user, policy } = ofCall;
  return {
    ...{ v, run, agent, user, policy },
    type: 'call.delivered',
    calls: [{ call, digest }],
    atMs: tuesdayMs,
  };
}

function undelivered(call: string): RunEvent {
  return { ...ofCall, type: 'call.undelivered', call, atMs: tuesdayMs };
}

function joined(call: string, delivered: boolean): RunEvent {
  return { ...ofCall, type: 'call.joined', call: 'c9', joined: call, delivered, atMs: tuesdayMs };
}

function after(events: readonly RunEvent[], run: Partial<Run> = {}): Run {
  return events.reduce<Run>(fold, runOf({ run }));
}

test('a run folded from a snapshot is the run folded in one go', () => {
  fc.assert(
    fc.property(fc.array(anyRunEvent, { maxLength: 40 }), fc.boolean(), (events, implicit) => {
      const whole = after(events, { implicit });
      const steps = events.reduce<Run>(
        (run, event) => fold(JSON.parse(sorted(run)), event),
        runOf({ run: { implicit } }),
      );
      expect(steps).toEqual(whole);
      expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
      expect(whole.version).toBe(1 + events.length);
      expect(whole.recent.length).toBeLessThanOrEqual(limits.loopMemory);
      for (const count of [whole.toolCalls, whole.steps, whole.tokens, whole.costMicroUsd])
        expect(count).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 300 },
  );
});

/** As a store writes it: keys in order, so that nothing may depend on the order in which they were made. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? 1 : -1)))
      : member,
  );
}

test('labels never shrink, whatever follows', () => {
  fc.assert(
    fc.property(fc.array(anyRunEvent, { maxLength: 30 }), (events) => {
      let run = runOf();
      for (const event of events) {
        const next = fold(run, event);
        expect(next.labels.classes).toEqual(expect.arrayContaining([...run.labels.classes]));
        expect(next.labels.subjects).toEqual(expect.arrayContaining([...run.labels.subjects]));
        if (run.labels.trust === 'untrusted') expect(next.labels.trust).toBe('untrusted');
        run = next;
      }
    }),
    { numRuns: 100 },
  );
});

test.each<[string, RunEvent[], 0 | 1 | 2 | 3, string | null]>([
  ['a call that is under way', [started()], 2, 'c1'],
  ['a call whose effect is unknown', [started(), finished({ outcome: 'indeterminate' })], 2, 'c1'],
  ['a call whose client had gone', [started(), finished({ delivered: false })], 2, 'c1'],
  [
    'a call whose client turned out to have gone',
    [started({ tier: 1 }), finished({ tier: 1 }), undelivered('c1')],
    1,
    'c1',
  ],
  ['a call of which nobody knows whether it was handed over', [started(), finished()], 2, 'c1'],
  ['a call that was handed over', [started(), finished(), handedOver('c1')], 2, null],
  [
    'a call at tier 1 that was handed over',
    [started({ tier: 1 }), finished({ tier: 1 }), handedOver('c1')],
    1,
    null,
  ],
  [
    'a call whose repeat was handed over',
    [started(), finished({ delivered: false }), joined('c1', true), handedOver('c1')],
    2,
    null,
  ],
  [
    'a call whose repeat had gone too',
    [started(), finished({ delivered: false }), joined('c1', false)],
    2,
    'c1',
  ],
  [
    'the later of two, when the earlier was handed over late',
    [started(), started({ call: 'c2' }), handedOver('c1')],
    2,
    'c2',
  ],
  ['a call that failed', [started(), finished({ outcome: 'failed', delivered: false })], 2, null],
  ['a call that only reads', [started({ tier: 0 })], 0, null],
  ['a dry run', [started({ dryRun: true }), finished({ dryRun: true, delivered: false })], 2, null],
  ['the later of two', [started(), finished(), started({ call: 'c2' })], 2, 'c2'],
  [
    'the later of two, when the earlier ends late',
    [started(), started({ call: 'c2' }), finished({ delivered: false })],
    2,
    'c2',
  ],
])('a repeat joins %s: %s', (_, events, tier, call) => {
  expect(joinable(after(events), 'sha256:d', tier, tuesdayMs)?.id ?? null).toBe(call);
});

test('what a child is given is spent, and what it leaves comes back', () => {
  const ofRun = {
    v: 1,
    atMs: tuesdayMs,
    run: 'run_1',
    agent: 'helper',
    user: 'ann',
    policy: 'sha256:p',
  } as const;
  const lent = after([
    { ...ofRun, type: 'run.delegated', child: 'run_2', budget: { toolCalls: 10, tokens: 100 } },
  ]);
  expect([lent.toolCalls, lent.tokens]).toEqual([10, 100]);
  const labels = { trust: 'untrusted', classes: ['pii'], subjects: [] } as const;
  const returned = fold(lent, {
    ...ofRun,
    type: 'run.returned',
    child: 'run_2',
    unused: { toolCalls: 7 },
    labels,
  });
  expect([returned.toolCalls, returned.tokens, returned.labels.trust]).toEqual([
    3,
    100,
    'untrusted',
  ]);
});

test('a run that does not begin at its beginning can do nothing', () => {
  expect(fold(null, started()).status).toBe('abandoned');
});

test('of thousands of calls only those stay remembered that a repeat may still ask about', () => {
  const eventsOf = (tier: 1 | 2): RunEvent[] =>
    Array.from({ length: 1_000 }, (_, index) => {
      const one = { call: `c${index}`, digest: `sha256:${index}`, tier } as const;
      return [started(one), finished(one), handedOver(one.call, one.digest)];
    }).flat();
  expect(everyCall(after(eventsOf(1)).remembered)).toEqual([]);
  const run = after(eventsOf(2));
  expect(everyCall(run.remembered)).toHaveLength(1_000);
  expect(recall(run.remembered, 'sha256:999')).toMatchObject({ id: 'c999', delivered: true });
  expect(recall(run.remembered, 'sha256:1000')).toBeUndefined();
  expect(run.toolCalls).toBe(1_000);
});

test('an implicit run forgets a call after a day, one with an end does not', () => {
  const events = [started(), finished()];
  const later = tuesdayMs + limits.implicitMemoryMs;
  const repeat = (implicit: boolean) =>
    joinable(after(events, { implicit }), 'sha256:d', 2, later)?.id ?? null;
  expect([repeat(false), repeat(true)]).toEqual(['c1', null]);
  // Nor does it keep it in memory, once another call comes to lie beside it.
  const beside = started({ call: 'c2', digest: 'sha256::d', atMs: later });
  const idsOf = (implicit: boolean) =>
    everyCall(after([...events, beside], { implicit }).remembered).map(({ id }) => id);
  expect([idsOf(false), idsOf(true)]).toEqual([['c1', 'c2'], ['c2']]);
});

test('a busy second of an implicit run is one mark of its window, never counted shorter', () => {
  const at = [0, 400, 999, 1_000, 1_500, 60_000];
  const events = at.map((ms, n) =>
    started({ call: `c${n}`, digest: `sha256:${n}`, atMs: tuesdayMs + ms }),
  );
  expect(
    after(events, { implicit: true }).callTimes.map(({ atMs, calls }) => [atMs - tuesdayMs, calls]),
  ).toEqual([
    [999, 3],
    [1_500, 2],
    [60_000, 1],
  ]);
});

test('calls are remembered as they end, with what was released of them; a failure that showed something too', () => {
  const run = after([
    started({ call: 'c1', tool: 'mail.read' }),
    finished({ call: 'c1', tool: 'mail.read' }),
    started({ call: 'c2' }),
    finished({ call: 'c2', outcome: 'failed' }),
    started({ call: 'c3' }),
    finished({ call: 'c3', outcome: 'indeterminate' }),
    started({ call: 'c4', dryRun: true }),
    finished({ call: 'c4', dryRun: true }),
  ]);
  expect(run.history.flat().map(({ call, tool, completed }) => [call, tool, completed])).toEqual([
    ['c1', 'mail.read', true],
    ['c2', 'mail.send', false],
    ['c3', 'mail.send', false],
  ]);
  expect(run.historyLost).toBe(false);
});

test('what was neither done nor read is not remembered', () => {
  const lost: RunEvent = { ...finished({ outcome: 'failed' }), by: 'sallyport' };
  expect(after([started(), lost]).history).toEqual([]);
});

test('a run remembers so many calls, in short lists, and then knows that there were more', () => {
  let run = runOf();
  for (let n = 0; n < limits.historyCallsMax + 1; n += 1) {
    expect(run.historyLost).toBe(false);
    for (const event of [started({ call: `c${n}` }), finished({ call: `c${n}` })])
      run = fold(run, event);
  }
  const calls = run.history.flat();
  expect(calls.length).toBe(limits.historyCallsMax - limits.historyListMax + 1);
  expect([calls[0]?.call, calls.at(-1)?.call]).toEqual([
    `c${limits.historyListMax}`,
    `c${limits.historyCallsMax}`,
  ]);
  expect(Math.max(...run.history.map((list) => list.length))).toBe(limits.historyListMax);
  expect(run.historyLost).toBe(true);
});

test('Sallyport’s own look is remembered, and is no call of the agent’s', () => {
  const look = { ...started({ call: 'look', tier: 0, tool: 'shop.get' }), for: 'c1' };
  const run = after([look, finished({ call: 'look', tier: 0, tool: 'shop.get' })]);
  expect(run).toMatchObject({ toolCalls: 0, recent: [], completedTools: [], inFlight: [] });
  expect(run.history.flat()).toMatchObject([{ call: 'look', seenByAgent: false }]);
});

test('what a child returns twice is remembered once', () => {
  const [past] = after([started(), finished()]).history.flat();
  if (past === undefined) throw new Error('nothing was remembered');
  const { v, run: id, agent, user, policy } = ofCall;
  const returned: RunEvent = {
    ...{ v, run: id, agent, user, policy },
    type: 'run.returned',
    atMs: tuesdayMs,
    child: 'run_2',
    unused: {},
    labels: { trust: 'trusted', classes: [], subjects: [] },
  };
  const again = { ...past, call: 'c2' };
  const run = after([
    { ...returned, history: [past], historyLost: false },
    { ...returned, history: [past, again], historyLost: false },
  ]);
  expect(run.history.flat().map(({ call }) => call)).toEqual(['c1', 'c2']);
  expect(run.historyLost).toBe(false);
  expect(after([returned]).historyLost).toBe(true);
});
