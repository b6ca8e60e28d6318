/**
 * What a gateway leaves that died at its busiest: events that no checkpoint covers yet, calls without an end, and a
 * journal with as much as the database may lag behind by.
 *
 * Run as a program, it is the one that dies so: `backlog.ts DIRECTORY RUN...`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { digestOfText } from '../../src/content/digest.ts';
import type { RunEvent } from '../../src/engine/events.ts';
import { fold } from '../../src/engine/fold.ts';
import { Payloads } from '../../src/runtime/payloads.ts';
import { heldRedaction } from '../../src/runtime/redaction.ts';
import { finished, opened, SampleRun, started } from '../../src/store/contract-samples.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';

export interface Backlog {
  readonly events: number;
  readonly openCalls: number;
}

const runs = 20;
const callsAtOnce = 100;
/** So many commits that are asked for at once are one group. */
const runsOfGroup = 16;
/** Together they are a little more than a transaction may have. */
const callsOfGroupsRun = 40;

/** Half of the events of a call that ended are its start. Writes them with no ledger beside, so none is sealed. */
export async function leaveBacklog(
  directory: string,
  { events, openCalls }: Backlog,
): Promise<void> {
  await using store = await openSqliteStore({ directory, foldRun: fold });
  const openPerRun = openCalls / runs;
  const readsPerRun = (events / runs - openPerRun - 1) / 2;
  await Promise.all(
    Array.from({ length: runs }, (_, index) =>
      leaveRun(store, `run_backlog-${index}`, openPerRun, readsPerRun),
    ),
  );
}

/**
 * One group whose transaction is due, by a process that dies as it begins to commit it.
 * @returns the runs that it opened.
 */
export function leaveJournal(directory: string, name: string): readonly string[] {
  const ids = Array.from({ length: runsOfGroup }, (_, index) => `run_${name}-${index}`);
  const seen = join(directory, '..', `seen-${name}`);
  const kill = { point: 'at sqlite COMMIT', nth: 1 };
  spawnSync(process.execPath, [import.meta.filename, directory, ...ids], {
    env: {
      ...process.env,
      NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'points.ts')).href}`,
      SALLYPORT_FAULT_POINTS: JSON.stringify({ seen, kill }),
    },
  });
  if (!readFileSync(seen, 'utf8').includes('killed ')) throw new Error('no journal was left');
  return ids;
}

export function journalBytesOf(directory: string): number {
  return statSync(join(directory, 'sallyport.journal')).size;
}

async function leaveRun(store: Store, id: string, open: number, reads: number): Promise<void> {
  const run = new SampleRun(store, id);
  await run.commit([openedNow(store, id)]);
  const commit = async (events: readonly RunEvent[], payloads: Payloads): Promise<void> => {
    const { type } = await run.commit(events, { payloads: payloads.bytes });
    if (type !== 'committed') throw new Error(`the backlog was not written: ${type}`);
  };
  for (let read = 0; read < reads; read += callsAtOnce) {
    const payloads = new Payloads();
    const calls = Array.from({ length: Math.min(callsAtOnce, reads - read) }, (_, index) =>
      readOf(store, id, read + index, payloads),
    );
    await commit(calls.flat(), payloads);
  }
  for (let call = 0; call < open; call += callsAtOnce) {
    const payloads = new Payloads();
    const events = Array.from({ length: Math.min(callsAtOnce, open - call) }, (_, index) =>
      begun(store, id, `${id}-open-${call + index}`, { tool: 'desk.note', tier: 1 }, payloads),
    );
    await commit(events, payloads);
  }
}

const of = { agent: 'clerk', user: null } as const;

function openedNow(store: Store, id: string): RunEvent {
  return opened(id, store.nowMs(), { ...of, case: {}, budget: {} });
}

function begun(
  store: Store,
  id: string,
  call: string,
  tool: { readonly tool: string; readonly tier: 0 | 1 },
  payloads: Payloads,
): ReturnType<typeof started> {
  return started(id, call, store.nowMs(), {
    ...of,
    ...tool,
    digest: digestOfText(call),
    arguments: payloads.keep({ id: call }, heldRedaction([])),
  });
}

/** A call and its end. */
function readOf(store: Store, id: string, number: number, payloads: Payloads): RunEvent[] {
  const call = `${id}-read-${number}`;
  const start = begun(store, id, call, { tool: 'desk.look', tier: 0 }, payloads);
  const result = payloads.keep({ content: [] }, heldRedaction([]));
  const end: RunEvent = {
    ...finished(id, call, start.atMs),
    ...{ ...of, tool: start.tool, tier: start.tier, digest: start.digest },
    ...{ result, released: result },
  };
  return [start, end];
}

if (import.meta.main) {
  const [, , directory = '', ...ids] = process.argv;
  await using store = await openSqliteStore({ directory, foldRun: fold });
  await Promise.all(
    ids.map((id) => {
      const payloads = new Payloads();
      const events = [openedNow(store, id)];
      for (let read = 0; read < callsOfGroupsRun; read += 1)
        events.push(...readOf(store, id, read, payloads));
      return new SampleRun(store, id).commit(events, { payloads: payloads.bytes });
    }),
  );
}
