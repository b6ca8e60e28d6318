export type RunStatus = 'open' | 'closed' | 'abandoned';

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
  /** The opener's narrowing: actions (`upstream.action`) that may be used; null: no narrowing. */
  readonly only: readonly string[] | null;
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
  /** Of an implicit run: when each decided call was, for the sliding window. Bounded by the run's 10,000 calls. */
  readonly callTimesMs: readonly number[];
  /** Of an implicit run: what was reported when, for the same window. At most `usageMemory`; the oldest two are merged. */
  readonly usageTimes: readonly UsageMark[];

  /** The newest calls, oldest first, at most `loopMemory`: for loops. */
  readonly recent: readonly RecentCall[];
  /** Calls at tier >= 1 by digest: the newest with that digest, as long as a duplicate of it could matter. */
  readonly byDigest: Readonly<Record<string, CallMemory>>;
  /** Calls started and not finished, by call id. */
  readonly inFlight: Readonly<Record<string, CallMemory>>;
  /** Tools completed in this run. For `after`. */
  readonly completedTools: readonly string[];
  /** Trust and classes of everything received, with the subjects they are about. Never shrinks. */
  readonly labels: Labels;
}

export type RunBudget = {
  readonly steps?: number;
  readonly toolCalls?: number;
  readonly durationMs?: number;
  readonly tokens?: number;
  readonly costMicroUsd?: number;
};

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
};

export type Labels = {
  readonly trust: 'trusted' | 'untrusted';
  readonly classes: readonly string[];
  readonly subjects: readonly string[];
};

export type CaseValues = Readonly<Record<string, string | number | boolean>>;
