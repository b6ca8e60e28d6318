import { limits } from './limits.ts';
import type { CallMemory, Run } from './run.ts';
import { recall } from './run-memory.ts';

/**
 * The earlier call that this one repeats and whose outcome its agent has not had: it gets that outcome, or waits for it,
 * instead of acting a second time. Clients re-issue calls after every broken stream.
 *
 * Reads are simply read again.
 */
export function joinable(
  run: Run,
  digest: string,
  tier: 0 | 1 | 2 | 3,
  nowMs: number,
): CallMemory | null {
  if (tier === 0) return null;
  const memory = remembered(run, digest, nowMs);
  if (memory === null) return null;
  switch (memory.state) {
    case 'started':
    case 'indeterminate':
      return memory;
    case 'completed':
      return memory.delivered ? null : memory;
    case 'failed':
      // It certainly had no effect, or said that it failed: trying again is what one does.
      return null;
  }
}

/** An identical call that completed and whose result was handed over. */
export function deliveredBefore(run: Run, digest: string, nowMs: number): CallMemory | null {
  const memory = remembered(run, digest, nowMs);
  return memory?.state === 'completed' && memory.delivered ? memory : null;
}

function remembered(run: Run, digest: string, nowMs: number): CallMemory | null {
  const memory = recall(run.remembered, digest);
  return memory === undefined || isForgotten(run, memory, nowMs) ? null : memory;
}

/** An implicit run has no end, so its memory has one. */
export function isForgotten(
  { implicit }: Pick<Run, 'implicit'>,
  { state, atMs }: CallMemory,
  nowMs: number,
): boolean {
  return implicit && state !== 'started' && nowMs - atMs >= limits.implicitMemoryMs;
}
