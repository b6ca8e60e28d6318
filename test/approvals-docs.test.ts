/** docs/approvals.md is run: its policy loads without a word, and decides what its rows say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatDiagnostic } from '../src/policy/diagnostic.ts';
import { loadPolicy } from '../src/policy/load.ts';
import { emptyLock } from '../src/policy/lock.ts';
import { runPolicyTests } from '../src/policy/policytest.ts';
import { formatPolicyTests } from '../src/policy/policytest-summary.ts';

const document = readFileSync(join(import.meta.dirname, '..', 'docs', 'approvals.md'), 'utf8');

function block(name: string): string {
  const found = new RegExp(`^\`\`\`yaml ${name}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(document)?.[1];
  if (found === undefined) throw new Error(`there is no block \`yaml ${name}\``);
  return found;
}

test('the policy asks whom its rows say', () => {
  const loaded = loadPolicy({
    file: 'sallyport.yaml',
    readFile: () => block('policy'),
    lock: emptyLock,
  });
  if (!loaded.ok) throw new Error(loaded.errors.map(formatDiagnostic).join('\n\n'));
  expect(loaded.warnings.map(formatDiagnostic)).toEqual([]);
  const results = runPolicyTests(loaded.policy, 'approvals.md', block('rows'));
  if ('errors' in results) throw new Error(results.errors.map(formatDiagnostic).join('\n\n'));
  expect(formatPolicyTests('approvals.md', results.tests)).toContain('all as expected');
});
