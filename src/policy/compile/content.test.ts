import { describe, expect, test } from 'vitest';
import { emptyLists } from '../../engine/bindings.ts';
import { defaults } from '../defaults.ts';
import { loadPolicy } from '../load.ts';
import { emptyLock } from '../lock.ts';
import type { CelBindings, CelFindings, CelResult, ContentRules, Policy } from '../model.ts';

function loaded(text: string): Policy {
  const result = loadPolicy({ file: 'policy.yaml', readFile: () => text, lock: emptyLock });
  if (!result.ok) throw new Error(result.errors.map((error) => error.message).join('\n'));
  return result.policy;
}

function contentOf(section: string): ContentRules {
  return loaded(`sallyport: 1\ncontent: ${section}\n`).content;
}

const usual = defaults.content;

describe('what a content section becomes', () => {
  test.each<[string, string, Partial<ContentRules>]>([
    ['nothing said', '{}', {}],
    [
      'a threshold alone',
      '{ injection: { at: 0.5 } }',
      { injection: { at: 0.5, response: 'frame' } },
    ],
    [
      'the highest threshold',
      '{ injection: { at: 1 } }',
      { injection: { at: 1, response: 'frame' } },
    ],
    [
      'a response alone',
      '{ injection: { then: hold_next } }',
      { injection: { at: 0.8, response: 'hold_next' } },
    ],
    [
      'personal data, where nothing is said of where',
      '{ pii: { redact: [credit_card, us_ssn] } }',
      { pii: { redact: new Set(['credit_card', 'us_ssn']), in: new Set(['results', 'ledger']) } },
    ],
    [
      'personal data in arguments',
      '{ pii: { redact: [iban], in: [arguments] } }',
      { pii: { redact: new Set(['iban']), in: new Set(['arguments']) } },
    ],
    [
      'secrets, where nothing is said of where',
      '{ secrets: { then: hold } }',
      { secrets: { response: 'hold', in: new Set(['arguments', 'results', 'ledger']) } },
    ],
    [
      'secrets, where nothing is said of what then',
      '{ secrets: { in: [arguments, ledger] } }',
      { secrets: { response: 'deny', in: new Set(['arguments', 'ledger']) } },
    ],
    [
      'a size in thousands',
      '{ results: { max_bytes: 16k } }',
      { results: { maxBytes: 16_000, frame: 'untrusted', links: 'show' } },
    ],
    [
      'results as they are',
      '{ results: { frame: flagged, links: keep } }',
      { results: { maxBytes: 4_000, frame: 'flagged', links: 'keep' } },
    ],
    [
      'a model',
      '{ detector: { http: "https://scores.example/v1" } }',
      { detector: { url: 'https://scores.example/v1', timeoutMs: 2_000, credential: null } },
    ],
    [
      'a model on this host, with its credential',
      '{ detector: { http: "http://127.0.0.1:8080/score?model=guard", timeout: 250ms, credential: { from: env:SCORES } } }',
      {
        detector: {
          url: 'http://127.0.0.1:8080/score?model=guard',
          timeoutMs: 250,
          credential: { from: 'env:SCORES' },
        },
      },
    ],
  ])('%s', (_, section, expected) => {
    expect(contentOf(section)).toEqual({ ...usual, ...expected });
  });

  test.each<[string, string, object]>([
    [
      'a marker alone',
      '{ markers: [CONFIDENTIAL, internal use only] }',
      { markers: ['CONFIDENTIAL', 'internal use only'] },
    ],
    ['tone', '{ then: deny, tone: [we guarantee] }', { response: 'deny', tone: ['we guarantee'] }],
    ['a threshold', '{ at: 0.4 }', { at: 0.4 }],
    [
      'attachments',
      '{ attachments: [.pdf, image/*] }',
      { attachments: new Set(['.pdf', 'image/*']) },
    ],
    ['no attachment at all', '{ attachments: [] }', { attachments: new Set() }],
  ])('outbound: %s', (_, section, expected) => {
    expect(contentOf(`{ outbound: ${section} }`).outbound).toEqual({
      position: { file: 'policy.yaml', line: 2, column: 22 },
      at: 0.8,
      response: 'hold',
      markers: [],
      tone: [],
      attachments: null,
      rules: [],
      ...expected,
    });
  });
});

const sections = [
  // Of a coding agent, of one that writes mail, of a hospital's, and of a support desk's.
  `
  secrets: { then: deny, in: [arguments, results, ledger] }   # a key in a diff stops the push
  injection: { at: 0.8, then: frame }
  results: { max_bytes: 64k }`,
  `
  injection: { at: 0.8, then: frame }
  pii: { redact: [credit_card, us_ssn], in: [results, arguments, ledger] }
  secrets: { then: deny }
  results: { max_bytes: 16k }`,
  `
  injection: { at: 0.7, then: withhold }
  pii: { redact: [us_ssn], in: [results, ledger] }
  results: { max_bytes: 32k }`,
  `
  injection: { at: 0.8, then: frame }
  pii: { redact: [credit_card, us_ssn], in: [results, ledger] }`,
];

test('the sections that agents of four trades have', () => {
  const said = sections.map((section) => {
    const { injection, pii, secrets, results } = contentOf(section);
    return [
      `${injection.response} from ${injection.at}`,
      pii === null ? 'nothing' : `${[...pii.redact].join(' ')} in ${[...pii.in].join(' ')}`,
      `${secrets.response} in ${[...secrets.in].join(' ')}`,
      results.maxBytes,
    ];
  });
  expect(said).toEqual([
    ['frame from 0.8', 'nothing', 'deny in arguments results ledger', 64_000],
    [
      'frame from 0.8',
      'credit_card us_ssn in results arguments ledger',
      'deny in arguments results ledger',
      16_000,
    ],
    ['withhold from 0.7', 'us_ssn in results ledger', 'deny in arguments results ledger', 32_000],
    [
      'frame from 0.8',
      'credit_card us_ssn in results ledger',
      'deny in arguments results ledger',
      4_000,
    ],
  ]);
});

// ---- rules over findings ---------------------------------------------------------------------------------------

const nothingFound: CelFindings = {
  injection: 0,
  pii: [],
  secrets: [],
  markers: [],
  tone: [],
  attachments: [],
  model: 0,
  modelFailed: false,
};

const policyOfRules = (rule: string): Policy =>
  loaded(`sallyport: 1
upstreams: { post: { mcp: { command: m } }, bank: { mcp: { command: b } } }
tools:
  post.send: { action: send, tier: consequential, reach: external, args: { to: recipient, body: content } }
  bank.pay: { action: pay, tier: irreversible, reach: external, args: { amount: { is: amount, unit: cent, currency: USD }, account: account } }
agents:
  clerk: { case: { customer: recipient, purpose: { one_of: [care, billing] } }, permissions: { post: { send: allow }, bank: { pay: allow } } }
  reader: {}
content:
  detector: { http: "https://scores.example" }
  outbound:
    markers: [CONFIDENTIAL]
    tone: [we guarantee]
    attachments: [.pdf]
    rules: [{ if: ${JSON.stringify(rule)}, then: deny }]
`);

function judged(
  rule: string,
  findings: Partial<CelFindings> | null,
  lists: Partial<CelBindings['call']['lists']> = {},
): CelResult {
  const [compiled] = policyOfRules(rule).content.outbound?.rules ?? [];
  if (compiled === undefined) throw new Error('there is no rule');
  return compiled.program.evaluate({
    call: { args: {}, lists: { ...emptyLists(), ...lists } },
    tool: 'post.send',
    agent: 'clerk',
    user: { id: 'ann', roles: ['support'] },
    run: { id: 'run', calls: 3, steps: 0 },
    case: { customer: 'cleo@x.example', purpose: 'billing' },
    nowMs: Date.UTC(2026, 0, 5),
    ...(findings === null ? {} : { content: { ...nothingFound, ...findings } }),
  });
}

describe('rules over what was found', () => {
  test.each<[string, Partial<CelFindings>, boolean]>([
    ['content.injection >= 0.5', { injection: 0.5 }, true],
    ['content.injection >= 0.5', {}, false],
    ["'credit_card' in content.pii", { pii: ['email', 'credit_card'] }, true],
    ["'credit_card' in content.pii", { pii: ['email'] }, false],
    ["content.secrets.exists(s, s.startsWith('aws'))", { secrets: ['aws_access_key'] }, true],
    ["'CONFIDENTIAL' in content.markers", { markers: ['CONFIDENTIAL'] }, true],
    ['content.tone.size() > 0', { tone: ['we guarantee'] }, true],
    ['content.attachments.size() > 1', { attachments: ['a.exe', 'b.zip'] }, true],
    ['content.attachments.size() > 1', { attachments: ['a.exe'] }, false],
    ['content.model > 0.9', { model: 0.95 }, true],
    ['content.model_failed', { modelFailed: true }, true],
    ['content.model_failed', {}, false],
  ])('%s of %o', (rule, findings, expected) => {
    expect(judged(rule, findings)).toMatchObject({ ok: true, value: expected });
  });

  test.each<[string, boolean]>([
    ["'email' in content.pii && call.recipients.all(r, r == case.customer)", true],
    ["'email' in content.pii && !(case.customer in call.recipients)", false],
    ["case.purpose == 'billing' && agent == 'clerk' && tool == 'post.send'", true],
    ["'support' in user.roles && run.calls > 2 && now > timestamp('2026-01-01T00:00:00Z')", true],
    ['call.amounts.exists(a, a > usd(50))', true],
    ['call.contents.exists(c, c.contains("price"))', true],
  ])('beside what every call has: %s', (rule, expected) => {
    const found = judged(
      rule,
      { pii: ['email'] },
      { recipients: ['cleo@x.example'], amounts: [5_001], contents: ['the price'] },
    );
    expect(found).toMatchObject({ ok: true, value: expected });
  });

  test('a rule holds for a tool that came after it was compiled', () => {
    const [rule] = policyOfRules('content.injection > 0.5').content.outbound?.rules ?? [];
    const lists = emptyLists();
    expect(
      rule?.program.evaluate({
        call: { args: {}, lists },
        tool: 'other.tool',
        agent: 'clerk',
        user: { id: null, roles: [] },
        run: { id: 'run', calls: 0, steps: 0 },
        case: {},
        nowMs: 0,
        content: { ...nothingFound, injection: 0.9 },
      }),
    ).toMatchObject({ ok: true, value: true });
  });

  test('where nobody looked a rule has no value, and no mere false', () => {
    expect(judged('content.injection > 0.5', null)).toMatchObject({ ok: false });
    expect(judged("'jwt' in content.secrets", null)).toMatchObject({ ok: false });
  });

  test('a name that only agents bind whose calls stay inside is no reason to refuse it', () => {
    // `reader` binds no customer, and may send nothing.
    expect(judged("case.customer == 'cleo@x.example'", {})).toMatchObject({
      ok: true,
      value: true,
    });
  });
});

test('a policy that means the same has the same hash, however its content section is laid out', () => {
  const short = loaded(
    'sallyport: 1\ncontent: { pii: { redact: [iban] }, results: { max_bytes: 4000 } }\n',
  );
  const long = loaded(
    'sallyport: 1\ncontent:\n  # whose data\n  results:\n    max_bytes: 4000\n  pii:\n    redact:\n      - iban\n',
  );
  expect(long.hash).toBe(short.hash);
});
