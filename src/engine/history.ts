/** What a run has done and been shown, as far back as its later calls look: bounded, and what is lost is said to be. */
import type { Exchange, PastCall } from './exchange.ts';
import { limits } from './limits.ts';
import type { CallUnderWay, Run } from './run.ts';

type Remembered = Pick<Run, 'history' | 'historyLost'>;

/** The oldest list goes when there are too many: a run that has lost something may be permitted less, never more. */
export function withCall({ history, historyLost }: Remembered, call: PastCall): Remembered {
  const last = history.at(-1);
  if (last !== undefined && last.length < limits.historyListMax)
    // Not spread: what is spread is copied, and copied again into a list with room for more.
    return { history: history.with(-1, last.concat([call])), historyLost };
  if (history.length < limits.historyCallsMax / limits.historyListMax)
    return { history: [...history, [call]], historyLost };
  return { history: [...history.slice(1), [call]], historyLost: true };
}

/** The same without one call, which has another place now. */
export function withoutPast({ history, historyLost }: Remembered, call: string): Remembered {
  return {
    history: history.map((list) =>
      list.some((one) => one.call === call) ? list.filter((one) => one.call !== call) : list,
    ),
    historyLost,
  };
}

export function pastOf({ history }: Pick<Run, 'history'>, call: string): PastCall | null {
  return history.flat().findLast((one) => one.call === call) ?? null;
}

/** What a child read is its parent's from here on. It may return more than once: a call may end after its run. */
export function withReturned(
  run: Remembered,
  returned: readonly PastCall[],
  lost: boolean,
): Remembered {
  const known = new Map(run.history.flat().map((past) => [past.call, past.released]));
  return returned
    .filter(({ call, released }) => !known.has(call) || known.get(call) !== released)
    .reduce<Remembered>(
      // Known already: what was withheld of it was released since.
      (before, past) =>
        withCall(known.has(past.call) ? withoutPast(before, past.call) : before, past),
      { history: run.history, historyLost: run.historyLost || lost },
    );
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

/** What one run and each above it remember, as far as a decision looks at it. */
export type Held = Pick<Run, 'history' | 'inFlight'>;

/** Equal lists are the same list: a run that was folded on shares what didn't change. */
export function isSameHistory(a: Held, b: Held): boolean {
  if (a.history !== b.history) return false;
  if (a.inFlight === b.inFlight) return true;
  const [before, now] = [acting(a), acting(b)];
  return before.length === now.length && before.every(({ id }, at) => id === now[at]?.id);
}

/** What may be happening at this moment to what a call names. A read changes nothing, and shows nothing until it ends. */
export function acting({ inFlight }: Held): readonly CallUnderWay[] {
  return inFlight.filter(({ tier }) => tier > 0);
}

export function asPastCall({ id, atMs, ...call }: CallUnderWay): PastCall {
  return {
    call: id,
    tool: call.tool,
    tier: call.tier,
    sinceMs: atMs,
    atMs: Number.MAX_SAFE_INTEGER,
    completed: false,
    seenByAgent: call.seenByAgent,
    arguments: call.arguments,
    released: null,
    shown: null,
    trust: 'trusted',
  };
}

/**
 * In the order in which calls ended. Those that ended together stay as they were remembered.
 *
 * @param from - those before it are in order already.
 */
export function inOrder(exchanges: readonly Exchange[], from: number = 0): readonly Exchange[] {
  let latest = exchanges[from - 1]?.past.atMs ?? 0;
  for (let at = from; at < exchanges.length; at += 1) {
    const atMs = exchanges[at]?.past.atMs ?? 0;
    if (atMs < latest) return exchanges.toSorted((a, b) => a.past.atMs - b.past.atMs);
    latest = atMs;
  }
  return exchanges;
}
