/** What a text of SQL was read to do. */
export type SqlReading = SqlStatement | SqlRefusal;

/** Statements that are read through and through. Every other kind is refused. */
export type SqlVerb = 'select' | 'insert' | 'update' | 'delete' | 'merge';

export interface SqlStatement {
  readonly ok: true;
  readonly verb: SqlVerb;
  /** Everything that changes data, at any depth: `WITH x AS (DELETE …) SELECT` deletes. */
  readonly writes: readonly Exclude<SqlVerb, 'select'>[];
  /** `FOR UPDATE` and its like, at any depth. */
  readonly locks: boolean;
  /** Each once. Names of `WITH` aren't among them; views are, and what is behind a view isn't known. */
  readonly relations: readonly SqlRelation[];
  /** Every name of a column that it reads, at any depth, its own names for them among them. */
  readonly columns: ReadonlySet<string>;
  /** It also takes columns without naming them: `*`, a row as a whole, `NATURAL`, a table's columns under other names. */
  readonly unnamed: boolean;
  /** The largest number of rows that it can return; null: not bounded by what is written. */
  readonly rowsMax: number | null;
  /** It can put many rows into one: `json_agg`, `ARRAY(SELECT …)`, a recursion that adds up. */
  readonly collects: boolean;
}

/** As written: what an unqualified name stands for depends on the server's `search_path`. */
export interface SqlTable {
  readonly schema: string | null;
  readonly name: string;
}

export interface SqlRelation extends SqlTable {
  readonly access: 'read' | 'write';
}

export type SqlRefusalReason =
  /** No grammar, or it is being set up anew. */
  | 'unavailable'
  | 'too_long'
  /** NUL, a lone surrogate: what a server makes of it isn't known. */
  | 'characters'
  /** A backslash before a quote: where the literal ends depends on a setting of the server. */
  | 'backslash'
  | 'syntax'
  | 'too_deep'
  | 'empty'
  | 'several_statements'
  /** A statement that isn't one of `SqlVerb`: `COPY`, `DO`, `SET`, `CREATE` … */
  | 'statement'
  | 'function'
  /** Not known to be harmless; without a name: longer than any. */
  | 'operator'
  | 'type'
  /** System catalogs tell of roles, settings and other people's statements. */
  | 'catalog'
  /** Another database's table, in so many words. */
  | 'database'
  /** A construct that isn't known here to be harmless. */
  | 'construct';

export interface SqlRefusal {
  readonly ok: false;
  readonly reason: SqlRefusalReason;
  /** The name of what is refused: a function, a type, a statement. Never a literal. Null: none. */
  readonly name: string | null;
  /** Of `syntax`: where, in characters from the start. */
  readonly at: number | null;
}

export function refusedSql(
  reason: SqlRefusalReason,
  name: string | null = null,
  at: number | null = null,
): SqlRefusal {
  return { ok: false, reason, name, at };
}

/** It can't change anything, and holds up nobody who does. */
export function isPureRead(statement: SqlStatement): boolean {
  return statement.verb === 'select' && statement.writes.length === 0 && !statement.locks;
}
