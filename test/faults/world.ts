/**
 * What a rig knows of a run of its, from outside: what the upstream counted, what clients were told, what was copied
 * away, and the store as it lies there.
 *
 * A rig fills a {@link World} and calls `check` of `checker.ts`. It has to see to it that
 * - `effects` holds every effect at tier >= 1, counted where it happens and before the upstream answers;
 * - the arguments of such a call name their run (an `id` that no other run uses): that is how an effect finds its intent;
 * - an argument of kind `idempotency_key` is left out of an effect's `args`: it isn't part of what was decided;
 * - every `atNs` is `process.hrtime.bigint()`, which all processes of a machine share and no clock change moves.
 */
import { canonicalJson } from '../../src/content/json.ts';
import type { JsonObject } from '../../src/content/value.ts';
import type { Labels } from '../../src/engine/run.ts';
import type { StoreReader } from '../../src/store/port.ts';

/** Something that happened at an upstream, at tier >= 1. */
export interface Effect {
  /** As the policy names it: `upstream.tool`. */
  readonly tool: string;
  readonly args: JsonObject;
  readonly atNs: bigint;
}

export type Answer =
  /** The client read the whole result. `call` and `run` are those of `_meta["dev.sallyport/decision"]`. */
  | {
      readonly type: 'result';
      readonly run: string;
      readonly call: string;
      readonly tool: string;
      readonly args: JsonObject;
      readonly isError: boolean;
      /** What the policy says of results of this tool: the run has to bear at least these from then on. */
      readonly labels: Labels;
      readonly atNs: bigint;
    }
  /** Refused, with a call's id: the refusal has to be on record. */
  | { readonly type: 'refused'; readonly call: string; readonly code: string }
  /** The client left by itself: the gateway may rightly believe that it had the outcome. */
  | {
      readonly type: 'left';
      readonly tool: string;
      readonly args: JsonObject;
      readonly atNs: bigint;
    };

export interface RunStep {
  readonly run: string;
  readonly type: 'run.usage' | 'run.closed';
}

/** What a person was told that counts. */
export interface Approval {
  readonly call: string;
  readonly answer: 'approve' | 'reject';
}

export interface World {
  readonly effects: readonly Effect[];
  readonly answers: readonly Answer[];
  /** Ids of runs whose opening was acknowledged. */
  readonly runs: readonly string[];
  /** Other steps of a run that were acknowledged: each has an event of its own. */
  readonly steps?: readonly RunStep[];
  /** Answers of people that were acknowledged. */
  readonly approvals?: readonly Approval[];
  /** Signed checkpoints, as they were copied out of the data directory at any time. */
  readonly checkpoints: readonly string[];
  /** Ids of calls whose refusal lies in the spool still. */
  readonly spooled: readonly string[];
  readonly store: StoreReader;
  readonly vkey: string;
  /**
   * `killed`: nothing of what was under way has been recovered. `recovered`: a gateway has started since and ended what
   * it found open. `stopped`: and ended in order, so that everything is sealed too.
   */
  readonly state: 'killed' | 'recovered' | 'stopped';
}

export type Invariant =
  /** What a client was told is in the ledger, and the ledger is whole. */
  | 'acknowledged'
  /** No effect without a durable start. */
  | 'intent'
  /** No second effect of one (run, tool, digest) before the outcome of the first was delivered. */
  | 'once'
  /** What waited for people began only as they agreed, and is asked as long as nothing has come of it. */
  | 'agreed'
  /** A run's labels and counts, and shared counters, are no less than what was released. */
  | 'released'
  /** What nobody can know is `indeterminate`, with an alert; nothing is claimed that didn't happen, nor denied that did. */
  | 'unknown'
  /** What was signed once is never contradicted. */
  | 'checkpoint'
  /** Time never decreases within a run. */
  | 'time'
  /** A gateway starts over whatever it finds, serves, and ends when it is told. Rigs see to that, not the checker. */
  | 'served';

export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
}

/** What was asked: the tool, and its arguments without the key that each call has of its own. */
export function whatOf(tool: string, args: JsonObject): string {
  return `${tool} ${canonicalJson(args)}`;
}
