/**
 * What the main thread sends the writing one: a group of steps, in one buffer: as JSON, with every leaf and payload behind one
 * another. Both threads pay for each object that is cloned, a buffer costs next to nothing; and as it is, it goes to the journal.
 */
import type { Reservation } from '../../engine/decision.ts';
import type { RunStatus } from '../../engine/run.ts';
import type { StoreErrorCode } from '../errors.ts';
import type { FilePlace } from './place.ts';

export type Step = CommitStep | CheckpointStep;

export interface CommitStep {
  readonly type: 'commit';
  /** Null for a commit of the gateway's own. */
  readonly run: RunStep | null;
  /** Never before an earlier step's. */
  readonly atMs: number;
  /** The run's come first. */
  readonly events: readonly EventStep[];
  readonly reservations: readonly Reservation[];
  readonly call: string | null;
  readonly releases: readonly string[];
  readonly marks: readonly string[];
  readonly writes: readonly WriteStep[];
  readonly payloads: readonly { readonly digest: string; readonly bytes: number }[];
}

export interface RunStep {
  readonly id: string;
  readonly expectedVersion: number;
  readonly version: number;
  readonly status: RunStatus;
  /** For the commit that opens the run. */
  readonly opened: {
    readonly agent: string;
    readonly user: string | null;
    readonly credential: string;
    readonly implicit: boolean;
    readonly atMs: number;
  } | null;
  /** Of the folded run as JSON, when it is due. It lies behind the leaves. */
  readonly snapshotBytes: number | null;
}

export interface EventStep {
  readonly type: string;
  readonly atMs: number;
  readonly agent: string | null;
  readonly tool: string | null;
  /** The call that begins or ends with it. */
  readonly call: string | null;
  /** Of the leaf and the zero byte before it, which RFC 6962 hashes with it. */
  readonly leafBytes: number;
}

export interface WriteStep {
  readonly key: string;
  /** RFC 8785 form; null deletes. */
  readonly value: string | null;
  /** RFC 8785 form; null: there must be none. */
  readonly expect?: string | null;
}

export interface CheckpointStep {
  readonly type: 'checkpoint';
  readonly size: number;
  readonly note: string;
  readonly tiles: readonly {
    readonly level: number;
    readonly index: number;
    readonly bytes: number;
  }[];
}

export type StepOutcome =
  | {
      readonly type: 'committed';
      readonly firstSeq: number;
      /** What the released calls had drawn. */
      readonly givenBack: readonly DrawnBack[];
    }
  | { readonly type: 'conflict' }
  /** Which of the reservations failed, by their place. */
  | { readonly type: 'refused'; readonly failed: readonly number[] };

export interface DrawnBack {
  readonly key: string;
  readonly atMs: number;
  readonly amount: number;
}

/** What a group says of its parts, as JSON. */
export interface GroupSteps {
  /** Whose the calls are that it begins. */
  readonly leaseOwner: string;
  readonly steps: readonly Step[];
}

export interface GroupMessage {
  readonly type: 'group';
  /** Room for the journal's header, then {@link GroupSteps}, then every leaf and payload. */
  readonly buffer: ArrayBuffer;
  readonly stepsBytes: number;
  /** Of all three. */
  readonly bytes: number;
}

/** Null: the group before was the last one. */
export type WriterMessage = GroupMessage | { readonly type: 'flush' } | null;

export type WriterAnswer = GroupWritten | Flushed | WriterFailed;

/** All that was answered before is in the database. */
export interface Flushed {
  readonly type: 'flushed';
}

export interface GroupWritten {
  readonly type: 'written';
  readonly outcomes: readonly StepOutcome[];
  /** Of the group's events, 32 bytes each, from `firstSeq` on. */
  readonly leafHashes: Uint8Array;
  readonly firstSeq: number;
  /** Of the group, for the next one. */
  readonly buffer: ArrayBuffer;
}

export interface WriterFailed {
  readonly type: 'failed';
  readonly code: StoreErrorCode;
  readonly message: string;
  readonly hint: string | null;
}

export interface WriterStart {
  readonly database: string;
  readonly journal: string;
  readonly places: readonly FilePlace[];
}
