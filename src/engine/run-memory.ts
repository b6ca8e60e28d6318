/** What a run remembers of its calls and reports: bounded, and never so that a limit would count less for it. */
import { limits } from './limits.ts';
import type { CallMemory, RecentCall, UsageMark } from './run.ts';

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
  return [...recent, call].slice(-limits.loopMemory);
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

/**
 * Drops what no duplicate can ask about any more: a delivered or failed call at tier 1, of which only the newest matter in
 * case their client turns out to have gone, and in an implicit run what is older than its memory. By age and id, not by
 * the order of keys: a snapshot sorts them.
 */
export function forget(
  byDigest: Readonly<Record<string, CallMemory>>,
  implicit: boolean,
  nowMs: number,
): Readonly<Record<string, CallMemory>> {
  const all = Object.values(byDigest);
  const stale = implicit
    ? all.filter(
        (memory) => memory.state !== 'started' && nowMs - memory.atMs >= limits.implicitMemoryMs,
      )
    : [];
  const settled = all.filter(
    (memory) =>
      memory.state === 'failed' ||
      (memory.tier === 1 && memory.state === 'completed' && memory.delivered),
  );
  const old =
    settled.length <= 2 * limits.deliveredMemory
      ? []
      : settled
          .sort((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1))
          .slice(0, settled.length - limits.deliveredMemory);
  if (stale.length === 0 && old.length === 0) return byDigest;
  const dropped = new Set([...stale, ...old].map((memory) => memory.digest));
  return Object.fromEntries(Object.entries(byDigest).filter(([digest]) => !dropped.has(digest)));
}
