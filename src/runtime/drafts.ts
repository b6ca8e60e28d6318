/** What one decision comes to: what happens next, and what is written for it. */

import { foundIn } from '../content/redact-found.ts';
import type { Context } from '../engine/context.ts';
import { decide } from '../engine/decide.ts';
import type { Decision } from '../engine/decision.ts';
import { joinable } from '../engine/duplicates.ts';
import type { RunEvent } from '../engine/events.ts';
import { decideLookUp } from '../engine/look-ups.ts';
import type { CallMemory } from '../engine/run.ts';
import { shapeOf } from '../engine/tool-shape.ts';
import type { Upstream } from '../upstreams/port.ts';
import { decisionAlerts, type RaisedAlerts } from './alerts.ts';
import { type Attempt, identityOf, type Settled, type Started } from './attempt.ts';
import { CallMarks } from './call-marks.ts';
import type { CallTexts } from './call-texts.ts';
import type { Memories } from './memories.ts';
import { Payloads, recordedArguments, refusedArguments } from './payloads.ts';
import type { RuntimePorts } from './ports.ts';
import { budgetLeft, callFields, decidedFields, recordedRemedies, startedEvent } from './record.ts';
import {
  heldRedaction,
  holdsUnrecorded,
  type Redaction,
  recordsEverything,
  redactionOf,
  unrecorded,
} from './redaction.ts';
import type { Draft } from './writer.ts';

export type Step =
  | {
      readonly type: 'join';
      readonly memory: CallMemory;
      readonly end: Promise<Settled | null> | undefined;
    }
  | { readonly type: 'denied'; readonly decision: Decision }
  | Started;

/** Beside the facts: whose status was read, and which texts detectors were asked about. */
interface LookedAt extends Pick<CallTexts, 'texts' | 'hidden'> {
  readonly upstream: Upstream | undefined;
}

/** By the id of a call, its end; null: it never started. */
type UnderWay = ReadonlyMap<string, Promise<Settled | null>>;

export class Drafts {
  readonly #ports: RuntimePorts;
  readonly #memories: Memories;
  readonly #alerts: RaisedAlerts;
  readonly #underWay: UnderWay;

  constructor(ports: RuntimePorts, memories: Memories, alerts: RaisedAlerts, underWay: UnderWay) {
    this.#ports = ports;
    this.#memories = memories;
    this.#alerts = alerts;
    this.#underWay = underWay;
  }

  /** One decision against the run as it stands: what to do, and what to write for it. Free of effects. */
  of(attempt: Attempt, context: Context, looked: LookedAt): [Step, Draft | null] {
    const { policy, proposal, id } = attempt;
    const { run, tool, facts, reading } = context;
    const ready = reading?.ok === true ? reading.read : null;
    const isLookUp = attempt.lookUpFor !== null;
    const decision = isLookUp ? decideLookUp(context) : decide(context);
    if (isLookUp && (decision.effect !== 'allow' || decision.dryRun))
      return [{ type: 'denied', decision }, null];
    if (!isLookUp && ready !== null && !decision.dryRun && !isBarred(decision)) {
      const memory = joinable(run, ready.digest, ready.tool.tier, facts.nowMs);
      if (memory !== null)
        return [{ type: 'join', memory, end: this.#underWay.get(memory.id) }, null];
    }
    const goesOn = decision.effect === 'allow' && ready !== null;
    const { redaction, hidden } = this.#unrecorded(context, looked);
    const payloads = new Payloads();
    const args = payloads.keep(
      hidden !== null
        ? { 'dev.sallyport/unrecorded': hidden }
        : goesOn
          ? recordedArguments(tool, ready.args)
          : refusedArguments(tool, ready?.args ?? proposal.args),
      redaction,
    );
    const digest = ready?.digest ?? (reading?.ok === false ? reading.digest : '');
    const agent = policy.agents.get(run.agent);
    const known = identityOf(this.#ports, attempt, run, tool, digest);
    const identity = tool === null ? { ...known, toolName: redaction.text(known.toolName) } : known;
    const fields = callFields(run, policy, identity, facts.nowMs);
    const left = budgetLeft(agent, run, facts.nowMs);
    const decided = decidedFields(decision, args, facts, left, redaction);
    const alerts = decisionAlerts(decision, proposal.tool, run.id, id, facts.nowMs);
    if (!goesOn) {
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
        },
      ];
    }
    const started = startedEvent(fields, decided, {
      reservations: decision.reservations,
      lookUpFor: attempt.lookUpFor,
      idempotencyKey: shapeOf(ready.tool).idempotencyKeys.length > 0 ? id : null,
    });
    // A read that carries nothing out and draws on nobody else's counter may share one commit with its outcome: a crash
    // in between loses a read that nobody saw the answer of. A dry run has no effect that could be lost.
    const deferred =
      decision.dryRun ||
      (ready.tool.tier === 0 &&
        ready.tool.reach === 'internal' &&
        decision.reservations.length === 0);
    const step: Started = {
      type: 'started',
      read: ready,
      references: [],
      decision,
      started,
      payloads,
      deferred,
      upstream: looked.upstream,
    };
    if (deferred) return [step, { events: [], reserve: { call: id, started } }];
    return [
      step,
      {
        events: [started],
        reservations: decision.reservations,
        writes: this.#memories.writes(ready.tool, run.labels),
        call: id,
        gatewayEvents: this.#alerts.fresh(alerts, run, id),
        payloads: payloads.bytes,
      },
    ];
  }

  /** What of a call must not be written down; `hidden`: why nothing of its arguments may be. */
  #unrecorded(
    { policy, run, facts }: Context,
    { texts, hidden }: LookedAt,
  ): { readonly redaction: Redaction; readonly hidden: 'unscanned' | 'hidden' | null } {
    const held = this.#ports.heldSecrets();
    const wanted = unrecorded(policy);
    if (recordsEverything(wanted)) return { redaction: heldRedaction(held), hidden: null };
    const found = foundIn(facts.scans, wanted);
    const key = (): string => new CallMarks(this.#ports, run.id).placeholderKey;
    const redaction = redactionOf(held, found, key);
    if (facts.scans.size < texts.length) return { redaction, hidden: 'unscanned' };
    // In Base64, escaped, or in pieces: by value it isn't found there.
    const hides = found.size > 0 && holdsUnrecorded(hidden, facts.scans, wanted);
    return { redaction, hidden: hides ? 'hidden' : null };
  }
}

/** Whoever may not ask any more doesn't get the outcome of what was asked before. */
function isBarred(decision: Decision): boolean {
  return decision.findings.some(
    ({ stage, code, verdict }) =>
      verdict === 'deny' &&
      (stage === 'identity' || stage === 'engine' || code === 'catalog.ungranted'),
  );
}
