import type { RunStatus } from '../../engine/run.ts';
import { budgetLeft } from '../../runtime/record.ts';
import type { RunSummary, StoreReader } from '../../store/port.ts';
import { runView } from '../http/run-view.ts';
import { rowsOf } from './events.ts';
import type { ConsolePorts } from './ports.ts';
import { notFound } from './refusal.ts';
import type { EventRow, Page, RunPage, RunRow } from './views.ts';

export async function runsPage(
  store: Pick<StoreReader, 'listRuns'>,
  filter: {
    readonly agent: string | null;
    readonly status: RunStatus | null;
    readonly before: string | null;
  },
  rowsMax: number,
): Promise<Page<RunRow>> {
  const { agent, status, before } = filter;
  // One more than is shown tells whether there is more.
  const found = await store.listRuns({
    limit: rowsMax + 1,
    ...(agent === null ? {} : { agent }),
    ...(status === null ? {} : { status }),
    ...(before === null ? {} : { before }),
  });
  const rows = found.slice(0, rowsMax).map(runRow);
  return { rows, next: found.length > rowsMax ? (rows.at(-1)?.id ?? null) : null };
}

export function runRow(run: RunSummary): RunRow {
  const { run: id, agent, user, status, implicit, openedAtMs, version } = run;
  return { id, agent, user, status, implicit, openedAtMs, events: version };
}

/** As its events tell it: what the runtime knows besides, and never recorded, isn't shown. */
export async function runPage(
  { store, runtime, policySource }: Pick<ConsolePorts, 'store' | 'runtime' | 'policySource'>,
  id: string,
): Promise<RunPage> {
  const run = await store.loadRun(id);
  if (run === null) throw notFound('run');
  const agent = policySource.policy.agents.get(run.agent);
  return {
    id,
    agent: run.agent,
    user: run.user,
    status: run.status,
    implicit: run.implicit,
    openedAtMs: run.openedAtMs,
    events: run.version,
    run: runView(run),
    budgetLeft: budgetLeft(agent, run, store.nowMs()),
    parent: run.parent,
    request: run.request,
    holds: runtime.holds.open().filter((hold) => hold.run === id),
  };
}

/** Oldest first. @param after - the number of the event that the page before ended with. */
export async function timelinePage(
  ports: Pick<ConsolePorts, 'store' | 'sequencer'>,
  run: string,
  after: number | null,
  rowsMax: number,
): Promise<Page<EventRow>> {
  const events = await ports.store.events({
    run,
    fromSeq: after === null ? 0 : after + 1,
    limit: rowsMax + 1,
  });
  if (events.length === 0 && after === null) throw notFound('run');
  const shown = events.slice(0, rowsMax);
  const last = shown.at(-1);
  return {
    rows: rowsOf(ports, shown),
    next: events.length > rowsMax && last !== undefined ? String(last.seq) : null,
  };
}
