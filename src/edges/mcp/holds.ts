import type { UsedStates } from './used-states.ts';

/** What a gateway gives the wire for its held calls. */
export interface HoldsOnTheWire {
  /** Our page about a hold, where a person has to sign in; null: there is none. */
  readonly page: (hold: string) => string | null;
  readonly usedStates: UsedStates;
  /** Calls back with the id of each hold that is settled. @returns what stops it. */
  readonly onSettled: (listener: (hold: string) => void) => () => void;
  readonly nowMs: () => number;
}
