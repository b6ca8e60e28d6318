import { printable } from '../content/escape.ts';
import type { JsonValue } from '../content/value.ts';

/** Columns for people. A cell is one line, whoever wrote what is in it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const shown = rows.map((row) => row.map((cell) => printable(cell)));
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...shown.map((row) => row[column]?.length ?? 0)),
  );
  return [head, ...shown]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A time in a cell, or the word for there being none. */
export function timeOr(none: string, atMs: JsonValue | undefined): string {
  return typeof atMs === 'number' ? new Date(atMs).toISOString() : none;
}
