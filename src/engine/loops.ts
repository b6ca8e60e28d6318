import type { LoopLimits } from '../policy/model.ts';
import type { Context } from './context.ts';
import type { Finding } from './decision.ts';
import { deny } from './findings.ts';
import { limits } from './limits.ts';
import type { RecentCall, Run } from './run.ts';

/** An agent that goes round in circles: a runaway loop costs money and, with tools that act, harm. */
export function loops({ run, reading, tool }: Context, loop: LoopLimits): readonly Finding[] {
  if (tool === null || reading?.ok !== true) return [];
  const { digest } = reading.read;
  const findings: Finding[] = [];
  if (repeatsCall(run, digest, loop.sameCall))
    findings.push(deny('limits', 'limits.same_call', { max: loop.sameCall }));
  if (repeatsTool(run, tool.name, loop.sameTool))
    findings.push(deny('limits', 'limits.same_tool', { max: loop.sameTool }));
  const length = [2, 3, 4].find((candidate) => repeatsCycle(run, digest, candidate, loop.cycle));
  if (length !== undefined)
    findings.push(deny('limits', 'limits.cycle', { max: loop.cycle, length }));
  return findings;
}

/** Equal calls in a row with an equal result. One whose result isn't known yet equals nothing. */
function repeatsCall(run: Run, digest: string, max: number): boolean {
  // Refused for this already, and nothing else was done since: a refusal in between is no way to start counting anew.
  const before = run.recent.at(-1);
  if (before?.digest === digest && before.resultDigest === refusedForRepeating) return true;
  const last = newest(run, max, 1);
  const result = last?.[0]?.resultDigest ?? null;
  if (last === null || result === null) return false;
  return last.every((call) => call.digest === digest && call.resultDigest === result);
}

const refusedForRepeating = 'refused:limits.same_call';

function repeatsTool(run: Run, tool: string, max: number): boolean {
  return newest(run, max, 1)?.every((call) => call.tool === tool) === true;
}

/** The last calls are `times` rounds of one cycle, and this call begins another. */
function repeatsCycle(run: Run, digest: string, length: number, times: number): boolean {
  const rounds = newest(run, length * times, length);
  if (rounds?.[0]?.digest !== digest) return false;
  // One call over and over is no cycle: polling is judged by its results.
  if (rounds.every((call) => call.digest === digest)) return false;
  return rounds.every((call, index) => call.digest === rounds[index % length]?.digest);
}

/**
 * The last `count` calls; null: there weren't so many. Of a count beyond what is remembered, the whole rounds of
 * `length` that are.
 */
function newest(
  { recent, toolCalls }: Run,
  count: number,
  length: number,
): readonly RecentCall[] | null {
  if (count < 1 || toolCalls < count) return null;
  const wanted =
    count <= limits.loopMemory ? count : limits.loopMemory - (limits.loopMemory % length);
  return recent.length < wanted ? null : recent.slice(-wanted);
}
