import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Reservation } from '../engine/decision.ts';
import type { RunEvent } from '../engine/events.ts';
import { fold } from '../engine/fold.ts';
import { noLabels } from '../engine/labels.ts';
import type { Run } from '../engine/run.ts';
import { recall } from '../engine/run-memory.ts';
import { finished, started } from '../store/contract-samples.ts';
import type { Store } from '../store/port.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { RunWriter } from './writer.ts';

let directory: string;
let store: Store;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-writer-'));
  store = await openSqliteStore({ directory, foldRun: fold });
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const of = (run: string) =>
  ({ v: 1, atMs: store.nowMs(), run, agent: 'helper', user: null, policy: 'p' }) as const;

let runs = 0;

async function opened(): Promise<RunWriter> {
  runs += 1;
  const id = `run_${runs}`;
  const writer = new RunWriter(store, id, null);
  await writer.append(() => ({
    events: [
      {
        ...of(id),
        type: 'run.opened',
        implicit: false,
        credential: 'c',
        parent: null,
        case: {},
        request: null,
        requestTrusted: false,
        only: null,
        budget: {},
        outside: [],
        dryRun: false,
        labels: noLabels,
      },
    ],
  }));
  return writer;
}

/** An event that is seen in the run: it adds to the tokens. */
function spent(run: string, tokens: number): RunEvent {
  return { ...of(run), type: 'run.usage', steps: 0, tokens, costMicroUsd: 0, model: null };
}

function draw(key: string, amount: number, max: number): Reservation {
  return { type: 'window', key, amount, max, windowMs: null, code: 'limits.agent_rate' };
}

type Step =
  | { readonly type: 'spend'; readonly tokens: number; readonly draws: number }
  | { readonly type: 'reserve'; readonly tokens: number }
  | { readonly type: 'nothing' };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      type: fc.constant('spend' as const),
      tokens: fc.integer({ min: 1, max: 9 }),
      draws: fc.integer({ min: 0, max: 3 }),
    }),
    fc.record({ type: fc.constant('reserve' as const), tokens: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ type: fc.constant('nothing' as const) }),
  ),
  { minLength: 1, maxLength: 40 },
);

test('steps that are pipelined end as if they had been taken one after another', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 0, max: 12 }), async (plan, max) => {
      const writer = await opened();
      const budget = 60;
      let most = 0;
      const outcomes = await Promise.all(
        plan.map(async (step, index) => {
          const call = `${writer.id}-${index}`;
          const fits = (run: Run | null, tokens: number) => {
            const total = run?.tokens ?? 0;
            most = Math.max(most, total);
            return total + tokens <= budget;
          };
          if (step.type === 'nothing') return writer.append(() => null);
          const { tokens } = step;
          if (step.type === 'reserve') {
            const event = spent(writer.id, tokens);
            const reserved = await writer.append((run) =>
              fits(run, tokens) ? { events: [], reserve: { call, started: event } } : null,
            );
            if (reserved === null) return null;
            return writer.append(() => ({ events: [event] }), call);
          }
          return writer.append((run) =>
            fits(run, tokens)
              ? {
                  events: [spent(writer.id, tokens)],
                  reservations: step.draws === 0 ? [] : [draw(`k-${writer.id}`, step.draws, max)],
                  call,
                }
              : null,
          );
        }),
      );
      const done = plan.filter((_, index) => outcomes[index]?.type === 'committed');
      const tokens = done.reduce((sum, step) => sum + ('tokens' in step ? step.tokens : 0), 0);
      const drawn = done.reduce((sum, step) => sum + ('draws' in step ? step.draws : 0), 0);
      const stored = await store.loadRun(writer.id);
      // What was said to be committed is what is there; what was refused is not; and no limit was passed on the way.
      expect(stored).toEqual(await writer.current());
      expect(stored?.tokens).toBe(tokens);
      expect(stored?.version).toBe(1 + done.length);
      expect(await store.windowSum(`k-${writer.id}`, null)).toBe(drawn);
      expect(most).toBeLessThanOrEqual(budget);
      expect(drawn).toBeLessThanOrEqual(max);
      for (const [index, outcome] of outcomes.entries()) {
        const step = plan[index];
        // Refused only when the counter really had no room for it.
        if (outcome?.type === 'refused' && step?.type === 'spend')
          expect(drawn + step.draws).toBeGreaterThan(max);
      }
      expect(writer.idle).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('a full counter costs the steps behind it nothing, however many it refuses', async () => {
  const writer = await opened();
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      writer.append(() => ({
        events: [spent(writer.id, 1)],
        reservations: n % 2 === 0 ? [draw('full', 1, 0)] : [],
      })),
    ),
  );
  expect(outcomes.filter((outcome) => outcome?.type === 'refused')).toHaveLength(20);
  expect(outcomes.filter((outcome) => outcome?.type === 'committed')).toHaveLength(20);
  expect((await store.loadRun(writer.id))?.tokens).toBe(20);
});

test('a reserved call counts while its own commit is tried again', async () => {
  const writer = await opened();
  await writer.append(() => ({
    events: [],
    reserve: { call: 'a', started: spent(writer.id, 5) },
  }));
  // In the pipeline in front of it: a step that is refused, so that the reserved call has to be written anew.
  const refused = writer.append(() => ({
    events: [spent(writer.id, 1)],
    reservations: [draw('none', 1, 0)],
  }));
  // Between them: one that is decided again before the reserved call is.
  const seen: (number | undefined)[] = [];
  const between = writer.append((run) => {
    seen.push(run?.tokens);
    return { events: [spent(writer.id, 0)] };
  });
  const settled = writer.append(() => ({ events: [spent(writer.id, 5)] }), 'a');
  await Promise.all([refused, between, settled]);
  expect(seen).toEqual([6, 5]);
  expect((await writer.current())?.tokens).toBe(5);
});

test('a delivery counts while telling the store of it is tried again', async () => {
  const writer = await opened();
  const call = { tier: 1, digest: 'sha256:0a' } as const;
  await writer.append(() => ({
    events: [
      started(writer.id, 'a', store.nowMs(), call),
      { ...finished(writer.id, 'a', store.nowMs()), ...call },
    ],
  }));
  expect(recall(writer.run?.remembered ?? [], call.digest)?.state).toBe('completed');
  writer.delivered({
    ...of(writer.id),
    type: 'call.delivered',
    calls: [{ call: 'a', digest: call.digest }],
  });
  const refused = writer.append(() => ({
    events: [spent(writer.id, 1)],
    reservations: [draw('nothing left', 1, 0)],
  }));
  const seen: unknown[] = [];
  const between = writer.append((run) => {
    seen.push(recall(run?.remembered ?? [], call.digest));
    return { events: [spent(writer.id, 0)] };
  });
  await Promise.all([refused, between, writer.tellDelivered()]);
  expect(seen).toEqual([undefined, undefined]);
  expect(writer.idle).toBe(true);
  expect(recall(writer.run?.remembered ?? [], call.digest)).toBeUndefined();
  expect(await store.loadRun(writer.id)).toEqual(writer.run);
});

test('another writer is noticed and caught up with; without end, it is a fault', async () => {
  const writer = await opened();
  const other = new RunWriter(store, writer.id, await store.loadRun(writer.id));
  await other.append(() => ({ events: [spent(writer.id, 3)] }));
  await writer.append((run) => ({ events: [spent(writer.id, (run?.tokens ?? 0) + 1)] }));
  expect((await store.loadRun(writer.id))?.tokens).toBe(run3and4);

  const stubborn = new RunWriter(
    new Proxy(store, {
      get(target, name) {
        if (name === 'commit') return async () => ({ type: 'conflict' });
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    }),
    writer.id,
    await store.loadRun(writer.id),
  );
  await expect(stubborn.append(() => ({ events: [spent(writer.id, 1)] }))).rejects.toMatchObject({
    code: 'store.unavailable',
  });
});

/** First conflicts at 0 + 1, is decided again at 3, and adds 4. */
const run3and4 = 3 + 4;
