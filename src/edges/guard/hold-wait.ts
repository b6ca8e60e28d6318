/** A call that may wait for a person for as long as it takes, in a program that waits with it. */
import type { CallAnswer, ClientSignal, HoldTicket } from '../../runtime/port.ts';

/** Nothing happens then: it is only there. */
const aliveMs = 3_600_000;

export const neverAborted: AbortSignal = new AbortController().signal;

/**
 * @param call - makes it. Its caller has gone when `heard` is aborted: while a person is asked, that ends the wait. What is
 *   agreed to afterwards is the outcome of the same call made again.
 * @throws the signal's reason.
 */
export async function waitForPeople(
  signal: AbortSignal | undefined,
  call: (heard: ClientSignal, patienceMs: (hold: HoldTicket) => number) => Promise<CallAnswer>,
): Promise<CallAnswer> {
  const heard = signal ?? neverAborted;
  const { promise, resolve, reject } = Promise.withResolvers<CallAnswer | null>();
  const leave = (): void => resolve(null);
  let alive: NodeJS.Timeout | null = null;
  const answered = call(heard, () => {
    // Without it a program that does nothing else would end, in silence, in the middle of its call.
    alive ??= setInterval(() => undefined, aliveMs);
    if (heard.aborted) leave();
    else heard.addEventListener('abort', leave, { once: true });
    return Number.POSITIVE_INFINITY;
  });
  answered.then(resolve, reject);
  try {
    const answer = await promise;
    if (answer !== null) return answer;
  } finally {
    heard.removeEventListener('abort', leave);
    if (alive !== null) clearInterval(alive);
  }
  // Whatever comes of it reached nobody. Where that can't be written down either, a repeat of the call still gets it.
  answered
    .then((late) => (late.type === 'result' ? late.released(false) : undefined))
    .catch(() => undefined);
  throw heard.reason;
}
