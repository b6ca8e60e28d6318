import { expect, test } from 'vitest';
import { loadPolicy } from '../load.ts';
import { emptyLock } from '../lock.ts';
import { checkPolicy } from './check.ts';

const tools = {
  none: '',
  inside: `upstreams: { notes: { functions: true } }
tools: { notes.add: { action: add, tier: reversible, reach: internal, args: { file: attachment } } }
`,
  mail: `upstreams: { mail: { functions: true } }
tools:
  mail.send: { action: send, tier: consequential, reach: external, args: { to: recipient, files: attachment } }
  mail.note: { of: mail.send, with: { files: "" }, action: note }
`,
  call: `upstreams: { phone: { functions: true } }
tools: { phone.call: { action: call, tier: consequential, reach: external, args: { to: { is: recipient, form: phone } } } }
`,
};

const attached =
  'content.outbound.attachments: mail.send may attach files, and nobody looks at what they are';
const held = 'what is held: there is no `approvals.default` who could be asked, so it is refused';

test.each<[what: string, of: keyof typeof tools, section: string, expected: readonly string[]]>([
  ['nothing said, and nothing leaves', 'none', '', []],
  ['an attachment that stays inside', 'inside', '', []],
  ['files leave, and nobody looks', 'mail', '', [attached]],
  [
    'files leave, and of what leaves only words are looked at',
    'mail',
    'outbound: { then: deny, markers: [CONFIDENTIAL] }',
    [attached],
  ],
  ['files leave that are looked at', 'mail', 'outbound: { then: deny, attachments: [.pdf] }', []],
  [
    'no files leave that could be looked at',
    'call',
    'outbound: { then: deny, attachments: [.pdf] }',
    ['content.outbound.attachments: no external tool has an argument of the kind `attachment`'],
  ],
  [
    'nothing leaves that could be looked at',
    'inside',
    'outbound: { then: deny, markers: [CONFIDENTIAL] }',
    ['content.outbound: no tool is external, so nothing is looked at'],
  ],
  ['a review that holds', 'call', 'outbound: { at: 0.5 }', [`content.outbound: ${held}`]],
  [
    'a rule that holds',
    'call',
    `outbound: { then: deny, rules: [{ if: "'iban' in content.pii", then: hold }] }`,
    [`content.outbound: ${held}`],
  ],
  [
    'the next call is held',
    'none',
    'injection: { then: hold_next }',
    [
      'content.injection: after a result that gives orders what the run does from then on is held: there is no `approvals.default` who could be asked, so it is refused',
    ],
  ],
  [
    'a call with a secret is held',
    'none',
    'secrets: { then: hold }',
    [
      'content.secrets: a call that carries a secret is held: there is no `approvals.default` who could be asked, so it is refused',
    ],
  ],
  [
    'secrets may leave',
    'none',
    'secrets: { then: hold, in: [results, ledger] }',
    [
      'content.secrets.in: without `arguments`: a call that carries a secret goes out, unless it is one that Sallyport holds',
    ],
  ],
  [
    'secrets are read and kept',
    'none',
    'secrets: { in: [arguments] }',
    [
      'content.secrets.in: without `results`: what results carry of them reaches the model',
      'content.secrets.in: without `ledger`: what calls and results carry of them is stored as it is',
    ],
  ],
  ['personal data, as usual', 'none', 'pii: { redact: [iban] }', []],
  [
    'what is kept from the record alone',
    'none',
    'pii: { redact: [iban], in: [ledger] }',
    [
      'content.pii.in: without `results`: what results carry of it reaches the model',
      'content.pii.in: with `ledger` alone: rules that look back don’t find in the record what the model has read, so it may leave',
    ],
  ],
  [
    'personal data in arguments alone',
    'none',
    'pii: { redact: [iban], in: [arguments] }',
    [
      'content.pii.in: an argument is never rewritten: a call that carries such data is refused',
      'content.pii.in: without `results`: what results carry of it reaches the model',
      'content.pii.in: without `ledger`: what calls and results carry of it is stored as it is',
    ],
  ],
  [
    'results as they are',
    'none',
    'results: { frame: flagged, links: keep }',
    [
      'content.results.frame: what others write stands unmarked where nothing was found, and detectors miss some',
      'content.results.links: links and images of others stay as they are: whoever renders them calls their hosts',
    ],
  ],
  [
    'a model elsewhere',
    'none',
    'detector: { http: "https://scores.example:8443/v1?model=guard" }',
    [
      'content.detector: scores.example:8443 is sent what untrusted tools return, what external calls carry and what openers pass in',
    ],
  ],
])('%s', (_, of, section, expected) => {
  const policy = `sallyport: 1\n${tools[of]}content: { ${section} }\n`;
  const result = loadPolicy({ file: 'p.yaml', readFile: () => policy, lock: emptyLock });
  if (!result.ok) throw new Error(result.errors.map((error) => error.message).join('\n'));
  expect(
    checkPolicy(result.policy).unenforceable.map(({ grant, reason }) => `${grant}: ${reason}`),
  ).toEqual(expected);
});
