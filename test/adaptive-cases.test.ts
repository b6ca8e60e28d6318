/** Attacks by somebody who knows the rules, on an office: each of the two tables says which, and what honest work beside them is let through. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatDiagnostic } from '../src/policy/diagnostic.ts';
import { runPolicyTests } from '../src/policy/policytest.ts';
import { formatPolicyTests } from '../src/policy/policytest-summary.ts';
import { loaded } from './engine/scene.ts';

const folder = join(import.meta.dirname, 'policies', 'office');

const office = loaded(readFileSync(join(folder, 'sallyport.yaml'), 'utf8'), {
  tools: {
    'mail.search': { query: 'string?' },
    'mail.send': {
      to: 'string[]',
      cc: 'string[]?',
      bcc: 'string[]?',
      reply_to: 'string?',
      subject: 'string',
      body: 'string',
      attachments: 'string[]?',
    },
    'mail.save_draft': { to: 'string[]', subject: 'string', body: 'string' },
    'mail.drafts': { query: 'string?' },
    'mail.send_draft': { draft_id: 'string' },
    'mail.forward': { mail_id: 'string', to: 'string[]' },
    'mail.delete': { mail_id: 'string' },
    'mail.set_rule': { from: 'string', forward_to: 'string' },
    'support.search': { query: 'string?' },
    'notes.write': { title: 'string', text: 'string' },
    'notes.read': { query: 'string?' },
    'calendar.search': { query: 'string?', day: 'string?' },
    'calendar.create': {
      title: 'string',
      day: 'string',
      participants: 'string[]?',
      description: 'string?',
    },
    'drive.search': { query: 'string?' },
    'drive.write': { name: 'string', content: 'string' },
    'drive.share': { file_id: 'string', with: 'string' },
    'drive.make_link': { file_id: 'string' },
    'drive.upload': { name: 'string', site: 'string', content: 'string' },
    'contacts.find': { name: 'string' },
    'suppliers.find': { name: 'string' },
    'vault.read': { name: 'string' },
    'web.search': { query: 'string' },
    'web.fetch': { url: 'string' },
    'web.look_up_host': { host: 'string' },
    'web.track_parcel': { number: 'string' },
  },
});

test.each(['request.policytest.yaml', 'case.policytest.yaml'])('%s', (name) => {
  const results = runPolicyTests(office, name, readFileSync(join(folder, name), 'utf8'));
  if ('errors' in results) throw new Error(results.errors.map(formatDiagnostic).join('\n\n'));
  const failed = results.tests.filter(({ failures }) => failures.length > 0);
  expect(formatPolicyTests(name, failed)).not.toContain('FAIL');
});
