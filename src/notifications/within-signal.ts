import { DeliveryError } from './delivery.ts';

/**
 * One try after the other, none waited for beyond its signal. Not everything can be cut short: a secret's file on a server
 * that went away holds a thread of this process for as long as it likes. Such a one is not begun again beside itself, or
 * the retries of one channel would take every thread there is.
 */
export class WithinSignal {
  #underWay: Promise<void> | null = null;

  /** @throws {DeliveryError} `timeout`, or whatever the work throws. */
  async run(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
    const cut = Promise.withResolvers<never>();
    const abort = (): void => cut.reject(new DeliveryError('timeout', { again: true }));
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      await Promise.race([cut.promise, this.#underWay]);
      const begun = work();
      const over = (): void => {
        this.#underWay = null;
      };
      this.#underWay = begun.then(over, over);
      await Promise.race([begun, cut.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }
}
