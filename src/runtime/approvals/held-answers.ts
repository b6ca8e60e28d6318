/** What goes back for a call that waits for people: its outcome, their refusal, or, when patience is over, a ticket. */
import type { Held } from '../../engine/hold.ts';
import type { Answers } from '../answers.ts';
import type { Attempt } from '../attempt.ts';
import type { CallAnswer, HoldTicket, Refusal } from '../port.ts';
import type { RuntimePorts } from '../ports.ts';
import { plainRefusal } from '../refusals.ts';
import { refusalCodeOf, releasedOutcome } from './hold-end.ts';
import type { OpenHold } from './open-holds.ts';
import type { Performing } from './performing.ts';
import { Waiting } from './waiting.ts';

/** People look up within a minute; who asks more often than this only asks. */
const retryAfterSeconds = 15;

/**
 * A repeat counts in no budget, so nothing else bounds what is written of an agent that repeats its call without a pause:
 * the same word about the same hold is taken down once in so long.
 */
const repeatEveryMs = 60_000;
/** Holds of which it is known when a repeat was taken down last; of an older one the next is. */
const repeatsMax = 10_000;

export class HeldAnswers {
  readonly #ports: RuntimePorts;
  readonly #answers: Answers;
  readonly #performing: Performing;
  readonly #waiting = new Waiting();
  /** When a repeat was taken down last, by hold and by whether there was an answer; the oldest first. */
  readonly #repeatedAtMs = new Map<string, number>();

  constructor(ports: RuntimePorts, answers: Answers, performing: Performing) {
    this.#ports = ports;
    this.#answers = answers;
    this.#performing = performing;
  }

  /** Whoever waits now gets a ticket. */
  stop(): void {
    this.#waiting.stop();
  }

  /** Null: nobody has to agree to it any more, so it is decided like any call that comes now. */
  async answer(
    attempt: Attempt,
    hold: OpenHold,
    patienceMs: ((hold: HoldTicket) => number | null) | undefined,
  ): Promise<CallAnswer | null> {
    const waitMs = patienceMs?.(hold.ticket()) ?? this.#ports.policy().approvals.waitMs;
    // Agreed to already: this is the repeat that it waited for.
    this.#performing.begin(hold);
    const end = await this.#waiting.until(hold, attempt, waitMs);
    const isOwn = attempt.id === hold.id;
    const joins = { id: hold.id, digest: hold.held.digest };
    if (end === null) {
      if (!isOwn) await this.#repeats(attempt, joins, false);
      return this.#ticket(hold);
    }
    switch (end.type) {
      case 'unneeded':
        return null;
      case 'refused':
        if (!isOwn) await this.#repeats(attempt, joins, true);
        return { type: 'refused', refusal: end.refusal };
      case 'performed':
        if (end.settled.withheld !== null) return this.#ticket(end.settled.withheld);
        return isOwn
          ? this.#answers.answer(attempt, end.decision, end.settled, end.outcome)
          : this.#answers.joined(attempt, end.outcome, end.settled);
    }
  }

  /** A person said no, or nobody said anything: nobody is asked again. */
  async refused(attempt: Attempt, held: Held): Promise<CallAnswer> {
    await this.#repeats(attempt, held, true);
    return {
      type: 'refused',
      refusal: plainRefusal(refusalCodeOf(held), held.id, attempt.writer.id),
    };
  }

  /** A person has looked at what came back, and lets it pass. */
  async released(attempt: Attempt, held: Held): Promise<CallAnswer> {
    const settled = await this.#answers.released(held);
    return this.#answers.joined(attempt, releasedOutcome(held), settled);
  }

  /** Its client holds something of ours that names a call of which there is nothing to tell any more. */
  over({ id, writer }: Attempt): CallAnswer {
    return { type: 'refused', refusal: plainRefusal('approval.over', id, writer.id) };
  }

  async #repeats(
    attempt: Attempt,
    joins: Pick<Held, 'id' | 'digest'>,
    answered: boolean,
  ): Promise<void> {
    const key = `${joins.id} ${answered}`;
    const nowMs = this.#ports.store.nowMs();
    const lastMs = this.#repeatedAtMs.get(key);
    if (lastMs !== undefined && nowMs - lastMs < repeatEveryMs) return;
    this.#repeatedAtMs.delete(key);
    this.#repeatedAtMs.set(key, nowMs);
    const [oldest] = this.#repeatedAtMs.keys();
    if (this.#repeatedAtMs.size > repeatsMax && oldest !== undefined)
      this.#repeatedAtMs.delete(oldest);
    await this.#answers.joinedTo(attempt, joins, answered);
  }

  #ticket(hold: OpenHold): CallAnswer {
    return { type: 'held', hold: hold.ticket(), refusal: this.#pending(hold) };
  }

  #pending({ id, run, held }: OpenHold): Refusal {
    // Of a result the call was made: whoever thinks that it wasn't makes it by another way.
    const code = held.of === 'result' ? 'outputs.pending' : 'approval.pending';
    const { machine, ...said } = plainRefusal(code, id, run);
    const leftMs = Math.max(0, held.expiresAtMs - this.#ports.store.nowMs());
    return {
      ...said,
      // Many clients show a model nothing but the text, and it tells its person which question is theirs to answer.
      text: `${said.text}\nTicket: ${id}`,
      machine: {
        ...machine,
        verdict: 'hold',
        codes: [code, ...new Set(held.asks.map(({ code }) => code))],
        ticket: id,
        expires_at: new Date(held.expiresAtMs).toISOString(),
        retry_after: Math.max(1, Math.min(retryAfterSeconds, Math.ceil(leftMs / 1_000))),
      },
    };
  }
}
