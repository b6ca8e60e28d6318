/** The runtime as edges see it: the lives of runs and calls, over one store. */
import { SallyportError } from '../content/errors.ts';
import type { JsonValue } from '../content/value.ts';
import { Approvals } from './approvals/approvals.ts';
import { OpenHolds } from './approvals/open-holds.ts';
import { recoverHolds, resumeApproved } from './approvals/recover-holds.ts';
import { Settling } from './approvals/settling.ts';
import { Breakers } from './breakers.ts';
import { Calls } from './calls.ts';
import { listTools } from './listing.ts';
import { Memories } from './memories.ts';
import type { Runtime } from './port.ts';
import type { RuntimePorts } from './ports.ts';
import { endOrphans, orphans, recordSpooled } from './recovery.ts';
import { Runs } from './runs.ts';
import { Sweep } from './sweep.ts';
import { explainCall } from './what-if.ts';

const sweepEveryMs = 10_000;

/** What a crash within it forgets is handed over again to whoever repeats the call: once too often, never too little. */
const deliveriesEveryMs = 1_000;

export interface OwnedRuntime extends Runtime, AsyncDisposable {
  /** How many calls of an earlier process were found open, and ended. */
  readonly recovered: Promise<number>;
  /** Another policy is in force: what waits for people is decided again by it. Never rejects. */
  reconsider(): Promise<void>;
  /** The gateway is about to go: whoever waits for people gets a ticket, while there is still a way to send it. */
  dontWait(): void;
  /** When every call that is under way now has ended: before its upstream may go. */
  settled(): Promise<void>;
}

/** @param spooled - refusals that the store could not take last time. */
export async function openRuntime(
  ports: RuntimePorts,
  spooled: readonly JsonValue[],
): Promise<OwnedRuntime> {
  const holds = new OpenHolds();
  const runs = new Runs(ports, holds);
  const settling = new Settling(ports, runs, holds);
  const calls = new Calls({
    ports,
    runs,
    holds,
    settling,
    breakers: await Breakers.open(ports.store),
    memories: await Memories.open(ports.store),
  });
  const { answers, deciding, performing } = calls;
  const approvals = new Approvals({ ports, runs, holds, settling, performing, answers, deciding });
  await recordSpooled(ports, spooled);
  await recoverHolds({ ports, runs, holds, performing });
  const resuming = resumeApproved({ ports, runs, holds, performing, settling }).then(() =>
    // By the policy of now, which need not be that of then.
    approvals.reconsider(),
  );
  const recovered = endOrphans(ports, runs, await orphans(ports)).catch((error: unknown) =>
    failed(ports, 'recovery.failed', error),
  );
  const sweep = new Sweep(ports, runs);
  let swept: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    swept = sweep.sweep().catch((error: unknown) => failed(ports, 'sweep.failed', error));
  }, sweepEveryMs);
  timer.unref();
  const tellDelivered = (): Promise<unknown> =>
    runs.tellDelivered().catch((error: unknown) => failed(ports, 'deliveries.failed', error));
  const teller = setInterval(() => {
    runs.makeRoom();
    void tellDelivered();
  }, deliveriesEveryMs).unref();

  return {
    recovered,
    reconsider: () => approvals.reconsider(),
    dontWait: () => calls.dontWait(),
    settled: () => calls.settled(),
    openRun: (principal, request) => runs.open(principal, request),
    getRun: (principal, run) => runs.get(principal, run),
    reportUsage: (principal, run, usage) => runs.reportUsage(principal, run, usage),
    closeRun: (principal, run, as, reason) => runs.close(principal, run, as, reason),
    call: (principal, proposal, signal, onProgress, patienceMs) =>
      calls.call(principal, proposal, signal, onProgress, patienceMs),
    holds: approvals,
    listTools: (principal) => listTools(ports.policy(), principal.agent, principal.user),
    explain: (agent, user, { tool, args, case: values, atMs }) =>
      Promise.resolve(
        explainCall(ports.policy(), {
          agent,
          user,
          tool,
          args,
          case: values,
          request: null,
          outside: [],
          atMs: atMs ?? ports.store.nowMs(),
        }).decision,
      ),
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      clearInterval(teller);
      await Promise.all([calls.stop(), settling.stop()]);
      await Promise.all([recovered, resuming, approvals.reconsidered, swept, tellDelivered()]);
    },
  };
}

function failed(ports: RuntimePorts, event: string, error: unknown): number {
  const message =
    error instanceof SallyportError
      ? `${error.code}: ${error.message}`
      : error instanceof Error
        ? error.message
        : 'unknown';
  ports.log({ level: 'error', event, error: message });
  return 0;
}
