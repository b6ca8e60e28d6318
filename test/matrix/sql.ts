/**
 * What Sallyport reads of SQL, against what a real server does: a pure read succeeds where nothing may be written, draws no
 * transaction number, and touches the tables that were read out of it, no more and no fewer.
 */
import { readFile } from 'node:fs/promises';
import { harmlessFunctions } from '../../src/content/sql/functions.ts';
import { harmlessOperators } from '../../src/content/sql/operators.ts';
import { readSql } from '../../src/content/sql/read-sql.ts';
import { isPureRead, type SqlRelation } from '../../src/content/sql/reading.ts';
import { harmlessTypes } from '../../src/content/sql/types.ts';
import { generated } from '../sql/generated.ts';
import { loadGrammar } from '../sql/grammar.ts';
import { statements } from '../sql/statements.ts';
import { type Server, startPostgresql } from './postgresql.ts';
import { cell, type Table } from './table.ts';

const generatedCount = 3_000;

/** What isn't the same twice, and changes nothing all the same. */
const volatile: ReadonlySet<string> = new Set([
  'clock_timestamp',
  'gen_random_uuid',
  'random',
  'timeofday',
]);

export async function sqlTable(): Promise<Table> {
  await loadGrammar();
  await using server = await startPostgresql();
  await server.psql(await readFile(new URL('../sql/schema.sql', import.meta.url), 'utf8'));
  const own = statements()
    .filter(({ sql, since }) => (since ?? 0) <= server.version && !/\$[12]/.test(sql))
    .map(({ sql }) => sql);
  const rows = [
    { name: 'the lists', cells: [await cell(() => checkLists(server))] },
    { name: 'the statements', cells: [await cell(() => checkStatements(server, own, true))] },
    {
      name: 'statements made at random',
      cells: [await cell(() => checkStatements(server, generated(generatedCount), false))],
    },
  ];
  return {
    title: `SQL, as PostgreSQL ${server.version} executes it`,
    of: 'what',
    columns: ['as read'],
    rows,
  };
}

interface Done {
  readonly error: string | null;
  /** That it returned, or changed. */
  readonly rows: number;
  /** Whether the transaction drew a number: it wrote. */
  readonly wrote: boolean;
  /** `schema.name` of tables that were locked, with how. */
  readonly locks: readonly string[];
}

const marker = '@@@';

/** Tables and views that a statement spoke of: what stands behind a view is the view's own, and parts are the whole's. */
const locksOf = `select string_agg(n.nspname || '.' || c.relname || ' ' || l.mode, ',')
  from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
  where l.pid = pg_backend_pid() and c.relkind in ('r', 'p', 'v') and not c.relispartition
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`;

/** Each in a transaction of its own, which is rolled back. */
async function execute(
  server: Server,
  all: readonly string[],
  mode: 'read only' | 'read write',
): Promise<readonly Done[]> {
  const script = all.map((sql, index) => {
    const hex = Buffer.from(sql).toString('hex');
    // As the server gets it from a client: psql itself reads nothing into it.
    return `begin ${mode}; set local statement_timeout = '1s';
\\t off
select convert_from(decode('${hex}', 'hex'), 'UTF8') \\gexec
\\t on
\\echo ${marker} ${index} :SQLSTATE
select pg_current_xact_id_if_assigned();
${locksOf};
rollback;
`;
  });
  const printed = (await server.psql(script.join(''))).split(`${marker} `);
  return printed.slice(1).map((part, index): Done => {
    const [head = '', number = '-', locks = '-'] = part.split('\n');
    const state = head.split(' ')[1] ?? '';
    // Below a table, and after what the one before left behind.
    const rows = printed[index]
      ?.match(/^\(\d+ rows?\)$/gm)
      ?.at(-1)
      ?.match(/\d+/)?.[0];
    return {
      error: state === '00000' ? null : state,
      rows: Number(rows ?? 0),
      wrote: state === '00000' && number !== '-',
      locks: locks === '-' || locks === '' ? [] : locks.split(','),
    };
  });
}

/** @param mustRun - each of them is a statement that the server takes; of the others only those that it takes count. */
async function checkStatements(
  server: Server,
  all: readonly string[],
  mustRun: boolean,
): Promise<string> {
  const read = all.flatMap((sql) => {
    const reading = readSql(sql);
    return reading.ok ? [{ sql, reading }] : [];
  });
  const texts = read.map(({ sql }) => sql);
  const guarded = await execute(server, texts, 'read only');
  const free = await execute(server, texts, 'read write');
  if (guarded.length !== texts.length || free.length !== texts.length)
    throw new Error(`${guarded.length} and ${free.length} of ${texts.length} were executed`);
  const wrong: string[] = [];
  let ran = 0;
  for (const [index, { sql, reading }] of read.entries()) {
    const [inReadOnly, inReadWrite] = [guarded[index], free[index]];
    if (inReadOnly === undefined || inReadWrite === undefined) continue;
    const say = (what: string): void => void wrong.push(`${what}: ${sql}`);
    const refused = inReadOnly.error === '25006';
    if (isPureRead(reading)) {
      if (refused) say('is no pure read');
      if (inReadWrite.wrote) say('wrote');
    } else if (reading.writes.length > 0 && inReadOnly.error === null)
      say('succeeded where nothing may be written');
    if (inReadWrite.error !== null) {
      if (mustRun) say(`failed with ${inReadWrite.error}`);
      continue;
    }
    ran += 1;
    const { rowsMax } = reading;
    if (reading.verb === 'select' && rowsMax !== null && inReadWrite.rows > rowsMax)
      say(`returned ${inReadWrite.rows} rows and not ${rowsMax}`);
    const expected = placesOf(reading.relations);
    const found = withoutViews(inReadWrite.locks, expected);
    if (found !== expected) say(`touched ${found} and not ${expected}`);
  }
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${ran}\n${wrong.join('\n')}`);
  return `${ran} of ${all.length} executed`;
}

/** Unqualified names as this server's `search_path` finds them. */
function placesOf(relations: readonly SqlRelation[]): string {
  const all = relations.map(
    ({ schema, name, access }) => `${access === 'write' ? '!' : ''}${schema ?? 'public'}.${name}`,
  );
  const written = new Set(all.filter((one) => one.startsWith('!')).map((one) => one.slice(1)));
  return [...new Set(all.filter((one) => !written.has(one)))].toSorted().join(' ');
}

function withoutViews(locks: readonly string[], expected: string): string {
  const found = new Map<string, boolean>();
  for (const lock of locks) {
    const [, name = '', mode = ''] = /^(.*) (\w+)$/.exec(lock) ?? [];
    found.set(name, found.get(name) === true || mode === 'RowExclusiveLock');
  }
  // The view's own table.
  if (expected.includes('support.open_orders') && !expected.includes('support.orders'))
    found.delete('support.orders');
  return [...found]
    .map(([name, writes]) => `${writes ? '!' : ''}${name}`)
    .toSorted()
    .join(' ');
}

/** Everything on the lists is PostgreSQL's own, and none of its forms may have an effect. */
async function checkLists(server: Server): Promise<string> {
  const functions = await server.psql(
    `select distinct proname, provolatile, prokind from pg_proc
     where pronamespace = 'pg_catalog'::regnamespace;`,
  );
  const kinds = new Map<string, string[]>();
  for (const line of functions.trim().split('\n')) {
    const [name = '', volatility = '', kind = ''] = line.split('|');
    kinds.set(name, [...(kinds.get(name) ?? []), `${volatility}${kind}`]);
  }
  const wrong: string[] = [];
  let known = 0;
  for (const name of harmlessFunctions) {
    const forms = kinds.get(name);
    if (forms === undefined) continue;
    known += 1;
    if (forms.some((form) => !/^[is][faw]$/.test(form)) && !volatile.has(name)) wrong.push(name);
  }
  const operators = await server.psql(
    `select distinct oprname, bool_or(p.provolatile = 'v') from pg_operator o join pg_proc p on p.oid = o.oprcode
     where oprnamespace = 'pg_catalog'::regnamespace group by 1;`,
  );
  const found = new Map(
    operators
      .trim()
      .split('\n')
      .map((line): [string, string] => {
        const at = line.lastIndexOf('|');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
  );
  for (const name of harmlessOperators) if (found.get(name) !== 'f') wrong.push(name);
  const types = await server.psql(
    `select typname, provolatile from pg_type t join pg_proc p on p.oid = t.typinput
     where typnamespace = 'pg_catalog'::regnamespace;`,
  );
  const inputs = new Map(
    types
      .trim()
      .split('\n')
      .map((line): [string, string] => {
        const [name = '', volatility = ''] = line.split('|');
        return [name, volatility];
      }),
  );
  for (const name of harmlessTypes) if (!/^[is]$/.test(inputs.get(name) ?? '')) wrong.push(name);
  if (known < 250) throw new Error(`only ${known} functions are known to the server`);
  if (wrong.length > 0) throw new Error(`not harmless, or not there: ${wrong.join(' ')}`);
  return `${known} functions, ${harmlessOperators.size} operators, ${harmlessTypes.size} types`;
}
