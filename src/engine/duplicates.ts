import { limits } from './limits.ts';
import type { CallMemory, Run } from './run.ts';

/**
 * The earlier call that this one repeats and whose outcome its agent has not had: it gets that outcome, or waits for it,
 * instead of acting a second time. Clients re-issue calls after every broken stream.
 *
 * Reads are simply read again.
 */
export function joinable(run: Run, digest: string, tier: 0 | 1 | 2 | 3): CallMemory | null {
  if (tier === 0) return null;
  const memory = remembered(run, digest);
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
  const memory = remembered(run, digest);
  if (memory?.state !== 'completed' || !memory.delivered) return null;
  // An implicit run has no end, so its memory has one.
  if (run.implicit && nowMs - memory.atMs >= limits.implicitMemoryMs) return null;
  return memory;
}

function remembered(run: Run, digest: string): CallMemory | null {
  return Object.hasOwn(run.byDigest, digest) ? (run.byDigest[digest] ?? null) : null;
}
