const bitsMin = 1 << 12;

/** Says of most hashes that were not added that they weren't, and never so of one that was. */
export class Sieve {
  readonly #bitsPerHash: number;
  readonly #bitsMax: number;
  readonly #added: Int32Array[] = [];
  #bits: Uint32Array = new Uint32Array(bitsMin >>> 5);
  count = 0;

  /**
   * @param bitsPerHash - at least, while there is room: with 12, one in fifty that nobody added looks as if somebody had,
   * with 24 one in two hundred.
   * @param bitsMax - a power of two.
   */
  constructor(bitsPerHash: number, bitsMax: number) {
    this.#bitsPerHash = bitsPerHash;
    this.#bitsMax = bitsMax;
  }

  /** The list is kept, and must not change. */
  add(hashes: Int32Array): void {
    this.#added.push(hashes);
    this.count += hashes.length;
    const room = this.#bits.length << 5;
    if (this.count * this.#bitsPerHash <= room || room >= this.#bitsMax) {
      this.#set(hashes);
      return;
    }
    let bits = room;
    // Made larger by more than was asked for: what was added before is added again each time.
    while (bits < this.count * this.#bitsPerHash * 2 && bits < this.#bitsMax) bits *= 2;
    this.#bits = new Uint32Array(bits >>> 5);
    for (const earlier of this.#added) this.#set(earlier);
  }

  mayHave(hash: number): boolean {
    const mask = (this.#bits.length << 5) - 1;
    const first = hash & mask;
    if (((this.#bits[first >>> 5] ?? 0) & (1 << (first & 31))) === 0) return false;
    const second = otherPlace(hash) & mask;
    return ((this.#bits[second >>> 5] ?? 0) & (1 << (second & 31))) !== 0;
  }

  #set(hashes: Int32Array): void {
    const bits = this.#bits;
    const mask = (bits.length << 5) - 1;
    for (let at = 0; at < hashes.length; at += 1) {
      const hash = hashes[at] ?? 0;
      const first = hash & mask;
      bits[first >>> 5] = (bits[first >>> 5] ?? 0) | (1 << (first & 31));
      const second = otherPlace(hash) & mask;
      bits[second >>> 5] = (bits[second >>> 5] ?? 0) | (1 << (second & 31));
    }
  }
}

function otherPlace(hash: number): number {
  return Math.imul(hash ^ (hash >>> 16), 0x9e3779b1) >>> 5;
}
