/**
 * What the upstreams list now, against what a person accepted. A definition is an upstream's word, and it can change
 * after it was read ("rug pull"): any difference from the pin quarantines the tool until somebody looks at it.
 */
import type { JsonObject } from '../content/value.ts';
import type { Facts } from '../engine/facts.ts';
import type { Lock, LockedTool } from '../policy/lock.ts';
import { definitionDigest } from '../policy/lock-file.ts';
import { upstreamLimits } from './limits.ts';
import type { ListedTool, Upstream } from './port.ts';

export type DefinitionState = Facts['definition'];

export interface CatalogChange {
  readonly operation: string;
  readonly change: 'new' | 'changed' | 'missing' | 'restored';
  /** Of what is listed now; null when it isn't. */
  readonly digest: string | null;
  readonly pinned: string | null;
}

export interface Comparison {
  readonly changes: readonly CatalogChange[];
  /** By operation, everything that is pinned or listed. `new` tools are `missing` a pin: they are in no lock. */
  readonly states: ReadonlyMap<string, ListedState>;
}

interface ListedState {
  readonly state: 'pinned' | 'changed' | 'missing' | 'new';
  readonly digest: string | null;
  readonly pinned: string | null;
}

export function compareCatalog(
  lockTools: Readonly<Record<string, LockedTool>>,
  listed: readonly ListedTool[],
): Comparison {
  const states = new Map<string, ListedState>();
  for (const { operation, definition } of listed) {
    const digest = digestOrNone(definition);
    const pinned = Object.hasOwn(lockTools, operation)
      ? (lockTools[operation]?.digest ?? null)
      : null;
    states.set(operation, {
      state: pinned === null ? 'new' : digest === pinned ? 'pinned' : 'changed',
      digest,
      pinned,
    });
  }
  for (const [operation, { digest }] of Object.entries(lockTools)) {
    if (!states.has(operation))
      states.set(operation, { state: 'missing', digest: null, pinned: digest });
  }
  const changes: CatalogChange[] = [];
  for (const [operation, { state, digest, pinned }] of states) {
    if (state !== 'pinned') changes.push({ operation, change: state, digest, pinned });
  }
  return { changes, states };
}

/** A definition that has no canonical form equals no pin. */
function digestOrNone(definition: JsonObject): string | null {
  try {
    return definitionDigest(definition);
  } catch {
    return null;
  }
}

export interface CatalogOptions {
  /** Each difference once, when it is first seen; `restored` when the pinned definition is back. */
  readonly onChange: (upstream: string, change: CatalogChange) => void;
  readonly log: (upstream: string, message: string) => void;
}

/** Watches every upstream's list for as long as the gateway runs. */
export class Catalog implements AsyncDisposable {
  readonly #watched = new Map<string, Watched>();
  readonly #options: CatalogOptions;
  #lock: Lock;

  constructor(upstreams: Iterable<Upstream>, lock: Lock, options: CatalogOptions) {
    this.#lock = lock;
    this.#options = options;
    for (const upstream of upstreams) this.watch(upstream);
  }

  /** Starts reading its list, without waiting for it: a server that doesn't answer must hold up no other. */
  watch(upstream: Upstream): void {
    const pins = (): Readonly<Record<string, LockedTool>> =>
      this.#lock.upstreams[upstream.name]?.tools ?? {};
    this.#watched.set(upstream.name, new Watched(upstream, pins, this.#options));
  }

  async unwatch(upstream: string): Promise<void> {
    const watched = this.#watched.get(upstream);
    this.#watched.delete(upstream);
    await watched?.close();
  }

  /** After a new lock was loaded: compared anew with what was last listed. */
  setLock(lock: Lock): void {
    this.#lock = lock;
    for (const watched of this.#watched.values()) watched.compare();
  }

  /** `unknown` until an upstream has been listed once; while it is down, what it listed last still counts. */
  definition(upstream: string, operation: string): DefinitionState {
    return this.#watched.get(upstream)?.definition(operation) ?? 'unknown';
  }

  /** What it listed last; null: never yet. */
  listed(upstream: string): readonly ListedTool[] | null {
    return this.#watched.get(upstream)?.listed ?? null;
  }

  /** Lists now, and resolves when every upstream has answered or failed. For start-up and the command line. */
  async refresh(): Promise<void> {
    await Promise.all([...this.#watched.values()].map((watched) => watched.refresh()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#watched.keys()].map((upstream) => this.unwatch(upstream)));
  }
}

class Watched {
  readonly #upstream: Upstream;
  readonly #pins: () => Readonly<Record<string, LockedTool>>;
  readonly #options: CatalogOptions;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  listed: readonly ListedTool[] | null = null;
  #states: ReadonlyMap<string, ListedState> = new Map();
  /** What was last announced of each operation, so that nothing is announced twice. */
  #announced = new Map<string, string>();
  #refreshing: Promise<void> | null = null;
  #settling: NodeJS.Timeout | null = null;
  #refreshedAtMs = Number.NEGATIVE_INFINITY;

  constructor(
    upstream: Upstream,
    pins: () => Readonly<Record<string, LockedTool>>,
    options: CatalogOptions,
  ) {
    this.#upstream = upstream;
    this.#pins = pins;
    this.#options = options;
    this.#timer = setInterval(() => void this.refresh(), upstreamLimits.catalogRefreshMs);
    this.#timer.unref();
    upstream.onCatalogChanged(() => this.#refreshSoon());
    void this.refresh();
  }

  definition(operation: string): DefinitionState {
    if (this.listed === null) return 'unknown';
    const state = this.#states.get(operation)?.state ?? 'missing';
    // Listed and in no lock: for a decision, whose tool was pinned by somebody, its pin is what is missing.
    return state === 'new' ? 'missing' : state;
  }

  /** One listing at a time, whoever asks. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#list().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  compare(): void {
    if (this.listed === null) return;
    const { states } = compareCatalog(this.#pins(), this.listed);
    this.#states = states;
    const gone = [...this.#announced.keys()].filter((operation) => !states.has(operation));
    for (const operation of gone) this.#announced.delete(operation);
    for (const [operation, { state, digest, pinned }] of states) {
      const before = this.#announced.get(operation);
      const now = `${state} ${digest} ${pinned}`;
      if (before === now || (before === undefined && state === 'pinned')) {
        this.#announced.set(operation, now);
        continue;
      }
      this.#announced.set(operation, now);
      const wasAccepted = before?.startsWith('pinned ') === true;
      if (state !== 'pinned')
        this.#options.onChange(this.#upstream.name, { operation, change: state, digest, pinned });
      else if (!wasAccepted)
        this.#options.onChange(this.#upstream.name, {
          operation,
          change: 'restored',
          digest,
          pinned,
        });
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#timer);
    if (this.#settling !== null) clearTimeout(this.#settling);
    await this.#refreshing;
  }

  #refreshSoon(): void {
    if (this.#stop.signal.aborted || this.#settling !== null) return;
    const sinceMs = performance.now() - this.#refreshedAtMs;
    const waitMs = Math.max(
      upstreamLimits.catalogSettleMs,
      upstreamLimits.catalogRefreshMinMs - sinceMs,
    );
    this.#settling = setTimeout(() => {
      this.#settling = null;
      // A listing under way may have been answered before the change.
      void (this.#refreshing ?? Promise.resolve()).then(() => this.refresh());
    }, waitMs);
    this.#settling.unref();
  }

  /** Total: an upstream that can't be listed keeps what it listed last. */
  async #list(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    try {
      const listed = await this.#upstream.listTools(this.#stop.signal);
      // Its successor speaks for the name now.
      if (this.#stop.signal.aborted) return;
      this.listed = listed;
      this.#refreshedAtMs = performance.now();
      this.compare();
    } catch (error) {
      if (!this.#stop.signal.aborted)
        this.#options.log(
          this.#upstream.name,
          error instanceof Error ? error.message : 'its tools could not be listed',
        );
    }
  }
}
