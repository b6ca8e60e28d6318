/** When the grammar is loaded: with the first policy that has SQL in it, before that one is in force. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseSql } from '../../src/content/sql/parser.ts';
import { PolicySource, readPolicy } from '../../src/runtime/policy-source.ts';

const policy = (kind: string): string =>
  `sallyport: 1
upstreams: { db: { functions: true } }
tools: { db.query: { action: query, tier: read_only, reach: internal, args: { sql: ${kind} } } }
agents: { helper: { permissions: { db: { query: allow } } } }
`;

test('a reload brings the grammar, if the policy has SQL', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-sql-'));
  try {
    const file = join(directory, 'sallyport.yaml');
    await writeFile(file, policy('query'));
    const read: string[] = [];
    const source = new PolicySource(
      file,
      readPolicy(file),
      () => 1,
      async () => {
        // Recorded right before it is in force.
        read.push(parseSql('select 1').ok ? 'read' : 'refused');
      },
    );
    await writeFile(file, policy('identifier'));
    expect(await source.reload()).toBeNull();
    await writeFile(file, policy('{ is: query, dialect: postgresql }'));
    expect(await source.reload()).toBeNull();
    expect(read).toEqual(['refused', 'read']);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
