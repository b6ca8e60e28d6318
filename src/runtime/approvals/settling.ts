/** How holds end without an answer: in time, or because what was asked isn't what would be done any more. */
import type { FindingCode } from '../../engine/codes.ts';
import type { GatewayEvent } from '../../engine/events.ts';
import { isLapsed } from '../../engine/held.ts';
import type { Held } from '../../engine/hold.ts';
import { alertEvent } from '../alerts.ts';
import { describe } from '../attempt.ts';
import type { RuntimePorts } from '../ports.ts';
import { plainRefusal } from '../refusals.ts';
import type { Runs } from '../runs.ts';
import { type HoldEnd, refusalCodeOf } from './hold-end.ts';
import { ofRun, settledEvent } from './hold-events.ts';
import { holdDeleted } from './hold-state.ts';
import type { OpenHold, OpenHolds } from './open-holds.ts';

/** The machine may sleep, and its clock be set: looked at so often while anything waits. */
const lookEveryMs = 1_000;

export class Settling {
  readonly #ports: RuntimePorts;
  readonly #runs: Runs;
  readonly #holds: OpenHolds;
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(ports: RuntimePorts, runs: Runs, holds: OpenHolds) {
    this.#ports = ports;
    this.#runs = runs;
    this.#holds = holds;
  }

  /** Something waits: one timer looks after all of them. */
  watch(): void {
    if (this.#timer !== undefined || this.#stopped) return;
    let dueMs = Number.POSITIVE_INFINITY;
    for (const hold of this.#holds.all())
      if (isIdle(hold)) dueMs = Math.min(dueMs, dueAtMs(hold.held));
    if (dueMs === Number.POSITIVE_INFINITY) return;
    const leftMs = dueMs - this.#ports.store.nowMs();
    // What is due already could not be settled just now: a store that is gone must not be asked without a pause.
    const delayMs = leftMs <= 0 ? lookEveryMs : Math.min(leftMs, lookEveryMs);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#underWay = this.expireDue().finally(() => this.watch());
    }, delayMs).unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#underWay;
  }

  /** Never rejects: what could not be written is tried again with the next look. */
  async expireDue(): Promise<void> {
    const nowMs = this.#ports.store.nowMs();
    const due = [...this.#holds.all()].filter(
      (hold) => isIdle(hold) && dueAtMs(hold.held) <= nowMs,
    );
    await Promise.all(
      due.map((hold) =>
        this.expire(hold).catch((error: unknown) =>
          this.#ports.log({
            level: 'error',
            event: 'approval.stuck',
            call: hold.id,
            error: describe(error),
          }),
        ),
      ),
    );
  }

  /** Nobody answered in time, or nothing came of what they agreed to. */
  async expire(hold: OpenHold): Promise<boolean> {
    return this.#settle(hold, (held, nowMs) => {
      if (held.state === 'waiting' && nowMs >= held.expiresAtMs) {
        const { id, run } = hold;
        const details = { tool: held.tool, agent: hold.agent };
        return {
          outcome: 'expired',
          why: null,
          alerts: [alertEvent('approval_expired', run, id, nowMs, details)],
          end: refused(refusalCodeOf({ of: held.of, state: 'expired' }), hold),
        };
      }
      if (!isLapsed(held, nowMs)) return null;
      const end = refused('approval.expired', hold);
      return { outcome: 'withdrawn', why: 'approval.expired', alerts: [], end };
    });
  }

  /**
   * @param from - `waiting`: what people have agreed to meanwhile stays, for it is decided again in any case.
   * @returns whether it was this that ended it.
   */
  async withdraw(
    hold: OpenHold,
    why: string,
    end: HoldEnd,
    from: 'waiting' | 'open' = 'open',
  ): Promise<boolean> {
    return this.#settle(hold, (held) =>
      held.state === 'waiting' || (from === 'open' && held.state === 'approved')
        ? { outcome: 'withdrawn', why, alerts: [], end }
        : null,
    );
  }

  async #settle(
    hold: OpenHold,
    make: (
      held: Held,
      nowMs: number,
    ) => {
      readonly outcome: 'expired' | 'withdrawn';
      readonly why: string | null;
      readonly alerts: readonly GatewayEvent[];
      readonly end: HoldEnd;
    } | null,
  ): Promise<boolean> {
    let settled: ReturnType<typeof make> = null;
    const writer = await this.#runs.writer(hold.run);
    const appended = await writer?.append((run) => {
      settled = null;
      const held = run?.held.find(({ id }) => id === hold.id);
      const nowMs = this.#ports.store.nowMs();
      if (run === null || held === undefined) return null;
      const ended = make(held, nowMs);
      if (ended === null) return null;
      settled = ended;
      const { outcome, why, alerts } = ended;
      const of = ofRun(run, this.#ports.policy().hash, nowMs);
      return {
        events: [settledEvent(of, held, { outcome, by: [], why })],
        gatewayEvents: alerts,
        writes: [holdDeleted(hold.id)],
      };
    });
    const ended: ReturnType<typeof make> = settled;
    if (appended?.type !== 'committed' || ended === null) return false;
    this.#over(hold, ended);
    await this.#runs.settled(hold.run);
    return true;
  }

  #over(
    hold: OpenHold,
    { outcome, end }: { readonly outcome: 'expired' | 'withdrawn'; readonly end: HoldEnd },
  ): void {
    this.#holds.remove(hold, outcome, end);
  }
}

function refused(code: FindingCode, { id, run }: OpenHold): HoldEnd {
  return { type: 'refused', refusal: plainRefusal(code, id, run) };
}

/** Nothing is being made of it now. */
function isIdle({ begun, performing }: OpenHold): boolean {
  return !begun && performing === null;
}

/** When nobody has to wait any longer. */
function dueAtMs({ of, state, settledAtMs, atMs, expiresAtMs }: Held): number {
  if (state === 'waiting') return expiresAtMs;
  return of === 'call' && settledAtMs !== null
    ? settledAtMs + (expiresAtMs - atMs)
    : Number.POSITIVE_INFINITY;
}
