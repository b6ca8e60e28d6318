/** What a run remembers of its calls and reports: bounded, and never so that a limit would count less for it. */
import { limits } from './limits.ts';
import type { CallMark, CallMemories, CallMemory, RecentCall, UsageMark } from './run.ts';

/** The oldest two become one at the later's time: counted longer, never shorter. */
export function mergedTail(marks: readonly UsageMark[]): readonly UsageMark[] {
  const [first, second, ...rest] = marks;
  if (marks.length <= limits.usageMemory || first === undefined || second === undefined)
    return marks;
  const merged: UsageMark = {
    atMs: second.atMs,
    steps: first.steps + second.steps,
    tokens: first.tokens + second.tokens,
    costMicroUsd: first.costMicroUsd + second.costMicroUsd,
  };
  return [merged, ...rest];
}

export function remember(recent: readonly RecentCall[], call: RecentCall): readonly RecentCall[] {
  // Not spread: what is spread is copied into a list that is then made larger for what comes behind it.
  const before = recent.length < limits.loopMemory ? recent : recent.slice(1 - limits.loopMemory);
  return before.concat([call]);
}

/** The newest call of that digest whose result isn't known yet. */
export function withResult(
  recent: readonly RecentCall[],
  digest: string,
  resultDigest: string | null,
): readonly RecentCall[] {
  const index = recent.findLastIndex(
    (call) => call.digest === digest && call.resultDigest === null,
  );
  return index < 0
    ? recent
    : recent.with(index, {
        ...recent[index],
        tool: recent[index]?.tool ?? '',
        digest,
        resultDigest,
      });
}

/** Calls this close together are one mark of the sliding window. */
const markMs = 1_000;

export function marked(marks: readonly CallMark[], atMs: number): readonly CallMark[] {
  const last = marks.at(-1);
  if (last === undefined || atMs - last.sinceMs >= markMs)
    return [...marks, { atMs, sinceMs: atMs, calls: 1 }];
  return marks.with(-1, { ...last, atMs, calls: last.calls + 1 });
}

const lists = 256;

export function recall(memories: CallMemories, digest: string): CallMemory | undefined {
  return memories[listOf(digest)]?.find((memory) => memory.digest === digest);
}

/** In place of what was known of that digest. `isStale` says what in its list may go meanwhile. */
export function keep(
  memories: CallMemories,
  memory: CallMemory,
  isStale: (memory: CallMemory) => boolean,
): CallMemories {
  const all = memories.length === 0 ? Array.from({ length: lists }, () => []) : memories;
  const index = listOf(memory.digest);
  const others = (all[index] ?? []).filter(
    (known) => known.digest !== memory.digest && !isStale(known),
  );
  return all.with(index, [...others, memory]);
}

export function drop(memories: CallMemories, digest: string): CallMemories {
  const index = listOf(digest);
  const list = memories[index];
  return list === undefined
    ? memories
    : memories.with(
        index,
        list.filter((known) => known.digest !== digest),
      );
}

export function everyCall(memories: CallMemories): readonly CallMemory[] {
  return memories.flat();
}

/** By its last two hexadecimal digits. Whatever else stands there has a list as well. */
function listOf(digest: string): number {
  return 16 * digitAt(digest, digest.length - 2) + digitAt(digest, digest.length - 1);
}

function digitAt(digest: string, at: number): number {
  const unit = digest.charCodeAt(at);
  return ((unit & 15) + 9 * (unit >> 6)) & 15;
}
