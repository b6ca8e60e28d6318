/** The holds of this moment, in memory: what waits for people, who waits for them, and what they are about. */
import type { JsonObject } from '../../content/value.ts';
import { type Held, questionOf } from '../../engine/hold.ts';
import type { AgentPrincipal, ClientSignal, HoldSummary, HoldTicket, Proposal } from '../port.ts';
import type { HoldEnd } from './hold-end.ts';
import type { HoldState } from './hold-state.ts';

/** Holds that are over and whose end is remembered, so that who comes second hears that somebody was first. */
const endsMax = 10_000;

/** Arguments that are kept unredacted, in UTF-16 units; of a hold beyond it they are as unknown as after a restart. */
const keptUnitsMax = 67_108_864;

/** What only memory may hold: the arguments as they were written. */
export type KnownCall = Pick<Proposal, 'args' | 'step'> & {
  /** What its agent proposed, where a person changed it since; null: that very call, or nobody knows. */
  readonly proposed: JsonObject | null;
  readonly units: number;
};

/** What it takes, and not what is recorded of it: what is redacted there is as long as it is. */
export function knownCall(known: Omit<KnownCall, 'units'>): KnownCall {
  const { args, proposed } = known;
  const units = [args, proposed].reduce(
    (sum, one) => sum + (one === null ? 0 : JSON.stringify(one).length),
    0,
  );
  return { ...known, units };
}

/** A request that waits for its hold. */
export interface Waiter {
  readonly signal: ClientSignal;
  readonly onProgress: ((progress: number, total: number | null) => void) | undefined;
  /** It has ended. */
  readonly wake: () => void;
}

/** A hold as its run knows it, with everything that has to be written anew when it changes. */
export interface HoldNow {
  readonly held: Held;
  readonly state: HoldState;
  readonly summary: string;
}

interface Whose {
  readonly run: string;
  /** The run's. */
  readonly user: string | null;
  readonly principal: AgentPrincipal;
}

export class OpenHold {
  readonly id: string;
  readonly run: string;
  readonly agent: string;
  readonly user: string | null;
  /** Whose call it is, for what Sallyport does in its place. */
  readonly principal: AgentPrincipal;
  readonly waiters: Set<Waiter> = new Set();
  now: HoldNow;
  /** Null: known to nobody but whoever proposed it. */
  known: KnownCall | null = null;
  /** Its call is being decided again, or is under way: nobody else begins it, and whoever waits waits for that. */
  performing: Promise<void> | null = null;
  /** Its call has begun: it is nothing that waits any more. */
  begun = false;
  /** Its run takes no new calls, so no repeat will pick it up. */
  isLast = false;
  /** What came of it; null: nothing yet. */
  ending: HoldEnd | null = null;

  constructor({ run, user, principal }: Whose, now: HoldNow) {
    this.id = now.held.id;
    this.run = run;
    this.agent = principal.agent;
    this.user = user;
    this.principal = principal;
    this.now = now;
  }

  get held(): Held {
    return this.now.held;
  }

  /** Whether a client is still there for what comes of it. */
  get isAwaited(): boolean {
    for (const { signal } of this.waiters) if (!signal.aborted) return true;
    return false;
  }

  ended(end: HoldEnd): void {
    this.ending ??= end;
    for (const { wake } of this.waiters) wake();
  }

  ticket(): HoldTicket {
    const { digest, of, expiresAtMs, asks } = this.held;
    const byUser = asks.length > 0 && asks.every(({ by }) => by.type !== 'role');
    return { id: this.id, run: this.run, digest, of, expiresAtMs, byUser };
  }

  summary(): HoldSummary {
    return this.summaryOf(this.now);
  }

  summaryOf({ held, summary }: HoldNow): HoldSummary {
    const { id, of, state, tool, tier, atMs, expiresAtMs, asks } = held;
    const { run, agent, user } = this;
    return {
      id,
      of,
      state,
      run,
      agent,
      user,
      tool,
      tier,
      digest: questionOf(held),
      atMs,
      expiresAtMs,
      summary,
      asks,
    };
  }
}

export class OpenHolds {
  readonly #holds = new Map<string, OpenHold>();
  /** How those ended that ended last, oldest first. */
  readonly #ends = new Map<string, Held['state'] | 'withdrawn'>();
  #keptUnits = 0;

  get(id: string): OpenHold | undefined {
    return this.#holds.get(id);
  }

  /** How it ended; undefined: it didn't, or that was long ago. */
  endOf(id: string): Held['state'] | 'withdrawn' | undefined {
    return this.#ends.get(id);
  }

  /** The one that expires first comes first. */
  inOrder(): readonly OpenHold[] {
    return [...this.#holds.values()]
      .filter(({ begun }) => !begun)
      .sort((a, b) => a.held.expiresAtMs - b.held.expiresAtMs || (a.id < b.id ? -1 : 1));
  }

  all(): Iterable<OpenHold> {
    return this.#holds.values();
  }

  add(hold: OpenHold, known: KnownCall | null): void {
    this.#holds.set(hold.id, hold);
    this.#keep(hold, known);
  }

  /** Learnt from a repeat, or changed by a person. */
  learn(hold: OpenHold, known: KnownCall): void {
    if (this.#holds.get(hold.id) !== hold) return;
    this.#forget(hold);
    this.#keep(hold, known);
  }

  /** It waits anew: for other people, for other reasons, or for another call. */
  change(hold: OpenHold, now: HoldNow): void {
    hold.now = now;
  }

  /** It is over: nobody waits for people any more, and whoever waits for what comes of it gets `end`. */
  remove(hold: OpenHold, as: Held['state'] | 'withdrawn', end: HoldEnd): void {
    // What is withheld of its result may wait in its place.
    this.#forget(hold);
    if (this.#holds.get(hold.id) === hold) {
      this.#holds.delete(hold.id);
      this.#ends.set(hold.id, as);
      const [oldest] = this.#ends.keys();
      if (this.#ends.size > endsMax && oldest !== undefined) this.#ends.delete(oldest);
    }
    hold.ended(end);
  }

  #keep(hold: OpenHold, known: KnownCall | null): void {
    const fits = known !== null && this.#keptUnits + known.units <= keptUnitsMax;
    hold.known = fits ? known : null;
    if (fits) this.#keptUnits += known.units;
  }

  #forget(hold: OpenHold): void {
    this.#keptUnits -= hold.known?.units ?? 0;
    hold.known = null;
  }
}
