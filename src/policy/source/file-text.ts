import type { LineCounter } from 'yaml';
import type { SourcePosition } from '../model.ts';

/** The characters of one file, and where each of them stands. */
export class FileText {
  readonly text: string;
  readonly #file: string;
  readonly #lines: LineCounter;

  constructor(file: string, text: string, lines: LineCounter) {
    this.text = text;
    this.#file = file;
    this.#lines = lines;
  }

  at(offset: number): SourcePosition {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** To the end of its line, at most so much as an error may show. */
  lineFrom(offset: number): string {
    return (this.text.slice(Math.max(0, offset)).split(/\r|\n/, 1)[0] ?? '').slice(0, 160);
  }
}
