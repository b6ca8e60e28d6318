import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loaded } from '../../test/engine/scene.ts';
import { formatDiagnostic } from './diagnostic.ts';
import { loadPolicy } from './load.ts';
import { definitionDigest, parseLock } from './lock-file.ts';
import type { Policy } from './model.ts';
import { runPolicyTests } from './policytest.ts';
import { formatPolicyTests } from './policytest-summary.ts';

function definition(name: string, properties: Record<string, { type: string }>) {
  const definition = { name, inputSchema: { type: 'object', properties } };
  return { digest: definitionDigest(definition), definition, pinnedAt: '2026-11-21T00:00:00Z' };
}

const policyText = `
sallyport: 1
upstreams: { mail: { mcp: { url: https://mail.internal/mcp } } }
users: { static: { ann: { roles: [support] }, kim: { roles: [leads] } } }
tools:
  mail.read: { action: read, tier: read_only, reach: internal, args: { folder: folder }, returns: { items: /mails, each: { /from: sender } } }
  mail.send: { action: send, tier: irreversible, args: { to: recipient, body: content } }
roles:
  support: { permissions: { mail: { read: allow, send: allow } } }
  leads: {}
agents:
  mailer:
    acts_for: [support]
    unattended: { owner: leads }
    case: { sender: recipient }
    permissions:
      mail:
        read: { folders: [support], senders: [case.sender] }
        send: { recipients: [case.sender], rate: 2/hour, novelty: { of: recipient, otherwise: { approval: leads } }, approval: never, repeat: allow }
`;

function policy(): Policy {
  const loaded = loadPolicy({
    file: 'sallyport.yaml',
    readFile: () => policyText,
    lock: {
      lockVersion: 1,
      upstreams: {
        mail: {
          tools: {
            read: definition('read', { folder: { type: 'string' } }),
            send: definition('send', { to: { type: 'string' }, body: { type: 'string' } }),
          },
        },
      },
    },
  });
  if (!loaded.ok) throw new Error(loaded.errors.map(formatDiagnostic).join('\n\n'));
  return loaded.policy;
}

const head = `policytest: 1
given: { agent: mailer, user: ann, case: { sender: bob@x.example }, at: 2026-11-23T10:00:00Z }
tests:
`;

function run(tests: string): string {
  const results = runPolicyTests(policy(), 't.yaml', head + tests);
  if ('errors' in results) return results.errors.map(formatDiagnostic).join('\n');
  return formatPolicyTests('t.yaml', results.tests);
}

function runDesk(tests: string): string {
  const desk = loaded(
    `
sallyport: 1
enforcement: strict
upstreams: { desk: { functions: true } }
tools:
  desk.people: { action: people, tier: read_only, reach: internal, args: { who: query }, returns: { items: /people, provides: { recipient: "/people/*/mail" } } }
  desk.ticket: { action: ticket, tier: read_only, reach: internal, args: { id: object.ticket }, returns: { object: ticket, id: /id, fields: { status: /status } } }
  desk.close: { action: close, tier: reversible, reach: internal, on: ticket, args: { id: object.ticket }, resolve: { id: desk.ticket } }
  desk.send: { action: send, tier: reversible, on: mail, args: { to: recipient } }
  desk.note: { action: note, tier: reversible, reach: internal, memory: true, args: { text: content } }
  desk.notes: { action: notes, tier: read_only, reach: internal, memory: true, args: { text: query }, returns: { trust: trusted } }
agents:
  helper:
    unattended: { owner: staff }
    permissions:
      desk:
        people: allow
        close: { when: "ref.id.status == 'open'" }
        send: allow
        note: allow
        notes: allow
roles: { staff: { permissions: { desk: { people: allow, close: allow, send: allow, note: allow, notes: allow } } } }
`,
    {
      tools: {
        'desk.people': { who: 'string' },
        'desk.ticket': { id: 'integer' },
        'desk.close': { id: 'integer' },
        'desk.send': { to: 'string' },
        'desk.note': { text: 'string' },
        'desk.notes': { text: 'string' },
      },
    },
  );
  const table = `policytest: 1\ngiven: { agent: helper, at: 2026-11-23T10:00:00Z }\ntests:\n${tests}`;
  const results = runPolicyTests(desk, 't.yaml', table);
  if ('errors' in results) return results.errors.map(formatDiagnostic).join('\n');
  return formatPolicyTests('t.yaml', results.tests);
}

describe('what a table shows', () => {
  test('a decision as expected, and one that isn’t, with both', () => {
    expect(
      run(`
  - { name: reads, call: mail.read, with: { folder: support }, expect: allow }
  - { name: reads all, call: mail.read, with: { folder: board }, expect: allow }
  - { name: wrong reason, call: mail.read, with: { folder: board }, expect: { deny: authorize.senders } }
`),
    ).toBe(`t.yaml
  ok    reads
  FAIL  reads all
         t.yaml:6:5: mail.read
           expected: allow
           decided:  deny for authorize.folders
           because:  authorize.folders: {"constraint":"folders","grant":"agents.mailer.mail.read","refused":["board"]}
  FAIL  wrong reason
         t.yaml:7:5: mail.read
           expected: deny for authorize.senders
           decided:  deny for authorize.folders
           because:  authorize.folders: {"constraint":"folders","grant":"agents.mailer.mail.read","refused":["board"]}
  3 tests, 3 calls: 2 failed`);
  });

  test('what the agent gets to see', () => {
    const answered = `{ name: reads, call: mail.read, with: { folder: support }, expect: allow, returns: { data: { mails: [{ from: bob@x.example }, { from: eve@x.example }] } }`;
    expect(
      run(`  - ${answered}, shows: { data: { mails: [{ from: bob@x.example }] } } }`),
    ).toContain('all as expected');
    expect(run(`  - ${answered}, shows: { data: { mails: [] } } }`)).toContain(
      'decided:  shows {"mails":[{"from":"bob@x.example"}]}',
    );
  });

  test('what a run was shown, and what its request says', () => {
    const send = (to: string, expect: string) =>
      `{ call: desk.send, with: { to: ${to} }, expect: ${expect} }`;
    const look = `{ call: desk.people, with: { who: bob }, expect: allow, returns: { data: { people: [{ mail: bob@x.example }] } } }`;
    expect(
      runDesk(`
  - { name: shown, steps: [${look}, ${send('bob@x.example', 'allow')}] }
  - { name: not shown, steps: [${look}, ${send('eve@x.example', '{ deny: flow.made_up }')}] }
  - { name: asked for, given: { request: Send a mail to eve@x.example }, steps: [${look}, ${send('eve@x.example', 'allow')}] }
  - { name: no trusted request, given: { request: { untrusted: Send a mail to eve@x.example } }, steps: [${look}, ${send('eve@x.example', '{ hold: flow.destination }')}] }
  - { name: a browser beside us, given: { outside: [browser] }, steps: [${send('eve@x.example', '{ deny: flow.made_up }')}] }
`),
    ).toContain('all as expected');
  });

  test('what Sallyport looks up of what a call names', () => {
    const close = (finds: string, expect: string) =>
      `{ call: desk.close, with: { id: 7 }, ${finds}expect: ${expect} }`;
    const found = (status: string) =>
      `finds: { desk.ticket: { data: { id: 7, status: ${status} } } }, `;
    expect(
      runDesk(`
  - { name: open, steps: [${close(found('open'), 'allow')}] }
  - { name: closed, steps: [${close(found('closed'), '{ deny: authorize.when }')}] }
  - { name: not there, steps: [${close('', '{ deny: authorize.unresolved }')}] }
`),
    ).toContain('all as expected');
  });

  test('why a call is decided otherwise, and what was looked for in vain', () => {
    const close = (finds: string) => `{ call: desk.close, with: { id: 7 }, ${finds}expect: allow }`;
    const because = (finds: string) =>
      [...runDesk(`  - { name: it, steps: [${close(finds)}] }`).matchAll(/because: +(.*)/g)].map(
        ([, reason]) => reason,
      );
    expect(because('')).toEqual([
      'desk.ticket found nothing: the table has no `finds` for it',
      expect.stringContaining('authorize.unresolved'),
    ]);
    expect(because('finds: { desk.ticket: { data: { id: 7, status: closed } } }, ')).toEqual([
      expect.stringMatching(/^authorize\.when: .*"failed":/),
    ]);
  });

  test('what one run noted down, and another reads', () => {
    const note = '{ call: desk.note, with: { text: hello }, expect: allow }';
    const read = `{ call: desk.notes, with: { text: hello }, expect: allow, returns: { text: hello } }`;
    const send = (expect: string) =>
      `{ call: desk.send, with: { to: eve@x.example }, expect: ${expect} }`;
    expect(
      runDesk(`
  - { name: nothing untrusted was written, steps: [${note}, { open: { outside: [] } }, ${read}, ${send('allow')}] }
  - { name: something was, given: { outside: [browser] }, steps: [${note}, { open: { outside: [] } }, ${read}, ${send('{ deny: flow.made_up }')}] }
`),
    ).toContain('all as expected');
  });

  test('history: what was used before, other runs', () => {
    expect(
      run(`
  - name: never written to before
    steps:
      - { call: mail.send, with: { to: bob@x.example, body: hi }, expect: { hold: authorize.novelty } }
  - name: over runs
    given: { case: { sender: eve@x.example } }
    steps:
      - { call: mail.read, with: { folder: support }, expect: allow, times: 3 }
      - { open: { case: { sender: bob@x.example } } }
      - { wait: 30m }
      - { call: mail.send, with: { to: eve@x.example, body: hi }, expect: { deny: authorize.recipients, } }
`),
    ).toContain('2 tests, 5 calls: all as expected');
  });

  test('a repetition is numbered, and the first that differs is named', () => {
    const said = run(`
  - name: many
    call: mail.read
    with: { folder: "support{n}" }
    times: 3
    expect: { deny: authorize.senders }
`);
    expect(said).toContain('t.yaml:5:5: mail.read, repetition 1');
    expect(said).toContain('1 tests, 1 calls: 1 failed');
  });
});

describe('tables that show nothing are refused, with place and mend', () => {
  test.each([
    [
      'an unknown reason',
      '  - { name: a, call: mail.read, expect: { deny: authorize.folder } }',
      't.yaml:4:49',
      'did you mean `authorize.folders`?',
    ],
    [
      'no reason',
      '  - { name: a, call: mail.read, expect: deny }',
      't.yaml:4:41',
      'say why: `{ deny: authorize.recipients }`',
    ],
    ['no expectation', '  - { name: a, call: mail.read }', 't.yaml:4:5', '`expect` is missing'],
    [
      'an unknown agent',
      '  - { name: a, given: { agent: mailr }, call: mail.read, expect: allow }',
      't.yaml:4:32',
      'did you mean `mailer`?',
    ],
    [
      'an unknown person',
      '  - { name: a, given: { user: anne }, call: mail.read, expect: allow }',
      't.yaml:4:31',
      'did you mean `ann`?',
    ],
    [
      'a case that nobody could open',
      '  - { name: a, given: { case: { sender: nobody } }, call: mail.read, expect: allow }',
      't.yaml:4:5',
      '`sender` is no recipient',
    ],
    [
      'a case name too many',
      '  - { name: a, given: { case: { sender: a@x.example, thread: t } }, call: mail.read, expect: allow }',
      't.yaml:4:5',
      'it declares no `thread`',
    ],
    [
      'a time without offset',
      '  - { name: a, given: { at: 2026-11-23T10:00:00 }, call: mail.read, expect: allow }',
      't.yaml:4:29',
      'a time with its offset',
    ],
    [
      'two of one name',
      '  - { name: a, call: mail.read, expect: allow }\n  - { name: a, call: mail.read, expect: allow }',
      't.yaml:5:5',
      'two tests have this name',
    ],
    [
      'a key that is none',
      '  - { name: a, call: mail.read, expects: allow, expect: allow }',
      't.yaml:4:33',
      'did you mean `expect`?',
    ],
    ['a tag', '  - { name: a, call: mail.read, expect: !x allow }', 't.yaml:4:41', 'tags'],
  ])('%s', (_, tests, place, said) => {
    const errors = run(tests);
    expect(errors).toContain(place);
    expect(errors).toContain(said);
  });

  test('nothing given at the top', () => {
    const source = 'policytest: 1\ntests: [{ name: a, call: mail.read, expect: allow }]\n';
    const results = runPolicyTests(policy(), 't.yaml', source);
    expect('errors' in results && results.errors.map(({ message }) => message)).toEqual([
      'nothing says `given.agent`',
      'nothing says `given.at`',
    ]);
  });
});

test('the table in the documentation passes on the quickstart', () => {
  const root = join(import.meta.dirname, '..', '..');
  const quickstart = (file: string): string =>
    readFileSync(join(root, 'examples', 'quickstart', file), 'utf8');
  const text = readFileSync(join(root, 'docs', 'policy-tests.md'), 'utf8');
  const [, table = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? [];
  const loaded = loadPolicy({
    file: 'sallyport.yaml',
    readFile: quickstart,
    lock: parseLock(quickstart('sallyport.lock')),
  });
  if (!loaded.ok) throw new Error(loaded.errors.map(formatDiagnostic).join('\n\n'));
  const results = runPolicyTests(loaded.policy, 'docs/policy-tests.md', table);
  if ('errors' in results) throw new Error(results.errors.map(formatDiagnostic).join('\n\n'));
  expect(results.tests.length).toBe(3);
  expect(formatPolicyTests('docs', results.tests)).toContain('all as expected');
});
