/**
 * The life of one call: decided and durably intended before its effect, durably finished before its result is
 * released, joined to an earlier one where it repeats it, and never lost or guessed in between.
 */
import type { Reading } from '../engine/context.ts';
import { isEstablished } from '../engine/decide.ts';
import type { Reservation } from '../engine/decision.ts';
import type { GatewayEvent } from '../engine/events.ts';
import type { Exchange } from '../engine/exchange.ts';
import type { Facts } from '../engine/facts.ts';
import { gather } from '../engine/gather.ts';
import { isSameHistory } from '../engine/history.ts';
import { type LookUp, lookUpsOf } from '../engine/look-ups.ts';
import { readCall } from '../engine/read-call.ts';
import {
  lookedAt,
  type Reference,
  referencesOf,
  type SeenReference,
  withReferences,
} from '../engine/references.ts';
import type { Run } from '../engine/run.ts';
import type { Tool } from '../policy/model.ts';
import { StoreError } from '../store/errors.ts';
import type { StateWrite } from '../store/port.ts';
import { RaisedAlerts } from './alerts.ts';
import { Answers } from './answers.ts';
import type { Attempt, Settled, Started } from './attempt.ts';
import { type Breakers, breakerOf } from './breakers.ts';
import { type CallTexts, scanCall } from './call-texts.ts';
import { Drafts, type Step } from './drafts.ts';
import { Effects } from './effects.ts';
import type { Withdrawn } from './endings.ts';
import { Faults } from './faults.ts';
import type { Memories } from './memories.ts';
import { Pasts } from './pasts.ts';
import type { AgentPrincipal, CallAnswer, ClientSignal, Proposal } from './port.ts';
import type { RuntimePorts } from './ports.ts';
import { readWorld } from './read-facts.ts';
import { plainRefusal, refusalOf } from './refusals.ts';
import type { Runs } from './runs.ts';
import { Turns } from './turns.ts';

/** A counter that fills between reading and drawing is read again; more often than this it is simply full. */
const decisionTriesMax = 4;
/** So often other calls of the run may come between what was read of its past and the decision: then it counts as lost. */
const overtakingsMax = 64;
/** A duplicate of a call that was then not let through is decided itself, and may find another to join. */
const joinTriesMax = 16;

export class Calls {
  readonly #ports: RuntimePorts;
  readonly #runs: Runs;
  readonly #breakers: Breakers;
  readonly #memories: Memories;
  readonly #effects: Effects;
  readonly #answers: Answers;
  readonly #alerts = new RaisedAlerts();
  readonly #pasts: Pasts;
  readonly #drafts: Drafts;
  readonly #faults: Faults;
  readonly #turns = new Turns();
  /** Calls under way in this process, from their first moment; null: it never started. For duplicates to wait on. */
  readonly #underWay = new Map<string, Promise<Settled | null>>();
  #stopping = false;

  constructor(ports: RuntimePorts, runs: Runs, breakers: Breakers, memories: Memories) {
    this.#ports = ports;
    this.#runs = runs;
    this.#breakers = breakers;
    this.#memories = memories;
    this.#effects = new Effects(ports, runs, breakers, memories, this.#alerts);
    this.#answers = new Answers(ports, runs);
    this.#drafts = new Drafts(ports, memories, this.#alerts, this.#underWay);
    this.#faults = new Faults(ports);
    this.#pasts = new Pasts((digest) => ports.store.payload(digest));
  }

  /** Never rejects: whatever goes wrong is a refusal, and a refusal is recorded. */
  async call(
    principal: AgentPrincipal,
    proposed: Proposal,
    signal: ClientSignal,
    onProgress?: Attempt['onProgress'],
  ): Promise<CallAnswer> {
    const id = `call_${this.#ports.randomId()}`;
    if (this.#stopping)
      return { type: 'refused', refusal: plainRefusal('store.unavailable', id, null) };
    const proposal = { ...proposed, step: stepOf(proposed.step) };
    const end = Promise.withResolvers<Settled | null>();
    this.#underWay.set(id, end.promise);
    try {
      const carried = await this.#runs.carried(principal, proposal.handles);
      if (carried === null) return await this.#faults.foreignHandle(principal, id);
      try {
        return await this.#live(
          { principal, proposal, id, lookUpFor: null, writer: carried.writer, signal, onProgress },
          end.resolve,
        );
      } finally {
        carried.letGo();
      }
    } catch (error) {
      return await this.#faults.undecided(principal, proposal, id, error);
    } finally {
      end.resolve(null);
      this.#underWay.delete(id);
    }
  }

  /** When every call that is under way now has ended and is written. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  /** Lets nobody in any more, and waits for those who are: an effect that was begun is never left without its end. */
  async stop(): Promise<void> {
    this.#stopping = true;
    while (this.#underWay.size > 0) await this.settled();
  }

  async #live(
    arrived: Omit<Attempt, 'policy'>,
    ended: (settled: Settled) => void,
  ): Promise<CallAnswer> {
    const { proposal, principal, writer } = arrived;
    const parallel = this.#ports.policy().agents.get(principal.agent)?.parallel ?? null;
    const leave = await this.#turns.take(writer.id, parallel);
    try {
      for (let tries = 0; tries < joinTriesMax; tries += 1) {
        // The policy of this moment, not of the moment when the call began to wait.
        const attempt: Attempt = { ...arrived, policy: this.#ports.policy() };
        const tool = attempt.policy.tools.get(proposal.tool) ?? null;
        const reading = tool === null ? null : readCall(tool, proposal.args);
        const step = await this.#decide(attempt, tool, reading);
        if (step.type === 'denied')
          return { type: 'refused', refusal: refusalOf(step.decision, attempt.id, writer.id) };
        if (step.type === 'started') {
          const settled = await this.#effect(attempt, step);
          ended(settled);
          return this.#answers.answer(attempt, step.decision, settled, {
            id: attempt.id,
            digest: step.read.digest,
            tier: step.decision.dryRun ? 0 : step.read.tool.tier,
          });
        }
        const settled = await (step.end ?? this.#answers.remembered(step.memory));
        if (settled !== null) return await this.#answers.joined(attempt, step.memory, settled);
      }
      throw new StoreError('store.unavailable', 'the call that this one repeats never starts');
    } finally {
      leave();
    }
  }

  /** Decides until the decision could be written: what was read of the counters may be gone by the time it is drawn. */
  async #decide(attempt: Attempt, tool: Tool | null, written: Reading | null): Promise<Step> {
    const { policy, proposal, writer, id } = attempt;
    const call = {
      id,
      tool: proposal.tool,
      args: proposal.args,
      step: proposal.step,
      dryRun: proposal.dryRun,
    };
    const breaker = tool === null ? '' : breakerOf(tool);
    let full: readonly Reservation[] = [];
    let looked = attempt.lookUpFor !== null || tool === null || tool.resolve.size === 0;
    let reading = written;
    let seen: readonly SeenReference[] = [];
    let overtakings = 0;
    let carried: CallTexts | null = null;
    for (let tries = 0; tries < decisionTriesMax; ) {
      const run = writer.run;
      if (run === null) throw new StoreError('store.corrupt', 'a run has no beginning');
      const ancestors = run.parent === null ? [] : await this.#runs.ancestors(run);
      const request = gather({ policy, run, ancestors, call, tool, reading });
      carried ??= scanCall(this.#ports, attempt, tool, reading, request.scan);
      const { texts, hidden } = carried;
      const { facts: read, upstream } = await readWorld(
        this.#ports,
        request,
        tool,
        [run, ...ancestors].map((holder) => holder.agent),
        carried.scans,
      );
      const looksBack = request.history && overtakings < overtakingsMax;
      const history = looksBack ? await this.#past([run, ...ancestors]) : null;
      if (!looked && reading?.ok === true) {
        looked = true;
        const proposed = { policy, run, ancestors, call, tool, reading };
        const lookUps = history === null ? [] : lookUpsOf(proposed, history, read.nowMs);
        const references = referencesOf(policy, reading.read);
        const looksAtAny = lookUps.length + references.length > 0;
        if (looksAtAny && isEstablished({ ...proposed, facts: read })) {
          for (const lookUp of lookUps) await this.#lookUp(attempt, lookUp);
          seen = await this.#seen(attempt, references);
          if (seen.length > 0) reading = { ok: true, read: withReferences(reading.read, seen) };
          continue;
        }
      }
      const facts = tries + 1 < decisionTriesMax ? read : asFull(read, full);
      const decided: Step[] = [];
      let alerts: readonly GatewayEvent[] = [];
      let writes: readonly StateWrite[] = [];
      let isWritten = false;
      try {
        const appended = await writer.attempt((now) => {
          if (now === null) throw new StoreError('store.corrupt', 'a run has no beginning');
          // Another call has ended or begun meanwhile: looked at again, or what it did to a record would be missed.
          if (looksBack && !isSameHistory(run, now)) {
            overtakings += 1;
            return null;
          }
          // Read here, where nobody comes between: two calls must not both be the one probe of a half-open breaker,
          // and time never decreases within a run.
          const nowMs = this.#ports.store.nowMs();
          const fresh = {
            ...facts,
            nowMs,
            history,
            breaker: this.#breakers.fact(breaker, id, nowMs),
          };
          const context = { policy, run: now, ancestors, call, tool, reading, facts: fresh };
          const [next, draft] = this.#drafts.of(attempt, context, { upstream, texts, hidden });
          if (next.type === 'started' && !next.decision.dryRun)
            this.#breakers.started(breaker, id, nowMs);
          decided.push(next);
          alerts = draft?.gatewayEvents ?? [];
          writes = draft?.writes ?? [];
          return draft;
        });
        if (appended?.type === 'refused') {
          full = appended.reservations;
          tries += 1;
        }
        isWritten = appended?.type !== 'refused' && appended?.type !== 'outrun';
        if (appended?.type === 'committed') this.#memories.committed(writes);
        const [step] = decided;
        if (isWritten && step !== undefined)
          return step.type === 'started' ? { ...step, references: seen } : step;
      } finally {
        if (!isWritten) {
          this.#breakers.withdrawn(breaker, id);
          this.#alerts.withdraw(alerts, run, id);
        }
      }
    }
    throw new StoreError('store.unavailable', 'the shared counters could not be drawn on');
  }

  /** What it names is then remembered as the run's own, or isn't: the decision sees which. */
  async #lookUp(attempt: Attempt, { tool, args }: LookUp): Promise<string | null> {
    const proposal = { ...attempt.proposal, tool: tool.name, args, step: null };
    const id = `call_${this.#ports.randomId()}`;
    const own: Attempt = { ...attempt, proposal, id, lookUpFor: attempt.id, onProgress: undefined };
    const step = await this.#decide(own, tool, readCall(tool, args));
    return step.type === 'started' ? (await this.#effects.perform(own, step)).seen : null;
  }

  async #seen(
    attempt: Attempt,
    references: readonly Reference[],
  ): Promise<readonly SeenReference[]> {
    const seen: SeenReference[] = [];
    for (const reference of lookedAt(references))
      seen.push({ reference, seen: await this.#lookUp(attempt, reference.lookUp) });
    return seen;
  }

  /** Right before the effect: whoever wrote what the call points at must not have written it anew meanwhile. */
  async #withdrawn(attempt: Attempt, { references }: Started): Promise<Withdrawn | null> {
    for (const { reference, seen } of references)
      if ((await this.#lookUp(attempt, reference.lookUp)) !== seen)
        return { type: 'withdrawn', code: 'flow.reference_changed' };
    return null;
  }

  #past(
    runs: readonly [Run, ...Run[]],
  ): Promise<readonly Exchange[] | null> | readonly Exchange[] | null {
    const known = this.#pasts.known(runs);
    if (known !== undefined) return known;
    return this.#pasts.of(runs, () => this.#runs.written(runs.map(({ id }) => id)));
  }

  /** Never rejects: from here on the effect may have happened, and whoever joined has to learn that. */
  async #effect(attempt: Attempt, step: Started): Promise<Settled> {
    try {
      return await this.#effects.perform(attempt, step, await this.#withdrawn(attempt, step));
    } catch (error) {
      return await this.#faults.unended(attempt, step, error);
    }
  }
}

/** What the store said when it was drawn on is newer than what was read: so much is drawn at the least. */
function asFull(facts: Facts, reservations: readonly Reservation[]): Facts {
  const windows = { ...facts.windows };
  const once = { ...facts.once };
  for (const reservation of reservations) {
    if (reservation.type === 'once') once[reservation.key] = true;
    else {
      const { key, max, amount } = reservation;
      windows[key] = Math.max(windows[key] ?? 0, max - amount + 1);
    }
  }
  return { ...facts, windows, once };
}

/** Null when unknown, and what no framework counts is unknown. */
function stepOf(step: number | null): number | null {
  return step !== null && Number.isSafeInteger(step) && step >= 0 ? step : null;
}
