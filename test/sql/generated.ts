/**
 * Statements over the tables of `schema.sql`, made at random of everything in which something could hide: subqueries, names of
 * `WITH` that are also tables', calls in all their forms, functions in `FROM`. Most of them a server takes.
 */
import { type Random, randomFrom } from './random.ts';

export function generated(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => new Statement(randomFrom(index + 1)).text());
}

/** A source of rows, with a column of text. */
interface Source {
  readonly sql: string;
  readonly column: string;
}

interface Table {
  readonly name: string;
  readonly column: string;
}

const tables: readonly [Table, ...Table[]] = [
  { name: 'support.orders', column: 'note' },
  { name: 'support.customers', column: 'name' },
  { name: 'support."Order Notes"', column: '"Text"' },
  { name: 'public.products', column: 'name' },
  { name: 'products', column: 'name' },
  { name: 'orders', column: 'hidden' },
  { name: 'only support.payments', column: 'payment_id' },
];

/** Harmless, not harmless, and none. */
const functions = [
  'upper',
  'lower',
  'pg_catalog.lower',
  'md5',
  'reverse',
  'initcap',
  'note_it',
  'public.note_it',
] as const;
const attributes = ['upper', 'lower', 'md5', 'note_it', 'row_written', 'name'] as const;
const aggregates = ['max', 'min', 'count', 'string_agg'] as const;

class Statement {
  readonly #random: Random;
  /** Names of `WITH` that are known here, by how many are. */
  #names: readonly string[] = [];
  #aliases = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  text(): string {
    const { below } = this.#random;
    switch (below(8)) {
      case 0:
        return this.#write();
      default:
        return this.#query(3);
    }
  }

  #query(depth: number): string {
    const { below, one } = this.#random;
    const outer = this.#names;
    const clause = depth > 1 && below(3) === 0 ? this.#with(depth - 1) : '';
    const from = this.#sources(depth);
    const column = one(from).column;
    const value = this.#value(
      depth,
      from.map((source) => source.column),
    );
    const parts = [
      `${clause}select ${below(4) === 0 ? 'distinct ' : ''}${value} as v from ${from.map(({ sql }) => sql).join(', ')}`,
      below(3) === 0 ? `where ${this.#value(depth - 1, [column])} is not null` : '',
      below(6) === 0 ? `order by 1` : '',
      below(2) === 0 ? `limit ${below(5)}` : '',
      below(12) === 0 ? 'for update' : '',
    ];
    const union = depth > 1 && below(6) === 0 ? ` union all (${this.#query(depth - 1)})` : '';
    this.#names = outer;
    const first = parts.filter((part) => part !== '').join(' ');
    return union === '' ? first : `(${first})${union}`;
  }

  #with(depth: number): string {
    const { below, one } = this.#random;
    const queries: string[] = [];
    const recursive = below(4) === 0;
    for (let left = 1 + below(2); left > 0; left -= 1) {
      const name = one(['products', 'orders', 'a', '"Order Notes"']);
      if (this.#names.slice(-2).includes(name)) continue;
      const query =
        below(4) === 0 && depth === 2
          ? `delete from products returning name as v`
          : this.#query(depth);
      queries.push(`${name} as (${query})`);
      this.#names = [...this.#names, name];
    }
    return queries.length === 0
      ? ''
      : `with ${recursive ? 'recursive ' : ''}${queries.join(', ')} `;
  }

  #sources(depth: number): readonly [Source, ...Source[]] {
    const first = this.#source(depth);
    return this.#random.below(3) === 0 ? [first, this.#source(depth - 1)] : [first];
  }

  #source(depth: number): Source {
    const { below, one } = this.#random;
    this.#aliases += 1;
    const alias = `s${this.#aliases}`;
    const [name] = this.#names.slice(-1);
    if (name !== undefined && below(2) === 0)
      return { sql: `${name} ${alias}`, column: `${alias}.v` };
    switch (below(depth > 0 ? 7 : 3)) {
      case 0:
        return {
          sql: `unnest(array['a', 'b']) ${alias}`,
          column: one([`${alias}`, `${alias}.${alias}`, `${alias}.${one(attributes)}`]),
        };
      case 1:
        return {
          sql: `unnest(array['a']) ${alias}(x)`,
          column: one([`${alias}.x`, `${alias}.${one(attributes)}`]),
        };
      case 2:
        return { sql: `(${this.#query(depth - 1)}) ${alias}`, column: `${alias}.v` };
      case 3: {
        const inner = this.#source(depth - 1);
        return {
          sql: `lateral (select ${inner.column} as v from ${inner.sql}) ${alias}`,
          column: `${alias}.v`,
        };
      }
      default: {
        const table = one(tables);
        return { sql: `${table.name} ${alias}`, column: `${alias}.${table.column}` };
      }
    }
  }

  /** Of type text, as far as that can be told. */
  #value(depth: number, columns: readonly string[]): string {
    const { below, one } = this.#random;
    const [first = "'a'", ...others] = columns;
    const column = one([first, ...others]);
    if (depth <= 0) return `${column}::text`;
    const inner = (): string => this.#value(depth - 1, columns);
    switch (below(16)) {
      case 0:
        return `${one(functions)}(${inner()})`;
      case 1:
        return `(${inner()}).${one(attributes)}`;
      case 2:
        return `(select q.v from (${this.#query(depth - 1)}) q limit 1)`;
      case 3:
        return `(array[${inner()}])[1]`;
      case 4:
        return `case when ${inner()} like 'a%' then ${inner()} else ${inner()} end`;
      case 5:
        return `coalesce(${inner()}, ${inner()})`;
      case 6:
        return `(${inner()} || ${inner()})`;
      case 7:
        return `(exists (${this.#query(depth - 1)}))::text`;
      case 8:
        return `(array(${this.#query(depth - 1)}))[1]`;
      case 9: {
        const aggregate = one(aggregates);
        return aggregate === 'string_agg'
          ? `(select string_agg(${inner()}, ','))`
          : `(${aggregate}(${inner()}) over ())::text`;
      }
      case 10:
        return `(${inner()} in (${this.#query(depth - 1)}))::text`;
      case 11:
        return below(4) === 0 ? `(#! ${inner()})` : `upper(${inner()})`;
      case 12:
        return `(row(${inner()}))::text`;
      default:
        return `${column}::text`;
    }
  }

  #write(): string {
    const { below } = this.#random;
    const clause = below(2) === 0 ? this.#with(2) : '';
    switch (below(3)) {
      case 0:
        return `${clause}update support.orders set note = (${this.#value(1, [])}) where note in (${this.#query(2)})`;
      case 1:
        return `${clause}delete from products using (${this.#query(2)}) d where products.name = d.v`;
      default:
        return `${clause}insert into support."Order Notes" ("Text") ${this.#query(2)}`;
    }
  }
}
