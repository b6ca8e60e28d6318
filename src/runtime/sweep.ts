/** Runs that nobody closed: a minute past their duration they are `abandoned`, with an alert. */

import { effectiveBudget } from '../engine/budget.ts';
import { alertEvent } from './alerts.ts';
import type { RuntimePorts } from './ports.ts';
import type { Runs } from './runs.ts';

const graceMs = 60_000;
const runsPerSweepMax = 10_000;

/** @returns the ids of the runs that were abandoned. */
export async function sweepAbandoned(ports: RuntimePorts, runs: Runs): Promise<string[]> {
  const { store } = ports;
  const nowMs = store.nowMs();
  const abandoned: string[] = [];
  for (const summary of await store.listRuns({ status: 'open', limit: runsPerSweepMax })) {
    const agent = ports.policy().agents.get(summary.agent);
    if (summary.implicit || agent === undefined || nowMs - summary.openedAtMs < graceMs) continue;
    const run = (await runs.writer(summary.run))?.run;
    const durationMs = run == null ? undefined : effectiveBudget(agent, run.budget).durationMs;
    if (run == null || durationMs === undefined || nowMs < run.openedAtMs + durationMs + graceMs)
      continue;
    if ((await runs.abandon(run.id)) === null) continue;
    await store.commitGateway({
      events: [alertEvent('run_abandoned', run.id, null, store.nowMs(), { agent: run.agent })],
      writes: [],
    });
    abandoned.push(run.id);
  }
  return abandoned;
}
