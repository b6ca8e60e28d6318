import { beforeAll, describe, expect, test } from 'vitest';
import { decided, loaded, verdictOf } from '../../../../test/engine/scene.ts';
import type { JsonObject } from '../../../content/value.ts';
import { loadGrammarFor } from '../../../runtime/sql-grammar.ts';

const policy = loaded(
  `
sallyport: 1
upstreams: { db: { functions: true } }
tools:
  db.read: { action: read, tier: read_only, reach: internal, args: { sql: { is: query, dialect: postgresql } } }
  db.explore: { action: explore, tier: read_only, reach: internal, args: { sql: { is: query, dialect: postgresql } } }
  db.page: { action: page, tier: read_only, reach: internal, args: { sql: { is: query, dialect: postgresql } } }
  db.audit: { action: audit, tier: read_only, reach: internal, args: { sql: { is: query, dialect: postgresql } } }
  db.change: { action: change, tier: reversible, reach: internal, args: { sql: { is: query, dialect: postgresql }, and: { is: query, dialect: postgresql, absent: none } } }
  db.hidden: { action: hidden, tier: read_only, reach: internal, args: { sql: { is: query, dialect: postgresql } } }
  db.shown: { action: shown, tier: read_only, reach: internal, args: { sql: { is: query, dialect: postgresql } } }
  db.batch: { action: batch, tier: read_only, reach: internal, args: { all: { "/*/sql": { is: query, dialect: postgresql } }, words: query } }
agents:
  helper:
    permissions:
      db:
        read: allow
        explore: { tables: [support.orders, support.order_items, products] }
        page: { rows: 100 }
        audit: { tables: { except: [support.secrets] } }
        hidden: { fields: { except: [email, /phone] } }
        shown: { fields: { only: [id, status, /detail/total] } }
        change: { tables: [support.orders] }
        batch: { tables: [support.orders] }
`,
  {
    tools: {
      'db.read': { sql: 'string' },
      'db.explore': { sql: 'string?' },
      'db.page': { sql: 'string' },
      'db.audit': { sql: 'string' },
      'db.hidden': { sql: 'string' },
      'db.shown': { sql: 'string' },
      'db.change': { sql: 'string', and: 'string?' },
      'db.batch': {
        all: {
          type: 'array',
          items: { type: 'object', properties: { sql: { type: 'string' } } },
        },
        words: 'string?',
      },
    },
  },
);

function verdict(tool: string, args: JsonObject): string {
  return verdictOf(decided(policy, `db.${tool}`, args, { user: null }));
}

function inputsOf(tool: string, sql: string): JsonObject {
  const { findings } = decided(policy, `db.${tool}`, { sql }, { user: null });
  return findings.find(({ code }) => code === 'inputs.sql')?.details ?? {};
}

test('before the grammar is there, nothing passes', () => {
  expect(verdict('read', { sql: 'select 1' })).toBe('deny inputs.sql');
  expect(inputsOf('read', 'select 1')).toMatchObject({ reason: 'unavailable' });
});

describe('with the grammar', () => {
  beforeAll(() => loadGrammarFor(policy));

  test('what was refused for want of it is read now', () => {
    expect(verdict('read', { sql: 'select 1' })).toBe('allow');
  });

  describe('a reading tool', () => {
    test.each<[string, string, JsonObject]>([
      [
        'WITH x AS (DELETE …) SELECT',
        'with x as (delete from support.orders returning *) select * from x',
        { reason: 'writes', statements: ['delete'] },
      ],
      [
        'dblink',
        "select * from dblink('host=evil.example', 'select 1') as t(a int)",
        { reason: 'function', name: 'dblink' },
      ],
      [
        'pg_read_file',
        "select pg_read_file('/etc/passwd')",
        { reason: 'function', name: 'pg_read_file' },
      ],
      ['lo_export', "select lo_export(1, '/tmp/x')", { reason: 'function', name: 'lo_export' }],
      [
        'set_config',
        "select set_config('search_path', 'evil', false)",
        { reason: 'function', name: 'set_config' },
      ],
      [
        'a call that looks like a column',
        "select f.pg_read_file from unnest(array['/etc/passwd']) f",
        { reason: 'function', name: 'pg_read_file' },
      ],
      ['a lock', 'select * from support.orders for update', { reason: 'locks' }],
      ['two statements', 'select 1; select 2', { reason: 'several_statements' }],
      ['what does not parse', "selec 'my secret'", { reason: 'syntax', position: 0 }],
      ['a NUL', 'select 1 \0; drop table x', { reason: 'characters' }],
      ['too much of it', `select '${'x'.repeat(16 * 1024)}'`, { reason: 'too_long' }],
      [
        'too deep',
        `select ${'(select '.repeat(1_500)}1${')'.repeat(1_500)}`,
        { reason: 'too_deep' },
      ],
      [
        'a change',
        'update support.orders set note = 1',
        { reason: 'writes', statements: ['update'] },
      ],
    ])('%s', async (_, sql, details) => {
      expect(verdict('read', { sql })).toBe('deny inputs.sql');
      // What has broken the grammar is one call's; the next one's is whole.
      await Promise.resolve();
      expect(inputsOf('read', sql)).toEqual({ at: '/sql', ...details });
    });

    test('a literal is never in the record', () => {
      for (const sql of [
        "selec 'hunter2hunter2'",
        "select pg_read_file('hunter2hunter2')",
        "select 1 where 'hunter2hunter2'::regclass is null",
        "delete from support.orders where note = 'hunter2hunter2'",
        'select $x$hunter2hunter2',
      ]) {
        expect(verdict('read', { sql })).toBe('deny inputs.sql');
        const { findings } = decided(policy, 'db.explore', { sql }, { user: null });
        expect(JSON.stringify(findings)).not.toContain('hunter2');
      }
    });
  });

  test.each<[string, string, JsonObject, string]>([
    ['a change, by a tool that changes', 'change', { sql: 'delete from support.orders' }, 'allow'],
    [
      'of another table',
      'change',
      { sql: 'delete from support.payments' },
      'deny authorize.tables',
    ],
    [
      'that reads another',
      'change',
      { sql: 'delete from support.orders where id in (select id from products)' },
      'deny authorize.tables',
    ],
    [
      'a second statement',
      'change',
      { sql: 'select 1', and: 'delete from products' },
      'deny authorize.tables',
    ],
    [
      'what is neither',
      'change',
      { sql: 'drop table support.orders' },
      'deny inputs.sql inputs.sql',
    ],
    ['a call of something', 'change', { sql: "select nextval('a')" }, 'deny inputs.sql inputs.sql'],

    ['a table that is granted', 'explore', { sql: 'select * from support.orders' }, 'allow'],
    ['in another case', 'explore', { sql: 'SELECT * FROM Support.ORDERS' }, 'allow'],
    [
      'the same name in quotes is another',
      'explore',
      { sql: 'select * from support."ORDERS"' },
      'deny authorize.tables',
    ],
    ['granted without its schema', 'explore', { sql: 'select * from products' }, 'allow'],
    [
      'asked with a schema that nobody named',
      'explore',
      { sql: 'select * from public.products' },
      'deny authorize.tables',
    ],
    [
      'asked without the schema that was named',
      'explore',
      { sql: 'select * from orders' },
      'deny authorize.tables',
    ],
    [
      'one more, deep below',
      'explore',
      {
        sql: 'select * from support.orders where exists (with a as (select 1 from (values (1)) v where 1 in (select id from support.secrets)) select * from a)',
      },
      'deny authorize.tables',
    ],
    [
      'a name of WITH is no table',
      'explore',
      { sql: 'with secrets as (select * from support.orders) select * from secrets' },
      'allow',
    ],
    ['no table at all', 'explore', { sql: 'select 1' }, 'allow'],
    ['no statement', 'explore', {}, 'deny authorize.absent'],

    ['what is not excepted', 'audit', { sql: 'select * from support.orders' }, 'allow'],
    ['what is', 'audit', { sql: 'select * from support.secrets' }, 'deny authorize.tables'],
    ['what may be', 'audit', { sql: 'select * from secrets' }, 'deny authorize.tables'],
    ['of another schema', 'audit', { sql: 'select * from other.secrets' }, 'allow'],

    ['few rows', 'page', { sql: 'select * from a limit 100' }, 'allow'],
    ['too many', 'page', { sql: 'select * from a limit 101' }, 'deny authorize.rows'],
    ['no bound', 'page', { sql: 'select * from a' }, 'deny authorize.rows'],
    [
      'a bound that is computed',
      'page',
      { sql: 'select * from a limit 1 + 1' },
      'deny authorize.rows',
    ],
    [
      'a bound below',
      'page',
      { sql: 'select * from (select * from a limit 5) b' },
      'deny authorize.rows',
    ],
    ['one number', 'page', { sql: 'select count(*) from a' }, 'allow'],
    ['many rows in one', 'page', { sql: 'select json_agg(a) from a' }, 'deny authorize.rows'],
    [
      'a number of them',
      'page',
      { sql: 'select json_agg(a) from a limit 5' },
      'deny authorize.rows',
    ],

    ['columns by name', 'hidden', { sql: 'select c.id, name as n from c order by 1' }, 'allow'],
    ['one that is hidden', 'hidden', { sql: 'select email from c' }, 'deny authorize.columns'],
    [
      'under another name',
      'hidden',
      { sql: 'select c.email as e from c' },
      'deny authorize.columns',
    ],
    ['in quotes', 'hidden', { sql: 'select "Email" from c' }, 'deny authorize.columns'],
    ['a part that is hidden', 'hidden', { sql: 'select phone from c' }, 'deny authorize.columns'],
    [
      'asked, not shown',
      'hidden',
      { sql: "select id from c where email like 'a%'" },
      'deny authorize.columns',
    ],
    [
      'joined by',
      'hidden',
      { sql: 'select id from c join d using (email)' },
      'deny authorize.columns',
    ],
    [
      'compared by nature',
      'hidden',
      { sql: 'select id from c natural join d' },
      'deny authorize.columns',
    ],
    ['all of them', 'hidden', { sql: 'select * from c' }, 'deny authorize.columns'],
    ['all of one table', 'hidden', { sql: 'select c.* from c, d' }, 'deny authorize.columns'],
    ['a whole row', 'hidden', { sql: 'select row_to_json(c) from x.c' }, 'deny authorize.columns'],
    [
      'a whole row by its table',
      'hidden',
      { sql: 'select x.c from x.c' },
      'deny authorize.columns',
    ],
    [
      'a whole row of an alias',
      'hidden',
      { sql: "select to_jsonb(o) ->> 'email' from c o" },
      'deny authorize.columns',
    ],
    ['renamed', 'hidden', { sql: 'select b from c as d(a, b)' }, 'deny authorize.columns'],
    [
      'renamed by a join',
      'hidden',
      { sql: 'select b from (c join d on true) as e(a, b)' },
      'deny authorize.columns',
    ],
    [
      'by a table as such',
      'hidden',
      { sql: 'select 1 as a, 2 as b union all table c' },
      'deny authorize.columns',
    ],
    [
      'below, and named',
      'hidden',
      { sql: 'select row_to_json(s) from (select id from c) s' },
      'allow',
    ],
    ['a number of rows', 'hidden', { sql: 'select count(*) from c' }, 'allow'],
    ['columns that are shown', 'shown', { sql: 'select id, status, detail from c' }, 'allow'],
    ['one that is not', 'shown', { sql: 'select id, name from c' }, 'deny authorize.columns'],
    [
      'one that is not, behind a name of its own',
      'shown',
      { sql: 'select id from c where exists (select 1 as name) and name is null' },
      'deny authorize.columns',
    ],

    ['a list of statements', 'batch', { all: [{ sql: 'select * from support.orders' }] }, 'allow'],
    [
      'one of which is another',
      'batch',
      { all: [{ sql: 'select 1' }, { sql: 'select * from products' }] },
      'deny authorize.tables',
    ],
    [
      'one of which is missing',
      'batch',
      { all: [{ sql: 'select 1' }, {}] },
      'deny authorize.absent',
    ],
    [
      'text that is no SQL is nobody’s concern',
      'batch',
      { all: [{ sql: 'select 1' }], words: 'drop table x' },
      'allow',
    ],
  ])('%s', (_, tool, args, expected) => {
    expect(verdict(tool, args)).toBe(expected);
  });
});
