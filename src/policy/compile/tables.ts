import { isSystemCatalog, mayBeTable, tableNamed } from '../../content/sql/names.ts';
import type { SqlTable } from '../../content/sql/reading.ts';
import type { Constraint } from '../model.ts';
import type { Report } from '../report.ts';
import type { ConstraintSyntax } from '../shape/constraint.ts';
import type { Located } from '../shape/shape.ts';
import { all } from './terms.ts';

type Tables = Pick<Extract<Constraint, { type: 'tables' }>, 'only' | 'except'>;

/** Null when it can't be used, and the report says why. */
export function compileTables(
  syntax: Extract<ConstraintSyntax, { type: 'tables' }>,
  report: Report,
): Tables | null {
  const only = all(syntax.only?.value ?? [], (entry) => allowedTable(entry, report));
  const except = all(syntax.except?.value ?? [], (entry) => table(entry, report));
  if (only === null || except === null) return null;
  if (only.length > 0 && only.every((one) => except.some((other) => mayBeTable(one, other)))) {
    report.error(
      'policy.conflict',
      syntax.at,
      'everything in `only` may be in `except` too, so nothing is allowed',
      { mend: 'remove one of the two' },
    );
    return null;
  }
  return { only: syntax.only === undefined ? null : only, except };
}

function allowedTable(entry: Located<string>, report: Report): SqlTable | null {
  const named = table(entry, report);
  if (named === null || !isSystemCatalog(named)) return named;
  report.error(
    'policy.value',
    entry.at,
    `\`${entry.value}\` is one of the system's own, which no statement may use`,
    { mend: 'make a view of what may be seen of it, and name that' },
  );
  return null;
}

function table({ value, at }: Located<string>, report: Report): SqlTable | null {
  const named = tableNamed(value);
  if (named !== null) return named;
  report.error('policy.value', at, `\`${value}\` names no table`, {
    expected: 'a table as SQL names it: `orders`, `support.orders`, `support."Orders"`',
    mend: mendTable(value),
  });
  return null;
}

function mendTable(value: string): string | null {
  if (/[*%]/.test(value)) return 'name each table';
  const parts = value.split('.');
  if (parts.length > 2) return 'leave the database out: `schema.table`';
  if (value.includes('"')) return null;
  const quoted = parts.map((part) => (/^[a-z_][\w$]*$/.test(part) ? part : `"${part}"`));
  return `quote it as SQL does: \`'${quoted.join('.')}'\``;
}
