import type { PlanEntry } from '../policy/model.ts';
import type { PastCall } from './exchange.ts';
import type { Held } from './hold.ts';

/** `closing`: closed by its opener while holds are open. No new calls; when the last hold is settled it is closed. */
export type RunStatus = 'open' | 'closing' | 'closed' | 'abandoned';

/**
 * A run as folded from its events: everything stateful hangs on it, and nothing here was read from the policy,
 * so a reload can't change a past. Plain data: it is snapshotted as JSON.
 */
export interface Run {
  readonly id: string;
  /** Number of events folded so far: the `expectedVersion` of the next commit. */
  readonly version: number;
  readonly agent: string;
  readonly user: string | null;
  /** Roles of the user when the run was opened, kept for the record; decisions read the policy's users. */
  readonly implicit: boolean;
  /** Which credential opened it (an opener's) or carries it (an implicit run's): the token's id, never its secret. */
  readonly credential: string;
  readonly parent: string | null;
  readonly case: Readonly<Record<string, string | number | boolean>>;
  readonly request: string | null;
  readonly requestTrusted: boolean;
  /** The opener's narrowing: actions (`upstream.action`) that may be used, and how; null: no narrowing. */
  readonly only: readonly PlanEntry[] | null;
  /** The opener's narrowing of the policy's budget: the smaller of both holds. */
  readonly budget: RunBudget;
  readonly outside: readonly string[];
  readonly dryRun: boolean;
  readonly openedAtMs: number;
  readonly status: RunStatus;
  readonly closedAs: 'success' | 'failure' | null;

  /** Every decided call, denied ones too; joined duplicates not. */
  readonly toolCalls: number;
  /** Reported by opener or agent; they can only grow. */
  readonly steps: number;
  readonly tokens: number;
  readonly costMicroUsd: number;
  readonly model: string | null;
  /** Of an implicit run: when its decided calls were, for the sliding window, oldest first. */
  readonly callTimes: readonly CallMark[];
  /** Of an implicit run: what was reported when, for the same window. At most `usageMemory`; the oldest two are merged. */
  readonly usageTimes: readonly UsageMark[];

  /** The newest calls, oldest first, at most `loopMemory`: for loops. */
  readonly recent: readonly RecentCall[];
  /** Calls at tier >= 1: the newest of each digest, as long as a duplicate of it could matter. */
  readonly remembered: CallMemories;
  /** Calls started and not finished. */
  readonly inFlight: readonly CallUnderWay[];
  /** Tools completed in this run. For `after`. */
  readonly completedTools: readonly string[];
  /** Calls in the order in which they ended, in lists of at most 64: what the run and its children have done and been shown. */
  readonly history: readonly (readonly PastCall[])[];
  /** Something was done or read that `history` doesn't hold. */
  readonly historyLost: boolean;
  /**
   * What asked for it (`hold_next`) last: the call that read it, the child run that did, or `opened`: what the run was
   * opened with. Calls of tier >= 1 wait for a person. Null: nothing, or a person has
   * agreed to a call that it held.
   */
  readonly holdsNext: string | null;
  /** Trust and classes of everything received, with the subjects they are about. Never shrinks. */
  readonly labels: Labels;
  /**
   * What waits for a person, oldest first, and what was answered as long as a repeat may ask about it: rejected or expired,
   * or approved and not begun yet.
   */
  readonly held: readonly Held[];
  /** Since when at least one of them waits; null: none does. Time that a person takes isn't the run's. */
  readonly heldSinceMs: number | null;
  /** How long the run has waited for people before that. */
  readonly heldMs: number;
  /** What people agreed to for the rest of the run (`Ask.remember`). */
  readonly agreed: readonly string[];
  /** What people added to its budget. */
  readonly granted: RunBudget;
}

export type RunBudget = {
  readonly steps?: number;
  readonly toolCalls?: number;
  readonly durationMs?: number;
  readonly tokens?: number;
  readonly costMicroUsd?: number;
};

/** Calls within a second of each other, at the last one's time: counted longer, never shorter. */
export interface CallMark {
  readonly atMs: number;
  readonly sinceMs: number;
  readonly calls: number;
}

export interface UsageMark {
  readonly atMs: number;
  readonly steps: number;
  readonly tokens: number;
  readonly costMicroUsd: number;
}

export interface RecentCall {
  readonly tool: string;
  readonly digest: string;
  /** Digest of what came back; `refused:<code>` when it was refused; null while in flight or unknown, which equals nothing. */
  readonly resultDigest: string | null;
}

export type CallMemory = {
  readonly id: string;
  readonly tool: string;
  readonly digest: string;
  readonly tier: 0 | 1 | 2 | 3;
  readonly atMs: number;
  readonly state: 'started' | 'completed' | 'failed' | 'indeterminate';
  readonly delivered: boolean;
  /** Payload digest of the recorded outcome, to answer a duplicate from; null until finished. */
  readonly outcome: string | null;
  /** The boundary of the frame that it was handed over in; absent: in none. */
  readonly frame?: string;
  /** A person changed the call: the digest under which the same is remembered as well. */
  readonly twin?: string;
};

export type CallUnderWay = {
  readonly id: string;
  readonly tool: string;
  readonly digest: string;
  readonly tier: 0 | 1 | 2 | 3;
  readonly atMs: number;
  /** Payload digest. */
  readonly arguments: string;
  readonly seenByAgent: boolean;
  /** Digest of what the agent proposed, where a person changed it. */
  readonly editedFrom?: string;
};

/**
 * By digest, in lists that are short however many calls there are, so that remembering one more copies little. Empty until
 * there is one. `recall`, `keep`, `drop` and `everyCall` (run-memory.ts) know which list is whose.
 */
export type CallMemories = readonly (readonly CallMemory[])[];

export type Labels = {
  readonly trust: 'trusted' | 'untrusted';
  readonly classes: readonly string[];
  readonly subjects: readonly string[];
};

export type CaseValues = Readonly<Record<string, string | number | boolean>>;
