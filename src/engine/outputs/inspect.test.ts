import { expect, test } from 'vitest';
import { contextOf, loaded, type SceneOptions } from '../../../test/engine/scene.ts';
import type { JsonObject, JsonValue } from '../../content/value.ts';
import { decide } from '../decide.ts';
import { scansOfResult } from '../scans.ts';
import { type Inspection, inspect } from './inspect.ts';
import { asJson, type ToolResult } from './result.ts';
import { unframed } from './unframed.ts';

const mails: JsonObject = {
  type: 'object',
  properties: { emails: { type: 'array' }, total: { type: 'integer' } },
  required: ['emails'],
};

const policy = loaded(
  `
sallyport: 1
upstreams: { mail: { functions: true } }
users: { static: { ann: { roles: [staff] } } }
tools:
  mail.list:
    action: read
    tier: read_only
    reach: internal
    args: { folder: folder }
    returns:
      trust: untrusted
      classes: [customer_data]
      items: /emails
      each: { /sender: sender, "/recipients/*": recipient, /labels: folder }
      subject: [/sender, "/recipients/*"]
      counts: [/total, /page/left]
  mail.text: { action: text, tier: read_only, reach: internal, args: { folder: folder }, returns: { items: /emails, each: { /sender: sender }, parse: yaml } }
  mail.raw: { action: raw, tier: read_only, reach: internal, args: { folder: folder }, returns: { items: /emails, each: { /sender: sender } } }
  mail.card: { action: card, tier: read_only, reach: internal, args: { id: identifier }, returns: { trust: trusted, subject: { arg: id }, success: result.ok } }
  mail.picture: { action: picture, tier: read_only, reach: internal, args: { id: identifier }, returns: { content: [image] } }
  mail.plain: { action: plain, tier: read_only, reach: internal, args: { id: identifier } }
roles:
  staff:
    permissions:
      mail: { read: { folders: [Support, Sales] }, text: allow, raw: allow, card: { fields: { except: [secret] } }, picture: allow, plain: allow }
agents:
  helper:
    acts_for: [staff]
    case: { customer: recipient }
    permissions:
      mail:
        read:
          folders: { only: [Support, Sales, INBOX], except: [Private] }
          senders: [case.customer, company.example]
          items: { recipient: { only: [case.customer, company.example] } }
        text: { senders: [company.example] }
        raw: { senders: [company.example] }
        card: { fields: { only: [name, phone, secret, /address/city] } }
        picture: allow
        plain: allow
  watcher:
    acts_for: [staff]
    enforcement: observe
    permissions: { mail: { text: { senders: [company.example] } } }
  two_views:
    acts_for: [staff]
    permissions:
      mail:
        text:
          - { senders: [company.example], fields: [subject, sender] }
          - { senders: [ann@partner.example], fields: [subject] }
`,
  {
    tools: {
      'mail.list': { folder: 'string?' },
      'mail.text': { folder: 'string?' },
      'mail.raw': { folder: 'string?' },
      'mail.card': { id: 'string' },
      'mail.picture': { id: 'string' },
      'mail.plain': { id: 'string' },
    },
    outputs: {
      'mail.list': mails,
      'mail.card': { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
    },
  },
);

const customer = 'carol@customer.example';
const options: SceneOptions = { case: { customer } };

const marks = { boundary: 'boundary', placeholderKey: 'run_1' };

function inspected(
  tool: string,
  args: JsonObject,
  result: ToolResult,
  scene: SceneOptions = options,
): Inspection {
  const context = contextOf(policy, tool, args, scene);
  const decision = decide(context);
  if (context.tool === null || decision.effect !== 'allow')
    throw new Error(JSON.stringify(decision.findings));
  return inspect({
    policy,
    decision,
    tool: context.tool,
    args,
    result,
    scans: scansOfResult(policy, context.tool, result),
    marks,
  });
}

/** What the tool's own words are, without the frame that stands around them. */
function unframedResult({ result }: Inspection): JsonObject | null {
  return result === null ? null : unframed(asJson(result));
}

function structured(value: JsonObject): ToolResult {
  return {
    content: [{ type: 'text', text: `as the server renders it: ${JSON.stringify(value)}` }],
    structuredContent: value,
  };
}

function text(value: JsonValue): ToolResult {
  return {
    content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value) }],
  };
}

const hers = {
  sender: `Carol <${customer}>`,
  recipients: ['support@company.example'],
  labels: ['Support'],
  subject: 'hers',
};
const ours = {
  sender: 'support@company.example',
  recipients: [customer],
  labels: ['Sales'],
  subject: 'ours',
};

const codes = (inspection: Inspection): string[] =>
  inspection.findings.map(({ verdict, code }) => `${verdict} ${code}`);

test.each<[string, JsonObject, boolean]>([
  ['her mail', hers, true],
  ['our answer to her', ours, true],
  ["a stranger's mail", { ...hers, sender: 'eve@evil.example' }, false],
  ['a stranger with her name', { ...hers, sender: `${customer} <eve@evil.example>` }, false],
  [
    'our answer to somebody else too',
    { ...ours, recipients: [customer, 'dan@other.example'] },
    false,
  ],
  ['a mail to nobody', { ...ours, recipients: [] }, false],
  ['a mail without recipients', { sender: hers.sender, labels: ['Support'] }, false],
  ['a mail in no folder', { ...hers, labels: [] }, false],
  ['a mail in one of the folders', { ...hers, labels: ['Support', 'Archive'] }, true],
  ['a mail in a folder that only the agent may read', { ...hers, labels: ['INBOX'] }, false],
  ['a mail in an excepted folder too', { ...hers, labels: ['Support', 'Private'] }, false],
  ['a sender that nobody can read', { ...hers, sender: 'Carol' }, false],
  ['null for a sender', { ...hers, sender: null }, false],
])('an item is shown to agent and user: %s', (_, item, shown) => {
  const { result, withheld } = inspected(
    'mail.list',
    {},
    structured({ emails: [hers, item], total: 117 }),
  );
  expect(withheld).toBe(false);
  expect(result?.structuredContent).toEqual({
    emails: shown ? [hers, item] : [hers],
    total: shown ? 2 : 1,
  });
});

test('the text says what is left of the data, not what the server wrote', () => {
  const inspection = inspected(
    'mail.list',
    {},
    structured({
      emails: [hers, { ...hers, sender: 'eve@evil.example', subject: 'the secret plan' }],
      page: { left: 40 },
    }),
  );
  expect(unframedResult(inspection)?.['content']).toEqual([
    { type: 'text', text: JSON.stringify({ emails: [hers], page: { left: 1 } }) },
  ]);
  expect(inspection.changed).toBe(true);
});

test('what else the server put beside the data goes', () => {
  const inspection = inspected(
    'mail.list',
    {},
    { ...structured({ emails: [] }), _meta: { all: [ours] }, extra: 'x' },
  );
  expect(Object.keys(unframedResult(inspection) ?? {}).sort()).toEqual([
    'content',
    'structuredContent',
  ]);
});

test.each<[string, string, ToolResult, string[]]>([
  [
    'data that does not fit what the tool promises',
    'mail.list',
    structured({ mails: [] }),
    ['deny outputs.schema', 'deny outputs.unfilterable'],
  ],
  [
    'no data where some was promised',
    'mail.list',
    text('nothing found'),
    ['deny outputs.schema', 'deny outputs.unfilterable'],
  ],
  [
    'a picture beside the list',
    'mail.list',
    {
      ...structured({ emails: [hers] }),
      content: [{ type: 'image', data: '', mimeType: 'image/png' }],
    },
    ['deny outputs.media', 'deny outputs.unfilterable'],
  ],
  [
    'text that should be data and is not',
    'mail.text',
    text('emails: [unclosed'),
    ['deny outputs.unfilterable'],
  ],
  [
    'text whose aliases would unfold',
    'mail.text',
    text('a: &a [x]\nemails: [*a]'),
    ['deny outputs.unfilterable'],
  ],
  [
    'two texts',
    'mail.text',
    {
      content: [
        { type: 'text', text: 'emails: []' },
        { type: 'text', text: 'emails: []' },
      ],
    },
    ['deny outputs.unfilterable'],
  ],
  [
    'text that nobody says is data',
    'mail.raw',
    text({ emails: [] }),
    ['deny outputs.unfilterable'],
  ],
  [
    'a link',
    'mail.picture',
    { content: [{ type: 'resource_link', uri: 'https://evil.example' }] },
    ['deny outputs.media'],
  ],
  [
    'a kind of content that nobody knows',
    'mail.plain',
    { content: [{ type: 'hologram' }] },
    ['deny outputs.media'],
  ],
])('withheld: %s', (_, tool, result, expected) => {
  const args = tool === 'mail.picture' || tool === 'mail.plain' ? { id: '1' } : {};
  const inspection = inspected(tool, args, result);
  expect([inspection.result, inspection.withheld, codes(inspection)]).toEqual([
    null,
    true,
    expected,
  ]);
  expect(inspection.labels).toEqual({ trust: 'trusted', classes: [], subjects: [] });
});

test('text that carries data is filtered as data', () => {
  const yaml =
    'emails:\n  - { sender: a@company.example, subject: one }\n  - { sender: eve@evil.example, subject: two }\n';
  const inspection = inspected('mail.text', {}, text(yaml));
  expect(unframedResult(inspection)).toEqual(
    text({ emails: [{ sender: 'a@company.example', subject: 'one' }] }),
  );
});

test('what the media list names passes', () => {
  const result: ToolResult = { content: [{ type: 'image', data: 'aGk=', mimeType: 'image/png' }] };
  expect(inspected('mail.picture', { id: '1' }, result)).toMatchObject({
    result,
    changed: false,
    findings: [],
  });
});

test('fields are those that both the agent and the user may see', () => {
  const card = {
    ok: true,
    name: 'Ann',
    phone: { home: '1', secret: 'x' },
    secret: 'y',
    address: { city: 'Bonn', street: 'Z' },
    notes: [{ name: 'n', text: 't' }, 'loose'],
  };
  const { result } = inspected('mail.card', { id: '1' }, structured(card));
  expect(result?.structuredContent).toEqual({
    name: 'Ann',
    phone: { home: '1' },
    address: { city: 'Bonn' },
    notes: [{ name: 'n' }, null],
  });
});

test('each alternative shows its own items and its own fields of them', () => {
  const emails = ['a@company.example', 'ann@partner.example', 'eve@evil.example'].map((sender) => ({
    sender,
    subject: 's',
    body: 'b',
  }));
  const inspection = inspected('mail.text', {}, text({ emails }), { agent: 'two_views' });
  expect(unframedResult(inspection)).toEqual(
    text({ emails: [{ sender: 'a@company.example', subject: 's' }, { subject: 's' }] }),
  );
});

test('where a grant is only watched, everything passes and the record says what would not', () => {
  const result = text({ emails: [{ sender: 'eve@evil.example' }] });
  const inspection = inspected('mail.text', {}, result, { agent: 'watcher' });
  expect([inspection.result, codes(inspection), inspection.changed]).toEqual([
    result,
    ['note outputs.filtered'],
    false,
  ]);
});

test("an upstream's own refusal passes in its own words", () => {
  const result: ToolResult = { content: [{ type: 'text', text: 'no such folder' }], isError: true };
  const inspection = inspected('mail.list', {}, result);
  expect(inspection).toMatchObject({ success: false, withheld: false });
  expect(unframedResult(inspection)).toEqual(result);
});

test('an error that brings data along is filtered like any data', () => {
  const value = { emails: [hers, { ...hers, sender: 'eve@evil.example' }] };
  const { result, success } = inspected('mail.list', {}, { ...structured(value), isError: true });
  expect(result).toMatchObject({ isError: true, structuredContent: { emails: [hers] } });
  expect(success).toBe(false);
});

test('an error that is a picture is withheld', () => {
  const result: ToolResult = {
    content: [{ type: 'image', data: '', mimeType: 'image/png' }],
    isError: true,
  };
  expect(codes(inspected('mail.plain', { id: '1' }, result))).toEqual(['deny outputs.media']);
});

test.each<[string, JsonObject, boolean]>([
  ['true', { ok: true, name: 'Ann' }, true],
  ['false', { ok: false, name: 'Ann' }, false],
])('success is what the policy says it is: %s', (_, value, success) => {
  const inspection = inspected('mail.card', { id: '1' }, structured(value));
  expect(inspection.success).toBe(success);
  expect(codes(inspection).includes('note outputs.unsuccessful')).toBe(!success);
});

test('a long result is cut, and says so', () => {
  const inspection = inspected('mail.plain', { id: '1' }, text('x'.repeat(10_000)));
  expect(codes(inspection)).toEqual(['note outputs.truncated']);
  expect(JSON.stringify(inspection.result).length).toBeLessThan(6_000);
});

test('labels say whose data was shown, and nothing of what was not', () => {
  const { labels } = inspected(
    'mail.list',
    {},
    structured({ emails: [hers, { ...hers, sender: 'eve@evil.example' }] }),
  );
  expect(labels).toEqual({
    trust: 'untrusted',
    classes: ['customer_data'],
    subjects: [customer, 'support@company.example'],
  });
  expect(inspected('mail.card', { id: 'case-7' }, structured({ ok: true })).labels).toEqual({
    trust: 'trusted',
    classes: [],
    subjects: ['case-7'],
  });
});

test('data of somebody, and nobody can say whose, is of an unknown subject', () => {
  const { labels } = inspected(
    'mail.list',
    {},
    { content: [{ type: 'text', text: 'broken' }], isError: true },
  );
  expect(labels.subjects).toEqual(['?']);
});

test('an empty list is nobody’s data', () => {
  const { labels } = inspected(
    'mail.list',
    {},
    structured({ emails: [{ ...hers, sender: 'eve@evil.example' }] }),
  );
  expect(labels).toEqual({ trust: 'untrusted', classes: ['customer_data'], subjects: [] });
});

test('an obligation that nobody here knows withholds, also where a grant is only watched', () => {
  const context = contextOf(policy, 'mail.plain', { id: '1' }, options);
  const decision = decide(context);
  if (context.tool === null) throw new Error('the policy lost its tool');
  const newer = JSON.parse('{"type":"sign_result"}');
  const inspection = inspect({
    policy,
    decision: { ...decision, enforcement: 'observe', obligations: [newer] },
    tool: context.tool,
    args: {},
    result: text('x'),
    scans: scansOfResult(policy, context.tool, text('x')),
    marks,
  });
  expect([inspection.result, codes(inspection)]).toEqual([null, ['deny engine.fault']]);
});

test('a dry run has no result to inspect', () => {
  const result = text('Dry run');
  expect(inspected('mail.list', {}, result, { ...options, dryRun: true })).toMatchObject({
    result,
    findings: [],
    success: true,
  });
});
