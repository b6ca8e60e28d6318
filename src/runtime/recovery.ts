/** After a crash: what was started and not finished is named `indeterminate`, out loud; spooled refusals come home. */
import type { JsonValue } from '../content/value.ts';
import { StoreError } from '../store/errors.ts';
import type { OpenCall } from '../store/port.ts';
import { alertEvent } from './alerts.ts';
import { describe } from './attempt.ts';
import type { RuntimePorts } from './ports.ts';
import { budgetLeft, type CallIdentity, callFields, finishedEvent } from './record.ts';
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
  let ended = 0;
  for (const { call, run } of open) {
    try {
      if (await endOrphan(ports, runs, run, call)) ended += 1;
      else ports.log({ level: 'error', event: 'recovery.stuck', call, run });
    } catch (error) {
      // One run that can't be read must not keep the others from being told of; a store that is gone ends it all.
      if (error instanceof StoreError && error.code === 'store.unavailable') throw error;
      ports.log({ level: 'error', event: 'recovery.stuck', call, run, error: describe(error) });
    }
  }
  return ended;
}

async function endOrphan(
  ports: RuntimePorts,
  runs: Runs,
  id: string,
  call: string,
): Promise<boolean> {
  const writer = await runs.writer(id);
  const appended = await writer?.append((run) => {
    const memory = run?.inFlight.find(({ id }) => id === call);
    if (run == null || memory === undefined) return null;
    const atMs = ports.store.nowMs();
    const policy = ports.policy();
    const tool = policy.tools.get(memory.tool) ?? null;
    const outcome = memory.tier === 0 ? 'failed' : 'indeterminate';
    const identity: CallIdentity = {
      call,
      step: null,
      toolName: memory.tool,
      tool,
      digest: memory.digest,
      mediation: tool === null ? 'brokered' : ports.mediation(run.agent, tool.upstream),
    };
    const fields = { ...callFields(run, policy, identity, atMs), tier: memory.tier };
    const finished = finishedEvent(fields, {
      outcome,
      by: 'sallyport',
      delivered: false,
      // Those have no start of their own, so no crash finds them open.
      dryRun: false,
      result: null,
      released: null,
      frame: null,
      shown: null,
      isError: true,
      findings: [],
      holdsNext: false,
      withheld: null,
      durationMs: Math.max(0, atMs - memory.atMs),
      labels: { classes: [], subjects: [], trust: 'untrusted' },
      budgetLeft: budgetLeft(policy.agents.get(run.agent), run, atMs),
    });
    const details = { tool: memory.tool, recovered: true };
    return {
      events: [finished],
      gatewayEvents:
        outcome === 'indeterminate'
          ? [alertEvent('indeterminate_call', run.id, call, atMs, details)]
          : [],
      call,
    };
  });
  if (appended?.type !== 'committed') return false;
  await runs.ended(appended.run);
  return true;
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
