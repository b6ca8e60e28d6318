import { printable } from '../../../content/escape.ts';
import { upstreamLimits } from '../../limits.ts';
import { LineSplitter } from '../lines.ts';

/** The last lines of a server's stderr, for its status. Always drained: a full pipe would stop the server. */
export class StderrTail {
  readonly #redact: (text: string) => string;
  readonly #splitter: LineSplitter;
  #lines: string[] = [];

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
    this.#splitter = new LineSplitter(
      upstreamLimits.noticeBytesMax,
      (line) => this.#keep(line),
      (head) => this.#keep(head),
    );
  }

  push(chunk: Uint8Array): void {
    this.#splitter.push(chunk);
  }

  /** Null: it said nothing. */
  lastWords(): string | null {
    return this.#lines.length === 0 ? null : this.#lines.join(' / ');
  }

  #keep(line: Uint8Array): void {
    // Redacted before it is cut: half a secret is still half a secret.
    const text = printable(
      this.#redact(new TextDecoder().decode(line)),
      upstreamLimits.stderrLineCharactersMax,
    ).trim();
    if (text === '') return;
    this.#lines = [...this.#lines.slice(1 - upstreamLimits.stderrLinesKept), text];
  }
}
