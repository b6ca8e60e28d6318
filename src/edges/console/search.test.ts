/** Pages of a ledger with 40,000 events (`bench/console.ts` has more, and measures): complete, in order, and read in small steps however little is found. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fold } from '../../engine/fold.ts';
import { finished, SampleRun, started } from '../../store/contract-samples.ts';
import type { EventFilter, Store } from '../../store/port.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import { ledgerPage } from './events.ts';
import { exportLeaves } from './export.ts';
import { consoleLimits } from './limits.ts';
import { timelinePage } from './runs.ts';
import { type LedgerFilter, searchPage, stepsOf } from './search.ts';
import '../../gateway.ts';

const runs = 22;
const callsOfRun = 1_000;
const eventsMax = runs * (2 * callsOfRun + 1);
const anybody: LedgerFilter = {
  run: null,
  agent: null,
  user: null,
  tool: null,
  code: null,
  type: null,
  fromMs: null,
  untilMs: null,
};

let directory: string;
let store: Store;
let clockMs = 1_000_000;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-search-'));
  store = await openSqliteStore({ directory, foldRun: fold, clock: () => clockMs });
  for (let run = 0; run < runs; run += 1) await fill(`run-${run}`, run);
}, 120_000);
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

/** A minute a run; in every tenth one call of a rare tool, and in the third one that was stopped. */
async function fill(id: string, run: number): Promise<void> {
  clockMs += 60_000;
  const sample = new SampleRun(store, id);
  const user = run === 7 ? 'kim' : 'ann';
  await sample.open(clockMs, { user });
  for (let from = 0; from < callsOfRun; from += 250) {
    await sample.commit(
      Array.from({ length: 250 }, (_, n) => from + n).flatMap((n) => {
        const call = `${id}-${n}`;
        const rare = run % 10 === 0 && n === 0;
        const digest = `sha256:${String(run * callsOfRun + n).padStart(64, '0')}`;
        const tool = rare ? 'mail.rare' : 'mail.send';
        const stopped = run === 3 && n === 5;
        const finding = {
          stage: 'outputs',
          code: 'outputs.injection',
          verdict: stopped ? 'deny' : 'note',
          details: {},
          at: null,
        } as const;
        return [
          { ...started(id, call, clockMs, { user, tool, digest }) },
          {
            ...finished(id, call, clockMs),
            user,
            tool,
            digest,
            findings: n === 5 ? [finding] : [],
          },
        ];
      }),
    );
  }
}

async function everyPage(filter: Partial<LedgerFilter>, rowsMax = 200): Promise<number[]> {
  const seqs: number[] = [];
  for (let before: number | null = null; ; ) {
    const { events, next } = await searchPage(store, { ...anybody, ...filter }, before, rowsMax);
    seqs.push(...events.map(({ seq }) => seq));
    if (next === null) return seqs;
    before = next;
  }
}

test('all pages together are the ledger, newest first', async () => {
  expect(await store.eventCount()).toBe(eventsMax);
  const seqs = await everyPage({});
  expect(seqs).toHaveLength(eventsMax);
  expect(seqs.every((seq, at) => seq === eventsMax - 1 - at)).toBe(true);
});

test.each<[string, Partial<LedgerFilter>, number]>([
  ['a run', { run: 'run-20' }, 2 * callsOfRun + 1],
  ['an agent in a run', { agent: 'email_agent', run: 'run-20' }, 2 * callsOfRun + 1],
  ['another agent in a run', { agent: 'nobody', run: 'run-20' }, 0],
  ['an agent that never was', { agent: 'nobody' }, 0],
  ['a person', { user: 'kim' }, 2 * callsOfRun + 1],
  ['a person that never was', { user: 'nobody' }, 0],
  ['a tool', { tool: 'mail.rare' }, 6],
  ['a tool in a run', { tool: 'mail.rare', run: 'run-20' }, 2],
  ['a tool in a run that didn’t use it', { tool: 'mail.rare', run: 'run-21' }, 0],
  ['a type', { type: 'run.opened' }, runs],
  ['a type and a person', { type: 'run.opened', user: 'kim' }, 1],
  [
    'a code that stopped something, and not those that only remarked on it',
    { code: 'outputs.injection' },
    1,
  ],
  ['a code that never was', { code: 'outputs.injectio' }, 0],
  [
    'a time',
    { fromMs: 1_000_000 + 60_000 * 10, untilMs: 1_000_000 + 60_000 * 12 },
    2 * (2 * callsOfRun + 1),
  ],
  ['a time and a tool', { fromMs: 1_000_000 + 60_000 * 11, tool: 'mail.rare' }, 4],
  ['a time before all', { untilMs: 1_000_000 }, 0],
  ['a time after all', { fromMs: 1_000_000 + 60_000 * 51 }, 0],
])('%s is found whole', async (_, filter, count) => {
  const seqs = await everyPage(filter);
  expect(seqs).toHaveLength(count);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => b - a));
});

test.each<[string, Partial<LedgerFilter>]>([
  ['everything', {}],
  ['a code that is nowhere', { code: 'nothing.at_all' }],
  ['a person in a run', { run: 'run-20', user: 'nobody' }],
  ['a tool', { tool: 'mail.rare' }],
])('%s is looked for in small steps', async (_, filter) => {
  const asked: EventFilter[] = [];
  const reader = {
    events: (one: EventFilter) => {
      asked.push(one);
      return store.events(one);
    },
    eventRows: (from: number, limit: number) => store.eventRows(from, limit),
    eventCount: () => store.eventCount(),
  };
  for await (const step of stepsOf(reader, { ...anybody, ...filter }, null)) void step;
  expect(asked.length).toBeGreaterThan(10);
  for (const { limit, fromSeq = 0, beforeSeq = 0, run } of asked) {
    expect(limit).toBeLessThanOrEqual(consoleLimits.searchStepRows);
    if (run === undefined)
      expect(beforeSeq - fromSeq).toBeLessThanOrEqual(consoleLimits.searchStepEvents);
  }
});

test('an export is whole, and waits for its reader without leaving anything behind', async () => {
  const listeners: number[] = [];
  const server = createServer((_, response) => {
    const count = (): void => void listeners.push(response.listenerCount('close'));
    count();
    void exportLeaves(store, { ...anybody, run: 'run-20' }, response, () => true).then(count);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : null;
  const text = await (await fetch(`http://127.0.0.1:${port}/`)).text();
  server.close();
  expect(text.trimEnd().split('\n')).toHaveLength(2 * callsOfRun + 1);
  expect(listeners[1]).toBe(listeners[0]);
});

describe('a run’s timeline', () => {
  test('is whole, oldest first', async () => {
    const ports = { store, sequencer: { sealedSize: 10, vkey: '' } };
    const seqs: number[] = [];
    for (let after: number | null = null; ; ) {
      const page = await timelinePage(ports, 'run-0', after, 150);
      seqs.push(...page.rows.map(({ seq }) => seq));
      if (page.next === null) break;
      after = Number(page.next);
    }
    expect(seqs).toEqual(Array.from({ length: 2 * callsOfRun + 1 }, (_, seq) => seq));
    await expect(timelinePage(ports, 'run-none', null, 10)).rejects.toMatchObject({ status: 404 });
  });

  test('says of each event whether it is sealed', async () => {
    const ports = { store, sequencer: { sealedSize: 3, vkey: '' } };
    const { rows } = await timelinePage(ports, 'run-0', null, 5);
    expect(rows.map(({ sealed }) => sealed)).toEqual([true, true, true, false, false]);
  });
});

test('a page says where the next one begins, as text', async () => {
  const ports = { store, sequencer: { sealedSize: 0, vkey: '' } };
  const page = await ledgerPage(ports, { ...anybody, tool: 'mail.rare' }, null, 3);
  expect(page.rows.map(({ tool }) => tool)).toEqual(['mail.rare', 'mail.rare', 'mail.rare']);
  expect(page.next).toBe(String(page.rows.at(-1)?.seq));
});
