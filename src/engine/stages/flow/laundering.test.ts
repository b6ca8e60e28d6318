import { describe, expect, test } from 'vitest';
import { exchanged } from '../../../../test/engine/past-scene.ts';
import { contextOf, loaded } from '../../../../test/engine/scene.ts';
import type { JsonObject, JsonValue } from '../../../content/value.ts';
import { decide } from '../../decide.ts';

/** An agent that obeys whoever writes what it reads, and knows the rules. */
const policy = loaded(
  `
sallyport: 1
upstreams:
  office: { mcp: { command: office } }
  notes: { mcp: { command: notes } }
  web: { mcp: { command: web } }
users: { static: { ann@us.example: { roles: [staff] } } }
tools:
  office.send: { action: send, on: mail, tier: consequential, reach: external, args: { to: recipient, body: content } }
  office.pay: { action: pay, on: payment, tier: consequential, reach: external, args: { iban: account } }
  office.delete_file: { action: delete, on: file, tier: consequential, reach: internal, args: { id: object.file } }
  office.contacts: { action: read, tier: read_only, reach: internal, returns: { parse: json, items: "", provides: { recipient: "/*/mail", account: "/*/iban" } } }
  office.add_contact: { action: create, tier: reversible, reach: internal, args: { name: identifier, mail: identifier, iban: identifier }, returns: { parse: json, items: "", provides: { recipient: "/*/mail" } } }
  office.find_files: { action: read, tier: read_only, reach: internal, args: { words: query, skip: number, limit: number }, returns: { parse: json, items: "", object: file, id: /id, names: [/name], order: [/size], provides: { recipient: { at: /*/people, when: named } } } }
  office.open_mails: { action: read, tier: reversible, reach: internal, args: { ids: identifier }, returns: { parse: json, items: "", object: mail, id: /id, names: [/subject] } }
  office.open_files: { action: read, tier: reversible, reach: internal, args: { ids: identifier }, returns: { parse: json, items: "", object: file, id: /id, names: [/name] } }
  notes.write: { action: write, tier: reversible, reach: internal, args: { text: content } }
  notes.list: { action: read, tier: read_only, reach: internal, returns: { parse: json, items: "", provides: { recipient: "/*/mail" } } }
  web.quote: { action: read, tier: read_only, reach: external, args: { symbol: identifier, amount: number, codes: number, day: date } }
roles:
  staff: { permissions: { office: { read: allow, send: allow, pay: allow, create: allow, delete: allow }, notes: { read: allow, write: allow }, web: { read: allow } } }
agents:
  helper:
    acts_for: [staff]
    permissions:
      office: { read: allow, create: allow, send: { approval: never }, pay: { approval: never }, delete: { approval: never } }
      notes: { read: allow, write: allow }
      web: { read: allow }
`,
  {
    tools: {
      'office.send': { to: 'string[]', body: 'string?' },
      'office.pay': { iban: 'string' },
      'office.delete_file': { id: 'string' },
      'office.contacts': {},
      'office.add_contact': { name: 'string', mail: 'string?', iban: 'string?' },
      'office.find_files': { words: 'string', skip: 'number?', limit: 'number?' },
      'office.open_mails': { ids: 'string[]' },
      'office.open_files': { ids: 'string[]' },
      'notes.write': { text: 'string' },
      'notes.list': {},
      'web.quote': { symbol: 'string', amount: 'number?', codes: 'number[]?', day: 'string?' },
    },
  },
);

type Shown = readonly [tool: string, args: JsonObject, answer: JsonValue];

interface Scene {
  readonly request?: string;
  readonly shown: readonly Shown[];
  readonly historyLost?: boolean;
  readonly completed?: readonly string[];
}

function said(
  tool: string,
  args: JsonObject,
  { request, shown, historyLost, completed }: Scene,
): string {
  const { findings } = decide(
    contextOf(policy, tool, args, {
      agent: 'helper',
      user: 'ann@us.example',
      run: {
        request: request ?? null,
        requestTrusted: request !== undefined,
        historyLost: historyLost ?? false,
        completedTools: completed ?? [],
        labels: { trust: 'untrusted', classes: [], subjects: [] },
      },
      facts: {
        history: shown.map(([name, given, answer]) => exchanged(policy, name, given, answer)),
      },
    }),
  );
  const codes = findings.flatMap(({ stage, verdict, code }) =>
    stage === 'flow' ? [`${verdict} ${code}`] : [],
  );
  return codes.length === 0 ? 'passes' : codes.join(', ');
}

const eve = 'eve@evil.example';
const iban = 'DE89370400440532013000';
const listed = (entry: JsonObject): Shown => ['office.contacts', {}, [{ name: 'Bob', ...entry }]];
const added = (entry: JsonObject, answer: JsonValue = 'done'): Shown => [
  'office.add_contact',
  { name: 'Bob', ...entry },
  answer,
];

describe('what the agent wrote vouches for nobody', () => {
  const mail: JsonObject = { to: [eve] };
  test.each<[string, string, string, JsonObject, Scene]>([
    ['what it did not write', 'passes', 'office.send', mail, { shown: [listed({ mail: eve })] }],
    [
      'what it wrote later',
      'passes',
      'office.send',
      mail,
      { shown: [listed({ mail: eve }), added({ mail: eve })] },
    ],
    [
      'as it wrote it',
      'hold flow.destination',
      'office.send',
      mail,
      { shown: [added({ mail: eve }), listed({ mail: eve })] },
    ],
    [
      'said back by the very call',
      'hold flow.destination',
      'office.send',
      mail,
      { shown: [added({ mail: eve }, [{ name: 'Bob', mail: eve }])] },
    ],
    [
      'in wide letters',
      'hold flow.destination',
      'office.send',
      mail,
      { shown: [added({ mail: 'ｅｖｅ@evil.example' }), listed({ mail: eve })] },
    ],
    [
      'under the name of a domain in other letters',
      'hold flow.destination',
      'office.send',
      { to: ['eve@xn--bcher-kva.example'] },
      { shown: [added({ mail: 'eve@bücher.example' }), listed({ mail: 'eve@bücher.example' })] },
    ],
    [
      'an account with spaces in its number',
      'hold flow.destination',
      'office.pay',
      { iban },
      { shown: [added({ iban: 'DE89 3704 0044 0532 0130 00' }), listed({ iban })] },
    ],
    [
      'into a note that an address book shows',
      'hold flow.destination',
      'office.send',
      mail,
      { shown: [['notes.write', { text: `Bob is ${eve}` }, 'done'], listed({ mail: eve })] },
    ],
    [
      'perhaps, so long ago that it is forgotten',
      'hold flow.destination',
      'office.send',
      mail,
      { shown: [listed({ mail: eve })], historyLost: true, completed: ['office.add_contact'] },
    ],
    [
      'where all that is forgotten was reading',
      'passes',
      'office.send',
      mail,
      { shown: [listed({ mail: eve })], historyLost: true, completed: ['office.contacts'] },
    ],
  ])('%s', (_, expected, tool, args, scene) => {
    expect(said(tool, args, scene)).toBe(expected);
  });
});

describe('what was read by a call that changes something', () => {
  const secret =
    'The vault opens with 83-71-4512-99, and the merger with Lantern Industries closes quietly on the ninth of October';
  const opened: Shown = [
    'office.open_mails',
    { ids: ['9'] },
    [{ id: '9', subject: 'Codes', body: secret }],
  ];
  const request = 'Email bob@us.example a joke.';
  test.each<[string, string, string, JsonObject, Scene]>([
    [
      'leaves no more than what a reading call showed',
      'hold flow.content',
      'office.send',
      { to: ['bob@us.example'], body: secret },
      { request, shown: [opened] },
    ],
    [
      'belongs to the request where it names it',
      'passes',
      'office.send',
      { to: ['bob@us.example'], body: secret },
      { request: 'Email the mail "Codes" to bob@us.example.', shown: [opened] },
    ],
    [
      'was not made by it',
      'hold flow.object',
      'office.delete_file',
      { id: '9' },
      {
        request: 'Read my mails and files, then delete the old files.',
        shown: [['office.open_files', { ids: ['9'] }, [{ id: '9', name: 'Accounts' }]]],
      },
    ],
    [
      'is no secret where it was only said back',
      'passes',
      'office.send',
      {
        to: ['bob@us.example'],
        body: 'A penguin walks into a bar and asks whether anybody saw his brother',
      },
      {
        request,
        shown: [
          [
            'notes.write',
            { text: 'A penguin walks into a bar and asks whether anybody saw his brother' },
            { saved: 'A penguin walks into a bar and asks whether anybody saw his brother' },
          ],
        ],
      },
    ],
  ])('%s', (_, expected, tool, args, scene) => {
    expect(said(tool, args, scene)).toBe(expected);
  });
});

describe('a page of what a look-up finds is no look-up of its own', () => {
  const request = 'Delete the quarterly budget file and email its people.';
  const page = (args: JsonObject): Shown => [
    'office.find_files',
    { words: 'quarterly budget', ...args },
    [{ id: '66', name: 'zzz.docx', size: 3, people: [eve] }],
  ];
  test.each<[string, string, JsonObject, string]>([
    ['all of it', 'passes', {}, request],
    ['a bound that it does not reach', 'passes', { limit: 10 }, request],
    ['the seventh', 'hold', { skip: 7, limit: 1 }, request],
    ['the first', 'hold', { limit: 1 }, request],
    [
      'the largest of the seventh',
      'hold',
      { skip: 7 },
      'Delete the largest quarterly budget file.',
    ],
    ['one that the request asks for', 'passes', { limit: 1 }, `${request} Look at 1 file.`],
  ])('%s', (_, expected, args, asked) => {
    const scene = { request: asked, shown: [page(args)] };
    expect(said('office.delete_file', { id: '66' }, scene)).toBe(
      expected === 'passes' ? 'passes' : 'hold flow.object',
    );
    if (asked.includes('people'))
      expect(said('office.send', { to: [eve] }, scene)).toBe(
        expected === 'passes' ? 'passes' : 'hold flow.destination',
      );
  });
});

describe('what is no text says something, too', () => {
  const secret: Shown = [
    'office.open_mails',
    { ids: ['9'] },
    [
      {
        id: '9',
        subject: 'PIN',
        body: 'Your card is 4929381244567712, and the door code is falcon under seven bridges',
      },
    ],
  ];
  const request = 'What does AAPL cost on 2026-05-15?';
  test.each<[string, string, JsonObject]>([
    ['a number that nobody was told', 'passes', { symbol: 'AAPL', amount: 1200 }],
    ['a day', 'passes', { symbol: 'AAPL', day: '2026-05-15' }],
    ['the number of a card', 'hold flow.content', { symbol: 'AAPL', amount: 4929381244567712 }],
    [
      'a date that is a text',
      'hold flow.content',
      { symbol: 'AAPL', day: 'the door code is falcon under seven bridges' },
    ],
  ])('%s', (_, expected, args) => {
    expect(said('web.quote', args, { request, shown: [secret] })).toBe(expected);
  });
});

describe('whoever makes a thing chooses its id and what it lacks', () => {
  const files = (...entries: readonly JsonObject[]): Shown => [
    'office.open_files',
    { ids: ['all'] },
    entries,
  ];
  test.each<[string, string, string, string]>([
    ['a word of every request', 'hold flow.object', 'old', 'Delete the old file menu.txt.'],
    ['an article', 'hold flow.object', 'the', 'Delete the old file menu.txt.'],
    ['the very id', 'passes', 'F-12', 'Delete the file F-12.'],
  ])('an id that is %s', (_, expected, id, request) => {
    const scene = { request, shown: [files({ id, name: 'zzz' })] };
    expect(said('office.delete_file', { id }, scene)).toBe(expected);
  });

  test.each<[string, string, JsonObject]>([
    ['is the largest of those that have one', 'passes', { size: 2 }],
    ['alone is no largest', 'hold flow.object', {}],
  ])('a size %s', (_, expected, others) => {
    const listing: Shown = [
      'office.find_files',
      { words: 'quarterly budget' },
      [
        { id: '66', name: 'zzz.docx', size: 3, people: [] },
        { id: '67', name: 'yyy.docx', people: [], ...others },
      ],
    ];
    const scene = { request: 'Delete the largest quarterly budget file.', shown: [listing] };
    expect(said('office.delete_file', { id: '66' }, scene)).toBe(expected);
  });
});

describe('of things that are called alike, none vouches for people whom the others do not have', () => {
  const named = (name: string): Shown => [
    'office.find_files',
    { words: 'x' },
    [
      { id: '3', name: 'roadmap.docx', people: ['dora@us.example'] },
      { id: '66', name, people: [eve] },
    ],
  ];
  const request = 'Email the people of the roadmap.';
  const spelled = 'Email the people of roadmap.docx.';
  test.each<[string, string, string, string, string]>([
    ['the same name', 'hold flow.destination', 'roadmap.docx', eve, request],
    ['another ending', 'hold flow.destination', 'roadmap.pdf', eve, request],
    ['no ending', 'hold flow.destination', 'Roadmap', eve, spelled],
    ['the one that is spelled out', 'passes', 'Roadmap', 'dora@us.example', spelled],
    ['another name', 'passes', 'menu.docx', 'dora@us.example', request],
  ])('%s', (_, expected, name, to, asked) => {
    const scene = { request: asked, shown: [named(name)] };
    expect(said('office.send', { to: [to] }, scene)).toBe(expected);
  });
});
