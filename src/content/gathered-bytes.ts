/**
 * Bytes that come in pieces, kept as one piece. Whoever sends a megabyte a byte at a time would otherwise have us keep a
 * million small objects, a hundred times the size of what was sent and of every bound on it.
 */
export class GatheredBytes {
  /** One piece alone is kept as it came: most messages are. */
  #only: Uint8Array | null = null;
  #room: Uint8Array = noRoom;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    if (piece.length === 0) return;
    if (this.#length === 0) {
      this.#only = piece;
      this.#length = piece.length;
      return;
    }
    const needed = this.#length + piece.length;
    if (this.#only !== null || needed > this.#room.length) {
      const larger = new Uint8Array(Math.max(needed, this.#length * 2));
      larger.set(this.#only ?? this.#room.subarray(0, this.#length));
      this.#room = larger;
      this.#only = null;
    }
    this.#room.set(piece, this.#length);
    this.#length = needed;
  }

  /** Everything so far; begins anew. */
  take(): Uint8Array {
    const bytes = this.#only ?? this.#room.subarray(0, this.#length);
    this.#only = null;
    this.#room = noRoom;
    this.#length = 0;
    return bytes;
  }
}

/** One for all: most bodies come in one piece, and an array of bytes is dear to make. */
const noRoom: Uint8Array = new Uint8Array(0);
