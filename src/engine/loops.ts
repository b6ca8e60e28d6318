import type { LoopLimits } from '../policy/model.ts';
import type { Context } from './context.ts';
import type { Finding } from './decision.ts';
import { deny } from './findings.ts';
import { limits } from './limits.ts';
import type { RecentCall } from './run.ts';

/** An agent that goes round in circles: a runaway loop costs money and, with tools that act, harm. */
export function loops({ run, reading, tool }: Context, loop: LoopLimits): readonly Finding[] {
  if (tool === null || reading?.ok !== true) return [];
  const { recent } = run;
  const { digest } = reading.read;
  const findings: Finding[] = [];
  if (repeatsCall(recent, digest, loop.sameCall))
    findings.push(deny('limits', 'limits.same_call', { max: loop.sameCall }));
  if (repeatsTool(recent, tool.name, loop.sameTool))
    findings.push(deny('limits', 'limits.same_tool', { max: loop.sameTool }));
  const length = [2, 3, 4].find((candidate) => repeatsCycle(recent, digest, candidate, loop.cycle));
  if (length !== undefined)
    findings.push(deny('limits', 'limits.cycle', { max: loop.cycle, length }));
  return findings;
}

/** Equal calls in a row with an equal result. One whose result isn't known yet equals nothing. */
function repeatsCall(recent: readonly RecentCall[], digest: string, max: number): boolean {
  const last = newest(recent, max);
  const result = last?.[0]?.resultDigest ?? null;
  return (
    result !== null &&
    last?.every((call) => call.digest === digest && call.resultDigest === result) === true
  );
}

function repeatsTool(recent: readonly RecentCall[], tool: string, max: number): boolean {
  return newest(recent, max)?.every((call) => call.tool === tool) === true;
}

/** The last calls are `times` rounds of one cycle, and this call begins another. */
function repeatsCycle(
  recent: readonly RecentCall[],
  digest: string,
  length: number,
  times: number,
): boolean {
  const rounds = newest(recent, length * times);
  if (rounds?.[0]?.digest !== digest) return false;
  // One call over and over is no cycle: polling is judged by its results.
  if (rounds.every((call) => call.digest === digest)) return false;
  return rounds.every((call, index) => call.digest === rounds[index % length]?.digest);
}

/** Null: fewer calls than that so far. A limit beyond what is remembered stops at what is remembered. */
function newest(recent: readonly RecentCall[], count: number): readonly RecentCall[] | null {
  const wanted = Math.min(count, limits.loopMemory);
  return wanted > 0 && recent.length >= wanted ? recent.slice(-wanted) : null;
}
