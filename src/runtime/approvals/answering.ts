/**
 * What people say to holds. Everything that an answer rests on is looked at in the moment of its commit, by the run's one
 * writer: of two answers, of an answer and the end of the time, of an answer and the end of the run, one is first.
 */
import { autonomyDraws } from '../../engine/autonomy.ts';
import type { Reservation } from '../../engine/decision.ts';
import type { GatewayEvent, RunEvent } from '../../engine/events.ts';
import { type Held, openAsks, questionOf } from '../../engine/hold.ts';
import type { Run } from '../../engine/run.ts';
import type { ApproverPrincipal } from '../../identity/principal.ts';
import { alertEvent } from '../alerts.ts';
import type { Answers } from '../answers.ts';
import { writtenDown } from '../opener-texts.ts';
import type { HoldAnswer, HoldSummary } from '../port.ts';
import type { RuntimePorts } from '../ports.ts';
import { plainRefusal } from '../refusals.ts';
import type { Runs } from '../runs.ts';
import type { Draft } from '../writer.ts';
import { ApprovalError, type ApprovalErrorCode } from './errors.ts';
import { refusalCodeOf, releasedOutcome } from './hold-end.ts';
import { answeredEvent, ofRun, settledEvent } from './hold-events.ts';
import { holdDeleted } from './hold-state.ts';
import type { OpenHold, OpenHolds } from './open-holds.ts';
import type { Performing } from './performing.ts';
import type { Settling } from './settling.ts';
import { against, type Standing, sentences, standingOf } from './standing.ts';

const reasonMax = 1_000;

export interface AnsweringParts {
  readonly ports: RuntimePorts;
  readonly runs: Runs;
  readonly holds: OpenHolds;
  readonly performing: Performing;
  readonly settling: Settling;
  readonly answers: Pick<Answers, 'released'>;
}

export class Answering {
  readonly #parts: AnsweringParts;

  constructor(parts: AnsweringParts) {
    this.#parts = parts;
  }

  /** @throws {ApprovalError} with why it doesn't count; nothing is recorded of it then. */
  async answer(approver: ApproverPrincipal, id: string, said: HoldAnswer): Promise<HoldSummary> {
    const { ports, runs, settling } = this.#parts;
    const hold = this.waiting(id);
    const reason = await this.words(hold, said.reason);
    const requesters = await this.requesters(hold);
    const writer = await runs.writer(hold.run);
    let isChanged = false;
    const appended = await writer?.append((run) => {
      isChanged = false;
      const { held, nowMs } = this.now(hold, run, said.digest);
      if (run === null) return null;
      const tool = ports.policy().tools.get(held.tool);
      isChanged =
        said.answer === 'approve' &&
        held.of === 'call' &&
        (tool === undefined ||
          tool.pin?.digest !== hold.now.state.definition ||
          ports.definitionOf(tool) === 'changed');
      if (isChanged) return null;
      const requested = { held, user: run.user, requesters };
      const standing = standingOf(approver, requested, ports.policy(), nowMs);
      return said.answer === 'reject'
        ? this.#rejection(run, held, approver, standing, { reason, nowMs })
        : this.agreement(run, held, approver, standing, { reason, nowMs });
    });
    if (isChanged) {
      const end = {
        type: 'refused',
        refusal: plainRefusal('catalog.changed', id, hold.run),
      } as const;
      await settling.withdraw(hold, 'catalog.changed', end);
      throw refusing('approval.changed');
    }
    if (appended?.type !== 'committed') throw refusing('approval.unknown');
    const held = appended.run.held.find((one) => one.id === id);
    if (held !== undefined) this.changed(hold, held);
    const summary = hold.summary();
    if (held?.state === 'approved') await this.approved(hold, appended.run);
    if (held?.state === 'rejected') await runs.settled(hold.run);
    return summary;
  }

  /** @throws {ApprovalError} unless somebody can still answer it. */
  waiting(id: string): OpenHold {
    const { holds } = this.#parts;
    const hold = holds.get(id);
    if (hold !== undefined) return hold;
    const ended = holds.endOf(id);
    if (ended === undefined) throw refusing('approval.unknown');
    throw refusing(ended === 'expired' ? 'approval.expired' : 'approval.settled');
  }

  /**
   * The hold as it stands in its run at this moment.
   *
   * @throws {ApprovalError} when it isn't what was shown, or waits no more.
   */
  now(
    hold: OpenHold,
    run: Run | null,
    digest: string,
  ): { readonly held: Held; readonly nowMs: number } {
    const held = run?.held.find(({ id }) => id === hold.id);
    const nowMs = this.#parts.ports.store.nowMs();
    if (held === undefined || held.state === 'approved' || held.state === 'rejected')
      throw refusing('approval.settled');
    if (held.state === 'expired' || nowMs >= held.expiresAtMs) throw refusing('approval.expired');
    if (questionOf(held) !== digest) throw refusing('approval.changed');
    return { held, nowMs };
  }

  /** As they are written down. */
  async words({ run }: OpenHold, said: string | null): Promise<string | null> {
    const { ports } = this.#parts;
    const text = said?.slice(0, reasonMax).trim() ?? '';
    return text === '' ? null : writtenDown(ports, ports.policy(), text, run);
  }

  /** On whose behalf it would happen: of each run above it too. */
  async requesters({ run: id }: OpenHold): Promise<ReadonlySet<string>> {
    const { runs } = this.#parts;
    const run = (await runs.writer(id))?.run ?? null;
    const above = run === null ? [] : await runs.ancestors(run);
    return new Set([run, ...above].flatMap((one) => one?.user ?? []));
  }

  /** @throws {ApprovalError} */
  agreement(
    run: Run,
    held: Held,
    approver: ApproverPrincipal,
    standing: Standing,
    { reason, nowMs }: { readonly reason: string | null; readonly nowMs: number },
  ): Draft {
    const { ports } = this.#parts;
    const { asks, breaksGlass } = standing;
    // Of a call that a person changed nothing may be left to ask: then who changed it agrees to it.
    if (asks.length === 0 && held.asks.length > 0) throw against(standing, held, approver.user);
    if (breaksGlass.length > 0 && reason === null) throw refusing('approval.reason_needed');
    const of = ofRun(run, ports.policy().hash, nowMs);
    const agreements = [...held.agreements, { by: approver.user, atMs: nowMs, asks }];
    const isEnough = openAsks({ asks: held.asks, agreements }).length === 0;
    const by = [...new Set(agreements.map((one) => one.by))];
    const events: RunEvent[] = [
      answeredEvent(of, held, approver, { answer: 'approve', asks, reason }),
    ];
    if (isEnough) events.push(settledEvent(of, held, { outcome: 'approved', by, why: null }));
    return {
      events,
      gatewayEvents: breaksGlass.map((role) =>
        brokenGlass(run, held, approver, role, reason, nowMs),
      ),
      // A call that was agreed to is looked after until it has begun.
      ...(isEnough && held.of === 'result' ? { writes: [holdDeleted(held.id)] } : {}),
      ...(isEnough ? counted(held, 'approved') : {}),
    };
  }

  #rejection(
    run: Run,
    held: Held,
    approver: ApproverPrincipal,
    standing: Standing,
    { reason, nowMs }: { readonly reason: string | null; readonly nowMs: number },
  ): Draft {
    const { mayReject } = standing;
    if (mayReject.length === 0) throw against(standing, held, approver.user);
    const of = ofRun(run, this.#parts.ports.policy().hash, nowMs);
    const by = [approver.user];
    return {
      events: [
        answeredEvent(of, held, approver, { answer: 'reject', asks: mayReject, reason }),
        settledEvent(of, held, { outcome: 'rejected', by, why: null }),
      ],
      writes: [holdDeleted(held.id)],
      ...counted(held, 'rejected'),
    };
  }

  /** What was answered last was enough. */
  async approved(hold: OpenHold, { status }: Pick<Run, 'status'>): Promise<void> {
    const { answers, holds, performing, runs } = this.#parts;
    const { held } = hold;
    if (held.of === 'result') {
      // It is released: where it can't be read just now, whoever waits for it asks for it once more.
      const settled = await answers.released(held).catch(() => null);
      holds.remove(
        hold,
        'approved',
        settled === null
          ? { type: 'unneeded' }
          : { type: 'performed', settled, decision: null, outcome: releasedOutcome(held) },
      );
      return runs.settled(hold.run);
    }
    // No repeat comes in a run that takes no new calls.
    hold.isLast ||= status === 'closing';
    performing.approved(hold);
  }

  changed(hold: OpenHold, held: Held): void {
    const { holds } = this.#parts;
    holds.change(hold, { ...hold.now, held });
    if (held.state === 'rejected')
      holds.remove(hold, 'rejected', {
        type: 'refused',
        refusal: plainRefusal(refusalCodeOf(held), hold.id, hold.run),
      });
  }
}

export function refusing(code: ApprovalErrorCode, hint?: string): ApprovalError {
  return new ApprovalError(code, sentences[code], hint === undefined ? {} : { hint });
}

function brokenGlass(
  run: Run,
  held: Held,
  { user }: ApproverPrincipal,
  role: string,
  reason: string | null,
  atMs: number,
): GatewayEvent {
  return alertEvent('break_glass', run.id, held.id, atMs, {
    role,
    by: user,
    reason,
    tool: held.tool,
  });
}

/** For `until`: under a name of its own, so that the call's own failure doesn't give it back. */
function counted(
  held: Held,
  as: 'approved' | 'rejected',
): { readonly reservations: readonly Reservation[]; readonly call: string } | undefined {
  const reservations = autonomyDraws(held, as);
  return reservations.length === 0 ? undefined : { reservations, call: `${held.id}|${as}` };
}
