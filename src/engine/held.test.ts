import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyRunEvent } from '../../test/engine/arbitrary.ts';
import { loaded, runOf, tuesdayMs } from '../../test/engine/scene.ts';
import { orderSeen } from './asks.ts';
import { spentBudget } from './budget.ts';
import { joinable, joinableHold } from './duplicates.ts';
import type { RunEvent } from './events.ts';
import { fold } from './fold.ts';
import type { Ask, Held } from './hold.ts';
import { limits } from './limits.ts';
import type { Run } from './run.ts';

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;

const minuteMs = 60_000;
const ofRun = { v: 1, run: 'run_1', agent: 'helper', user: 'ann', policy: 'sha256:p' } as const;
const untrusted = { trust: 'untrusted', classes: ['pii'], subjects: [] } as const;
const trusted = { trust: 'trusted', classes: [], subjects: [] } as const;

const ask: Ask = {
  key: 'sha256:k',
  code: 'gate.tier',
  by: { type: 'role', role: 'leads' },
  quorum: 1,
  freshMs: null,
  remember: null,
  grants: null,
};

interface Changes {
  readonly call?: string;
  readonly atMs?: number;
  readonly tier?: 0 | 1 | 2 | 3;
  readonly digest?: string;
}

function ofCall({ call = 'c1', atMs = tuesdayMs, tier = 2, digest = 'sha256:d' }: Changes) {
  return {
    ...ofRun,
    call,
    atMs,
    tier,
    digest,
    step: null,
    tool: 'mail.send',
    mediation: 'brokered',
  } as const;
}

const decided = {
  arguments: 'sha256:a',
  verdict: 'hold',
  effect: 'hold',
  enforcement: 'strict',
  dryRun: false,
  findings: [],
  facts: {},
  budgetLeft: {},
} as const;

function held(changes: Changes & Partial<Pick<Of<'call.held'>, 'asks' | 'edited'>> = {}): RunEvent {
  const { atMs = tuesdayMs, asks = [ask], edited } = changes;
  return {
    ...ofCall(changes),
    ...decided,
    type: 'call.held',
    asks,
    expiresAtMs: atMs + 15 * minuteMs,
    shown: 'sha256:f',
    reason: null,
    ...(edited === undefined ? {} : { edited }),
  };
}

function started(changes: Changes & { readonly editedFrom?: string } = {}): RunEvent {
  const { editedFrom } = changes;
  return {
    ...ofCall(changes),
    ...decided,
    type: 'call.started',
    effect: 'allow',
    reservations: [],
    idempotencyKey: null,
    approvedBy: ['lea'],
    ...(editedFrom === undefined ? {} : { editedFrom }),
  };
}

function denied(changes: Changes = {}): RunEvent {
  return { ...ofCall(changes), ...decided, type: 'call.denied', remedies: [] };
}

function finished(changes: Changes & Partial<Of<'call.finished'>> = {}): RunEvent {
  return {
    type: 'call.finished',
    outcome: 'completed',
    by: 'upstream',
    delivered: true,
    dryRun: false,
    result: 'sha256:r',
    released: 'sha256:o',
    isError: false,
    findings: [],
    durationMs: 1,
    tokens: null,
    costMicroUsd: null,
    labels: trusted,
    budgetLeft: {},
    ...changes,
    ...ofCall(changes),
  };
}

function agreed(changes: Changes & { readonly by?: string; readonly no?: true } = {}): RunEvent {
  const { call = 'c1', atMs = tuesdayMs, digest = 'sha256:d', by = 'lea', no } = changes;
  return {
    ...ofRun,
    type: 'approval.answered',
    atMs,
    call,
    digest,
    by,
    credential: 'tok_1',
    signedInAtMs: tuesdayMs,
    answer: no === true ? 'reject' : 'approve',
    asks: ['sha256:k'],
    reason: null,
  };
}

type Outcome = Of<'approval.settled'>['outcome'];

function settled(
  outcome: Outcome,
  { of = 'call', ...changes }: Changes & { readonly of?: Held['of'] } = {},
): RunEvent {
  const { call = 'c1', atMs = tuesdayMs, digest = 'sha256:d' } = changes;
  return { ...ofRun, type: 'approval.settled', atMs, call, digest, of, outcome, by: [], why: null };
}

function delivered(call = 'c1', digest = 'sha256:d'): RunEvent {
  return { ...ofRun, type: 'call.delivered', atMs: tuesdayMs, calls: [{ call, digest }] };
}

function folded(events: readonly RunEvent[], run: Partial<Run> = {}): Run {
  return events.reduce<Run>(fold, runOf({ run }));
}

const approved = [held(), agreed(), settled('approved')];
const states = ({ held: all }: Run): readonly string[] =>
  all.map(({ id, of, state }) => `${id} ${of} ${state}`);

test.each<[string, readonly RunEvent[], readonly string[]]>([
  ['waits', [held()], ['c1 call waiting']],
  ['is agreed to, but not by all', [held(), agreed()], ['c1 call waiting']],
  ['is approved', approved, ['c1 call approved']],
  ['begins, and the approval is spent', [...approved, started()], []],
  ['is refused after all, and the approval is spent', [...approved, denied()], []],
  ['is rejected', [held(), settled('rejected')], ['c1 call rejected']],
  ['expires', [held(), settled('expired')], ['c1 call expired']],
  ['is withdrawn', [held(), settled('withdrawn')], []],
  ['is withdrawn before it began', [...approved, settled('withdrawn')], []],
  [
    'was approved, and can’t be refused any more',
    [...approved, settled('rejected')],
    ['c1 call approved'],
  ],
  [
    'was rejected, and isn’t withdrawn',
    [held(), settled('rejected'), settled('withdrawn')],
    ['c1 call rejected'],
  ],
  [
    'is settled once',
    [held(), settled('rejected'), agreed(), settled('approved')],
    ['c1 call rejected'],
  ],
  [
    'isn’t settled as another call',
    [held(), settled('approved', { call: 'c2' })],
    ['c1 call waiting'],
  ],
  [
    'isn’t settled as it was before somebody changed it',
    [
      held(),
      held({ digest: 'sha256:e', edited: { by: 'lea', from: 'sha256:d' } }),
      settled('approved'),
    ],
    ['c1 call waiting'],
  ],
  [
    'isn’t settled as a result',
    [held(), settled('approved', { of: 'result' })],
    ['c1 call waiting'],
  ],
  ['waits again, for other reasons', [...approved, held()], ['c1 call waiting']],
])('a call that %s', (_, events, expected) => {
  expect(states(folded(events))).toEqual(expected);
});

test('earlier answers stand beside new reasons, and not for a call that was changed', () => {
  const again = folded([...approved, held()]).held[0];
  expect(again?.agreements).toMatchObject([{ by: 'lea', asks: ['sha256:k'] }]);
  const edited = { by: 'lea', from: 'sha256:d' };
  const [changed] = folded([...approved, held({ digest: 'sha256:e', edited })]).held;
  expect(changed).toMatchObject({ agreements: [], editedFrom: 'sha256:d', digest: 'sha256:e' });
  const [answered] = folded([held(), held({ digest: 'sha256:e', edited }), agreed()]).held;
  expect(answered?.agreements).toEqual([]);
});

test('a held call is one call, however often it is decided', () => {
  expect(folded([held(), held(), settled('approved'), started(), finished()]).toolCalls).toBe(1);
  expect(folded([held(), denied()]).toolCalls).toBe(1);
});

test('the time that people take is none of the run’s', () => {
  const events = [
    held({ atMs: tuesdayMs }),
    held({ call: 'c2', atMs: tuesdayMs + minuteMs }),
    settled('rejected', { atMs: tuesdayMs + 2 * minuteMs }),
    settled('rejected', { call: 'c2', atMs: tuesdayMs + 5 * minuteMs }),
  ];
  const policy = loaded(
    `
sallyport: 1
upstreams: { box: { functions: true } }
tools: { box.act: { action: act, tier: reversible, args: { id: identifier } } }
agents: { helper: { permissions: { box: { act: allow } } } }
`,
    { tools: { 'box.act': { id: 'string' } } },
  );
  const helper = policy.agents.get('helper');
  if (helper === undefined) throw new Error('the policy lost its agent');
  const openedAtMs = tuesdayMs - minuteMs;
  const ownMs = (run: Run, nowMs: number): number => spentBudget(helper, run, nowMs).durationMs;
  const waiting = folded(events.slice(0, 3), { openedAtMs });
  expect(ownMs(waiting, tuesdayMs + 4 * minuteMs)).toBe(minuteMs);
  const done = folded(events, { openedAtMs });
  expect(done).toMatchObject({ heldSinceMs: null, heldMs: 5 * minuteMs });
  expect(ownMs(done, tuesdayMs + 6 * minuteMs)).toBe(2 * minuteMs);
});

describe('what a repeat meets', () => {
  const meets = (
    events: readonly RunEvent[],
    { digest = 'sha256:d', laterMs = 0, implicit = false } = {},
  ): string | null => {
    const run = folded(events, { implicit });
    const found = joinableHold(run, digest, tuesdayMs + laterMs);
    return found === null ? null : `${found.id} ${found.state}`;
  };
  const edited = held({ digest: 'sha256:e', edited: { by: 'lea', from: 'sha256:d' } });

  test.each<[string, readonly RunEvent[], Parameters<typeof meets>[1], string | null]>([
    ['the hold that it waits with', [held()], {}, 'c1 waiting'],
    ['a read, too', [held({ tier: 0 })], {}, 'c1 waiting'],
    ['nothing of another call', [held()], { digest: 'sha256:x' }, null],
    ['the approval', approved, {}, 'c1 approved'],
    ['no approval that nobody came for', approved, { laterMs: 15 * minuteMs }, null],
    [
      'the refusal, for the rest of the run',
      [held(), settled('rejected')],
      { laterMs: 1e9 },
      'c1 rejected',
    ],
    [
      'the refusal, for a day of a run without an end',
      [held(), settled('rejected')],
      { laterMs: limits.implicitMemoryMs, implicit: true },
      null,
    ],
    [
      'that nobody answered',
      [held(), settled('expired')],
      { laterMs: 14 * minuteMs },
      'c1 expired',
    ],
    [
      'nothing any more, so that they are asked again',
      [held(), settled('expired')],
      { laterMs: 15 * minuteMs },
      null,
    ],
    ['what a person made of it', [held(), edited], {}, 'c1 waiting'],
    ['the same, by its new arguments', [held(), edited], { digest: 'sha256:e' }, 'c1 waiting'],
    [
      'what waits, before what was refused',
      [held(), held({ call: 'c2' }), settled('rejected')],
      {},
      'c2 waiting',
    ],
    ['nothing of what has begun', [...approved, started()], {}, null],
  ])('%s', (_, events, options, expected) => {
    expect(meets(events, options)).toBe(expected);
  });

  test.each<[string, readonly RunEvent[], string | null]>([
    ['is under way', [], 'c1'],
    ['has ended', [finished({ digest: 'sha256:e' })], 'c1'],
    ['certainly failed', [finished({ digest: 'sha256:e', outcome: 'failed' })], null],
    ['was handed over', [finished({ digest: 'sha256:e' }), delivered('c1', 'sha256:e')], null],
    ['was handed over to a repeat', [finished({ digest: 'sha256:e' }), delivered()], null],
  ])('a call that a person changed, by both of its names: it %s', (_, events, expected) => {
    const run = folded([
      held(),
      edited,
      settled('approved', { digest: 'sha256:e' }),
      started({ digest: 'sha256:e', editedFrom: 'sha256:d' }),
      ...events,
    ]);
    for (const digest of ['sha256:d', 'sha256:e'])
      expect(joinable(run, digest, 2, tuesdayMs)?.id ?? null).toBe(expected);
  });
});

describe('a withheld result', () => {
  const withheld = {
    kept: 'sha256:kept',
    frame: 'frame',
    labels: untrusted,
    shown: 'sha256:shown',
    asks: [ask],
    expiresAtMs: tuesdayMs + 15 * minuteMs,
    arguments: 'sha256:a',
    facts: 'sha256:f',
  };
  const result = { of: 'result' } as const;
  const waits = (tier: 0 | 2): readonly RunEvent[] => [
    started({ tier }),
    finished({ tier, released: null, withheld }),
  ];

  test.each([0, 2] as const)('waits, and leaves nothing behind until then (tier %i)', (tier) => {
    const run = folded(waits(tier));
    expect(states(run)).toEqual(['c1 result waiting']);
    expect(run.labels.trust).toBe('trusted');
    expect(run.history.flat()).toMatchObject([{ call: 'c1', released: null }]);
    expect(joinableHold(run, 'sha256:d', tuesdayMs)?.withheld?.kept).toBe('sha256:kept');
  });

  test.each([0, 2] as const)(
    'released, it is the run’s: labels, record and all (tier %i)',
    (tier) => {
      const run = folded([
        ...waits(tier),
        started({ call: 'c2', digest: 'sha256:e' }),
        finished({ call: 'c2', digest: 'sha256:e' }),
        settled('approved', { ...result, atMs: tuesdayMs + minuteMs }),
      ]);
      expect(run.labels).toMatchObject({ trust: 'untrusted', classes: ['pii'] });
      expect(run.history.flat()).toMatchObject([
        { call: 'c2' },
        {
          call: 'c1',
          atMs: tuesdayMs + minuteMs,
          released: 'sha256:kept',
          shown: 'sha256:shown',
          trust: 'untrusted',
        },
      ]);
      expect(joinableHold(run, 'sha256:d', tuesdayMs + 1e9)?.state).toBe('approved');
      if (tier > 0)
        expect(joinable(run, 'sha256:d', tier, tuesdayMs)).toMatchObject({
          outcome: 'sha256:kept',
          frame: 'frame',
        });
    },
  );

  test('handed over, it is given once', () => {
    const run = folded([...waits(0), settled('approved', result), delivered()]);
    expect(joinableHold(run, 'sha256:d', tuesdayMs)).toBeNull();
  });

  test('refused, a repeat hears of it; what is read later is looked at anew', () => {
    const run = folded([...waits(0), settled('rejected', result)]);
    expect(run.labels.trust).toBe('trusted');
    expect(joinableHold(run, 'sha256:d', tuesdayMs)?.state).toBe('rejected');
    expect(joinableHold(run, 'sha256:d', tuesdayMs + 15 * minuteMs)).toBeNull();
  });

  test('released in a child that returned before, its parent has it as well', () => {
    const returned = (child: Run): RunEvent => ({
      ...ofRun,
      type: 'run.returned',
      atMs: tuesdayMs,
      child: 'run_2',
      unused: {},
      labels: child.labels,
      history: child.history.flat(),
      historyLost: false,
    });
    const parent = folded([
      returned(folded(waits(0))),
      returned(folded([...waits(0), settled('approved', result)])),
    ]);
    expect(parent.history.flat()).toMatchObject([{ call: 'c1', released: 'sha256:kept' }]);
  });
});

describe('what an answer speaks for beyond its call', () => {
  const settledWith = (asks: readonly Ask[], run: Partial<Run> = {}): Run =>
    folded([held({ asks }), settled('approved')], run);

  test('a value, for the rest of the run', () => {
    expect(settledWith([{ ...ask, remember: 'sha256:m' }]).agreed).toEqual(['sha256:m']);
    const refused = folded([
      held({ asks: [{ ...ask, remember: 'sha256:m' }] }),
      settled('rejected'),
    ]);
    expect(refused.agreed).toEqual([]);
  });

  test('a budget, of a run with an end', () => {
    const asks = [{ ...ask, grants: { toolCalls: 5 } }];
    expect(settledWith(asks).granted).toEqual({ toolCalls: 5 });
    expect(settledWith(asks, { granted: { toolCalls: 5, steps: 1 } }).granted).toEqual({
      toolCalls: 10,
      steps: 1,
    });
    expect(settledWith(asks, { implicit: true }).granted).toEqual({});
  });

  test('the same room that two calls wait for, once', () => {
    const asks = [{ ...ask, grants: { toolCalls: 5 } }];
    const other = { call: 'c2', digest: 'sha256:d2' };
    const run = folded([
      held({ asks }),
      held({ asks, ...other }),
      settled('approved'),
      settled('approved', other),
    ]);
    expect(run.granted).toEqual({ toolCalls: 5 });
  });

  const order = (run: string, askedBy: string): Ask => ({
    ...ask,
    code: 'inputs.hold_next',
    remember: orderSeen(ask.by, run, askedBy),
  });
  test.each<[string, Ask, string | null]>([
    ['what asked for the hold is cleared', order('run_1', 'c0'), null],
    ['what was read since isn’t', order('run_1', 'c_before'), 'c0'],
    ['nor what a run above read', order('run_0', 'c0'), 'c0'],
  ])('%s', (_, one, expected) => {
    expect(settledWith([one], { holdsNext: 'c0' }).holdsNext).toBe(expected);
  });

  test('the last that asked for it is what has to be cleared', () => {
    const run = folded([finished({ holdsNext: true }), finished({ call: 'c2', holdsNext: true })]);
    expect(run.holdsNext).toBe('c2');
  });
});

test('what was answered is forgotten at last, the oldest first; what waits never', () => {
  const events = Array.from({ length: limits.heldAnsweredMax + 9 }, (_, at) => [
    held({ call: `c${at}`, digest: `sha256:${at}` }),
    settled('rejected', { call: `c${at}`, digest: `sha256:${at}` }),
  ]).flat();
  const run = folded([
    held({ call: 'first', digest: 'sha256:f' }),
    ...events,
    held({ call: 'last' }),
  ]);
  expect(run.held.filter(({ state }) => state === 'rejected')).toHaveLength(limits.heldAnsweredMax);
  expect(run.held.filter(({ state }) => state === 'waiting').map(({ id }) => id)).toEqual([
    'first',
    'last',
  ]);
  expect(joinableHold(run, 'sha256:8', tuesdayMs)).toBeNull();
  expect(joinableHold(run, 'sha256:9', tuesdayMs)?.state).toBe('rejected');
});

test('in whatever order things happen, an answer is of the very call that was shown', () => {
  fc.assert(
    fc.property(fc.array(anyRunEvent, { maxLength: 60 }), (events) => {
      let run = runOf();
      const answers: Of<'approval.answered'>[] = [];
      const approvals: Of<'approval.settled'>[] = [];
      for (const event of events) {
        if (event.type === 'approval.answered' && event.answer === 'approve') answers.push(event);
        if (event.type === 'approval.settled' && event.outcome === 'approved')
          approvals.push(event);
        run = fold(run, event);
        expect(new Set(run.held.map(({ id }) => id)).size).toBe(run.held.length);
        expect(run.heldSinceMs !== null).toBe(run.held.some(({ state }) => state === 'waiting'));
        expect(run.heldMs).toBeGreaterThanOrEqual(0);
        for (const one of run.held) {
          const isOf = (other: { readonly call: string; readonly digest: string }): boolean =>
            other.call === one.id && other.digest === one.digest;
          for (const { by, asks } of one.agreements)
            expect(
              answers.some((answer) => isOf(answer) && answer.by === by && answer.asks === asks),
            ).toBe(true);
          if (one.state === 'approved')
            expect(approvals.some((other) => isOf(other) && other.of === one.of)).toBe(true);
        }
      }
    }),
    { numRuns: 300 },
  );
});
