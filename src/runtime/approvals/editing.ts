/** A person who is asked changes the call first: another call then, decided as such, and asked about anew. */
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { Context } from '../../engine/context.ts';
import { decide } from '../../engine/decide.ts';
import { joinable, joinableHold } from '../../engine/duplicates.ts';
import { fold } from '../../engine/fold.ts';
import { type Held, questionOf } from '../../engine/hold.ts';
import type { HoldFacts } from '../../engine/hold-facts.ts';
import { readCall } from '../../engine/read-call.ts';
import type { Run } from '../../engine/run.ts';
import type { ApproverPrincipal } from '../../identity/principal.ts';
import { StoreError } from '../../store/errors.ts';
import type { Attempt } from '../attempt.ts';
import type { Deciding, LookedAt } from '../deciding.ts';
import type { Draft } from '../writer.ts';
import { type Answering, type AnsweringParts, refusing } from './answering.ts';
import { type HeldDraft, type HeldStep, heldDraft, type Unprepared } from './held-draft.ts';
import { heldIn } from './hold-events.ts';
import type { KnownCall, OpenHold } from './open-holds.ts';
import { attemptOf } from './performing.ts';
import { isRedactedStill, restored } from './restored.ts';
import { against, standingOf } from './standing.ts';

const argumentDepthMax = 64;

export interface EditingParts extends AnsweringParts {
  readonly deciding: Deciding;
  readonly answering: Answering;
}

interface Edit {
  readonly approver: ApproverPrincipal;
  readonly hold: OpenHold;
  readonly known: KnownCall;
  readonly requesters: ReadonlySet<string>;
  /** Of what is asked now. */
  readonly digest: string;
  /** What is agreed to; null: it is only tried. */
  readonly agreed: { readonly digest: string; readonly reason: string | null } | null;
}

/** What an edit would come to, or has come to. */
export interface Edited {
  readonly type: 'edited';
  readonly step: HeldStep;
  readonly held: Held;
  readonly run: Run;
  readonly facts: HoldFacts;
  /** As they are recorded. */
  readonly arguments: JsonValue;
}

export class Editing {
  readonly #parts: EditingParts;

  constructor(parts: EditingParts) {
    this.#parts = parts;
  }

  /** @throws {ApprovalError} */
  async preview(approver: ApproverPrincipal, id: string, args: JsonObject): Promise<Edited> {
    return this.#edited(await this.#begin(approver, id, null), args);
  }

  /** @throws {ApprovalError} */
  async edit(
    approver: ApproverPrincipal,
    id: string,
    args: JsonObject,
    agreed: NonNullable<Edit['agreed']>,
  ): Promise<OpenHold> {
    const { answering, holds, settling } = this.#parts;
    const edit = await this.#begin(approver, id, agreed);
    const { hold } = edit;
    const { step, held, run } = await this.#edited(edit, args);
    holds.change(hold, { ...step.now, held });
    holds.learn(hold, step.known);
    settling.watch();
    if (held.state === 'approved') await answering.approved(hold, run);
    return hold;
  }

  async #begin(approver: ApproverPrincipal, id: string, agreed: Edit['agreed']): Promise<Edit> {
    const { answering } = this.#parts;
    const hold = answering.waiting(id);
    const { known, held } = hold;
    if (known === null || held.of !== 'call')
      throw refusing('approval.edit_denied', 'it can only be approved or rejected as it is');
    return {
      approver,
      hold,
      known,
      digest: questionOf(held),
      requesters: await answering.requesters(hold),
      agreed: agreed && { ...agreed, reason: await answering.words(hold, agreed.reason) },
    };
  }

  async #edited(edit: Edit, args: JsonObject): Promise<Edited> {
    const { ports, runs, deciding } = this.#parts;
    const { hold, known } = edit;
    const writer = await runs.writer(hold.run);
    if (writer === null) throw refusing('approval.unknown');
    const shown = await this.#recorded(hold);
    const changed = restored(args, shown, known.args);
    if (isRedactedStill(changed, shown, known.args))
      throw refusing(
        'approval.edit_denied',
        'a part of it is redacted: leave the text as it is, or write all of it',
      );
    const proposed = isJsonObject(changed) ? changed : args;
    const attempt: Attempt = {
      ...attemptOf(ports, hold, { args: proposed, step: known.step }),
      writer,
    };
    const tool = attempt.policy.tools.get(hold.held.tool) ?? null;
    const reading = tool === null ? null : readCall(tool, proposed);
    const step = await deciding.decide<Edited | Unprepared>(
      attempt,
      tool,
      reading,
      (of, context, looked) => this.#draft(edit, of, context, looked),
    );
    if (step.type === 'unprepared')
      throw new StoreError('store.corrupt', 'a call is held that nobody was shown');
    return step;
  }

  #draft(
    edit: Edit,
    attempt: Attempt,
    context: Context,
    looked: LookedAt,
  ): [Edited | Unprepared, Draft | null] {
    const { hold, agreed } = edit;
    this.#mayEdit(edit, context);
    const drafted = this.#asked(edit, attempt, context, looked);
    if (drafted.type === 'unprepared') return [drafted, null];
    const { step, run, facts, draft } = drafted;
    const { held } = step.now;
    const kept = draft.payloads.get(held.arguments);
    const edited = {
      type: 'edited',
      step,
      facts,
      arguments: kept === undefined ? null : stored(kept),
    } as const;
    if (agreed === null) return [{ ...edited, held, run }, null];
    if (agreed.digest !== questionOf(held)) throw refusing('approval.changed');
    const agreement = this.#agreement(edit, agreed.reason, run, held, context.facts.nowMs);
    const after = agreement.events.reduce<Run>(fold, run);
    return [
      { ...edited, run: after, held: heldIn(after, hold.id) },
      {
        ...agreement,
        events: [...draft.events, ...agreement.events],
        payloads: draft.payloads,
        ...(draft.writes === undefined ? {} : { writes: draft.writes }),
      },
    ];
  }

  /** Only who could agree to it may change it. @throws {ApprovalError} */
  #mayEdit({ approver, hold, requesters, digest }: Edit, { run }: Context): void {
    const { answering, ports } = this.#parts;
    const { held, nowMs } = answering.now(hold, run, digest);
    const requested = { held, user: run.user, requesters };
    const standing = standingOf(approver, requested, ports.policy(), nowMs);
    if (standing.asks.length === 0) throw against(standing, held, approver.user);
  }

  /** @throws {ApprovalError} when the call would be refused whoever agreed. */
  #asked(
    { approver, hold, known }: Edit,
    attempt: Attempt,
    context: Context,
    looked: LookedAt,
  ): HeldDraft | Unprepared {
    const { run, reading, facts } = context;
    const decision = decide(context);
    const ready = reading?.ok === true ? reading.read : null;
    const against = decision.findings.filter(({ verdict }) => verdict === 'deny');
    if (
      ready === null ||
      decision.effect === 'deny' ||
      (decision.effect === 'hold' && decision.asks.length === 0)
    )
      throw refusing('approval.edit_denied', against.map(({ code }) => code).join(', '));
    // It was made already, or waits already: who wants it gets that one.
    const waits = joinableHold(run, ready.digest, facts.nowMs);
    const earlier = joinable(run, ready.digest, ready.tool.tier, facts.nowMs);
    if ((waits !== null && waits.id !== hold.id) || earlier !== null)
      throw refusing('approval.edit_denied', 'this very call was made in the run already');
    const drafted = heldDraft(this.#parts.ports, attempt, context, looked, {
      decision,
      ready,
      edited: { by: approver.user, args: known.proposed ?? known.args },
      expiresAtMs: null,
      gatewayEvents: [],
    });
    if (drafted === null)
      throw refusing('approval.edit_denied', 'something of it may not be written down');
    return drafted;
  }

  #agreement(
    { approver, requesters }: Edit,
    reason: string | null,
    run: Run,
    held: Held,
    nowMs: number,
  ): Draft {
    const { answering, ports } = this.#parts;
    const requested = { held, user: run.user, requesters };
    const standing = standingOf(approver, requested, ports.policy(), nowMs);
    return answering.agreement(run, held, approver, standing, { reason, nowMs });
  }

  async #recorded({ held }: OpenHold): Promise<JsonValue> {
    const bytes = await this.#parts.ports.store.payload(held.arguments);
    return bytes === null ? null : stored(bytes);
  }
}

function stored(bytes: Uint8Array): JsonValue {
  return readJson(bytes, { bytesMax: bytes.length, depthMax: argumentDepthMax });
}
