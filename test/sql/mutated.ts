/** Statements made of others: parts of them exchanged, so that things stand where nobody thought of them. */

import { randomFrom } from './random.ts';

/** Of the server, what isn't harmless in one way or another, and names that only look so. */
const words = [
  'pg_sleep(0)',
  "('a').note_it",
  "note_it('x')",
  'f.note_it',
  'pg_backend_pid()',
  "set_config('a.b', 'c', true)",
  "nextval('numbers')",
  'support.orders',
  'products',
  'support."Order Notes"',
  'public.orders',
  'pg_class',
  '(select 1)',
  '(select count(*) from products)',
  '(select note from support.orders limit 1)',
  'lateral',
  'for update',
  'limit 3',
  'union all select 1',
  'unnest(array[1]) f',
  "unnest(array['a']) f",
  '(delete from products returning 1)',
  'with',
  'as',
  'products as (select 1)',
  'recursive',
  'f',
  'o',
  'note',
  "'a'",
  '1',
  '::text',
  '::regclass',
  '(',
  ')',
  ',',
  '.',
  '*',
  "current_setting('a')",
  'row_written(c)',
  'c.row_written',
  'support.customers c',
  'from',
  'where true',
];

const token = /\s+|"[^"]*"|'(?:[^']|'')*'|[\w$]+|::|./g;

/** @returns `count` of them, always the same. */
export function mutated(sources: readonly string[], count: number): readonly string[] {
  const { below } = randomFrom(20_261_121);
  const one = <T>(all: readonly T[]): T | undefined => all[below(all.length)];
  return Array.from({ length: count }, () => {
    const parts: string[] = [...(one(sources)?.match(token) ?? [])];
    for (let left = 1 + below(3); left > 0; left -= 1) {
      const at = below(parts.length);
      const length = below(3);
      const other = one(sources)?.match(token) ?? [];
      const from = below(other.length);
      const piece = below(2) === 0 ? [` ${one(words) ?? ''} `] : other.slice(from, from + below(8));
      parts.splice(at, length, ...piece);
    }
    return parts.join('');
  });
}
