const newline = 0x0a;

/** Splits a byte stream into lines without ever holding more than one line of the longest length. */
export class LineSplitter {
  readonly #bytesMax: number;
  readonly #onLine: (line: Uint8Array) => void;
  readonly #onTooLong: (head: Uint8Array, tail: Uint8Array) => void;
  #parts: Uint8Array[] = [];
  #bytes = 0;
  /** Of a line that is being thrown away: its first bytes, to tell whose it was. */
  #head: Uint8Array | null = null;

  constructor(
    bytesMax: number,
    onLine: (line: Uint8Array) => void,
    onTooLong: (head: Uint8Array, tail: Uint8Array) => void,
  ) {
    this.#bytesMax = bytesMax;
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      this.#add(chunk.subarray(start, end));
      this.#finish();
      start = end + 1;
    }
    if (start < chunk.length) this.#add(chunk.subarray(start));
  }

  #add(part: Uint8Array): void {
    this.#parts.push(part);
    this.#bytes += part.length;
    if (this.#bytes <= this.#bytesMax) return;
    const all = Buffer.concat(this.#parts);
    this.#head ??= Uint8Array.from(all.subarray(0, edgeBytes));
    const tail = Uint8Array.from(all.subarray(-edgeBytes));
    this.#parts = [tail];
    // Stays above the bound, so that the rest of this line is thrown away too.
    this.#bytes = this.#bytesMax + 1;
  }

  #finish(): void {
    const [only] = this.#parts;
    const line = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts);
    const head = this.#head;
    this.#parts = [];
    this.#bytes = 0;
    this.#head = null;
    if (head === null) this.#onLine(line);
    else this.#onTooLong(head, line);
  }
}

const edgeBytes = 256;
