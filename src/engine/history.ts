/** What a run has done and been shown, as far back as its later calls look: bounded, and what is lost is said to be. */
import type { PastCall } from './exchange.ts';
import { limits } from './limits.ts';
import type { Run } from './run.ts';

type Remembered = Pick<Run, 'history' | 'historyLost'>;

/** The oldest list goes when there are too many: a run that has lost something may be permitted less, never more. */
export function withCall({ history, historyLost }: Remembered, call: PastCall): Remembered {
  const last = history.at(-1);
  if (last !== undefined && last.length < limits.historyListMax)
    return { history: history.with(-1, [...last, call]), historyLost };
  if (history.length < limits.historyCallsMax / limits.historyListMax)
    return { history: [...history, [call]], historyLost };
  return { history: [...history.slice(1), [call]], historyLost: true };
}

/** What a child read is its parent's from here on. It may return more than once: a call may end after its run. */
export function withReturned(
  run: Remembered,
  returned: readonly PastCall[],
  lost: boolean,
): Remembered {
  const known = new Set(run.history.flatMap((list) => list.map(({ call }) => call)));
  return returned
    .filter(({ call }) => !known.has(call))
    .reduce<Remembered>(withCall, {
      history: run.history,
      historyLost: run.historyLost || lost,
    });
}

/** What a run that has ended leaves to the one above it. */
export function returnedHistory(run: Remembered): {
  readonly history: readonly PastCall[];
  readonly historyLost: boolean;
} {
  const all = run.history.flat();
  const history = all.slice(-limits.returnedCallsMax);
  return { history, historyLost: run.historyLost || history.length < all.length };
}
