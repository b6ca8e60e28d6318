import { beforeAll, expect, test } from 'vitest';
import { loadGrammar } from '../../test/sql/grammar.ts';
import { mutated } from '../../test/sql/mutated.ts';
import { statements } from '../../test/sql/statements.ts';
import { parseSql } from '../content/sql/parser.ts';
import { readSql } from '../content/sql/read-sql.ts';

beforeAll(loadGrammar);

/** Deep and long in every way that the grammar has. */
const shapes: readonly (readonly [string, (times: number) => string])[] = [
  ['parentheses', (n) => `select ${'('.repeat(n)}1${')'.repeat(n)}`],
  ['subqueries', (n) => `select ${'(select '.repeat(n)}1${')'.repeat(n)}`],
  ['sums', (n) => `select ${'1+'.repeat(n)}1`],
  ['negations', (n) => `select ${'not '.repeat(n)}true`],
  ['arrays', (n) => `select ${'array['.repeat(n)}1${']'.repeat(n)}`],
  ['subscripts', (n) => `select ${'a['.repeat(n)}1${']'.repeat(n)}`],
  ['casts', (n) => `select 1${'::int'.repeat(n)}`],
  ['cases', (n) => `select ${'case when '.repeat(n)}true${' then 1 end'.repeat(n)}`],
  ['calls', (n) => `select ${'lower('.repeat(n)}'a'${')'.repeat(n)}`],
  ['unions', (n) => `select 1${' union select 1'.repeat(n)}`],
  ['joins', (n) => `select * from a${' join a on true'.repeat(n)}`],
  ['sources', (n) => `select ${'* from (select '.repeat(n)}1${') x'.repeat(n)}`],
  ['WITH', (n) => `${'with a as ('.repeat(n)}select 1${') select 1'.repeat(n)}`],
  ['columns', (n) => `select ${'a,'.repeat(n)}a`],
  ['statements', (n) => 'select 1;'.repeat(n)],
  ['names', (n) => `select a${'.a'.repeat(n)}`],
  ['comments', (n) => `${'/*'.repeat(n)}${'*/'.repeat(n)} select 1`],
];

test.each(shapes)(
  'however many %s, each statement is read or refused, and so is the next',
  async (_, text) => {
    for (const times of [50, 200, 800, 3_000]) {
      const reading = readSql(text(times));
      if (!reading.ok) expect(reading.reason).not.toBe('construct');
      // Not a moment later: somebody else's call may be next.
      expect(readSql('select a from b.c limit 2')).toMatchObject({
        ok: true,
        relations: [{ schema: 'b', name: 'c', access: 'read' }],
        rowsMax: 2,
      });
      // The next spare is made between calls.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(process.exitCode).toBeUndefined();
  },
);

test('what breaks it twice at once is refused, and so is what comes before the next is there', async () => {
  const deep = `select ${'1+'.repeat(20_000)}1`;
  expect(parseSql(deep)).toEqual({ ok: false, reason: 'too_deep' });
  expect(parseSql(deep)).toEqual({ ok: false, reason: 'too_deep' });
  expect(parseSql('select 1')).toEqual({ ok: false, reason: 'unavailable' });
  await expect.poll(() => parseSql('select 1').ok).toBe(true);
});

test('mutations of statements are read or refused, and the same way twice', () => {
  for (const sql of mutated(
    statements().map((one) => one.sql),
    4_000,
  ))
    expect(readSql(sql), sql).toEqual(readSql(sql));
});

test('what the lexer would take seconds for is refused before it begins', () => {
  for (const run of ['/*', '+', '/**/', '-+', '<@'])
    expect(readSql(`select 1 ${run.repeat(3_000)}`)).toMatchObject({
      ok: false,
      reason: 'operator',
    });
  expect(readSql(`${'-'.repeat(80)}\nselect 1 /* ${'= '.repeat(80)} */`)).toMatchObject({
    ok: true,
  });
});
