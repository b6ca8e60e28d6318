/**
 * From a call that is proposed to a decision that is written: what it names is looked at, the world is read, and it is
 * decided until nothing came between what was read and what was drawn.
 */
import { type Context, holdersOf, type Reading } from '../engine/context.ts';
import { isEstablished } from '../engine/decide.ts';
import type { Reservation } from '../engine/decision.ts';
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
import type { Upstream } from '../upstreams/port.ts';
import type { RaisedAlerts } from './alerts.ts';
import { lookUpShowing } from './approvals/showing.ts';
import type { Attempt, Started } from './attempt.ts';
import { type Breakers, breakerOf } from './breakers.ts';
import { type CallTexts, scanCall } from './call-texts.ts';
import type { Effects } from './effects.ts';
import type { Withdrawn } from './endings.ts';
import type { Memories } from './memories.ts';
import { Pasts } from './pasts.ts';
import type { RuntimePorts } from './ports.ts';
import { readWorld } from './read-facts.ts';
import type { Runs } from './runs.ts';
import type { Draft } from './writer.ts';

/** A counter that fills between reading and drawing is read again; more often than this it is simply full. */
const decisionTriesMax = 4;
/** So often other calls of the run may come between what was read of its past and the decision: then it counts as lost. */
const overtakingsMax = 64;

/** Beside the facts: whose status was read, which texts detectors were asked about, and what its references stand for. */
export interface LookedAt extends Pick<CallTexts, 'texts' | 'hidden'> {
  readonly upstream: Upstream | undefined;
  readonly references: readonly SeenReference[];
}

/** What to do, and what to write for it, against the run as it stands. Free of effects: it may be asked again. */
export type Drafting<Step> = (
  attempt: Attempt,
  context: Context,
  looked: LookedAt,
) => [Step, Draft | null];

interface AnyStep {
  readonly type: string;
}

interface Decided<Step> {
  step: Step | null;
  draft: Draft | null;
}

export interface DecidingParts {
  readonly ports: RuntimePorts;
  readonly runs: Runs;
  readonly breakers: Breakers;
  readonly memories: Memories;
  readonly alerts: RaisedAlerts;
  readonly effects: Effects;
  /** For Sallyport's own looks. */
  readonly drafting: Drafting<AnyStep>;
}

export class Deciding {
  readonly #ports: RuntimePorts;
  readonly #runs: Runs;
  readonly #breakers: Breakers;
  readonly #memories: Memories;
  readonly #alerts: RaisedAlerts;
  readonly #effects: Effects;
  readonly #drafting: Drafting<AnyStep>;
  readonly #pasts: Pasts;

  constructor({ ports, runs, breakers, memories, alerts, effects, drafting }: DecidingParts) {
    this.#ports = ports;
    this.#runs = runs;
    this.#breakers = breakers;
    this.#memories = memories;
    this.#alerts = alerts;
    this.#effects = effects;
    this.#drafting = drafting;
    this.#pasts = new Pasts((digest) => ports.store.payload(digest));
  }

  /**
   * Decides until the decision could be written: what was read of the counters may be gone by the time it is drawn.
   *
   * @throws {StoreError} when it could not be written.
   */
  async decide<Step extends AnyStep>(
    arrived: Attempt,
    tool: Tool | null,
    written: Reading | null,
    drafting: Drafting<Step>,
  ): Promise<Step> {
    const { policy, proposal, writer, id } = arrived;
    let attempt = arrived;
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
      const holders = holdersOf({ run, ancestors });
      const request = gather({ policy, run, ancestors, call, tool, reading });
      carried ??= scanCall(this.#ports, attempt, tool, reading, request.scan);
      const { texts, hidden } = carried;
      const { facts: read, upstream } = await readWorld(
        this.#ports,
        request,
        tool,
        holders,
        carried.scans,
      );
      const looksBack = request.history && overtakings < overtakingsMax;
      const history = looksBack ? await this.#past(holders) : null;
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
      const decided: Decided<Step> = { step: null, draft: null };
      let isWritten = false;
      try {
        const appending = writer.attempt((now) => {
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
          const [next, draft] = drafting(attempt, context, {
            upstream,
            texts,
            hidden,
            references: seen,
          });
          if (isStarted(next) && !next.decision.dryRun) this.#breakers.started(breaker, id, nowMs);
          decided.step ??= next;
          decided.draft = draft;
          return draft;
        });
        const appended = appending instanceof Promise ? await appending : appending;
        if (appended?.type === 'refused') {
          full = appended.reservations;
          tries += 1;
        }
        isWritten = appended?.type !== 'refused' && appended?.type !== 'outrun';
        const { step, draft } = decided;
        if (appended?.type === 'committed') this.#memories.committed(draft?.writes ?? []);
        if (isWritten && step !== null) {
          if (step.type !== 'unprepared' || attempt.showing !== null) return step;
          const past = await this.#past(holders);
          attempt = {
            ...attempt,
            showing: await lookUpShowing(this.#ports, attempt, reading, past),
          };
        }
      } finally {
        if (!isWritten) {
          this.#breakers.withdrawn(breaker, id);
          this.#alerts.withdraw(decided.draft?.gatewayEvents ?? [], run, id);
        }
      }
    }
    throw new StoreError('store.unavailable', 'the shared counters could not be drawn on');
  }

  /** What it names is then remembered as the run's own, or isn't: the decision sees which. */
  async #lookUp(attempt: Attempt, { tool, args }: LookUp): Promise<string | null> {
    const proposal = { ...attempt.proposal, tool: tool.name, args, step: null };
    const id = `call_${this.#ports.randomId()}`;
    const own: Attempt = {
      ...attempt,
      proposal,
      id,
      lookUpFor: attempt.id,
      resumes: null,
      onProgress: undefined,
    };
    const step = await this.decide(own, tool, readCall(tool, args), this.#drafting);
    return isStarted(step) ? (await this.#effects.perform(own, step)).seen : null;
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
  async withdrawn(attempt: Attempt, { references }: Started): Promise<Withdrawn | null> {
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
}

function isStarted(step: AnyStep): step is Started {
  return step.type === 'started';
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
