/**
 * The life of one call: decided and durably intended before its effect, durably finished before its result is
 * released, joined to an earlier one where it repeats it, held where people are to be asked, and never lost or guessed in
 * between.
 */
import { readCall } from '../engine/read-call.ts';
import { StoreError } from '../store/errors.ts';
import { RaisedAlerts } from './alerts.ts';
import { Answers } from './answers.ts';
import { HeldAnswers } from './approvals/held-answers.ts';
import { knownCall, OpenHold, type OpenHolds } from './approvals/open-holds.ts';
import { Performing } from './approvals/performing.ts';
import type { Settling } from './approvals/settling.ts';
import type { Attempt, Settled, Started } from './attempt.ts';
import type { Breakers } from './breakers.ts';
import { CallsUnderWay, type CallUnderWay } from './calls-under-way.ts';
import { Deciding } from './deciding.ts';
import { Drafts, type Followed } from './drafts.ts';
import { Effects } from './effects.ts';
import { Faults } from './faults.ts';
import type { Memories } from './memories.ts';
import type { AgentPrincipal, CallAnswer, ClientSignal, HoldTicket, Proposal } from './port.ts';
import type { RuntimePorts } from './ports.ts';
import { plainRefusal, refusalOf } from './refusals.ts';
import type { Runs } from './runs.ts';
import { Turns } from './turns.ts';

/** A duplicate of a call that was then not let through is decided itself, and may find another to join. */
const joinTriesMax = 16;

/** A call that waits for people, or for what comes of one that does. */
interface Waits {
  readonly type: 'waits';
  readonly attempt: Attempt;
  readonly hold: OpenHold;
}

export interface CallsParts {
  readonly ports: RuntimePorts;
  readonly runs: Runs;
  readonly breakers: Breakers;
  readonly memories: Memories;
  readonly holds: OpenHolds;
  readonly settling: Settling;
}

export class Calls {
  readonly #ports: RuntimePorts;
  readonly #runs: Runs;
  readonly #holds: OpenHolds;
  readonly #settling: Settling;
  readonly #effects: Effects;
  readonly #heldAnswers: HeldAnswers;
  readonly #faults: Faults;
  readonly #turns = new Turns();
  readonly #drafting: (...of: Parameters<Drafts['of']>) => ReturnType<Drafts['of']>;
  /** Calls under way in this process, from their first moment; null: it never started. For duplicates to wait on. */
  readonly #underWay = new CallsUnderWay();
  readonly #waiting = new Set<Promise<unknown>>();
  #stopping = false;
  readonly deciding: Deciding;
  readonly performing: Performing;
  readonly answers: Answers;

  constructor({ ports, runs, breakers, memories, holds, settling }: CallsParts) {
    this.#ports = ports;
    this.#runs = runs;
    this.#holds = holds;
    this.#settling = settling;
    const alerts = new RaisedAlerts();
    const drafts = new Drafts(ports, memories, alerts, this.#underWay);
    this.#drafting = (attempt, context, looked) => drafts.of(attempt, context, looked);
    this.#effects = new Effects({ ports, runs, breakers, memories, alerts, holds });
    this.answers = new Answers(ports, runs);
    this.#faults = new Faults(ports);
    const drafting = this.#drafting;
    const effects = this.#effects;
    this.deciding = new Deciding({ ports, runs, breakers, memories, alerts, effects, drafting });
    this.performing = new Performing({
      ports,
      runs,
      holds,
      settling,
      drafting,
      turns: this.#turns,
      deciding: this.deciding,
      effect: (attempt, step) => this.#effect(attempt, step),
      underWay: this.#underWay,
    });
    this.#heldAnswers = new HeldAnswers(ports, this.answers, this.performing);
  }

  /** Never rejects: whatever goes wrong is a refusal, and a refusal is recorded. */
  async call(
    principal: AgentPrincipal,
    proposed: Proposal,
    signal: ClientSignal,
    onProgress?: Attempt['onProgress'],
    patienceMs?: (hold: HoldTicket) => number | null,
  ): Promise<CallAnswer> {
    const id = `call_${this.#ports.randomId()}`;
    if (this.#stopping)
      return { type: 'refused', refusal: plainRefusal('store.unavailable', id, null) };
    const step = stepOf(proposed.step);
    const proposal = step === proposed.step ? proposed : { ...proposed, step };
    const underWay = this.#underWay.begin(id);
    let waits: Waits;
    try {
      const known = this.#runs.carriedAtOnce(principal, proposal.handles);
      const carried = known ?? (await this.#runs.carried(principal, proposal.handles));
      if (carried === null) return await this.#faults.foreignHandle(principal, id);
      try {
        const lived = await this.#live(
          {
            principal,
            proposal,
            id,
            lookUpFor: null,
            resumes: null,
            showing: null,
            policy: this.#ports.policy(),
            writer: carried.writer,
            signal,
            onProgress,
          },
          underWay,
        );
        if (lived.type !== 'waits') return lived;
        waits = lived;
      } finally {
        carried.letGo();
      }
    } catch (error) {
      return await this.#faults.undecided(principal, proposal, id, error);
    } finally {
      this.#underWay.over(underWay, null);
    }
    const waiting = this.#wait(waits, patienceMs);
    this.#waiting.add(waiting);
    const answer = await waiting.finally(() => this.#waiting.delete(waiting));
    return answer ?? this.call(principal, proposed, signal, onProgress, patienceMs);
  }

  /** When every call that is under way now has ended and is written. */
  async settled(): Promise<void> {
    await this.#underWay.settled();
  }

  /** Whoever waits for people, or would begin to, gets a ticket from now on. */
  dontWait(): void {
    this.#heldAnswers.stop();
  }

  /** Lets nobody in any more, and waits for those who are: an effect that was begun is never left without its end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.performing.stop();
    this.dontWait();
    // Who was being decided may wait for people by now, and leaves with a ticket.
    while (this.#underWay.size + this.#waiting.size > 0) {
      await this.settled();
      await Promise.all(this.#waiting);
    }
  }

  async #live(arrived: Attempt, underWay: CallUnderWay): Promise<CallAnswer | Waits> {
    const { proposal, principal, writer } = arrived;
    const parallel = arrived.policy.agents.get(principal.agent)?.parallel ?? null;
    const leave = parallel === null ? null : await this.#turns.take(writer.id, parallel);
    try {
      for (let tries = 0; tries < joinTriesMax; tries += 1) {
        // The policy of this moment, not of the moment when the call began to wait.
        const policy = this.#ports.policy();
        const attempt = policy === arrived.policy ? arrived : { ...arrived, policy };
        const tool = policy.tools.get(proposal.tool) ?? null;
        const reading = tool === null ? null : readCall(tool, proposal.args);
        const step = await this.deciding.decide(attempt, tool, reading, this.#drafting);
        if (step.type === 'denied')
          return { type: 'refused', refusal: refusalOf(step.decision, attempt.id, writer.id) };
        if (step.type === 'started') {
          const settled = await this.#effect(attempt, step);
          underWay.resolve(settled);
          if (settled.withheld !== null) return this.#waits(attempt, settled.withheld);
          return this.answers.answer(attempt, step.decision, settled, {
            id: attempt.id,
            digest: step.read.digest,
            tier: step.decision.dryRun ? 0 : step.read.tool.tier,
          });
        }
        const answer = await this.#follow(attempt, step);
        if (answer !== null) return answer;
      }
      throw new StoreError('store.unavailable', 'the call that this one repeats never starts');
    } finally {
      leave?.();
    }
  }

  /** What it repeats, or what people have to say. Null: that isn't there, so it is decided once more. */
  async #follow(attempt: Attempt, step: Followed): Promise<CallAnswer | Waits | null> {
    switch (step.type) {
      case 'over':
        return this.#heldAnswers.over(attempt);
      case 'join': {
        const settled = await (step.end ?? this.answers.remembered(step.memory));
        return settled && this.answers.joined(attempt, step.memory, settled);
      }
      case 'held': {
        const { principal, writer } = attempt;
        const whose = { run: writer.id, user: writer.run?.user ?? null, principal };
        const hold = new OpenHold(whose, step.now);
        this.#holds.add(hold, step.known);
        return this.#waits(attempt, hold);
      }
      case 'joins_hold': {
        const { held, read } = step;
        if (held.of === 'result' && held.state === 'approved')
          return this.#heldAnswers.released(attempt, held);
        if (held.state === 'rejected' || held.state === 'expired')
          return this.#heldAnswers.refused(attempt, held);
        // The one that asks is written, and not known here before its own request goes on.
        if (this.#holds.get(held.id) === undefined) await this.#underWay.endOf(held.id);
        const hold = this.#holds.get(held.id);
        if (hold === undefined) return null;
        const { args } = attempt.proposal;
        if (hold.known === null && held.digest === read.digest)
          this.#holds.learn(hold, knownCall({ args, step: held.step, proposed: null }));
        return { type: 'waits', attempt, hold };
      }
      case 'unprepared':
        throw new StoreError('store.corrupt', 'a call is held that nobody was shown');
    }
  }

  #waits(attempt: Attempt, hold: OpenHold): Waits {
    this.#settling.watch();
    return { type: 'waits', attempt, hold };
  }

  /** Null: nobody has to agree to it any more. */
  async #wait(
    { attempt, hold }: Waits,
    patienceMs: ((hold: HoldTicket) => number | null) | undefined,
  ): Promise<CallAnswer | null> {
    try {
      return await this.#heldAnswers.answer(attempt, hold, patienceMs);
    } catch (error) {
      return this.#faults.undecided(attempt.principal, attempt.proposal, attempt.id, error);
    }
  }

  /** Never rejects: from here on the effect may have happened, and whoever joined has to learn that. */
  #effect(attempt: Attempt, step: Started): Promise<Settled> {
    const performed =
      step.references.length === 0
        ? this.#effects.perform(attempt, step)
        : this.deciding
            .withdrawn(attempt, step)
            .then((withdrawn) => this.#effects.perform(attempt, step, withdrawn));
    return performed.catch((error: unknown) => this.#faults.unended(attempt, step, error));
  }
}

/** Null when unknown, and what no framework counts is unknown. */
function stepOf(step: number | null): number | null {
  return step !== null && Number.isSafeInteger(step) && step >= 0 ? step : null;
}
