import { expect, test } from 'vitest';
import { loaded } from '../../test/engine/scene.ts';
import { explainCall } from './what-if.ts';

const policy = loaded(
  `
sallyport: 1
upstreams: { mail: { functions: true } }
tools:
  mail.send: { action: send, on: mail, tier: consequential, reach: external, args: { to: recipient, text: content } }
agents:
  desk:
    unattended: { owner: support }
    case: { customer: recipient }
    permissions: { mail: { send: { approval: never } } }
roles: { support: {} }
`,
  { tools: { 'mail.send': { to: 'string', text: 'string' } } },
);

const nothing = { case: {}, request: null, outside: [] };

test.each([
  ['in a run that has read nothing and was asked nothing', nothing, []],
  [
    'with something else in its context',
    { ...nothing, outside: ['browser'] },
    ['flow.destination', 'flow.made_up'],
  ],
  [
    'to the customer of the case',
    { ...nothing, outside: ['browser'], case: { customer: 'ann@x.example' } },
    [],
  ],
  ['as the user asked', { ...nothing, request: 'Please write a mail to ann@x.example.' }, []],
  [
    'which nobody asked for',
    { ...nothing, request: 'What did ann@x.example write?' },
    ['flow.unrequested'],
  ],
])('a mail %s', (_, opened, codes) => {
  const { decision } = explainCall(policy, {
    agent: 'desk',
    user: null,
    tool: 'mail.send',
    args: { to: 'ann@x.example', text: 'Good morning' },
    atMs: Date.UTC(2026, 2, 3),
    ...opened,
  });
  const against = decision.findings.filter(({ verdict }) => verdict !== 'note');
  const found = against.map(({ code }) => code).filter((code) => code !== 'approval.unavailable');
  expect(codes.length === 0 ? found : found.filter((code) => codes.includes(code))).toHaveLength(
    codes.length === 0 ? 0 : 1,
  );
});
