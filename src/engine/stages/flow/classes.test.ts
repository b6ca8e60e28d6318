import { expect, test } from 'vitest';
import { exchanged } from '../../../../test/engine/past-scene.ts';
import { contextOf, loaded } from '../../../../test/engine/scene.ts';
import { decide } from '../../decide.ts';

const policy = loaded(
  `
sallyport: 1
upstreams: { office: { mcp: { command: office } } }
tools:
  office.customer: { action: read, tier: read_only, reach: internal, args: { id: identifier }, returns: { parse: json, items: "", classes: [pii], subject: [/mail], each: { /mail: recipient } } }
  office.note: { action: read, tier: read_only, reach: internal, args: { id: identifier } }
  office.send: { action: send, tier: consequential, reach: external, args: { to: recipient, body: content } }
flow: { external: allow, classes: { pii: { may_reach: [subject] } } }
roles: { staff: { permissions: {} } }
agents:
  helper:
    unattended: { owner: staff }
    permissions: { office: { read: allow, send: { approval: never } } }
`,
  {
    tools: {
      'office.customer': { id: 'string' },
      'office.note': { id: 'string' },
      'office.send': { to: 'string', body: 'string' },
    },
  },
);

test.each<[string, readonly string[], readonly string[]]>([
  ['goes to the one it is about', [], []],
  ['goes to nobody where a detector saw some of somebody unknown', ['pii'], ['flow.class']],
  ['isn’t concerned by what a detector saw of another class', ['secret'], []],
])('data of a class %s', (_, classes, expected) => {
  const customer = exchanged(policy, 'office.customer', { id: '1' }, [{ mail: 'carol@x.example' }]);
  const note = exchanged(policy, 'office.note', { id: '2' }, 'Dan: 555 010 020');
  const { findings } = decide(
    contextOf(
      policy,
      'office.send',
      { to: 'carol@x.example', body: 'hello' },
      {
        user: null,
        run: { labels: { trust: 'untrusted', classes: ['pii'], subjects: ['carol@x.example'] } },
        facts: { history: [customer, { ...note, shown: { ...note.shown, classes } }] },
      },
    ),
  );
  expect(findings.filter(({ stage }) => stage === 'flow').map(({ code }) => code)).toEqual(
    expected,
  );
});
