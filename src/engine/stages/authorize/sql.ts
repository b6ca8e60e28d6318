import { isSameTable, mayBeTable, tableText } from '../../../content/sql/names.ts';
import type { SqlRefusal, SqlTable } from '../../../content/sql/reading.ts';
import { type SqlArgument, sqlOf } from '../../sql-arguments.ts';
import { shapeOf } from '../../tool-shape.ts';
import { type Answer, type ConstraintOf, met, type Question, unjudged, unmet } from './check.ts';
import { leavesOut } from './values.ts';

const shownMax = 10;

/** Every table that a statement speaks of, at any depth: one that it only joins is read as well. */
export function checkTables(constraint: ConstraintOf<'tables'>, question: Question): Answer {
  const statements = statementsOf(question, 'authorize.tables');
  if ('code' in statements) return statements;
  const used: SqlTable[] = [];
  for (const { reading } of statements) {
    if (!reading.ok) return unread(reading);
    used.push(...reading.relations);
  }
  const others = used.filter((table) => !isAllowed(constraint, table));
  return others.length === 0
    ? met('authorize.tables', () => ({ found: namesOf(used) }))
    : unmet('authorize.tables', { refused: namesOf(others) });
}

function isAllowed({ only, except }: ConstraintOf<'tables'>, table: SqlTable): boolean {
  if (except.some((one) => mayBeTable(one, table))) return false;
  return only === null || only.some((one) => isSameTable(one, table));
}

function namesOf(tables: readonly SqlTable[]): readonly string[] {
  return [...new Set(tables.map(tableText))].slice(0, shownMax);
}

/** What comes back isn't known before; so the statement has to bound it itself, in a way that can be read. */
export function checkRows({ max }: ConstraintOf<'rows'>, question: Question): Answer {
  const statements = statementsOf(question, 'authorize.rows');
  if ('code' in statements) return statements;
  for (const { reading } of statements) {
    if (!reading.ok) return unread(reading);
    const { rowsMax, collects } = reading;
    if (rowsMax === null) return unmet('authorize.rows', { reason: 'unbounded', max });
    if (rowsMax > max) return unmet('authorize.rows', { found: rowsMax, max });
    // One row may hold them all.
    if (collects) return unmet('authorize.rows', { reason: 'collects', max });
  }
  return met('authorize.rows', () => ({ max }));
}

/**
 * What may be seen of a result is told by names, and a statement can give a column any name. So each that it reads has to be
 * named, and to be one that may be seen. Null: the tool takes no SQL.
 */
export function checkColumns(
  constraint: ConstraintOf<'fields'>,
  question: Question,
): Answer | null {
  if (!shapeOf(question.tool).hasDialect) return null;
  const statements = statementsOf(question, 'authorize.columns');
  if ('code' in statements) return statements;
  const named = columnsOf(constraint);
  for (const { reading } of statements) {
    if (!reading.ok) return unread(reading);
    if (reading.unnamed) return unmet('authorize.columns', { reason: 'unnamed' });
    const refused = [...reading.columns].filter((name) =>
      constraint.mode === 'only' ? !named.has(name) : named.has(name.toLowerCase()),
    );
    if (refused.length > 0)
      return unmet('authorize.columns', { refused: refused.slice(0, shownMax) });
  }
  return met('authorize.columns', () => ({}));
}

/** A pointer goes into a column: to show that part, the column has to be read; to hide it, it must not be. */
function columnsOf({ mode, names, pointers }: ConstraintOf<'fields'>): ReadonlySet<string> {
  const parts = pointers.flatMap(({ segments }) =>
    segments.flatMap((segment) => (segment.type === 'name' ? [segment.name] : [])).slice(0, 1),
  );
  const all = [...names, ...parts];
  return new Set(mode === 'only' ? all : all.map((name) => name.toLowerCase()));
}

/** Stage `inputs` refuses it too, and says what of it: here nothing can be said of its tables. */
function unread({ reason }: SqlRefusal): Answer {
  return unjudged('inputs.sql', { reason });
}

/** Left out, a statement may mean whatever the tool has stored. */
function statementsOf(
  { read, tool }: Question,
  code: 'authorize.tables' | 'authorize.rows' | 'authorize.columns',
): readonly SqlArgument[] | Answer {
  const absent: string[] = [];
  let isAnswerable = false;
  for (const argument of tool.args.values()) {
    const parts = argument.parts.filter(({ kind }) => kind.dialect !== null);
    if (parts.length === 0) continue;
    isAnswerable = true;
    const needed = parts.filter(({ kind }) => !kind.absentIsNone);
    if (needed.length === 0 || argument.absentIsNone) continue;
    const given = Object.hasOwn(read.args, argument.name) ? read.args[argument.name] : undefined;
    if (needed.some(({ pointer }) => leavesOut(given, pointer.segments)))
      absent.push(argument.name);
  }
  if (!isAnswerable) return unjudged(code, { unanswerable: 'sql' });
  return absent.length === 0 ? sqlOf(read) : unmet('authorize.absent', { arguments: absent });
}
