import { expect, test } from 'vitest';
import { loadPolicy } from '../load.ts';
import { emptyLock } from '../lock.ts';
import type { Policy } from '../model.ts';
import { diffPolicies } from './diff.ts';
import { formatPolicyDiff } from './format.ts';

function policy(grant: string, kind = '{ is: query, dialect: postgresql }'): Policy {
  const text = `
sallyport: 1
upstreams: { db: { functions: true } }
tools: { db.query: { action: query, tier: read_only, reach: internal, args: { sql: ${kind} } } }
agents: { helper: { permissions: { db: { query: ${grant} } } } }
`;
  const result = loadPolicy({ file: '/p.yaml', readFile: () => text, lock: emptyLock });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.policy;
}

test.each<[string, string, string, string]>([
  [
    'a table more',
    '{ tables: [support.orders] }',
    '{ tables: [support.orders, Products] }',
    '+ `db.query`: tables: added products',
  ],
  [
    'a table that is excepted',
    '{ tables: { except: [a.b] } }',
    '{ tables: { except: [a.b, \'"C d"\'] } }',
    '- `db.query`: tables: added "C d"',
  ],
  ['the same, written otherwise', '{ tables: [ORDERS] }', '{ tables: [\'"orders"\'] }', ''],
  ['more rows', '{ rows: 10 }', '{ rows: 20 }', '+ `db.query`: rows: at most 20 (was at most 10)'],
  [
    'no bound',
    '{ rows: 10, hours: Mon-Fri 09:00-17:00 }',
    '{ hours: Mon-Fri 09:00-17:00 }',
    '+ `db.query`: no longer rows: at most 10',
  ],
])('%s', (_, before, after, expected) => {
  const { groups } = diffPolicies(policy(before), policy(after));
  const told = formatPolicyDiff({ equal: false, groups });
  if (expected === '') expect(told).not.toContain('`db.query`');
  else expect(told).toContain(expected);
});

test('text that is SQL from now on', () => {
  const { groups } = diffPolicies(policy('allow', 'query'), policy('allow'));
  expect(formatPolicyDiff({ equal: false, groups })).toContain(
    'argument sql: query, read otherwise',
  );
});
