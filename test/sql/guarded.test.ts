/** A function that takes SQL, behind the whole gateway: what is refused never reaches it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as sallyport from '../../src/index.ts';

const policy = `
sallyport: 1
upstreams: { db: { functions: true } }
tools: { db.query: { action: query, tier: read_only, reach: internal, args: { sql: { is: query, dialect: postgresql } } } }
roles: { support: {} }
agents:
  helper:
    unattended: { owner: support }
    permissions: { db: { query: { tables: [support.orders], rows: 10 } } }
`;

test('a function that takes SQL gets what purely reads', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-sql-'));
  try {
    const file = join(directory, 'sallyport.yaml');
    await writeFile(file, policy);
    await using door = await sallyport.open({ policy: file });
    const asked: string[] = [];
    const query = door.tool('db.query', ({ sql }: { sql: string }) => {
      asked.push(sql);
      return 'two rows';
    });
    const answers: string[] = [];
    await door.run({ agent: 'helper' }, async () => {
      for (const sql of [
        'select id from support.orders limit 2',
        'select id from support.orders',
        'select id from support.staff limit 2',
        'with x as (delete from support.orders returning id) select id from x limit 2',
        "select ('/etc/passwd').pg_read_file",
      ])
        answers.push(await query({ sql }).catch((refused: { code: string }) => refused.code));
    });
    expect(answers).toEqual([
      'two rows',
      'authorize.rows',
      'authorize.tables',
      'inputs.sql',
      'inputs.sql',
    ]);
    expect(asked).toEqual(['select id from support.orders limit 2']);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
