/** What one decision comes to: what happens next, and what is written for it. */

import type { ReadCall } from '../engine/call.ts';
import type { Context } from '../engine/context.ts';
import { decide } from '../engine/decide.ts';
import type { Decision } from '../engine/decision.ts';
import { joinable, joinableHold } from '../engine/duplicates.ts';
import type { RunEvent } from '../engine/events.ts';
import { hold } from '../engine/findings.ts';
import type { Held } from '../engine/hold.ts';
import { decideLookUp } from '../engine/look-ups.ts';
import type { CallMemory, Run } from '../engine/run.ts';
import { recall } from '../engine/run-memory.ts';
import { shapeOf } from '../engine/tool-shape.ts';
import { decisionAlerts, type RaisedAlerts } from './alerts.ts';
import { type HeldStep, heldDraft, type Unprepared } from './approvals/held-draft.ts';
import { holdDeleted } from './approvals/hold-state.ts';
import type { Attempt, Settled, Started } from './attempt.ts';
import type { CallsUnderWay } from './calls-under-way.ts';
import type { LookedAt } from './deciding.ts';
import type { Memories } from './memories.ts';
import { recordedArguments, refusedArguments } from './payloads.ts';
import type { RuntimePorts } from './ports.ts';
import { recordedRemedies, startedEvent } from './record.ts';
import { recordedCall } from './recorded-call.ts';
import type { Draft } from './writer.ts';

export type Step = Denied | Started | Followed;

/** It doesn't begin now, and isn't refused: what there is to wait for. */
export type Followed =
  | {
      readonly type: 'join';
      readonly memory: CallMemory;
      readonly end: Promise<Settled | null> | undefined;
    }
  /** The same call waits for people, or they have answered: it gets what comes of that. */
  | { readonly type: 'joins_hold'; readonly held: Held; readonly read: ReadCall }
  | Unprepared
  | HeldStep
  /** What it repeats, or what people agreed to, isn't there any more. */
  | { readonly type: 'over' };

interface Denied {
  readonly type: 'denied';
  readonly decision: Decision;
}

export class Drafts {
  readonly #ports: RuntimePorts;
  readonly #memories: Memories;
  readonly #alerts: RaisedAlerts;
  readonly #underWay: Pick<CallsUnderWay, 'endOf'>;

  constructor(
    ports: RuntimePorts,
    memories: Memories,
    alerts: RaisedAlerts,
    underWay: Pick<CallsUnderWay, 'endOf'>,
  ) {
    this.#ports = ports;
    this.#memories = memories;
    this.#alerts = alerts;
    this.#underWay = underWay;
  }

  /** One decision against the run as it stands: what to do, and what to write for it. Free of effects. */
  of(attempt: Attempt, context: Context, looked: LookedAt): [Step, Draft | null] {
    const { run, reading } = context;
    const ready = reading?.ok === true ? reading.read : null;
    if (attempt.lookUpFor !== null) return this.#lookUp(attempt, context, looked, ready);
    const before = attempt.resumes === null ? null : approvedHold(context.run, attempt.id);
    // Withdrawn, or begun by somebody else: an approval is good for one call.
    if (attempt.resumes !== null && before === null) return [{ type: 'over' }, null];
    const decision = decide(context);
    if (before === null && ready !== null && !decision.dryRun && !isBarred(decision)) {
      const earlier = this.#joined(attempt, context, ready);
      if (earlier !== null) return [earlier, null];
    }
    if (ready !== null && decision.effect === 'allow')
      return this.#started(attempt, context, looked, { decision, ready, before });
    if (ready === null || decision.effect !== 'hold' || decision.asks.length === 0)
      return this.#denied(attempt, context, looked, decision);
    const alerts = decisionAlerts(
      decision,
      ready.tool.name,
      run.id,
      attempt.id,
      context.facts.nowMs,
    );
    const held = heldDraft(this.#ports, attempt, context, looked, {
      decision,
      ready,
      edited: null,
      expiresAtMs: null,
      gatewayEvents: this.#alerts.fresh(alerts, run, attempt.id),
    });
    // Nobody can be asked about what can't be shown.
    if (held === null) return this.#denied(attempt, context, looked, unaskable(decision));
    return held.type === 'unprepared' ? [held, null] : [held.step, held.draft];
  }

  #lookUp(
    attempt: Attempt,
    context: Context,
    looked: LookedAt,
    ready: ReadCall | null,
  ): [Step, Draft | null] {
    const decision = decideLookUp(context);
    return ready === null || decision.effect !== 'allow' || decision.dryRun
      ? [{ type: 'denied', decision }, null]
      : this.#started(attempt, context, looked, { decision, ready, before: null });
  }

  #joined({ proposal }: Attempt, { run, facts }: Context, read: ReadCall): Followed | null {
    if (proposal.repeats !== undefined) return this.#repeated(run, proposal.repeats, read);
    const held = run.held.length === 0 ? null : joinableHold(run, read.digest, facts.nowMs);
    if (held !== null) return { type: 'joins_hold', held, read };
    const memory = joinable(run, read.digest, read.tool.tier, facts.nowMs);
    return memory === null ? null : { type: 'join', memory, end: this.#underWay.endOf(memory.id) };
  }

  /** Its client says which held call it repeats: it is that one's answer, or nobody's. */
  #repeated(run: Run, id: string, read: ReadCall): Followed {
    const held = run.held.find((one) => one.id === id && isOf(one, read));
    if (held !== undefined) return { type: 'joins_hold', held, read };
    const memory = recall(run.remembered, read.digest);
    return memory?.id === id
      ? { type: 'join', memory, end: this.#underWay.endOf(id) }
      : { type: 'over' };
  }

  #denied(
    attempt: Attempt,
    context: Context,
    looked: LookedAt,
    decision: Decision,
  ): [Denied, Draft] {
    const { proposal, id } = attempt;
    const { run, tool, facts, reading } = context;
    const { fields, decided, payloads, redaction } = recordedCall(
      this.#ports,
      attempt,
      context,
      looked,
      {
        decision,
        args: () =>
          refusedArguments(tool, reading?.ok === true ? reading.read.args : proposal.args),
        digest: reading === null ? '' : reading.ok ? reading.read.digest : reading.digest,
      },
    );
    const alerts = decisionAlerts(decision, proposal.tool, run.id, id, facts.nowMs);
    const denied: RunEvent = {
      ...fields,
      ...decided,
      type: 'call.denied',
      remedies: recordedRemedies(decision.remedies, redaction),
    };
    return [
      { type: 'denied', decision },
      {
        events: [denied],
        gatewayEvents: this.#alerts.fresh(alerts, run, id),
        payloads: payloads.bytes,
        ...(attempt.resumes === null ? {} : { writes: [holdDeleted(id)] }),
      },
    ];
  }

  #started(
    attempt: Attempt,
    context: Context,
    looked: LookedAt,
    {
      decision,
      ready,
      before,
    }: { readonly decision: Decision; readonly ready: ReadCall; readonly before: Held | null },
  ): [Started, Draft] {
    const { id } = attempt;
    const { run, facts } = context;
    const { fields, decided, payloads } = recordedCall(this.#ports, attempt, context, looked, {
      decision,
      args: () => recordedArguments(ready.tool, ready.args),
      digest: ready.digest,
    });
    const started = startedEvent(fields, decided, {
      reservations: decision.reservations,
      lookUpFor: attempt.lookUpFor,
      idempotencyKey: shapeOf(ready.tool).idempotencyKeys.length > 0 ? id : null,
      approvedBy: decision.approvedBy,
      editedFrom: before?.editedFrom ?? null,
    });
    // A read that carries nothing out and draws on nobody else's counter may share one commit with its outcome: a crash
    // in between loses a read that nobody saw the answer of. A dry run has no effect that could be lost.
    const deferred =
      before === null &&
      (decision.dryRun ||
        (ready.tool.tier === 0 &&
          ready.tool.reach === 'internal' &&
          decision.reservations.length === 0));
    const step: Started = {
      type: 'started',
      read: ready,
      references: looked.references,
      decision,
      started,
      payloads,
      deferred,
      upstream: looked.upstream,
      edited: before !== null && before.editedFrom !== null,
    };
    if (deferred) return [step, { events: [], reserve: { call: id, started } }];
    const alerts = decisionAlerts(decision, ready.tool.name, run.id, id, facts.nowMs);
    const writes = this.#memories.writes(ready.tool, run.labels);
    return [
      step,
      {
        events: [started],
        reservations: decision.reservations,
        writes: before === null ? writes : [...writes, holdDeleted(id)],
        call: id,
        gatewayEvents: this.#alerts.fresh(alerts, run, id),
        payloads: payloads.bytes,
      },
    ];
  }
}

function unaskable(decision: Decision): Decision {
  const finding = hold('gate', 'approval.unavailable', { why: 'unrecorded' }, null, null);
  return { ...decision, findings: [...decision.findings, finding], asks: [] };
}

/** Whoever may not ask any more doesn't get the outcome of what was asked before. */
function isBarred(decision: Decision): boolean {
  return decision.findings.some(
    ({ stage, code, verdict }) =>
      verdict === 'deny' &&
      (stage === 'identity' || stage === 'engine' || code === 'catalog.ungranted'),
  );
}

function approvedHold({ held }: Run, call: string): Held | null {
  return (
    held.find(({ id, of, state }) => id === call && of === 'call' && state === 'approved') ?? null
  );
}

function isOf({ digest, editedFrom }: Held, read: ReadCall): boolean {
  return digest === read.digest || editedFrom === read.digest;
}
