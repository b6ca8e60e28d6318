/** After a crash: what was started and not finished is named `indeterminate`, out loud; spooled refusals come home. */
import type { JsonValue } from '../content/value.ts';
import type { RunEvent } from '../engine/events.ts';
import type { OpenCall } from '../store/port.ts';
import { alertEvent } from './alerts.ts';
import type { RuntimePorts } from './ports.ts';
import { budgetLeft, callFields } from './record.ts';
import type { Runs } from './runs.ts';

/** More calls than one process ever has under way. */
const openCallsMax = 1_000_000;
/** Refusals to one event: no record is as long as a spool. */
const refusalsPerEvent = 200;

/** Calls that an earlier process left open. Asked before the first call of this one: every call that is open is an orphan. */
export function orphans(ports: RuntimePorts): Promise<readonly OpenCall[]> {
  return ports.store.openCalls(openCallsMax);
}

/**
 * Ends every call that an earlier process left open. Its effect may or may not have happened: nobody can know, so
 * nobody guesses, and an alert says so. A read is only `failed`: it had nothing to leave half done.
 *
 * Runs beside new calls: until a call is reached here, a repeat of it is answered as indeterminate all the same.
 *
 * @returns how many calls were ended.
 */
export async function endOrphans(
  ports: RuntimePorts,
  runs: Runs,
  open: readonly OpenCall[],
): Promise<number> {
  const { store } = ports;
  let ended = 0;
  for (const { call, run: id } of open) {
    const writer = await runs.writer(id);
    const appended = await writer?.append((run) => {
      const memory = run?.inFlight[call];
      if (run == null || memory === undefined) return null;
      const atMs = store.nowMs();
      const policy = ports.policy();
      const outcome = memory.tier === 0 ? 'failed' : 'indeterminate';
      const finished: RunEvent = {
        ...callFields(
          run,
          policy,
          {
            call,
            step: null,
            toolName: memory.tool,
            tool: policy.tools.get(memory.tool) ?? null,
            digest: memory.digest,
            mediation: 'brokered',
          },
          atMs,
        ),
        tier: memory.tier,
        type: 'call.finished',
        outcome,
        by: 'sallyport',
        delivered: false,
        dryRun: false,
        result: null,
        released: null,
        isError: true,
        findings: [],
        durationMs: Math.max(0, atMs - memory.atMs),
        tokens: null,
        costMicroUsd: null,
        labels: { trust: 'untrusted', classes: [], subjects: [] },
        budgetLeft: budgetLeft(policy.agents.get(run.agent), run, atMs),
      };
      const alerts =
        outcome === 'indeterminate'
          ? [
              alertEvent('indeterminate_call', run.id, call, atMs, {
                tool: memory.tool,
                recovered: true,
              }),
            ]
          : [];
      return { events: [finished], gatewayEvents: alerts, call };
    });
    if (appended?.type !== 'committed') {
      ports.log({ level: 'error', event: 'recovery.stuck', call, run: id });
      continue;
    }
    await runs.ended(appended.run);
    ended += 1;
  }
  return ended;
}

/** Writes the refusals of the spool into the ledger. */
export async function recordSpooled(
  ports: RuntimePorts,
  refusals: readonly JsonValue[],
): Promise<void> {
  if (refusals.length === 0) return;
  await ports.store.commitGateway({
    events: Array.from({ length: Math.ceil(refusals.length / refusalsPerEvent) }, (_, index) => ({
      v: 1,
      type: 'spool.recovered',
      atMs: ports.store.nowMs(),
      refusals: refusals.slice(index * refusalsPerEvent, (index + 1) * refusalsPerEvent),
    })),
    writes: [],
  });
}
