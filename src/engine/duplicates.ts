import { isForgottenHold } from './held.ts';
import type { Held } from './hold.ts';
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

/**
 * The hold that this call repeats: it waits with it, or gets what people said. Of a call that a person changed, what the
 * agent proposed is repeated as well. Whatever its tier: a read that a person was asked about isn't asked about twice.
 */
export function joinableHold(
  run: Pick<Run, 'held' | 'implicit'>,
  digest: string,
  nowMs: number,
): Held | null {
  let found: Held | null = null;
  for (const held of run.held) {
    if (held.digest !== digest && held.editedFrom !== digest) continue;
    if (isForgottenHold(run, held, nowMs)) continue;
    // The newest; but what may still come of one is more than what was said of another.
    if (found === null || isUndecided(held) || !isUndecided(found)) found = held;
  }
  return found;
}

function isUndecided({ state }: Held): boolean {
  return state === 'waiting' || state === 'approved';
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
