import { loadGrammarFor } from '../../src/runtime/sql-grammar.ts';
import { loaded } from '../engine/scene.ts';

const policy = loaded(
  `
sallyport: 1
upstreams: { db: { functions: true } }
tools: { db.query: { action: read, tier: read_only, reach: internal, args: { sql: { is: query, dialect: postgresql } } } }
`,
  { tools: { 'db.query': { sql: 'string' } } },
);

/** As the gateway does it, for a policy with SQL in it. */
export function loadGrammar(): Promise<void> {
  return loadGrammarFor(policy);
}
