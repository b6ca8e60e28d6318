import { expect, test } from 'vitest';
import { decided, loaded, verdictOf } from '../../../../test/engine/scene.ts';

const policy = loaded(
  `
sallyport: 1
upstreams: { mail: { functions: true } }
tools:
  mail.open: { action: open, tier: read_only, reach: internal, args: { folder: folder } }
  mail.tag: { action: tag, tier: read_only, reach: internal, args: { folder: identifier } }
agents:
  helper:
    permissions:
      mail: { open: { folders: { except: [Finance, INBOX, Résumés] } }, tag: { where: { folder: [a] } } }
`,
  { tools: { 'mail.open': { folder: 'string' }, 'mail.tag': { folder: { type: 'array' } } } },
);

test.each<[string, string]>([
  ['Support', 'allow'],
  ['Finances', 'allow'],
  ['Finance', 'deny authorize.folders'],
  ['finance', 'deny authorize.folders'],
  ['Finance/2026', 'deny authorize.folders'],
  ['FINANCE.Payroll', 'deny authorize.folders'],
  ['inbox', 'deny authorize.folders'],
  ['INBOX.Support', 'allow'],
  ['Re\u0301sume\u0301s', 'deny authorize.folders'],
])('an excepted folder: %s', (folder, verdict) => {
  expect(verdictOf(decided(policy, 'mail.open', { folder }, { user: null }))).toBe(verdict);
});

test.each<[(string | null)[], string]>([
  [['a', 'a'], 'allow'],
  [['a', 'b'], 'deny authorize.where'],
  [['a', null], 'deny authorize.absent'],
  [[], 'deny authorize.absent'],
])('a list that `where` speaks of: %j', (folder, verdict) => {
  expect(verdictOf(decided(policy, 'mail.tag', { folder }, { user: null }))).toBe(verdict);
});
