/**
 * How often somebody may try to sign in with what is no token of theirs. Whoever has a good one is never counted nor kept
 * waiting: else a stranger's failures, from behind the same proxy, would keep everybody out who has something to answer.
 * Nothing of it is kept: a restart forgets, and a token can't be guessed.
 */
import { consoleLimits } from './limits.ts';

interface Attempts {
  sinceMs: number;
  count: number;
}

export class SignInLimits {
  readonly #nowMs: () => number;
  readonly #byAddress = new Map<string, Attempts>();
  readonly #others: Attempts = { sinceMs: 0, count: 0 };
  readonly #all: Attempts = { sinceMs: 0, count: 0 };

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Counts the failure. @returns seconds to wait before the next; null: it may be made at once. */
  failed(address: string): number | null {
    const nowMs = this.#nowMs();
    const own = this.#of(address, nowMs);
    return (
      draw(own, consoleLimits.signInFailuresOfOneMax, nowMs) ??
      draw(this.#all, consoleLimits.signInFailuresMax, nowMs)
    );
  }

  /** With a good token: whoever has it isn't guessing. */
  succeeded(address: string): void {
    this.#byAddress.delete(networkOf(address));
  }

  #of(address: string, nowMs: number): Attempts {
    const network = networkOf(address);
    const known = this.#byAddress.get(network);
    if (known !== undefined) return known;
    if (this.#byAddress.size >= consoleLimits.signInAddressesMax) {
      for (const [one, { sinceMs }] of this.#byAddress)
        if (nowMs - sinceMs >= consoleLimits.signInWindowMs) this.#byAddress.delete(one);
    }
    if (this.#byAddress.size >= consoleLimits.signInAddressesMax) return this.#others;
    const fresh = { sinceMs: nowMs, count: 0 };
    this.#byAddress.set(network, fresh);
    return fresh;
  }
}

function draw(attempts: Attempts, max: number, nowMs: number): number | null {
  if (nowMs - attempts.sinceMs >= consoleLimits.signInWindowMs) {
    attempts.sinceMs = nowMs;
    attempts.count = 0;
  }
  if (attempts.count >= max)
    return Math.ceil((attempts.sinceMs + consoleLimits.signInWindowMs - nowMs) / 1_000);
  attempts.count += 1;
  return null;
}

/** Whoever has one address of IPv6 has the other 2^64 of its network too. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
