/** The events of people's answers, and of the ends of holds. */
import type { RunEvent } from '../../engine/events.ts';
import type { Held } from '../../engine/hold.ts';
import type { Run } from '../../engine/run.ts';
import type { ApproverPrincipal } from '../../identity/principal.ts';
import { StoreError } from '../../store/errors.ts';

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
type OfRun = Pick<RunEvent, 'v' | 'atMs' | 'run' | 'agent' | 'user' | 'policy'>;

export function ofRun(run: Run, policy: string, atMs: number): OfRun {
  return { v: 1, atMs, run: run.id, agent: run.agent, user: run.user, policy };
}

export function answeredEvent(
  of: OfRun,
  { id, digest }: Held,
  { user, credential, signedInAtMs }: ApproverPrincipal,
  said: Pick<Of<'approval.answered'>, 'answer' | 'asks' | 'reason'>,
): Of<'approval.answered'> {
  return {
    ...of,
    type: 'approval.answered',
    call: id,
    digest,
    by: user,
    credential,
    signedInAtMs,
    ...said,
  };
}

export function settledEvent(
  fields: OfRun,
  { id, digest, of }: Held,
  ended: Pick<Of<'approval.settled'>, 'outcome' | 'by' | 'why'>,
): Of<'approval.settled'> {
  return { ...fields, type: 'approval.settled', call: id, digest, of, ...ended };
}

/** Waits for people, or they agreed and nothing has come of it yet. A result that they released is the run's own. */
export function isOpen({ of, state }: Held): boolean {
  return state === 'waiting' || (of === 'call' && state === 'approved');
}

/** The hold of this call in its run. @throws {StoreError} when there is none. */
export function heldIn({ held }: Pick<Run, 'held'>, call: string): Held {
  const found = held.find(({ id, of }) => id === call && of === 'call');
  if (found === undefined) throw new StoreError('store.corrupt', 'a hold is not in its run');
  return found;
}
