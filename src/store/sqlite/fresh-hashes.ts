/** The leaf hashes of the newest events, as the writing thread made them: whoever seals needn't read what was just written. */
/** SHA-256. */
export const hashBytes = 32;

/** Some ten times what is committed between two checkpoints under full load. */
const eventsMax = 16_384;

export class FreshHashes {
  readonly #bytes = new Uint8Array(2 * eventsMax * hashBytes);
  #firstSeq = 0;
  #count = 0;

  /** Those of neighbouring events from `seq` on: of one group, which is far smaller than what is kept. */
  add(seq: number, hashes: Uint8Array): void {
    if (seq !== this.#firstSeq + this.#count) {
      this.#firstSeq = seq;
      this.#count = 0;
    }
    const fitting = hashes.subarray(0, eventsMax * hashBytes);
    if (this.#count * hashBytes + fitting.length > this.#bytes.length) this.#dropOldest();
    this.#bytes.set(fitting, this.#count * hashBytes);
    this.#count += fitting.length / hashBytes;
  }

  /** Empty when `fromSeq` isn't among them. */
  from(fromSeq: number, limit: number): Uint8Array {
    const at = fromSeq - this.#firstSeq;
    if (at < 0 || at >= this.#count) return new Uint8Array();
    return this.#bytes.slice(at * hashBytes, Math.min(at + limit, this.#count) * hashBytes);
  }

  #dropOldest(): void {
    const dropped = Math.max(0, this.#count - eventsMax);
    this.#bytes.copyWithin(0, dropped * hashBytes, this.#count * hashBytes);
    this.#firstSeq += dropped;
    this.#count -= dropped;
  }
}
