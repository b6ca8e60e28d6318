import type { Reservation } from '../engine/decision.ts';
import type { GatewayEvent, RunEvent } from '../engine/events.ts';
import { fold } from '../engine/fold.ts';
import type { Run } from '../engine/run.ts';
import { StoreError } from '../store/errors.ts';
import type { StateWrite, Store } from '../store/port.ts';

/** What one step of a run wants to append, decided against the run as it stands at that moment. */
export interface Draft {
  readonly events: readonly RunEvent[];
  readonly gatewayEvents?: readonly GatewayEvent[];
  readonly reservations?: readonly Reservation[];
  readonly call?: string;
  readonly releases?: readonly string[];
  readonly marks?: readonly string[];
  readonly writes?: readonly StateWrite[];
  readonly payloads?: ReadonlyMap<string, Uint8Array>;
  /** Instead of events: a call whose start will share one commit with its outcome. It counts in every decision from now on. */
  readonly reserve?: { readonly call: string; readonly started: RunEvent };
}

export type Appended =
  | { readonly type: 'reserved' }
  | { readonly type: 'committed'; readonly run: Run }
  /** A shared counter was at its limit: nothing was written. */
  | { readonly type: 'refused'; readonly reservations: readonly Reservation[] };

/** The run was reloaded since: what was decided about it has to be decided again, from fresh facts. */
export interface Outrun {
  readonly type: 'outrun';
}

export type Delivered = Extract<RunEvent, { type: 'call.delivered' }>;

const nothing: readonly never[] = [];
const noPayloads: ReadonlyMap<string, Uint8Array> = new Map();

/** A store has one owner: another writer of the same run, again and again, is no race but a fault. */
const strangersMax = 5;

/**
 * The one writer of a run.
 *
 * Steps are decided one after another against the run folded in memory, and their commits are pipelined: the next step
 * needn't wait for the last one's sync, so calls of one run share a group commit as those of several runs do. When a
 * commit is not written (a counter was full), everything folded after it was folded on sand: the writer then waits for
 * what is under way, reloads the run from the store, and the later steps are decided again. Each such round ends at
 * least one step for good, the one that was refused, so every step has its turn.
 */
export class RunWriter {
  readonly id: string;
  readonly #store: Store;
  /** As of the commits so far, those under way too. */
  #run: Run | null;
  /** The same with what isn't given to the store yet: the reserved calls, and deliveries that nobody told it. */
  #seen: Run | null;
  #underWay = 0;
  #lastCommit: Promise<unknown> = Promise.resolve();
  #stale = false;
  #strangers = 0;
  #holders = 0;
  #settled: (() => void)[] = [];
  /** Calls whose start isn't written yet, because start and outcome share one commit. They count in every decision. */
  readonly #reserved = new Map<string, RunEvent>();
  /** What was handed over since the store was told the last time. */
  #delivered: Delivered | null = null;
  /** What the store is being told: it counts while that is tried again. */
  readonly #telling = new Set<Delivered>();

  constructor(store: Store, id: string, run: Run | null) {
    this.#store = store;
    this.id = id;
    this.#run = run;
    this.#seen = run;
  }

  /** The run as decisions see it. Null before its first commit. */
  get run(): Run | null {
    return this.#seen;
  }

  /** The same, but never with a step in it that is known not to have been written. */
  async current(): Promise<Run | null> {
    if (this.#stale) await this.#reload();
    return this.run;
  }

  /** When everything that was given to the store up to now is written, or never will be. */
  async written(): Promise<void> {
    await this.#lastCommit.catch(() => undefined);
  }

  /** Nobody needs this very object: a later call may load the run anew. */
  get idle(): boolean {
    return this.#underWay === 0 && this.#holders === 0 && this.#allGiven;
  }

  /** What decisions see is what the store was given. */
  get #allGiven(): boolean {
    return this.#reserved.size === 0 && this.#telling.size === 0 && this.#delivered === null;
  }

  /** While it is held it isn't let go of: two writers of one run would each count only their own reserved calls. */
  hold(): () => void {
    this.#holders += 1;
    let held = true;
    return () => {
      if (held) this.#holders -= 1;
      held = false;
    };
  }

  /**
   * Appends what `make` decides. `make` is called at least once and again whenever the run had to be reloaded, so it
   * must be free of effects; null appends nothing. `settles` names the reserved call that this step writes.
   *
   * @throws {StoreError} when the store failed: nothing may be assumed of what was written.
   */
  async append(
    make: (run: Run | null) => Draft | null,
    settles?: string,
  ): Promise<Appended | null> {
    for (;;) {
      const appended = await this.attempt(make, settles);
      if (appended?.type !== 'outrun') return appended;
    }
  }

  /**
   * As `append`, once: for steps that rest on more than the run, which has to be read again as well. What isn't to be
   * written yet is done at once, and so is what `make` throws.
   */
  attempt(
    make: (run: Run | null) => Draft | null,
    settles?: string,
  ): Promise<Appended | Outrun | null> | Appended | null {
    if (this.#stale) return this.#reload().then(() => this.attempt(make, settles));
    const draft = make(this.#seen);
    if (draft === null) return null;
    if (draft.reserve !== undefined) {
      this.#reserved.set(draft.reserve.call, draft.reserve.started);
      this.#seen = fold(this.#seen, draft.reserve.started);
      return { type: 'reserved' };
    }
    return this.#commit(draft, settles);
  }

  /**
   * Counts at once in every decision, and is written by `tellDelivered`. A crash before that makes it undelivered: whoever
   * repeats the call then gets its outcome again, and never a second effect.
   *
   * @returns how many wait to be written.
   */
  delivered(event: Delivered): number {
    const calls = [...(this.#delivered?.calls ?? []), ...event.calls];
    this.#delivered = { ...event, calls };
    this.#seen = fold(this.#seen, event);
    return calls.length;
  }

  /** @throws {StoreError} */
  async tellDelivered(): Promise<void> {
    const event = this.#delivered;
    if (event === null) return;
    this.#delivered = null;
    this.#telling.add(event);
    try {
      // The time of its writing: others were written meanwhile, and time never decreases within a run.
      await this.append(() => ({ events: [{ ...event, atMs: this.#store.nowMs() }] }));
    } finally {
      this.#telling.delete(event);
      if (this.#allGiven && !this.#stale) this.#seen = this.#run;
    }
  }

  async #commit(draft: Draft, settles: string | undefined): Promise<Appended | Outrun> {
    const before = this.#run;
    const reserved = settles === undefined ? undefined : this.#reserved.get(settles);
    const run = draft.events.reduce<Run | null>(fold, before);
    if (run === null) throw new StoreError('store.corrupt', 'a run has to begin with an event');
    const first = this.#underWay === 0;
    if (settles !== undefined) this.#reserved.delete(settles);
    if (this.#allGiven) this.#seen = run;
    else {
      // A reserved start is in there already.
      const unseen = reserved === undefined ? draft.events : draft.events.slice(1);
      this.#seen = unseen.reduce<Run | null>(fold, this.#seen);
    }
    this.#run = run;
    this.#underWay += 1;
    try {
      const committing = this.#store.commit({
        run: this.id,
        expectedVersion: before?.version ?? 0,
        events: draft.events,
        gatewayEvents: draft.gatewayEvents ?? nothing,
        reservations: draft.reservations ?? nothing,
        call: draft.call ?? null,
        releases: draft.releases ?? nothing,
        marks: draft.marks ?? nothing,
        writes: draft.writes ?? nothing,
        payloads: draft.payloads ?? noPayloads,
        folded: run,
      });
      this.#lastCommit = committing;
      const outcome = await committing;
      if (outcome.type === 'committed') {
        this.#strangers = 0;
        return { type: 'committed', run };
      }
      this.#stale = true;
      // Not written after all, so it counts again from here on: nobody decides in between.
      if (settles !== undefined && reserved !== undefined) this.#reserved.set(settles, reserved);
      if (outcome.type === 'refused') return outcome;
      if (first) this.#countStranger();
      return { type: 'outrun' };
    } catch (error) {
      this.#stale = true;
      throw error;
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) for (const wake of this.#settled.splice(0)) wake();
    }
  }

  /** Nothing of ours was before this commit, and yet the run had moved on. */
  #countStranger(): void {
    this.#strangers += 1;
    if (this.#strangers < strangersMax) return;
    throw new StoreError(
      'store.unavailable',
      `run ${this.id} could not be written: another writer keeps changing it`,
    );
  }

  async #reload(): Promise<void> {
    while (this.#stale) {
      if (this.#underWay > 0) {
        await new Promise<void>((wake) => this.#settled.push(wake));
        continue;
      }
      this.#underWay += 1; // Holds other steps back while the run is read.
      try {
        this.#run = await this.#store.loadRun(this.id);
        this.#seen = this.#run;
        for (const event of this.#reserved.values()) this.#seen = fold(this.#seen, event);
        for (const event of this.#telling) this.#seen = fold(this.#seen, event);
        if (this.#delivered !== null) this.#seen = fold(this.#seen, this.#delivered);
        this.#stale = false;
      } finally {
        this.#underWay -= 1;
        for (const wake of this.#settled.splice(0)) wake();
      }
    }
  }
}
