import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyCall, anyPolicy, anySituation, type Situation } from '../../test/engine/arbitrary.ts';
import { allows, type World } from '../../test/engine/reference.ts';
import { scanText } from '../content/detection/scan.ts';
import type { TextScan } from '../content/detection/sighting.ts';
import type { JsonObject } from '../content/value.ts';
import type { Policy } from '../policy/model.ts';
import type { Context, Proposed } from './context.ts';
import { decide } from './decide.ts';
import type { Facts, FactsRequest } from './facts.ts';
import { gather } from './gather.ts';
import type { Ask, Held } from './hold.ts';
import { readCall } from './read-call.ts';
import type { Run } from './run.ts';

/** An edge hands over what the type says; the in-process guard's caller hands over anything. */
function asGiven(args: unknown): JsonObject {
  const holder: { args: unknown } = { args };
  const given: { args: JsonObject } = Object.assign({ args: {} }, holder);
  return given.args;
}

function contextOf(
  policy: Policy,
  call: { readonly tool: string; readonly args: unknown },
  situation: Situation,
): Context {
  const tool = policy.tools.get(call.tool) ?? null;
  const reading = tool === null ? null : readCall(tool, asGiven(call.args));
  const digest = reading === null ? null : reading.ok ? reading.read.digest : reading.digest;
  const proposed: Proposed = {
    policy,
    run: situation.run(digest, call.tool),
    ancestors: situation.parent === null ? [] : [{ id: 'run_0', ...situation.parent }],
    call: {
      id: 'call_1',
      tool: call.tool,
      args: asGiven(call.args),
      step: situation.step,
      dryRun: false,
    },
    tool,
    reading,
  };
  return { ...proposed, facts: factsOf(proposed, situation, situation.world) };
}

function factsOf(proposed: Proposed, situation: Situation, world: World): Facts {
  const request = gather(proposed);
  const sumOf = (key: string): number => {
    if (key.startsWith('autonomy|')) return world.earned && key.includes('approved') ? 9 : 0;
    return key.startsWith('total|')
      ? world.total
      : /^rate\|agents\.[^.|]+$/.test(key)
        ? world.agentRate
        : world.rate;
  };
  return {
    nowMs: situation.nowMs,
    suspended: situation.suspended,
    windows: Object.fromEntries(request.windows.map(({ key }) => [key, sumOf(key)])),
    once: Object.fromEntries(request.once.map((key) => [key, world.taken])),
    history: null,
    used: Object.fromEntries(
      request.used.map((key) => [key, world.used.some((used) => key.endsWith(`|${used}`))]),
    ),
    scans: new Map((request.scan?.texts ?? []).map((text) => [text, scanOf(request, text)])),
    breaker: situation.breaker,
    definition: situation.definition,
    upstreamUp: situation.upstreamUp,
  };
}

const scans = new Map<string, TextScan>();

function scanOf({ scan }: FactsRequest, text: string): TextScan {
  if (scan === null) throw new Error('nothing is to be looked at');
  const key = `${scan.looks.pii} ${text}`;
  const known = scans.get(key) ?? scanText(text, { ...scan.looks, held: [] });
  scans.set(key, known);
  return known;
}

test('nothing is allowed where the slow reading of the policy refuses, and nothing throws', () => {
  let allowed = 0;
  fc.assert(
    fc.property(
      anyPolicy,
      anySituation,
      fc.array(anyCall, { minLength: 4, maxLength: 12 }),
      (policy, situation, calls) => {
        for (const call of calls) {
          const context = contextOf(policy, call, situation);
          const decision = decide(context);
          const reference = allows(context, call.args, situation.world);
          if (decision.effect === 'allow') allowed += 1;
          expect([
            decision.effect === 'allow',
            decision.findings.filter(({ verdict }) => verdict !== 'note').map(({ code }) => code),
          ]).toEqual([reference, reference ? [] : expect.anything()]);
        }
      },
    ),
    { numRuns: 2_500 },
  );
  // A property of refusals that never sees a call allowed would show nothing.
  expect(allowed).toBeGreaterThan(500);
});

/** Held by a decision, agreed to by people, and decided again, as the run then stands. */
function agreedTo(context: Context, asks: readonly Ask[], changed: Partial<Held>): Context {
  const { run, reading, call, facts } = context;
  const agreement = (by: string, isOwn: boolean) => ({
    by,
    atMs: facts.nowMs,
    asks: asks.filter((ask) => (ask.by.type !== 'role') === isOwn).map(({ key }) => key),
  });
  const people = [
    ...(run.user === null ? [] : [agreement(run.user, true)]),
    ...['lea', 'max'].map((by) => agreement(by, false)),
  ];
  const held: Held = {
    id: call.id,
    of: 'call',
    tool: call.tool,
    tier: 2,
    digest: reading?.ok === true ? reading.read.digest : '',
    arguments: 'sha256:a',
    step: null,
    atMs: facts.nowMs,
    expiresAtMs: facts.nowMs + 60_000,
    state: 'approved',
    settledAtMs: facts.nowMs,
    asks,
    agreements: people,
    editedFrom: null,
    withheld: null,
    ...changed,
  };
  const mark = { atMs: facts.nowMs, sinceMs: facts.nowMs, calls: 1 };
  const counted: Run = {
    ...run,
    toolCalls: run.toolCalls + 1,
    callTimes: run.implicit ? [...run.callTimes, mark] : [],
    held: [held],
  };
  return { ...context, run: counted };
}

test('people are asked about nothing that the slow reading refuses, and their answer is of that call alone', () => {
  let asked = 0;
  fc.assert(
    fc.property(
      anyPolicy,
      anySituation,
      fc.array(anyCall, { minLength: 4, maxLength: 12 }),
      (policy, situation, calls) => {
        for (const call of calls) {
          const context = contextOf(policy, call, situation);
          const { asks, effect } = decide(context);
          // One person is no two.
          const isPossible = asks.every(({ by, quorum }) => by.type === 'role' || quorum === 1);
          if (asks.length === 0 || !isPossible) continue;
          asked += 1;
          expect(effect).toBe('hold');
          const world = { ...situation.world, agreed: true };
          expect(allows(context, call.args, world)).toBe(true);
          const again = agreedTo(context, asks, {});
          expect(allows(again, call.args, world)).toBe(true);
          expect(decide(again)).toMatchObject({ verdict: 'hold', effect: 'allow', asks: [] });
          const others: readonly Partial<Held>[] = [
            { id: 'call_2' },
            { digest: 'sha256:other' },
            { state: 'waiting', settledAtMs: null },
            { of: 'result' },
            { agreements: [] },
            {
              agreements: asks.slice(1).map(({ key }) => ({ by: 'lea', atMs: 0, asks: [key] })),
            },
          ];
          for (const changed of others)
            expect(decide(agreedTo(context, asks, changed)).effect).not.toBe('allow');
        }
      },
    ),
    { numRuns: 600 },
  );
  expect(asked).toBeGreaterThan(100);
});

test('equal contexts give equal decisions, and the worst finding is the verdict', () => {
  fc.assert(
    fc.property(anyPolicy, anySituation, anyCall, (policy, situation, call) => {
      const decision = decide(contextOf(policy, call, situation));
      expect(decide(contextOf(policy, call, situation))).toEqual(decision);
      const verdicts = decision.findings.map(({ verdict }) => verdict);
      expect(decision.verdict).toBe(
        verdicts.includes('deny') ? 'deny' : verdicts.includes('hold') ? 'hold' : 'allow',
      );
      if (decision.effect !== 'allow') expect(decision.reservations).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test('a context that is no context is refused, not thrown at', () => {
  fc.assert(
    fc.property(
      anyPolicy,
      anySituation,
      anyCall,
      fc.constantFrom('policy', 'run', 'facts', 'call', 'reading', 'ancestors', 'tool'),
      fc.anything(),
      (policy, situation, call, part, garbage) => {
        const broken = Object.assign({}, contextOf(policy, call, situation), { [part]: garbage });
        const { effect } = decide(broken);
        if (part !== 'call' && part !== 'ancestors') expect(effect).not.toBe('allow');
      },
    ),
    { numRuns: 300 },
  );
});
