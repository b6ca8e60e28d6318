/** What is written when a call begins to wait for people, or waits anew: for other reasons, or for another call. */
import { holdFacts } from '../../engine/approvals/facts.ts';
import type { HeldCall } from '../../engine/approvals/held-call.ts';
import type { ReadCall } from '../../engine/call.ts';
import type { Context } from '../../engine/context.ts';
import type { Decision } from '../../engine/decision.ts';
import type { GatewayEvent, RunEvent } from '../../engine/events.ts';
import { fold } from '../../engine/fold.ts';
import { StoreError } from '../../store/errors.ts';
import type { Attempt } from '../attempt.ts';
import type { LookedAt } from '../deciding.ts';
import { recordedArguments } from '../payloads.ts';
import type { RuntimePorts } from '../ports.ts';
import { recordedCall } from '../recorded-call.ts';
import type { Draft } from '../writer.ts';
import { type HoldState, holdWrite } from './hold-state.ts';
import type { HoldNow, KnownCall } from './open-holds.ts';
import { readsTo } from './performing.ts';

export interface HeldStep {
  readonly type: 'held';
  readonly decision: Decision;
  readonly now: HoldNow;
  /** Absent: what is known of its arguments is known already. */
  readonly known: KnownCall;
}

/** Nobody has looked yet at what a person has to be shown. */
export interface Unprepared {
  readonly type: 'unprepared';
}

export interface Holding {
  readonly decision: Decision;
  readonly ready: ReadCall;
  /** Whoever changed the call, and what its agent proposed. */
  readonly edited: HeldCall['edited'];
  /** Null: as long as the policy says, from now on. */
  readonly expiresAtMs: number | null;
  readonly gatewayEvents: readonly GatewayEvent[];
}

/** Null: something of the call may not be written down, and what can't be shown can't be asked about. */
export function heldDraft(
  ports: RuntimePorts,
  attempt: Attempt,
  context: Context,
  looked: LookedAt,
  { decision, ready, edited: editor, expiresAtMs, gatewayEvents }: Holding,
): [HeldStep | Unprepared, Draft | null] | null {
  const { showing, id, policy, proposal } = attempt;
  if (showing === null) return [{ type: 'unprepared' }, null];
  const { run } = context;
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
  const before = attempt.resumes?.now ?? null;
  const facts = holdFacts(
    { context, read: ready, decision, history, used, edited: editor },
    redaction,
  );
  const shown = payloads.keepRecorded(facts);
  const edited =
    editor === null || before === null
      ? null
      : { by: editor.by, from: before.held.editedFrom ?? before.held.digest };
  const event: RunEvent = {
    ...fields,
    ...decided,
    type: 'call.held',
    asks: decision.asks,
    expiresAtMs: expiresAtMs ?? context.facts.nowMs + policy.approvals.timeoutMs,
    shown,
    reason: words,
    ...(edited === null ? {} : { edited }),
  };
  const held = fold(run, event).held.find((one) => one.id === id);
  if (held === undefined) throw new StoreError('store.corrupt', 'a hold is not in its run');
  const state: HoldState = {
    v: 1,
    run: run.id,
    credential: before?.state.credential ?? attempt.principal.credential,
    definition: ready.tool.pin?.digest ?? null,
    read: readsTo(ready.tool, proposal.args)?.digest ?? '',
    shown,
    reason: words,
    edited:
      editor === null || before === null
        ? (before?.state.edited ?? null)
        : { by: editor.by, proposed: before.state.edited?.proposed ?? before.held.arguments },
  };
  return [
    {
      type: 'held',
      decision,
      now: { held, state, summary: facts.summary },
      known: {
        args: proposal.args,
        step: proposal.step,
        units: payloads.bytes.get(decided.arguments)?.length ?? 0,
      },
    },
    {
      events: [event],
      gatewayEvents,
      payloads: payloads.bytes,
      writes: [holdWrite(id, state)],
    },
  ];
}
