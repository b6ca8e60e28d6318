/**
 * Another policy is in force: what waits is decided again by it. What it refuses is withdrawn, whom it asks is asked, and
 * what it lets through waits for nobody.
 */
import type { FindingCode } from '../../engine/codes.ts';
import type { Context } from '../../engine/context.ts';
import { decide } from '../../engine/decide.ts';
import type { Decision } from '../../engine/decision.ts';
import { readCall } from '../../engine/read-call.ts';
import { type Attempt, describe } from '../attempt.ts';
import type { Deciding, LookedAt } from '../deciding.ts';
import { plainRefusal, refusalOf } from '../refusals.ts';
import type { Draft } from '../writer.ts';
import type { AnsweringParts } from './answering.ts';
import { type HeldStep, heldDraft, type Unprepared } from './held-draft.ts';
import type { OpenHold } from './open-holds.ts';
import { attemptOf } from './performing.ts';

export interface ReconsideringParts extends AnsweringParts {
  readonly deciding: Deciding;
}

type Reconsidered =
  | { readonly type: 'same' }
  | { readonly type: 'refused'; readonly decision: Decision }
  | { readonly type: 'unneeded' }
  | HeldStep
  | Unprepared;

export class Reconsidering {
  readonly #parts: ReconsideringParts;
  /** When what was begun has ended. */
  underWay: Promise<void> = Promise.resolve();

  constructor(parts: ReconsideringParts) {
    this.#parts = parts;
  }

  /** One after the other: nobody waits for it, and an answer meanwhile is judged by the policy in force in any case. */
  all(): Promise<void> {
    this.underWay = this.underWay.then(() => this.#all());
    return this.underWay;
  }

  async #all(): Promise<void> {
    const { holds, ports, performing } = this.#parts;
    for (const hold of holds.inOrder()) {
      if (performing.isStopping) return;
      try {
        if (hold.held.of === 'call' && hold.held.state === 'waiting') await this.#one(hold);
      } catch (error) {
        ports.log({
          level: 'error',
          event: 'approval.stuck',
          call: hold.id,
          error: describe(error),
        });
      }
    }
  }

  async #one(hold: OpenHold): Promise<void> {
    const { ports, runs, holds, deciding, settling, performing } = this.#parts;
    const { known, id, run } = hold;
    const tool = ports.policy().tools.get(hold.held.tool) ?? null;
    if (tool === null || tool.pin?.digest !== hold.now.state.definition) {
      const code = tool === null ? 'catalog.unknown_tool' : 'catalog.changed';
      const refusal = plainRefusal(code, id, run);
      await settling.withdraw(hold, code, { type: 'refused', refusal }, 'waiting');
      return;
    }
    const writer = known === null ? null : await runs.writer(run);
    // Decided again when somebody knows again what it is.
    if (known === null || writer === null) return;
    const attempt: Attempt = { ...attemptOf(ports, hold, known), writer };
    const reading = readCall(tool, known.args);
    const step = await deciding.decide<Reconsidered>(
      attempt,
      tool,
      reading,
      (of, context, looked) => this.#draft(of, context, looked),
    );
    switch (step.type) {
      case 'refused': {
        const why = step.decision.findings.find(({ verdict }) => verdict !== 'note')?.code ?? null;
        const refusal = refusalOf(step.decision, id, run);
        await settling.withdraw(
          hold,
          why ?? 'engine.fault',
          { type: 'refused', refusal },
          'waiting',
        );
        return;
      }
      case 'unneeded':
        await settling.withdraw(hold, 'policy.replaced', { type: 'unneeded' }, 'waiting');
        return;
      case 'held':
        holds.change(hold, step.now);
        settling.watch();
        performing.approved(hold);
        return;
      case 'same':
      case 'unprepared':
        return;
    }
  }

  #draft(attempt: Attempt, context: Context, looked: LookedAt): [Reconsidered, Draft | null] {
    const { run, reading } = context;
    const held = run.held.find(({ id, state }) => id === attempt.id && state === 'waiting');
    if (held === undefined || reading?.ok !== true) return [{ type: 'same' }, null];
    const decision = decide(context);
    if (decision.effect === 'allow') return [{ type: 'unneeded' }, null];
    if (decision.effect === 'deny')
      return [isPassing(decision) ? { type: 'same' } : { type: 'refused', decision }, null];
    if (decision.asks.length === 0) return [{ type: 'refused', decision }, null];
    const asked = new Set(held.asks.map(({ key }) => key));
    const isSame =
      reading.read.digest === held.digest &&
      asked.size === decision.asks.length &&
      decision.asks.every(({ key }) => asked.has(key));
    if (isSame) return [{ type: 'same' }, null];
    const drafted = heldDraft(this.#parts.ports, attempt, context, looked, {
      decision,
      ready: reading.read,
      edited: null,
      expiresAtMs: held.expiresAtMs,
      gatewayEvents: [],
    });
    if (drafted === null) return [{ type: 'refused', decision }, null];
    return drafted.type === 'unprepared' ? [drafted, null] : [drafted.step, drafted.draft];
  }
}

/** Over, perhaps, by the time when somebody agrees, and no word of the policy's: when a program starts, its functions come later. */
const passing: ReadonlySet<FindingCode> = new Set(['upstream.down', 'catalog.missing']);

/** Full counters, an upstream that is down, a tool that isn't there now. */
function isPassing({ findings }: Decision): boolean {
  return findings.every(
    ({ verdict, stage, code }) =>
      verdict !== 'deny' || stage === 'limits' || stage === 'engine' || passing.has(code),
  );
}
