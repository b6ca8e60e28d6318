/** Requests that wait for people, each as long as it was told to. */
import type { HoldEnd } from './hold-end.ts';
import type { OpenHold, Waiter } from './open-holds.ts';

/** The longest time that a timer of the platform counts. */
const timerMsMax = 2_147_483_647;

export class Waiting {
  readonly #wakes = new Set<() => void>();
  #stopped = false;

  /**
   * What comes of it, or null when patience is over; a call that is being performed by then is waited for.
   *
   * @param patienceMs - infinite: as long as it takes.
   */
  async until(
    hold: OpenHold,
    { signal, onProgress }: Omit<Waiter, 'wake'>,
    patienceMs: number,
  ): Promise<HoldEnd | null> {
    const over = Promise.withResolvers<void>();
    const wake = (): void => over.resolve();
    const timer = Number.isFinite(patienceMs)
      ? setTimeout(wake, Math.min(Math.max(0, patienceMs), timerMsMax))
      : undefined;
    // Taken off again with everything that it keeps: an agent may ask a thousand times a minute.
    const waiter: Waiter = { signal, onProgress, wake };
    if (this.#stopped || hold.ending !== null) wake();
    this.#wakes.add(wake);
    hold.waiters.add(waiter);
    try {
      await over.promise;
      if (hold.ending === null) await hold.performing;
      return hold.ending;
    } finally {
      clearTimeout(timer);
      this.#wakes.delete(wake);
      hold.waiters.delete(waiter);
    }
  }

  /** The gateway goes: what waits will still wait when it comes back, and its requests are told so now. */
  stop(): void {
    this.#stopped = true;
    for (const wake of this.#wakes) wake();
  }
}
