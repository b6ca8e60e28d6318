/** What becomes of holds whose run ends: nothing that people were asked about happens after it. */
import type { RunEvent } from '../../engine/events.ts';
import type { Held } from '../../engine/hold.ts';
import type { Run } from '../../engine/run.ts';
import type { StateWrite } from '../../store/port.ts';
import { plainRefusal } from '../refusals.ts';
import { isOpen, ofRun, settledEvent } from './hold-events.ts';
import { holdDeleted } from './hold-state.ts';
import type { OpenHolds } from './open-holds.ts';

export interface Withdrawal {
  readonly held: readonly Held[];
  readonly events: readonly RunEvent[];
  readonly writes: readonly StateWrite[];
}

/** Of the holds of a run that `goes` says, or all: for the commit that ends them. */
export function withdrawalOf(
  run: Run,
  why: string,
  { policy, atMs }: { readonly policy: string; readonly atMs: number },
  goes: (held: Held) => boolean = () => true,
): Withdrawal {
  const held = run.held.filter((one) => isOpen(one) && goes(one));
  return {
    held,
    events: held.map((one) =>
      settledEvent(ofRun(run, policy, atMs), one, { outcome: 'withdrawn', by: [], why }),
    ),
    writes: held.map(({ id }) => holdDeleted(id)),
  };
}

/** The same is now written. */
export function withdrawn(holds: OpenHolds, run: string, held: readonly Held[]): void {
  for (const { id } of held) {
    const hold = holds.get(id);
    if (hold !== undefined)
      holds.remove(hold, 'withdrawn', {
        type: 'refused',
        refusal: plainRefusal('identity.run_closed', id, run),
      });
  }
}
