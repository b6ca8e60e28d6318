import { tableNamed } from '../../content/sql/names.ts';
import type { SqlTable } from '../../content/sql/reading.ts';
import type { Report } from '../report.ts';
import type { Located } from '../shape/shape.ts';
import { all } from './terms.ts';

/** Null when an entry names no table, and the report says which. */
export function compileTables(
  entries: readonly Located<string>[],
  report: Report,
): readonly SqlTable[] | null {
  return all(entries, ({ value, at }) => {
    const table = tableNamed(value);
    if (table !== null) return table;
    report.error('policy.value', at, `\`${value}\` names no table`, {
      expected: 'a table as SQL names it: `orders`, `support.orders`, `support."Orders"`',
      mend: mendTable(value),
    });
    return null;
  });
}

function mendTable(value: string): string | null {
  if (/[*%]/.test(value)) return 'name each table';
  if (value.split('.').length > 2) return 'leave the database out: `schema.table`';
  return /\s|-/.test(value) ? `quote it as SQL does: \`'"${value}"'\`` : null;
}
