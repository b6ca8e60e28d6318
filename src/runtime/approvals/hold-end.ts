import type { FindingCode } from '../../engine/codes.ts';
import type { Decision } from '../../engine/decision.ts';
import type { Held } from '../../engine/hold.ts';
import type { CallMemory } from '../../engine/run.ts';
import type { Settled } from '../attempt.ts';
import type { Refusal } from '../port.ts';

/** What came of a hold, for everybody who waits for it. */
export type HoldEnd =
  | {
      readonly type: 'performed';
      readonly settled: Settled;
      readonly decision: Decision | null;
      readonly outcome: Pick<CallMemory, 'id' | 'digest' | 'tier'>;
    }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  /** Nobody has to agree any more: whoever still waits is decided like anybody who comes now. */
  | { readonly type: 'unneeded' };

/** What an agent is told of a hold that nobody agreed to. Of a result: what it was told before, for nothing has changed. */
export function refusalCodeOf({ of, state }: Pick<Held, 'of' | 'state'>): FindingCode {
  if (of === 'result') return 'outputs.injection';
  return state === 'expired' ? 'approval.expired' : 'approval.rejected';
}

/** A result that people released is handed over once, whatever its tier: told like the outcome of an act. */
export function releasedOutcome({
  id,
  digest,
  tier,
}: Pick<Held, 'id' | 'digest' | 'tier'>): Pick<CallMemory, 'id' | 'digest' | 'tier'> {
  return { id, digest, tier: tier === 0 ? 1 : tier };
}
