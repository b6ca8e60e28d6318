/** What docs/sql.md says: its policy loads and decides so, and its numbers are the code's. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { harmlessFunctions } from '../../src/content/sql/functions.ts';
import { readSql } from '../../src/content/sql/read-sql.ts';
import { decided, loaded, verdictOf } from '../engine/scene.ts';
import { loadGrammar } from './grammar.ts';
import { statements } from './statements.ts';

beforeAll(loadGrammar);

const text = readFileSync(new URL('../../docs/sql.md', import.meta.url), 'utf8');
const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
const policy = loaded(`sallyport: 1\nupstreams: { warehouse: { functions: true } }\n${yaml}`, {
  tools: { 'warehouse.query': { sql: 'string' } },
});

test.each<[string, string]>([
  ['select order_id, total_cents from support.orders limit 20', 'allow'],
  [
    'select o.order_id from support.orders o join support.staff s on true limit 20',
    'deny authorize.tables',
  ],
  ['select order_id from support.orders', 'deny authorize.rows'],
  ['select * from support.orders limit 20', 'deny authorize.columns'],
  ["select order_id from support.orders where email like 'a%' limit 20", 'deny authorize.columns'],
  ["insert into support.orders values ('x')", 'deny inputs.sql'],
])('its policy: %s', (sql, expected) => {
  const verdict = verdictOf(
    decided(policy, 'warehouse.query', { sql }, { user: null, agent: 'analyst' }),
  );
  expect(verdict).toBe(expected);
});

test('its numbers', () => {
  expect(Number(/some (\d+) are, in/.exec(text)?.[1])).toBeCloseTo(harmlessFunctions.size, -1);
  expect(text).toContain(`has ${Math.floor(statements().length / 100) * 100} statements`);
  expect(readSql(`select '${'x'.repeat(16 * 1024 - 9)}'`)).toMatchObject({ ok: true });
  expect(readSql(`select '${'x'.repeat(16 * 1024 - 8)}'`)).toMatchObject({ reason: 'too_long' });
});
