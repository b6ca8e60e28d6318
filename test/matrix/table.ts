/** What the matrix found, and how it is printed. */
import { stripVTControlCharacters } from 'node:util';

export interface Cell {
  readonly ok: boolean;
  /** A few words when it isn't, or where they say more than a tick. */
  readonly note: string;
}

export interface Table {
  readonly title: string;
  /** What the rows are: `client`, `server`. */
  readonly of: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export interface Row {
  readonly name: string;
  readonly cells: readonly Cell[];
  /** Of a row with a failure: what the gateway printed meanwhile. */
  readonly log?: string;
}

export const passed = (note = ''): Cell => ({ ok: true, note });
export const failed = (note: string): Cell => ({ ok: false, note });

export function failedBy(error: unknown): Cell {
  return failed(error instanceof Error ? error.message : String(error));
}

/** A row, with what the gateway printed where something failed. */
export function withLog(row: Row, log: string): Row {
  const lines = log.trim().split('\n').slice(-logLinesMax);
  const cut = lines.map((line) => line.slice(0, logLineMax)).join('\n');
  return row.cells.every(({ ok }) => ok) ? row : { ...row, log: cut };
}

/** Runs one check: what it returns is a note, what it throws is why it failed. */
export async function cell(check: () => Promise<string> | string): Promise<Cell> {
  try {
    return passed(await check());
  } catch (error) {
    return failedBy(error);
  }
}

const noteMax = 34;
const linesMax = 20;
const logLinesMax = 8;
const logLineMax = 400;

export function formatTable(table: Table): string {
  const short = ({ ok, note }: Cell): string => {
    const line = note.split('\n')[0] ?? '';
    return `${ok ? '✓' : '✗'} ${line.length > noteMax ? `${line.slice(0, noteMax - 1)}…` : line}`.trim();
  };
  const lines = [
    [table.of, ...table.columns],
    ...table.rows.map((row) => [row.name, ...row.cells.map(short)]),
  ];
  const widths = lines[0]?.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  );
  const drawn = lines.map((line) =>
    line
      .map((text, column) => text.padEnd(widths?.[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const causes = table.rows.flatMap((row) =>
    row.cells.flatMap(({ ok, note }, column) =>
      ok
        ? []
        : [`\n${row.name}, ${table.columns[column]}:\n${indent(stripVTControlCharacters(note))}`],
    ),
  );
  const logs = new Set(table.rows.map((row) => row.log ?? '').filter((log) => log !== ''));
  const shown = [...logs].map(
    (log) => `\nThe gateway printed:\n${indent(stripVTControlCharacters(log))}`,
  );
  return [`${table.title}\n`, ...drawn, ...causes, ...shown].join('\n');
}

function indent(text: string): string {
  return text
    .split('\n')
    .slice(-linesMax)
    .map((line) => `  ${line}`)
    .join('\n');
}
