import type { EventRow } from '../../src/edges/console/views.ts';

/** A line of the ledger as the console gets it: of a run's event about which there is nothing more to say. */
export function eventRow(given: Pick<EventRow, 'seq' | 'type'> & Partial<EventRow>): EventRow {
  return {
    atMs: 0,
    run: null,
    agent: null,
    user: null,
    call: null,
    tool: null,
    outcome: null,
    codes: [],
    durationMs: null,
    costMicroUsd: null,
    trust: null,
    classes: [],
    budgetLeft: null,
    sealed: false,
    ...given,
  };
}
