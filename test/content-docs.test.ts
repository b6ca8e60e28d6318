/** docs/content.md is run: its policy loads, and decides what its rows say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatDiagnostic } from '../src/policy/diagnostic.ts';
import { runPolicyTests } from '../src/policy/policytest.ts';
import { formatPolicyTests } from '../src/policy/policytest-summary.ts';
import { loaded } from './engine/scene.ts';

const document = readFileSync(join(import.meta.dirname, '..', 'docs', 'content.md'), 'utf8');

function block(name: string): string {
  const found = new RegExp(`^\`\`\`yaml ${name}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(document)?.[1];
  if (found === undefined) throw new Error(`there is no block \`yaml ${name}\``);
  return found;
}

test('the policy decides what its rows say', () => {
  const policy = loaded(block('policy'), {
    tools: {
      'mail.read': { id: 'string' },
      'mail.send': { to: 'string', body: 'string', files: 'string?' },
    },
  });
  const results = runPolicyTests(policy, 'content.md', block('rows'));
  if ('errors' in results) throw new Error(results.errors.map(formatDiagnostic).join('\n\n'));
  expect(formatPolicyTests('content.md', results.tests)).toContain('all as expected');
});
