/**
 * PostgreSQL's own grammar, from the server's sources: whoever starts the process brings it, since it lies in a file
 * that this room can't read, and only where a policy asks for it.
 */

/** What the grammar made of a text. A tree is its parse tree as JSON, its types not yet looked at. */
export type SqlParse =
  | { readonly ok: true; readonly tree: unknown }
  | { readonly ok: false; readonly reason: 'syntax'; readonly at: number }
  /** It ran out of stack, or broke, and is set up anew. */
  | { readonly ok: false; readonly reason: 'too_deep' | 'unavailable' };

export type SqlParser = (text: string) => SqlParse;

const absent: SqlParser = () => ({ ok: false, reason: 'unavailable' });

let parser: SqlParser = absent;

/** Until it was called no statement can be read, so each is refused. */
export function parseSqlWith(parse: SqlParser): void {
  parser = parse;
}

export function parseSql(text: string): SqlParse {
  return parser(text);
}
