/** What a gateway leaves that died at its busiest: events that no checkpoint covers yet, and calls without an end. */
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

async function leaveRun(store: Store, id: string, open: number, reads: number): Promise<void> {
  const run = new SampleRun(store, id);
  const of = { agent: 'clerk', user: null } as const;
  await run.commit([opened(id, store.nowMs(), { ...of, case: {}, budget: {} })]);
  const commit = async (events: readonly RunEvent[], payloads: Payloads): Promise<void> => {
    const { type } = await run.commit(events, { payloads: payloads.bytes });
    if (type !== 'committed') throw new Error(`the backlog was not written: ${type}`);
  };
  const begin = (call: string, tool: string, tier: 0 | 1, payloads: Payloads) =>
    started(id, call, store.nowMs(), {
      ...of,
      ...{
        tool,
        tier,
        digest: digestOfText(call),
        arguments: payloads.keep({ id: call }, heldRedaction([])),
      },
    });
  for (let read = 0; read < reads; read += callsAtOnce) {
    const payloads = new Payloads();
    const result = payloads.keep({ content: [] }, heldRedaction([]));
    const events = Array.from({ length: Math.min(callsAtOnce, reads - read) }, (_, index) => {
      const call = `${id}-read-${read + index}`;
      const start = begin(call, 'desk.look', 0, payloads);
      const end: RunEvent = {
        ...finished(id, call, start.atMs),
        ...{ ...of, tool: start.tool, tier: start.tier, digest: start.digest },
        ...{ result, released: result },
      };
      return [start, end];
    });
    await commit(events.flat(), payloads);
  }
  for (let call = 0; call < open; call += callsAtOnce) {
    const payloads = new Payloads();
    const events = Array.from({ length: Math.min(callsAtOnce, open - call) }, (_, index) =>
      begin(`${id}-open-${call + index}`, 'desk.note', 1, payloads),
    );
    await commit(events, payloads);
  }
}
