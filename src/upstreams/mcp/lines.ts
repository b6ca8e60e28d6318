import { GatheredBytes } from '../../content/gathered-bytes.ts';

const newline = 0x0a;

/** Splits a byte stream into lines without ever holding more than one line of the longest length. */
export class LineSplitter {
  readonly #bytesMax: number;
  readonly #onLine: (line: Uint8Array) => void;
  readonly #onTooLong: (head: Uint8Array, tail: Uint8Array) => void;
  readonly #line = new GatheredBytes();
  /** Of a line that is being thrown away: its first bytes and, so far, its last ones, to tell whose it was. */
  #thrown: { readonly head: Uint8Array; tail: Uint8Array } | null = null;

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
    if (this.#thrown !== null) {
      this.#thrown.tail = lastOf(this.#thrown.tail, part);
      return;
    }
    this.#line.add(part);
    if (this.#line.length <= this.#bytesMax) return;
    const line = this.#line.take();
    this.#thrown = { head: line.slice(0, edgeBytes), tail: line.slice(-edgeBytes) };
  }

  #finish(): void {
    const thrown = this.#thrown;
    this.#thrown = null;
    if (thrown === null) this.#onLine(this.#line.take());
    else this.#onTooLong(thrown.head, thrown.tail);
  }
}

const edgeBytes = 256;

function lastOf(tail: Uint8Array, part: Uint8Array): Uint8Array {
  if (part.length >= edgeBytes) return part.slice(-edgeBytes);
  const both = new Uint8Array(tail.length + part.length);
  both.set(tail);
  both.set(part, tail.length);
  return both.slice(-edgeBytes);
}
