import { utf8Bytes } from '../utf8.ts';
import type { SqlTable } from './reading.ts';

/** PostgreSQL cuts longer ones off: two names that differ after it would be one table. */
const nameBytesMax = 63;

const word = /^(?:([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|"((?:[^"\0]|"")+)")/;

/**
 * A table as SQL names it, `orders`, `support.orders` or `support."Orders"`: lower case where it isn't quoted. Null: it is
 * no such name.
 */
export function tableNamed(text: string): SqlTable | null {
  const parts: string[] = [];
  for (let rest = text; ; ) {
    const [written, plain, quoted] = word.exec(rest) ?? [];
    if (written === undefined) return null;
    // By ASCII alone, as the server does it.
    const name =
      plain?.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) ??
      (quoted ?? '').replaceAll('""', '"');
    if (utf8Bytes(name) > nameBytesMax) return null;
    parts.push(name);
    rest = rest.slice(written.length);
    if (rest === '') break;
    if (!rest.startsWith('.')) return null;
    rest = rest.slice(1);
  }
  const [first = '', second] = parts;
  if (parts.length > 2) return null;
  return second === undefined ? { schema: null, name: first } : { schema: first, name: second };
}

/** As SQL writes it. */
export function tableText({ schema, name }: SqlTable): string {
  return [...(schema === null ? [] : [schema]), name].map(quotedIfNeeded).join('.');
}

function quotedIfNeeded(name: string): string {
  return /^[a-z_\u0080-\uffff][a-z0-9_$\u0080-\uffff]*$/.test(name)
    ? name
    : `"${name.replaceAll('"', '""')}"`;
}

/**
 * Whether a table is one that is allowed. By both parts: what an unqualified name stands for is the server's to say, so that
 * `orders` is only what is allowed as `orders`, and `support.orders` only what is allowed as that.
 */
export function isSameTable(one: SqlTable, other: SqlTable): boolean {
  return one.schema === other.schema && one.name === other.name;
}

/** Whether it may be one that is excepted: without its schema, any table of that name may be meant. */
export function mayBeTable(one: SqlTable, other: SqlTable): boolean {
  return (
    one.name === other.name &&
    (one.schema === null || other.schema === null || one.schema === other.schema)
  );
}

/** Unqualified, a name that begins with `pg_` is the system's, whatever the `search_path`. */
export function isSystemCatalog({ schema, name }: SqlTable): boolean {
  return (schema ?? name).startsWith('pg_') || schema === 'information_schema';
}
