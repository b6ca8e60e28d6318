/** Goes through a statement's parse tree, every node of it, and notes what it would touch, change and call. */
import { callsOf } from './calls.ts';
import { collecting, fractional } from './functions.ts';
import { lastName, refusedThing } from './harmless.ts';
import { isSystemCatalog } from './names.ts';
import { type FieldForm, formOf, isNodeName, type NodeName } from './nodes.ts';
import { refusedSql, type SqlRefusal, type SqlRelation, type SqlVerb } from './reading.ts';
import { isTree, listAt, type Tree, treeAt, typed, wordAt, wordsAt } from './tree.ts';

/** Nodes below one another: the sum of 200 numbers is 200 deep, a person's query seldom 30. */
const depthMax = 250;

export interface Seen {
  readonly relations: Map<string, SqlRelation>;
  readonly writes: Set<Exclude<SqlVerb, 'select'>>;
  /** `a.b`: of a function's result `a`, it may be a call of `b`. */
  readonly columns: Map<string, Set<string>>;
  /** By name: the columns of what stands in `FROM` as a function. */
  readonly functionResults: Map<string, ReadonlySet<string>>;
  readonly columnNames: Set<string>;
  /** What stands in `FROM` goes by these names: alone, each is a row as a whole. */
  readonly sources: Set<string>;
  unnamed: boolean;
  locks: boolean;
  collects: boolean;
}

/** Names that `WITH` gives: they hide tables of the same name from what stands below. */
interface Scope {
  readonly names: ReadonlySet<string>;
  readonly outer: Scope | null;
}

interface Place {
  readonly seen: Seen;
  readonly scope: Scope | null;
  readonly depth: number;
}

/** The first thing that can't be let through ends the walk. Null: go on. */
type Stop = SqlRefusal | null;

const writing: ReadonlyMap<string, Exclude<SqlVerb, 'select'>> = new Map([
  ['InsertStmt', 'insert'],
  ['UpdateStmt', 'update'],
  ['DeleteStmt', 'delete'],
  ['MergeStmt', 'merge'],
]);

/** @param statement - with its type before it. */
export function walk(statement: unknown): Seen | SqlRefusal {
  const seen: Seen = {
    relations: new Map(),
    writes: new Set(),
    columns: new Map(),
    functionResults: new Map(),
    columnNames: new Set(),
    sources: new Set(),
    unnamed: false,
    locks: false,
    collects: false,
  };
  const stop = visitTyped(statement, { seen, scope: null, depth: 0 });
  if (stop !== null) return stop;
  const call = callsOf(seen);
  return call === null ? seen : refusedSql('function', call);
}

function visitTyped(value: unknown, place: Place): Stop {
  // Where nothing stands, in a list.
  if (isTree(value) && Object.keys(value).length === 0) return null;
  const found = typed(value);
  if (found === null) return refusedSql('construct');
  if (!isNodeName(found.type)) return refusedSql('construct', found.type);
  return visit(found.type, found.node, place);
}

function visit(type: NodeName, node: Tree, above: Place): Stop {
  const place = { ...above, depth: above.depth + 1 };
  if (place.depth > depthMax) return refusedSql('too_deep');
  const refused = refusedThing(type, node);
  if (refused !== null) return refused;
  const verb = writing.get(type);
  if (verb !== undefined) return visitWrite(type, verb, node, place);
  switch (type) {
    case 'SelectStmt':
      if (node['intoClause'] !== undefined) return refusedSql('statement', 'select_into');
      return visitStatement(type, node, place);
    case 'RangeVar':
      noteSource(node, place.seen);
      return visitRelation(node, 'read', place);
    case 'JoinExpr':
      noteJoin(node, place.seen);
      return visitFields(type, node, place);
    case 'LockingClause':
      // What it names are names of `FROM`.
      place.seen.locks = true;
      return null;
    case 'ColumnRef':
      noteColumn(node, place.seen);
      return null;
    case 'ResTarget':
      return visitTarget(node, place);
    case 'RangeFunction':
      return noteFunctionResult(node, place.seen) ?? visitFields(type, node, place);
    case 'FuncCall':
      if (isCollecting(node)) place.seen.collects = true;
      return visitFields(type, node, place);
    case 'SubLink':
      if (wordAt(node, 'subLinkType') === 'ARRAY_SUBLINK') place.seen.collects = true;
      return visitFields(type, node, place);
    default:
      return visitFields(type, node, place);
  }
}

function visitFields(type: NodeName, node: Tree, place: Place): Stop {
  for (const [field, value] of Object.entries(node)) {
    const form = formOf(type, field);
    if (form === undefined) return refusedSql('construct', `${type}.${field}`);
    // Gone through before the rest: each of its names holds for some of it only.
    if (form === 'WithClause') continue;
    const stop = visitField(form, value, place);
    if (stop !== null) return stop;
  }
  return null;
}

function visitField(form: FieldForm, value: unknown, place: Place): Stop {
  switch (form) {
    case 'plain':
      return typeof value === 'object' ? refusedSql('construct') : null;
    case 'node':
      return visitTyped(value, place);
    case 'nodes':
      return Array.isArray(value) ? visitEach(value, place) : refusedSql('construct');
    case 'names':
      return wordsAt({ value }, 'value') === null ? refusedSql('construct') : null;
    default:
      return isTree(value) ? visit(form, value, place) : refusedSql('construct', form);
  }
}

function visitEach(values: readonly unknown[], place: Place): Stop {
  for (const one of values) {
    const stop = visitTyped(one, place);
    if (stop !== null) return stop;
  }
  return null;
}

/**
 * The names of a `WITH` as PostgreSQL has them: each is known to those after it and to the statement, with `RECURSIVE` also
 * to itself and to those before it. `WITH a AS (SELECT * FROM a)` reads a table.
 */
function visitStatement(type: NodeName, statement: Tree, place: Place): Stop {
  const clause = statement['withClause'];
  if (clause === undefined) return visitFields(type, statement, place);
  if (!isTree(clause)) return refusedSql('construct', 'WithClause');
  const isRecursive = clause['recursive'] === true;
  // A recursion may add up, row by row, everything that it comes across.
  if (isRecursive) place.seen.collects = true;
  const queries = listAt(clause, 'ctes').map((cte) => {
    const found = typed(cte);
    return found?.type === 'CommonTableExpr' ? found.node : {};
  });
  const all = queries.map((query) => wordAt(query, 'ctename') ?? '');
  const names = new Set(isRecursive ? all : []);
  for (const [index, query] of queries.entries()) {
    const stop = visit('CommonTableExpr', query, {
      ...place,
      scope: { names, outer: place.scope },
    });
    if (stop !== null) return stop;
    names.add(all[index] ?? '');
  }
  return visitFields(type, statement, {
    ...place,
    scope: { names, outer: place.scope },
  });
}

function visitWrite(
  type: NodeName,
  verb: Exclude<SqlVerb, 'select'>,
  node: Tree,
  place: Place,
): Stop {
  place.seen.writes.add(verb);
  const { relation, ...rest } = node;
  if (!isTree(relation)) return refusedSql('construct', type);
  noteSource(relation, place.seen);
  // What is changed is always a table, also where `WITH` gives its name to something else.
  return (
    visitRelation(relation, 'write', { ...place, scope: null }) ?? visitStatement(type, rest, place)
  );
}

function visitRelation(node: Tree, access: 'read' | 'write', { seen, scope }: Place): Stop {
  const name = wordAt(node, 'relname');
  if (name === null) return refusedSql('construct', 'RangeVar');
  const schema = wordAt(node, 'schemaname');
  if (node['catalogname'] !== undefined) return refusedSql('database', name);
  if (schema === null && isNameOfWith(name, scope)) return null;
  if (isSystemCatalog({ schema, name })) return refusedSql('catalog', name);
  seen.relations.set(JSON.stringify([schema, name, access]), { schema, name, access });
  return null;
}

function isNameOfWith(name: string, scope: Scope | null): boolean {
  for (let one = scope; one !== null; one = one.outer) if (one.names.has(name)) return true;
  return false;
}

/** Of an assignment also the parts of what is assigned to: their names call nothing, unlike those of an expression. */
function visitTarget(node: Tree, place: Place): Stop {
  const indices = listAt(node, 'indirection').filter((part) => typed(part)?.type !== 'String');
  const value = node['val'];
  return visitEach(value === undefined ? indices : [...indices, value], place);
}

function noteSource(node: Tree, seen: Seen): void {
  const alias = treeAt(node, 'alias');
  const name = (alias === null ? null : wordAt(alias, 'aliasname')) ?? wordAt(node, 'relname');
  if (name !== null) seen.sources.add(name);
  if (alias !== null && listAt(alias, 'colnames').length > 0) seen.unnamed = true;
}

function noteJoin(node: Tree, seen: Seen): void {
  noteSource(node, seen);
  const using = treeAt(node, 'join_using_alias');
  if (using !== null) seen.sources.add(wordAt(using, 'aliasname') ?? '');
  if (node['isNatural'] === true) seen.unnamed = true;
  for (const name of wordsAt(node, 'usingClause') ?? []) seen.columnNames.add(name);
}

function noteColumn(node: Tree, seen: Seen): void {
  const names = listAt(node, 'fields').map((one) => {
    const found = typed(one);
    return found?.type === 'String' ? wordAt(found.node, 'sval') : null;
  });
  const last = names.at(-1);
  if (typeof last === 'string') seen.columnNames.add(last);
  else seen.unnamed = true;
  const [table, column] = names;
  if (typeof table !== 'string' || typeof column !== 'string') return;
  const columns = seen.columns.get(table) ?? new Set();
  columns.add(column);
  seen.columns.set(table, columns);
}

/** What a function in `FROM` returns has its name, or the function's, and the columns that are named with it. */
function noteFunctionResult(node: Tree, seen: Seen): Stop {
  const alias = treeAt(node, 'alias');
  const name = (alias === null ? null : wordAt(alias, 'aliasname')) ?? functionIn(node);
  // `FROM current_user`, `FROM CAST(…)`: what such a result is called is nowhere written.
  if (name === null) return refusedSql('construct', 'RangeFunction');
  const named = alias === null ? [] : (wordsAt(alias, 'colnames') ?? []);
  const defined = listAt(node, 'coldeflist').flatMap((one) => {
    const found = typed(one);
    return found === null ? [] : [wordAt(found.node, 'colname') ?? ''];
  });
  const columns = [...named, ...defined];
  const all = columns.length === 0 ? [name] : columns;
  const known = seen.functionResults.get(name);
  // The same name in two places: only what is a column in both is surely one.
  const sure = known === undefined ? all : all.filter((column) => known.has(column));
  seen.functionResults.set(name, new Set(sure));
  return null;
}

/** Of several fractions, one value for each: of as many as there are rows, all of them. */
function isCollecting(call: Tree): boolean {
  const name = lastName(call, 'funcname') ?? '';
  if (!fractional.has(name)) return collecting.has(name);
  const fraction = typed(listAt(call, 'args')[0]);
  return fraction?.type !== 'A_Const' || fraction.node['sval'] !== undefined;
}

function functionIn(node: Tree): string | null {
  const [first] = listAt(node, 'functions');
  const list = typed(first);
  const [call] = list?.type === 'List' ? listAt(list.node, 'items') : [];
  const found = typed(call);
  return found?.type === 'FuncCall' ? lastName(found.node, 'funcname') : null;
}
