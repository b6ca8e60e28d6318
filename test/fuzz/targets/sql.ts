import { readSql } from '../../../src/content/sql/read-sql.ts';
import { isPureRead } from '../../../src/content/sql/reading.ts';
import { loadGrammar } from '../../sql/grammar.ts';
import { must, type Target } from '../target.ts';

await loadGrammar();

/** A statement of SQL: it is read or refused, the same way twice, and one more statement behind it is never overlooked. */
export const sqlTarget: Target = {
  name: 'sql',
  alphabet: 'text',
  // Too short to run the grammar out of its stack, after which it needs a moment.
  lengthMax: 400,
  roundsInTest: 600,
  seeds: [
    'select a.b, count(*) from s.t a join u on u.id = a.id where x in (select 1) group by 1 limit 10',
    'with recursive r as (select 1 union all select n from r) select * from r, lateral unnest(a) with ordinality f(x)',
    'with x as (delete from t returning *) select (y).z, q.lower from x, unnest(b) q',
    "insert into t (a) values ('x', $1) on conflict (a) do update set b = excluded.b returning *",
    "merge into t using u on t.a = u.a when matched then update set b = E'\\n' when not matched then do nothing",
    "select U&'\\0041', $$x$$, e'\\x41', b'1', interval '1 day', x::int[], a operator(pg_catalog.+) b /* c */ -- d",
  ],
  dictionary: [
    ' select ',
    ' from ',
    ' with ',
    ' as (',
    ' delete from t ',
    'pg_sleep(1)',
    ' union all ',
    "''",
    '$$',
    '/*',
    '*/',
    '--',
    '\n',
    ';',
    '::regclass',
    'U&"',
    "E'",
    '\\',
    '\0',
    ' limit 1',
  ],
  check(input) {
    const reading = readSql(input);
    must(JSON.stringify(readSql(input)) === JSON.stringify(reading), 'is read otherwise again');
    if (!reading.ok) return reading.reason;
    const followed = readSql(`${input}\n;delete from t`);
    must(!followed.ok || !isPureRead(followed), 'hides the statement behind it');
    return `${reading.verb} ${reading.writes.length} ${reading.locks} ${reading.collects}`;
  },
};
