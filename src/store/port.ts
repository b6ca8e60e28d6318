/**
 * The storage port. One owner of all state: a commit appends events and moves counters, or does neither.
 *
 * Every implementation passes `contract.ts`. Words in capitals are RFC 2119's.
 */
import type { JsonValue } from '../content/value.ts';
import type { Reservation } from '../engine/decision.ts';
import type { Event, GatewayEvent, RunEvent } from '../engine/events.ts';
import type { Run } from '../engine/run.ts';

/** An event as committed. `seq` is global, dense and 0-based: it is the index of its leaf in the ledger's tree. */
export interface StoredEvent {
  readonly seq: number;
  readonly run: string | null;
  /** 1-based position within its run; null for gateway events. */
  readonly runVersion: number | null;
  readonly event: Event;
  /** The exact bytes that are hashed into the leaf: the event's RFC 8785 form, UTF-8. */
  readonly leaf: Uint8Array;
}

/** An event as it lies there: the leaf, and the columns that queries go by, which must agree with it. */
export interface EventRow {
  readonly seq: number;
  readonly run: string | null;
  readonly runVersion: number | null;
  /** The event of its run before it; null for a run's first, and for the gateway's own. */
  readonly previousSeq: number | null;
  readonly atMs: number;
  readonly type: string;
  readonly agent: string | null;
  readonly tool: string | null;
  readonly leaf: Uint8Array;
}

export interface RunCommit {
  readonly run: string;
  /**
   * MUST equal the number of events that the run has, else nothing is written: `conflict`. 0 opens the run.
   * A call that is open already can't be started again: `conflict` too.
   */
  readonly expectedVersion: number;
  readonly events: readonly RunEvent[];
  readonly gatewayEvents: readonly GatewayEvent[];
  /** Drawn by `call`. Over a limit (or taken, for `once`), nothing is written: `refused`, with every one that failed. */
  readonly reservations: readonly Reservation[];
  readonly call: string | null;
  /** Calls whose reservations are given back: only when the upstream certainly refused. */
  readonly releases: readonly string[];
  /** Novelty keys now used. */
  readonly marks: readonly string[];
  readonly writes: readonly StateWrite[];
  /** Kept apart from the events, by digest; already redacted. */
  readonly payloads: ReadonlyMap<string, Uint8Array>;
  /** The run after folding these events: written when due as a snapshot (every 1,000 events). */
  readonly folded: Run;
}

/** Small keyed state: breakers, suspensions, tokens. `value` null deletes. */
export interface StateWrite {
  readonly key: string;
  readonly value: JsonValue;
  /** When given, MUST equal the stored value (RFC 8785 form), else nothing is written: `conflict`. */
  readonly expect?: JsonValue;
}

export type CommitOutcome =
  | { readonly type: 'committed'; readonly firstSeq: number }
  | { readonly type: 'conflict' }
  | { readonly type: 'refused'; readonly reservations: readonly Reservation[] };

export interface GatewayCommit {
  readonly events: readonly GatewayEvent[];
  readonly writes: readonly StateWrite[];
}

export interface OpenCall {
  readonly call: string;
  readonly run: string;
  readonly owner: string;
  readonly startedAtMs: number;
}

export interface EventFilter {
  readonly run?: string;
  readonly agent?: string;
  readonly type?: string;
  readonly tool?: string;
  /**
   * Each of these stands in the leaf, byte for byte: `"user":"ann"`. For what no column holds; a reader that wants to be sure
   * looks at the event. Nothing finds these but reading every leaf of the span: whoever asks for them bounds it.
   */
  readonly containing?: readonly string[];
  /** Inclusive lower bound. */
  readonly fromSeq?: number;
  /** Exclusive upper bound. */
  readonly beforeSeq?: number;
  readonly limit: number;
  readonly newestFirst?: boolean;
}

export interface RunSummary {
  readonly run: string;
  readonly agent: string;
  readonly user: string | null;
  readonly status: Run['status'];
  readonly implicit: boolean;
  readonly openedAtMs: number;
  readonly version: number;
}

/** Up to 256 neighbouring hashes of one level of the ledger's tree, 32 bytes each, in order. */
export interface HashTile {
  /** Level of the tile: its hashes are roots of perfect subtrees with 256^level leaves. */
  readonly level: number;
  readonly index: number;
  readonly hashes: Uint8Array;
}

export interface KeptPayload {
  /** What it is kept under: whether its bytes fit that is for the reader to see. */
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** What only reads, and works beside the one writer. */
export interface StoreReader extends AsyncDisposable {
  /** The run from its newest snapshot and the events after it; null when there is none. */
  loadRun(run: string): Promise<Run | null>;
  /** Newest first. `before` is the run that the page before ended with. */
  listRuns(filter: {
    readonly agent?: string;
    readonly status?: Run['status'];
    readonly limit: number;
    readonly before?: string;
  }): Promise<readonly RunSummary[]>;
  countRuns(status: Run['status']): Promise<number>;
  /** The newest implicit run of this agent, user and credential, open or not: its labels go on in a successor. */
  findImplicitRun(agent: string, user: string | null, credential: string): Promise<Run | null>;

  /** Sum of amounts drawn at `key` later than `sinceMs` (null: ever), given-back ones left out. A window of 60 s asks for `nowMs - 60_000`. */
  windowSum(key: string, sinceMs: number | null): Promise<number>;
  onceTaken(key: string): Promise<boolean>;
  used(key: string): Promise<boolean>;
  readState(key: string): Promise<JsonValue | undefined>;
  listState(
    prefix: string,
  ): Promise<readonly { readonly key: string; readonly value: JsonValue }[]>;

  /** Calls started and not finished, oldest first. */
  openCalls(limit: number): Promise<readonly OpenCall[]>;

  events(filter: EventFilter): Promise<readonly StoredEvent[]>;
  payload(digest: string): Promise<Uint8Array | null>;
  /** All payloads, a few at a time, in the order in which they were kept: about that of the events that name them. */
  payloads(): AsyncIterable<readonly KeptPayload[]>;
  eventCount(): Promise<number>;
  /** Rows from `fromSeq` on, in order, unread: for the sequencer, and for a verifier that expects the worst. */
  eventRows(fromSeq: number, limit: number): Promise<readonly EventRow[]>;

  /** The newest checkpoint, if it has at least `size` leaves. */
  checkpoint(atLeast?: number): Promise<SignedCheckpoint | null>;
  /** Null when there is none. */
  tile(level: number, index: number): Promise<Uint8Array | null>;
}

export interface SignedCheckpoint {
  readonly size: number;
  readonly note: string;
}

export interface Store extends StoreReader {
  /**
   * Durable when it resolves: a crash afterwards loses nothing. Concurrent commits SHOULD share one sync (group commit),
   * and are folded in the order given. Rejects with {@link StoreError} when the medium fails; from then on every commit
   * MUST reject (a failed sync is never retried as if nothing happened).
   */
  commit(commit: RunCommit): Promise<CommitOutcome>;
  commitGateway(commit: GatewayCommit): Promise<CommitOutcome>;

  /**
   * Appended by the ledger's sequencer, with the tiles that changed since the last one: both or neither.
   * MUST be durable when it resolves. The newest thousand are kept.
   */
  putCheckpoint(
    checkpoint: SignedCheckpoint & { readonly tiles: readonly HashTile[] },
  ): Promise<void>;

  /**
   * Of committed events from `fromSeq` on, their leaf hashes (SHA-256 over a zero byte and the leaf), 32 bytes each: at
   * most `limit`, and only as far as they lie in memory. Empty: read the rows.
   */
  freshLeafHashes(fromSeq: number, limit: number): Uint8Array;

  /** Epoch milliseconds, never decreasing over the store's life, also across a restart and a clock set back. */
  nowMs(): number;
}
