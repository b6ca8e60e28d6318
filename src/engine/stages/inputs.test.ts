import { describe, expect, test } from 'vitest';
import {
  contextOf,
  decided,
  factsFor,
  loaded,
  proposed,
  type SceneOptions,
  verdictOf,
} from '../../../test/engine/scene.ts';
import type { Scans, Sighting, TextScan } from '../../content/detection/sighting.ts';
import type { JsonObject } from '../../content/value.ts';
import type { Policy } from '../../policy/model.ts';
import type { Ancestor } from '../context.ts';
import { decide } from '../decide.ts';
import type { Decision, Finding } from '../decision.ts';
import { gather } from '../gather.ts';

function desk(content: string): Policy {
  return loaded(
    `
sallyport: 1
upstreams: { mail: { functions: true }, box: { functions: true } }
content: ${content}
tools:
  mail.send: { action: send, tier: irreversible, reach: external, args: { to: recipient, subject: title, text: content, files: attachment } }
  box.put: { action: put, tier: reversible, reach: internal, args: { data: content } }
  box.get: { action: get, tier: read_only, reach: internal, args: { id: identifier, count: number } }
  box.sign: { action: sign, tier: reversible, reach: internal, args: { password: secret, parts: { "/*/token": secret, "/*/name": identifier } } }
  box.put_here: { of: box.put, action: put, with: { data: fixed-by-the-policy } }
agents:
  helper:
    permissions:
      mail: { send: { approval: never } }
      box: { put: allow, get: allow, sign: allow }
`,
    {
      tools: {
        'mail.send': { to: 'string[]', subject: 'string?', text: 'string?', files: 'string[]?' },
        'box.put': { data: {} },
        'box.get': { id: 'string', count: 'number?' },
        'box.sign': { password: 'string?', parts: { type: 'array' } },
      },
    },
  );
}

const plain = desk('{}');
const nobody = { user: null };

function sighting(type: string, start = 0, end = 4): Sighting {
  return { type, start, end, score: 1 };
}

const clean: TextScan = {
  injection: { score: 0, sightings: [], complete: true },
  pii: [],
  secrets: [],
  model: null,
};

/** As if the detectors had said this of those texts, and nothing of all the others. */
function scansFor(
  policy: Policy,
  tool: string,
  args: JsonObject,
  said: Readonly<Record<string, Partial<TextScan>>>,
): Scans {
  const texts = gather(proposed(policy, tool, args, nobody)).scan?.texts ?? [];
  for (const text of Object.keys(said)) expect(texts).toContain(text);
  return new Map(texts.map((text) => [text, { ...clean, ...said[text] }]));
}

function judged(
  policy: Policy,
  [tool, args]: readonly [string, JsonObject],
  said: Readonly<Record<string, Partial<TextScan>>>,
  options: SceneOptions = {},
): Decision {
  const scans = scansFor(policy, tool, args, said);
  return decided(policy, tool, args, { ...nobody, ...options, facts: { scans } });
}

function inputsOf({ findings }: Decision): readonly Finding[] {
  return findings.filter(({ stage }) => stage === 'inputs');
}

const put = (data: JsonObject[string]): [string, JsonObject] => ['box.put', { data }];
const send = (args: JsonObject): [string, JsonObject] => [
  'mail.send',
  { to: ['ann@x.example'], ...args },
];

describe('what is named to be looked at', () => {
  test.each<[string, [string, JsonObject], readonly string[]]>([
    ['a text', put('a text'), ['a text']],
    ['the same text once', put(['a text', 'a text']), ['a text']],
    ['keys', put({ 'a key': 'a text' }), ['a key', 'a text']],
    ['what is nested', put([[{ list: [{ deep: 'a text' }] }]]), ['list', 'deep', 'a text']],
    ['a number as long as a card’s', put([4_111_111_111_111_111]), ['4111111111111111']],
    ['a number below zero', put([-4_111_111_111_111_111]), ['-4111111111111111']],
    ['a number with a fraction', put([411_111_111_111.25]), ['411111111111.25']],
    ['no short number', put([41_111_111_111, 3.5, true, null]), []],
    ['nothing as short as `abc`', put(['abc', { id: 'x' }]), []],
    ['no secret that is meant to be one', ['box.sign', { password: 'hunter2!', parts: [] }], []],
    [
      'nor one in a part',
      ['box.sign', { parts: [{ token: 'hunter2!', name: 'a name' }] }],
      ['token', 'name', 'a name'],
    ],
    ['nothing that the policy fills in', ['box.put_here', {}], []],
    ['addresses', send({}), ['ann@x.example']],
  ])('%s', (_, [tool, args], texts) => {
    expect(gather(proposed(plain, tool, args, nobody)).scan?.texts ?? []).toEqual(texts);
  });

  test('every detector that a rule asks, and no other', () => {
    const looks = (content: string) => {
      const { scan } = gather(proposed(desk(content), ...put('a text'), nobody));
      return [scan?.looks.injection, scan?.looks.pii, scan?.looks.secrets];
    };
    expect(looks('{}')).toEqual([true, false, true]);
    expect(looks('{ pii: { redact: [email], in: [arguments] } }')).toEqual([true, true, true]);
    expect(looks('{ pii: { redact: [email], in: [results] } }')).toEqual([true, false, true]);
    expect(
      looks('{ outbound: { rules: [{ if: "content.pii.size() > 0", then: hold }] } }'),
    ).toEqual([true, true, true]);
  });

  test('a call that fits no schema carries nothing that anybody looks at', () => {
    expect(gather(proposed(plain, 'box.put', { stranger: 'a text' }, nobody)).scan).toBeNull();
    expect(gather(proposed(plain, 'box.burn', { data: 'a text' }, nobody)).scan).toBeNull();
  });
});

describe('a text that nobody looked at refuses the call', () => {
  test.each<[string, (scans: Scans) => Scans]>([
    ['no scans at all', () => new Map()],
    ['one is missing', (scans) => new Map([...scans].slice(1))],
    ['no secrets', (scans) => changed(scans, { secrets: null })],
    ['no personal data', (scans) => changed(scans, { pii: null })],
    ['no orders', (scans) => changed(scans, { injection: null })],
  ])('%s', (_, change) => {
    const policy = desk('{ pii: { redact: [email], in: [arguments] } }');
    const scans = change(scansFor(policy, ...put(['first', 'other']), {}));
    const decision = decided(policy, ...put(['first', 'other']), { ...nobody, facts: { scans } });
    expect(verdictOf(decision)).toBe('deny inputs.unscanned');
  });

  test('one that no rule asks about needn’t be looked at', () => {
    const scans = changed(scansFor(plain, ...put('first'), {}), { pii: null });
    expect(verdictOf(decided(plain, ...put('first'), { ...nobody, facts: { scans } }))).toBe(
      'allow',
    );
  });
});

function changed(scans: Scans, to: Partial<TextScan>): Scans {
  return new Map([...scans].map(([text, scan]) => [text, { ...scan, ...to }]));
}

const key = { 'a key inside': { secrets: [sighting('private_key')] } };
const held = { 'a key inside': { secrets: [sighting('held')] } };

describe('secrets', () => {
  test.each<[string, string, Readonly<Record<string, Partial<TextScan>>>, string]>([
    ['are denied', '{}', key, 'deny inputs.secret'],
    [
      'wait for a person, where the policy says so',
      '{ secrets: { then: hold } }',
      key,
      'hold inputs.secret approval.unavailable',
    ],
    ['pass where nobody looks for them', '{ secrets: { in: [results] } }', key, 'allow'],
    ['of Sallyport’s own', '{}', held, 'deny inputs.secret'],
    [
      'of Sallyport’s own wait for nobody',
      '{ secrets: { then: hold } }',
      held,
      'deny inputs.secret',
    ],
    [
      'of Sallyport’s own pass nowhere',
      '{ secrets: { in: [results] } }',
      held,
      'deny inputs.secret',
    ],
  ])('%s', (_, content, said, verdict) => {
    expect(verdictOf(judged(desk(content), put('a key inside'), said))).toBe(verdict);
  });

  test('a person is told what and where, and never the value', () => {
    const said = {
      'a key inside': { secrets: [sighting('private_key', 2, 5)] },
      'AKIA-as-a-name': { secrets: [sighting('aws_key', 0, 4)] },
    };
    const [finding] = inputsOf(
      judged(plain, put({ 'AKIA-as-a-name': ['', { 'x/y': 'a key inside' }] }), said),
    );
    expect(finding?.details).toEqual({
      found: [
        {
          detector: 'secrets',
          version: expect.any(Number),
          type: 'aws_key',
          at: '/data/*',
          start: 0,
          end: 4,
          score: 1,
          key: true,
        },
        {
          detector: 'secrets',
          version: expect.any(Number),
          type: 'private_key',
          at: '/data/*/1/x~1y',
          start: 2,
          end: 5,
          score: 1,
        },
      ],
    });
    expect(JSON.stringify(finding)).not.toContain('AKIA');
  });

  test('a thousand of them are told by the first ten and their number', () => {
    const [finding] = inputsOf(judged(plain, put(Array(1_000).fill('a key inside')), key));
    expect(finding?.details).toMatchObject({
      found: Array(10).fill({ type: 'private_key' }),
      more: 990,
    });
  });
});

describe('personal data', () => {
  const rules = '{ pii: { redact: [email, credit_card], in: [arguments] } }';

  test.each<
    [string, string, [string, JsonObject], Readonly<Record<string, Partial<TextScan>>>, string]
  >([
    [
      'in a text',
      rules,
      send({ text: 'card'.repeat(4) }),
      { cardcardcardcard: { pii: [sighting('credit_card')] } },
      'deny inputs.pii',
    ],
    [
      'of another type',
      rules,
      send({ text: 'a number' }),
      { 'a number': { pii: [sighting('phone')] } },
      'allow',
    ],
    [
      'only in results',
      '{ pii: { redact: [email], in: [results] } }',
      send({ text: 'an address' }),
      {},
      'allow',
    ],
    [
      'an address to write to',
      rules,
      send({}),
      { 'ann@x.example': { pii: [sighting('email')] } },
      'allow',
    ],
    [
      'the same address in the text',
      rules,
      send({ text: 'ann@x.example' }),
      { 'ann@x.example': { pii: [sighting('email')] } },
      'deny inputs.pii',
    ],
    [
      'an id that is written like an address',
      rules,
      ['box.get', { id: '<1042@x.example>' }],
      { '<1042@x.example>': { pii: [sighting('email')] } },
      'allow',
    ],
    [
      'a card where an id is meant',
      rules,
      ['box.get', { id: '4111111111111111' }],
      { '4111111111111111': { pii: [sighting('credit_card')] } },
      'deny inputs.pii',
    ],
    [
      'a card where an address is meant',
      rules,
      send({}),
      { 'ann@x.example': { pii: [sighting('credit_card')] } },
      'deny inputs.pii',
    ],
    [
      'in a key',
      rules,
      put({ 'a name': 1 }),
      { 'a name': { pii: [sighting('email')] } },
      'deny inputs.pii',
    ],
  ])('%s', (_, content, call, said, verdict) => {
    expect(verdictOf(judged(desk(content), call, said))).toBe(verdict);
  });
});

const ordered = (score: number): Partial<TextScan> => ({
  injection: { score, sightings: [{ ...sighting('override', 2, 8), score }], complete: true },
});

describe('orders in the arguments', () => {
  test('are a risk that is told, and no reason to refuse', () => {
    const decision = judged(plain, put('ignore all'), { 'ignore all': ordered(0.9) });
    expect(verdictOf(decision)).toBe('allow');
    expect(inputsOf(decision)).toMatchObject([
      {
        code: 'inputs.injection',
        verdict: 'note',
        details: {
          score: 0.9,
          found: [{ detector: 'injection', type: 'override', at: '/data', start: 2, end: 8 }],
        },
      },
    ]);
  });

  test('count from the policy’s own score on', () => {
    expect(inputsOf(judged(plain, put('ignore all'), { 'ignore all': ordered(0.79) }))).toEqual([]);
    const eager = desk('{ injection: { at: 0.5 } }');
    expect(inputsOf(judged(eager, put('ignore all'), { 'ignore all': ordered(0.5) }))).toHaveLength(
      1,
    );
  });

  test('a model counts as the screen does; that it failed is told', () => {
    const scored = judged(plain, put('ignore all'), {
      'ignore all': { model: { type: 'scored', score: 0.95 } },
    });
    expect(inputsOf(scored)).toMatchObject([
      { code: 'inputs.injection', details: { score: 0, model: 0.95 } },
    ]);
    const failed = judged(plain, put('ignore all'), {
      'ignore all': { model: { type: 'failed', reason: 'timeout' } },
    });
    expect(verdictOf(failed)).toBe('allow');
    expect(inputsOf(failed)).toMatchObject([
      { code: 'inputs.detector', verdict: 'note', details: { reasons: ['timeout'] } },
    ]);
  });
});

describe('after something that gave orders', () => {
  const above: Ancestor = {
    id: 'run_0',
    agent: 'helper',
    user: null,
    case: {},
    only: null,
    dryRun: false,
    status: 'open',
    holdsNext: 'call_0',
  };
  test.each<[string, [string, JsonObject], SceneOptions, string]>([
    [
      'a change waits',
      put('data'),
      { run: { holdsNext: 'call_0' } },
      'hold inputs.hold_next approval.unavailable',
    ],
    ['a look doesn’t', ['box.get', { id: 'some' }], { run: { holdsNext: 'call_0' } }, 'allow'],
    [
      'a child’s change waits too',
      put('data'),
      { ancestors: [above] },
      'hold inputs.hold_next approval.unavailable',
    ],
    [
      'of another run it doesn’t',
      put('data'),
      { ancestors: [{ ...above, holdsNext: null }] },
      'allow',
    ],
  ])('%s', (_, call, options, verdict) => {
    expect(verdictOf(judged(plain, call, {}, options))).toBe(verdict);
  });
});

test('who asked for a person is told: the call, and the run that it was of', () => {
  const held = judged(plain, put('data'), {}, { run: { holdsNext: 'call_0' } });
  expect(inputsOf(held)).toMatchObject([
    { code: 'inputs.hold_next', details: { run: 'run_1', askedBy: 'call_0' } },
  ]);
});

const hold = 'hold inputs.outbound approval.unavailable';

describe('the review of what leaves', () => {
  const review = `{ outbound: { markers: [CONFIDENTIAL, internal use only, 机密], tone: [we guarantee], attachments: [.pdf, image/*, text/plain] } }`;

  test.each<[string, JsonObject, string]>([
    ['an ordinary text', { text: 'The parcel left today.' }, 'allow'],
    ['a marker', { text: 'This is CONFIDENTIAL.' }, hold],
    ['in small letters, in the subject', { subject: 'confidential' }, hold],
    ['as a part of a word', { text: 'He said it confidentially.' }, 'allow'],
    ['a phrase, however it is set', { text: 'For Internal\n  use-only' }, hold],
    ['its words in another order', { text: 'use only internal mail' }, 'allow'],
    ['in a script without blanks', { text: '这是机密文件' }, hold],
    ['full-width', { text: 'ＣＯＮＦＩＤＥＮＴＩＡＬ' }, hold],
    ['with zero-width spaces', { text: 'CONFI\u200bDEN\u200bTIAL' }, hold],
    ['with Cyrillic letters', { text: 'СОNFIDЕNTIАL' }, hold],
    ['in mathematical letters', { text: '𝐂𝐎𝐍𝐅𝐈𝐃𝐄𝐍𝐓𝐈𝐀𝐋' }, hold],
    ['as entities', { text: '&#67;ONFIDENTI&#x41;L' }, hold],
    ['through tags', { text: 'CON<b>FIDEN</b>TIAL' }, hold],
    ['spaced', { text: 'C O N F I D E N T I A L' }, hold],
    ['broken', { text: 'CON-FIDEN-TIAL' }, hold],
    ['in Base64', { text: 'VGhpcyBpcyBDT05GSURFTlRJQUwu' }, hold],
    ['backwards', { text: 'LAITNEDIFNOC' }, hold],
    ['between pictures', { text: '🔒CONFIDENTIAL🔒' }, hold],
    ['in the address to which it goes', { to: ['confidential@x.example'] }, 'allow'],
    ['tone', { text: 'We guarantee delivery.' }, hold],
    ['a listed attachment', { files: ['/srv/out/Report.PDF'] }, 'allow'],
    ['one of a listed sort', { files: ['cat.webp', 'data:image/png;base64,AAAA'] }, 'allow'],
    ['one of a type that its name has', { files: ['notes.txt'] }, 'allow'],
    ['one that isn’t listed', { files: ['cat.png', 'run.exe'] }, hold],
    ['one that pretends', { files: ['report.pdf.exe'] }, hold],
    ['one whose name reads otherwise', { files: ['report\u202efdp.exe.pdf'] }, hold],
    ['one without a type', { files: ['LICENSE'] }, hold],
    ['one that says it is something else', { files: ['data:text/html,<b>x.pdf'] }, hold],
  ])('%s', (_, args, verdict) => {
    const policy = desk(review);
    expect(verdictOf(judged(policy, send(args), {}))).toBe(verdict);
  });

  test('looks at what leaves, and at nothing else', () => {
    expect(verdictOf(judged(desk(review), put('CONFIDENTIAL'), {}))).toBe('allow');
  });

  test.each<[string, string, Partial<TextScan>, string]>([
    ['orders', '{ at: 0.6 }', ordered(0.6), hold],
    ['weaker ones', '{ at: 0.6 }', ordered(0.59), 'allow'],
    ['what a model says', '{ at: 0.6 }', { model: { type: 'scored', score: 0.6 } }, hold],
    [
      'a model that fails',
      '{ at: 0.6 }',
      { model: { type: 'failed', reason: 'timeout' } },
      'hold inputs.detector approval.unavailable',
    ],
    [
      'what nobody could read to its end',
      '{ at: 0.6 }',
      { injection: { score: 0, sightings: [], complete: false } },
      hold,
    ],
    ['orders, refused', '{ at: 0.6, then: deny }', ordered(0.7), 'deny inputs.outbound'],
    [
      'a rule',
      '{ rules: [{ if: "content.injection > 0.3 && size(call.recipients) == 1", then: deny }] }',
      ordered(0.4),
      'deny inputs.outbound',
    ],
    [
      'a rule that is false',
      '{ rules: [{ if: content.injection > 0.5, then: deny }] }',
      ordered(0.4),
      'allow',
    ],
    [
      'a rule over personal data',
      `{ rules: [{ if: "'phone' in content.pii", then: hold }] }`,
      { pii: [sighting('phone')] },
      hold,
    ],
    [
      'a rule without a value',
      '{ rules: [{ if: "call.contents[7] == \'x\'", then: deny }] }',
      {},
      hold,
    ],
    [
      'the worse of two',
      '{ markers: [hello], rules: [{ if: content.injection > 0.3, then: deny }] }',
      ordered(0.4),
      'deny inputs.outbound',
    ],
  ])('%s', (_, outbound, said, verdict) => {
    const decision = judged(desk(`{ outbound: ${outbound} }`), send({ text: 'hello there' }), {
      'hello there': said,
    });
    expect(verdictOf(decision)).toBe(verdict);
  });

  test('a person is told every reason', () => {
    const policy = desk(
      `{ outbound: { at: 0.5, markers: [secret], tone: [asap], attachments: [], rules: [{ if: content.markers.size() > 0, then: hold }] } }`,
    );
    const decision = judged(
      policy,
      send({ subject: 'secret', text: 'asap, and a secret', files: ['a.pdf'] }),
      { 'asap, and a secret': ordered(0.6) },
    );
    expect(inputsOf(decision)).toMatchObject([
      {
        code: 'inputs.outbound',
        at: policy.content.outbound?.position,
        details: {
          score: 1,
          factors: [
            { type: 'marker', marker: 'secret', at: '/subject' },
            { type: 'tone', phrase: 'asap', at: '/text' },
            { type: 'attachment', at: '/files/0' },
            { type: 'injection', seen: 'override', at: '/text', start: 2, end: 8, score: 0.6 },
          ],
          rules: [{ if: 'content.markers.size() > 0' }],
        },
      },
    ]);
  });
});

test('where a policy only watches, what is carried is recorded and goes on', () => {
  const watched = { ...plain, enforcement: 'observe' as const };
  expect(verdictOf(judged(watched, put('a key inside'), key))).toBe('deny, allowed inputs.secret');
});

test('what was named is what is decided about: equal texts in the same order, however often it is asked', () => {
  const context = contextOf(plain, ...put({ a: ['first', 'other'] }), nobody);
  if (context.reading?.ok !== true) throw new Error('unread');
  expect(context.reading.read.texts.written).toEqual(['a', 'first', 'other']);
  expect(decide({ ...context, facts: factsFor(context) }).verdict).toBe('allow');
});
