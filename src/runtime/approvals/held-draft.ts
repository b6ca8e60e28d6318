/** What is written when a call begins to wait for people, or waits anew: for other reasons, or for another call. */
import { holdFacts } from '../../engine/approvals/facts.ts';
import type { HeldCall } from '../../engine/approvals/held-call.ts';
import type { ReadCall } from '../../engine/call.ts';
import type { Context } from '../../engine/context.ts';
import type { Decision } from '../../engine/decision.ts';
import type { GatewayEvent, RunEvent } from '../../engine/events.ts';
import { fold } from '../../engine/fold.ts';
import { openAsks } from '../../engine/hold.ts';
import type { HoldFacts } from '../../engine/hold-facts.ts';
import type { Run } from '../../engine/run.ts';
import type { Attempt } from '../attempt.ts';
import type { LookedAt } from '../deciding.ts';
import { recordedArguments } from '../payloads.ts';
import type { RuntimePorts } from '../ports.ts';
import { recordedCall } from '../recorded-call.ts';
import type { Draft } from '../writer.ts';
import { heldIn, settledEvent } from './hold-events.ts';
import { type HoldState, holdWrite } from './hold-state.ts';
import { type HoldNow, type KnownCall, knownCall } from './open-holds.ts';
import { readsTo } from './performing.ts';

export interface HeldStep {
  readonly type: 'held';
  readonly decision: Decision;
  readonly now: HoldNow;
  readonly known: KnownCall;
}

/** Nobody has looked yet at what a person has to be shown. */
export interface Unprepared {
  readonly type: 'unprepared';
}

export interface Holding {
  readonly decision: Decision;
  readonly ready: ReadCall;
  /** Whoever changes the call, and what its agent proposed. */
  readonly edited: HeldCall['edited'];
  /** Null: as long as the policy says, from now on. */
  readonly expiresAtMs: number | null;
  readonly gatewayEvents: readonly GatewayEvent[];
}

export interface HeldDraft {
  readonly type: 'drafted';
  readonly step: HeldStep;
  readonly draft: Draft & { readonly payloads: ReadonlyMap<string, Uint8Array> };
  /** The run with it. */
  readonly run: Run;
  readonly facts: HoldFacts;
}

/** Null: something of the call may not be written down, and what can't be shown can't be asked about. */
export function heldDraft(
  ports: RuntimePorts,
  attempt: Attempt,
  context: Context,
  looked: LookedAt,
  { decision, ready, edited, expiresAtMs, gatewayEvents }: Holding,
): HeldDraft | Unprepared | null {
  const { showing, id, policy, proposal } = attempt;
  if (showing === null) return { type: 'unprepared' };
  const before = attempt.resumes?.now ?? null;
  const proposed = edited?.args ?? attempt.resumes?.known?.proposed ?? null;
  const by = edited?.by ?? before?.state.edited?.by ?? null;
  const { fields, decided, payloads, redaction, hidden } = recordedCall(
    ports,
    attempt,
    context,
    looked,
    {
      decision,
      args: () => recordedArguments(ready.tool, ready.args),
      digest: ready.digest,
    },
  );
  if (hidden !== null) return null;
  const { history, used, words } = showing;
  const changed = proposed === null || by === null ? null : { by, args: proposed };
  const facts = holdFacts(
    { context, read: ready, decision, history, used, edited: changed },
    redaction,
  );
  const shown = payloads.keepRecorded(facts);
  const nowMs = context.facts.nowMs;
  const held: RunEvent = {
    ...fields,
    ...decided,
    type: 'call.held',
    asks: decision.asks,
    expiresAtMs: expiresAtMs ?? nowMs + policy.approvals.timeoutMs,
    shown,
    reason: words,
    ...(edited === null || before === null
      ? {}
      : { edited: { by: edited.by, from: before.held.editedFrom ?? before.held.digest } }),
  };
  const asking = fold(context.run, held);
  const settled = edited === null ? answeredBefore(asking, id, held) : [];
  const run = settled.reduce<Run>(fold, asking);
  const state: HoldState = {
    v: 1,
    run: run.id,
    credential: before?.state.credential ?? attempt.principal.credential,
    definition: ready.tool.pin?.digest ?? null,
    read: readsTo(ready.tool, proposal.args)?.digest ?? '',
    shown,
    reason: words,
    edited:
      edited === null || before === null
        ? (before?.state.edited ?? null)
        : { by: edited.by, proposed: before.state.edited?.proposed ?? before.held.arguments },
  };
  return {
    type: 'drafted',
    step: {
      type: 'held',
      decision,
      now: { held: heldIn(run, id), state, summary: facts.summary },
      known: knownCall({ args: proposal.args, step: proposal.step, proposed }),
    },
    draft: {
      events: [held, ...settled],
      gatewayEvents,
      payloads: payloads.bytes,
      writes: [holdWrite(id, state)],
    },
    run,
    facts,
  };
}

/** Of what is asked now, people agreed to all before: only what they hadn't answered yet has gone. */
function answeredBefore(
  run: Run,
  id: string,
  { policy, atMs, agent, user }: Pick<RunEvent, 'policy' | 'atMs' | 'agent' | 'user'>,
): readonly RunEvent[] {
  const held = heldIn(run, id);
  if (held.asks.length === 0 || openAsks(held).length > 0) return [];
  const by = [...new Set(held.agreements.map((one) => one.by))];
  const of = { v: 1, atMs, run: run.id, agent, user, policy } as const;
  return [settledEvent(of, held, { outcome: 'approved', by, why: null })];
}
