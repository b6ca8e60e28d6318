import { beforeAll, expect, test } from 'vitest';
import { readSql } from '../../src/content/sql/read-sql.ts';
import { loadGrammar } from './grammar.ts';
import { statements, told } from './statements.ts';

beforeAll(loadGrammar);

const all = statements();

test.each(all.map(({ sql, expected }) => [sql, expected]))('%s', (sql, expected) => {
  expect(told(readSql(sql))).toBe(expected);
});

test('there are enough of them', () => {
  expect(all.length).toBeGreaterThan(300);
  expect(new Set(all.map(({ sql }) => sql)).size).toBe(all.length);
});
