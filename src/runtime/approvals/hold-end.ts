import type { Decision } from '../../engine/decision.ts';
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
