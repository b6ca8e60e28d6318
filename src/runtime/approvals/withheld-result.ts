/** A result that doesn't go back until a person releases it: what is written of it when its call ends, and who is asked. */
import { resultFacts } from '../../engine/approvals/facts.ts';
import { asksToRelease } from '../../engine/consent.ts';
import type { Finding } from '../../engine/decision.ts';
import type { RunEvent } from '../../engine/events.ts';
import type { Withheld } from '../../engine/hold.ts';
import type { Run } from '../../engine/run.ts';
import type { StateWrite } from '../../store/port.ts';
import type { Attempt, Started } from '../attempt.ts';
import type { Payloads } from '../payloads.ts';
import type { Redaction } from '../redaction.ts';
import { type HoldState, holdWrite } from './hold-state.ts';

type Finished = Extract<RunEvent, { type: 'call.finished' }>;

export interface WithheldResult {
  readonly event: NonNullable<Finished['withheld']>;
  readonly state: HoldState;
  readonly summary: string;
  readonly write: StateWrite;
}

/** Null: nobody can be asked, or the run has ended and nobody would get it, so it stays withheld. */
export function withheldResult(
  run: Run,
  {
    attempt,
    step,
    withheld,
    findings,
    redaction,
    payloads,
    nowMs,
  }: {
    readonly attempt: Attempt;
    readonly step: Started;
    readonly withheld: Withheld;
    readonly findings: readonly Finding[];
    readonly redaction: Redaction;
    readonly payloads: Payloads;
    readonly nowMs: number;
  },
): WithheldResult | null {
  const { policy, id, principal } = attempt;
  const isOver = run.status === 'closed' || run.status === 'abandoned';
  const asks = isOver ? [] : asksToRelease({ policy, run }, id, findings);
  if (asks.length === 0) return null;
  const { tool } = step.read;
  const facts = resultFacts(
    { context: { policy, run }, read: step.read, findings, asks },
    redaction,
  );
  const shown = payloads.keepRecorded(facts);
  const state: HoldState = {
    v: 1,
    run: run.id,
    credential: principal.credential,
    definition: tool.pin?.digest ?? null,
    read: step.read.digest,
    shown,
    reason: null,
    edited: null,
  };
  return {
    event: {
      ...withheld,
      asks,
      expiresAtMs: nowMs + policy.approvals.timeoutMs,
      arguments: step.started.arguments,
      facts: shown,
    },
    state,
    summary: facts.summary,
    write: holdWrite(id, state),
  };
}
