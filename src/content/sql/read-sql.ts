import { utf8Bytes } from '../utf8.ts';
import { parseSql } from './parser.ts';
import { refusedSql, type SqlReading, type SqlVerb } from './reading.ts';
import { rowsMaxOf } from './rows.ts';
import { isTree, listAt, typed } from './tree.ts';
import { walk } from './walk.ts';

/**
 * A model writes a few hundred, and a list of some hundred ids fits. Decisions wait for the grammar, whose time grows faster
 * than the text: four times as much takes up to twenty times as long.
 */
const sqlBytesMax = 16 * 1024;

/**
 * Longer than any operator. The lexer goes back and forth over such a run: 16 KiB of `/*` take it half a second. A line of
 * dashes begins a comment at once.
 */
const endlessOperator = /(?!-{32})[~!@#^&|`?+\-*/%<>=]{32}/;

const verbs: ReadonlyMap<string, SqlVerb> = new Map([
  ['SelectStmt', 'select'],
  ['InsertStmt', 'insert'],
  ['UpdateStmt', 'update'],
  ['DeleteStmt', 'delete'],
  ['MergeStmt', 'merge'],
]);

/**
 * Total. What one statement would read, change and call, as PostgreSQL itself parses it; or why it isn't let through.
 * The text is hostile: what can't be read, or isn't known to be harmless, is refused.
 */
export function readSql(text: string): SqlReading {
  if (text.length > sqlBytesMax || utf8Bytes(text) > sqlBytesMax) return refusedSql('too_long');
  // The grammar stops at a NUL: what follows would be read by nobody here.
  if (text.includes('\0') || !text.isWellFormed()) return refusedSql('characters');
  // With `standard_conforming_strings` off, a backslash keeps the quote after it from ending the literal.
  if (text.includes("\\'")) return refusedSql('backslash');
  if (endlessOperator.test(text)) return refusedSql('operator');
  const parsed = parseSql(text);
  if (!parsed.ok)
    return parsed.reason === 'syntax'
      ? refusedSql('syntax', null, parsed.at)
      : refusedSql(parsed.reason);
  const statements = isTree(parsed.tree) ? listAt(parsed.tree, 'stmts') : [];
  const [first, ...others] = statements;
  if (first === undefined) return refusedSql('empty');
  if (others.length > 0) return refusedSql('several_statements');
  return isTree(first) ? readStatement(first['stmt']) : refusedSql('construct');
}

function readStatement(statement: unknown): SqlReading {
  const found = typed(statement);
  if (found === null) return refusedSql('construct');
  const verb = verbs.get(found.type);
  if (verb === undefined) return refusedSql('statement', statementName(found.type));
  const seen = walk(statement);
  if ('reason' in seen) return seen;
  return {
    ok: true,
    verb,
    writes: [...seen.writes],
    locks: seen.locks,
    relations: [...seen.relations.values()],
    columns: seen.columnNames,
    unnamed: seen.unnamed || [...seen.columnNames].some((name) => seen.sources.has(name)),
    rowsMax: rowsOf(verb, found.node),
    collects: seen.collects,
  };
}

function rowsOf(verb: SqlVerb, node: Parameters<typeof rowsMaxOf>[0]): number | null {
  if (verb === 'select') return rowsMaxOf(node);
  return node['returningClause'] === undefined ? 0 : null;
}

/** `VariableSetStmt` is called `variable_set`. */
function statementName(type: string): string {
  return type
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase();
}
