import { harmlessFunctions } from './functions.ts';

/** Columns that functions give their results without being told: of `json_each`, and `WITH ORDINALITY`. */
export const usualColumns: ReadonlySet<string> = new Set(['key', 'value', 'ordinality']);

/**
 * `f.g`, of a function's result `f` that has no column `g`, is `g(f)`: `SELECT f.pg_read_file FROM unnest(ARRAY['…']) f`
 * reads a file. Of a table's or subquery's row no function of PostgreSQL's own that does something takes one.
 *
 * @returns the first function that is so called and isn't known to be harmless.
 */
export function callsOf({
  columns,
  functionResults,
}: {
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  readonly functionResults: ReadonlyMap<string, ReadonlySet<string>>;
}): string | null {
  for (const [name, known] of functionResults) {
    for (const column of columns.get(name) ?? []) {
      if (known.has(column) || usualColumns.has(column) || harmlessFunctions.has(column)) continue;
      return column;
    }
  }
  return null;
}
