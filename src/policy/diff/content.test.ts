import { expect, test } from 'vitest';
import { loadPolicy } from '../load.ts';
import { emptyLock } from '../lock.ts';
import type { Policy } from '../model.ts';
import { diffPolicies } from './diff.ts';

const base = `
sallyport: 1
upstreams: { mail: { functions: true } }
tools:
  mail.send: { action: send, tier: consequential, args: { to: recipient, text: content, files: attachment } }
agents: { helper: {} }
content:
  injection: { at: 0.8, then: redact }
  pii: { redact: [credit_card, us_ssn], in: [results, ledger] }
  secrets: { then: deny, in: [arguments, results, ledger] }
  results: { max_bytes: 16k, frame: untrusted, links: show }
  outbound:
    at: 0.7
    then: deny
    markers: [CONFIDENTIAL, secret plan]
    tone: [we guarantee]
    attachments: [.pdf, .csv]
    rules:
      - { if: "'iban' in content.pii", then: hold }
      - { if: "content.injection > 0.5", then: deny }
  detector: { http: "https://scores.example/v1", timeout: 2s, credential: { from: env:SCORES } }
`;

function loaded(text: string): Policy {
  const result = loadPolicy({ file: '/p.yaml', readFile: () => text, lock: emptyLock });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.policy;
}

function told(before: string, after: string): readonly string[] {
  const { groups } = diffPolicies(loaded(before), loaded(after));
  return groups.flatMap(({ about, changes }) =>
    changes.map(({ effect, text }) => `${about} ${marks[effect]} ${text}`),
  );
}

const marks = { wider: '+', narrower: '-', changed: '~', same: '=' };
const outbound = base.slice(base.indexOf('  outbound:'), base.indexOf('  detector:'));
const detector = base.slice(base.indexOf('  detector:'));
const pii = '  pii: { redact: [credit_card, us_ssn], in: [results, ledger] }\n';

test.each<readonly [from: string, to: string, expected: readonly string[]]>([
  ['at: 0.8', 'at: 0.9', ['+ content.injection.at: 0.9 (was 0.8)']],
  ['at: 0.8', 'at: 0.4', ['- content.injection.at: 0.4 (was 0.8)']],
  ['then: redact', 'then: frame', ['+ content.injection.then: frame (was redact)']],
  ['then: redact', 'then: withhold', ['- content.injection.then: withhold (was redact)']],
  ['then: redact', 'then: hold_next', ['~ content.injection.then: hold_next (was redact)']],
  ['credit_card, us_ssn', 'credit_card', ['+ content.pii.redact: removed us_ssn']],
  ['credit_card, us_ssn', 'credit_card, us_ssn, iban', ['- content.pii.redact: added iban']],
  ['in: [results, ledger] }', 'in: [ledger] }', ['+ content.pii.in: removed results']],
  [
    'in: [results, ledger] }',
    'in: [results, ledger, arguments] }',
    ['- content.pii.in: added arguments'],
  ],
  [
    pii,
    '',
    ['+ content.pii: nothing is redacted (was: credit_card, us_ssn redacted in results, ledger)'],
  ],
  ['secrets: { then: deny', 'secrets: { then: hold', ['+ content.secrets.then: hold (was deny)']],
  ['in: [arguments, results', 'in: [results', ['+ content.secrets.in: removed arguments']],
  ['16k', '4k', ['- content.results.max_bytes: 4000 (was 16000)']],
  ['frame: untrusted', 'frame: flagged', ['+ content.results.frame: flagged (was untrusted)']],
  ['links: show', 'links: keep', ['+ content.results.links: keep (was show)']],
  [outbound, '', ['+ content.outbound: nobody looks at what leaves']],
  ['at: 0.7', 'at: 0.9', ['+ content.outbound.at: 0.9 (was 0.7)']],
  ['    then: deny', '    then: hold', ['+ content.outbound.then: hold (was deny)']],
  [', secret plan', '', ['+ content.outbound.markers: removed secret plan']],
  ['[we guarantee]', '[we guarantee, lawsuit]', ['- content.outbound.tone: added lawsuit']],
  ['[.pdf, .csv]', '[.pdf, .csv, .zip]', ['+ content.outbound.attachments: added .zip']],
  ['[.pdf, .csv]', '[]', ['- content.outbound.attachments: removed .pdf, .csv']],
  ['    attachments: [.pdf, .csv]\n', '', ['+ content.outbound.attachments: any may leave unseen']],
  [
    `      - { if: "'iban' in content.pii", then: hold }\n`,
    '',
    ["+ content.outbound.rules: removed `'iban' in content.pii`: hold"],
  ],
  [
    '0.5", then: deny',
    '0.5", then: hold',
    [
      '~ content.outbound.rules: added `content.injection > 0.5`: hold; removed `content.injection > 0.5`: deny',
    ],
  ],
  [detector, '', ['+ content.detector: no model is asked']],
  [
    'scores.example/v1',
    'scores.example/v2',
    ['~ content.detector: https://scores.example/v2 (was https://scores.example/v1)'],
  ],
  ['timeout: 2s', 'timeout: 500ms', ['~ content.detector.timeout: 500ms (was 2s)']],
  [
    'env:SCORES',
    'env:OTHER',
    ['~ content.detector.credential: added env:OTHER; removed env:SCORES'],
  ],
])('%s becomes %s', (from, to, expected) => {
  expect(base).toContain(from);
  expect(told(base, base.replace(from, to))).toEqual(expected.map((line) => `settings ${line}`));
});

test('what is new is told as what lets less through', () => {
  expect(told(base.replace(outbound, '').replace(detector, '').replace(pii, ''), base)).toEqual([
    'settings - content.pii: credit_card, us_ssn redacted in results, ledger (was: nothing is redacted)',
    "settings - content.outbound: what leaves is looked at, denied for orders from 0.7, 2 rules, attachments that aren't .pdf or .csv, CONFIDENTIAL, secret plan and 1 more",
    'settings - content.detector: https://scores.example/v1 is asked besides',
  ]);
});

test('another place and another order mean nothing', () => {
  const moved = `\n\n${base}`
    .replace('[CONFIDENTIAL, secret plan]', '[secret plan, CONFIDENTIAL]')
    .replace('[arguments, results, ledger]', '[ledger, results, arguments]');
  expect(diffPolicies(loaded(base), loaded(moved))).toMatchObject({ equal: true });
});
