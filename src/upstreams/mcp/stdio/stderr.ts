import { printable } from '../../../content/escape.ts';
import { GatheredBytes } from '../../../content/gathered-bytes.ts';
import { upstreamLimits } from '../../limits.ts';

/**
 * The last lines of a server's stderr, for its status. Always drained: a full pipe would stop the server. Read only when
 * it is asked for: a server may write for as long as it runs.
 */
export class StderrTail {
  readonly #redact: (text: string) => string;
  readonly #kept = new GatheredBytes();
  #begunBefore = false;

  constructor(redact: (text: string) => string) {
    this.#redact = redact;
  }

  push(chunk: Uint8Array): void {
    this.#kept.add(chunk);
    if (this.#kept.length <= 2 * upstreamLimits.stderrBytesKept) return;
    const all = this.#kept.take();
    this.#kept.add(all.slice(-upstreamLimits.stderrBytesKept));
    this.#begunBefore = true;
  }

  /** Null: it said nothing. */
  lastWords(): string | null {
    const text = new TextDecoder().decode(this.#kept.take());
    // Half a secret is still half a secret, so what is kept of the first line goes; and redacted is what is whole.
    const whole = this.#begunBefore ? text.slice(text.indexOf('\n') + 1 || text.length) : text;
    const lines = this.#redact(whole)
      .split('\n')
      .map((line) => printable(line, upstreamLimits.stderrLineCharactersMax).trim())
      .filter((line) => line !== '')
      .slice(-upstreamLimits.stderrLinesKept);
    return lines.length === 0 ? null : lines.join(' / ');
  }
}
