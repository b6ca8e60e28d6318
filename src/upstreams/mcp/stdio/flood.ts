import { upstreamLimits } from '../../limits.ts';

/**
 * Counts what a process writes that answers nothing. Such lines cost us their reading, and the time of every other call;
 * and a line that doesn't end keeps all answers behind it from us.
 */
export class FloodGauge {
  #sinceMs = 0;
  #bytes = 0;

  /** True: it is a flood by now. Bytes of answers are taken back with a negative count. */
  add(bytes: number, nowMs: number): boolean {
    if (nowMs - this.#sinceMs > upstreamLimits.unaskedWindowMs) {
      this.#sinceMs = nowMs;
      this.#bytes = 0;
    }
    this.#bytes += bytes;
    return this.#bytes > upstreamLimits.unaskedBytesMax;
  }
}
