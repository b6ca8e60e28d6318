/**
 * Calls, repeats, answers, changes, reloads, time, closing and restarts in any order and on top of each other: at most one
 * effect a hold, and none that the people who were asked had not agreed to, as it was done.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answers, asking, holdWorld } from '../../../test/runtime/holds.ts';
import {
  approver,
  lastingDirectory,
  opener,
  text,
  type World,
} from '../../../test/runtime/world.ts';
import type { Event } from '../../engine/events.ts';
import type { HoldAnswer } from '../port.ts';

const policies = [
  asking({ pay: '{ approval: { by: desk } }' }),
  asking({ pay: '{ approval: { by: desk, quorum: 2 } }' }),
  asking({ pay: '{ approval: { by: desk } }', rules: 'execute: on_repeat' }),
];
const people = ['dora', 'dan', 'max', 'ann'];

type Act =
  | { readonly type: 'call'; readonly id: string; readonly patienceMs: number }
  | {
      readonly type: 'answer';
      readonly by: string;
      readonly answer: HoldAnswer['answer'];
      readonly of: number;
    }
  | { readonly type: 'edit'; readonly by: string; readonly of: number; readonly id: string }
  | { readonly type: 'policy'; readonly index: number }
  | { readonly type: 'time' | 'close' | 'settle' | 'restart' };

const id = fc.constantFrom('a', 'b');
const by = fc.constantFrom(...people);
const of = fc.nat(2);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('call' as const),
      id,
      patienceMs: fc.constantFrom(0, 20),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('answer' as const),
      by,
      of,
      answer: fc.constantFrom<HoldAnswer['answer']>('approve', 'approve', 'approve', 'reject'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('edit' as const), by, of, id }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('policy' as const),
      index: fc.nat(policies.length - 1),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ type: 'settle' as const }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { type: 'time' as const },
      { type: 'close' as const },
      { type: 'restart' as const },
    ),
  },
);

async function play(
  acts: readonly Act[],
): Promise<{ readonly events: readonly Event[]; readonly done: readonly string[] }> {
  await using directory = await lastingDirectory();
  let nowMs = Date.UTC(2026, 2, 3);
  let index = 0;
  const done: string[] = [];
  const open = async (): Promise<World> =>
    holdWorld({
      directory: directory.path,
      clock: () => nowMs,
      policy: policies[index] ?? asking(),
      perform: async ({ callId }) => {
        done.push(callId);
        await Promise.resolve();
        return text('done');
      },
    });
  let world = await open();
  const { handle, run } = await world.open();
  let begun: Promise<unknown>[] = [];
  for (const one of acts) {
    const hold = (at: number) => world.runtime.holds.open()[at]?.id ?? 'call_none';
    switch (one.type) {
      case 'call':
        begun.push(world.call('box.pay', { id: one.id }, { handle, patienceMs: one.patienceMs }));
        break;
      case 'answer':
        begun.push(answers(world, hold(one.of), one.by, { answer: one.answer }).catch(() => null));
        break;
      case 'edit': {
        const { holds } = world.runtime;
        const who = approver(one.by, nowMs);
        begun.push(
          holds
            .preview(who, hold(one.of), { id: one.id })
            .then(({ digest }) => holds.edit(who, hold(one.of), { id: one.id }, digest, null))
            .catch(() => null),
        );
        break;
      }
      case 'policy':
        index = one.index;
        world.policy = policies[index] ?? world.policy;
        begun.push(world.runtime.reconsider());
        break;
      case 'time':
        nowMs += 900_000;
        break;
      case 'close':
        begun.push(world.runtime.closeRun(opener, run.id, 'success', null).catch(() => null));
        break;
      case 'settle':
        await Promise.all(begun);
        begun = [];
        break;
      case 'restart':
        await Promise.all([world[Symbol.asyncDispose](), ...begun]);
        begun = [];
        world = await open();
        break;
    }
  }
  await Promise.all(begun);
  await world.runtime.settled();
  const events = (await world.store.events({ limit: 100_000 })).map(({ event }) => event);
  await world[Symbol.asyncDispose]();
  return { events, done };
}

/** What was asked of each call last, who agreed to that very call, and what began. */
function check(events: readonly Event[], done: readonly string[]): void {
  const asked = new Map<string, Extract<Event, { type: 'call.held' }>>();
  const agreed = new Map<string, Extract<Event, { type: 'approval.answered' }>[]>();
  const settled = new Map<string, string>();
  const started = new Set<string>();
  for (const event of events) {
    switch (event.type) {
      case 'call.held':
        if (asked.get(event.call)?.digest !== event.digest) agreed.set(event.call, []);
        asked.set(event.call, event);
        settled.delete(event.call);
        break;
      case 'approval.answered':
        expect(event.digest).toBe(asked.get(event.call)?.digest);
        expect(settled.get(event.call)).toBeUndefined();
        if (event.answer === 'approve') agreed.get(event.call)?.push(event);
        break;
      case 'approval.settled':
        // Agreed to and given up after all is the one thing that can follow an end.
        if (settled.has(event.call))
          expect([settled.get(event.call), event.outcome]).toEqual(['approved', 'withdrawn']);
        settled.set(event.call, event.outcome);
        break;
      case 'call.started': {
        const hold = asked.get(event.call);
        expect(started.has(event.call)).toBe(false);
        started.add(event.call);
        if (hold === undefined) break;
        expect(settled.get(event.call)).toBe('approved');
        expect(event.digest).toBe(hold.digest);
        for (const { key, quorum } of hold.asks) {
          const people = agreed.get(event.call)?.filter(({ asks }) => asks.includes(key)) ?? [];
          expect(new Set(people.map((one) => one.by)).size).toBeGreaterThanOrEqual(quorum);
          expect(people.map((one) => one.by)).not.toContain('ann');
        }
        break;
      }
      default:
    }
  }
  expect(done.length).toBe(new Set(done).size);
  expect([...done].every((call) => started.has(call))).toBe(true);
}

test('at most one effect a hold, and none without its people', async () => {
  let effects = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 6, maxLength: 24 }), async (acts) => {
      const { events, done } = await play(acts);
      effects += done.length;
      check(events, done);
    }),
    { numRuns: 8 },
  );
  expect(effects).toBeGreaterThan(0);
}, 60_000);
