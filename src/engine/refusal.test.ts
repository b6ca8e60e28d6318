import { expect, test } from 'vitest';
import { codes } from './codes.ts';
import { deny, hold } from './findings.ts';
import { refusalText, remediesOf } from './refusal.ts';

test('a refusal begins with its code, and denials come before holds', () => {
  const text = refusalText([
    hold('gate', 'gate.tier', {}, null, null),
    deny('authorize', 'authorize.recipients', { refused: ['eve@evil.example'] }),
  ]);
  expect(text).toBe(
    [
      'authorize.recipients: This call would reach somebody you may not write to.',
      'Also gate.tier: A person has to agree to this call.',
      'What to do: Write only to the person this run is about.',
    ].join('\n'),
  );
});

test('details stay in the record: an agent learns nothing of folders, limits or other people', () => {
  const text = refusalText([
    deny('authorize', 'authorize.folders', {
      refused: ['Executive'],
      grant: 'agents.helper.mail.read',
    }),
    deny('authorize', 'authorize.max_amount', { max: 20_000 }),
    deny('identity', 'identity.user_not_permitted', { user: 'bob' }),
  ]);
  expect(text).not.toMatch(/Executive|agents\.|20.?000|bob/);
});

test('what is wrong with its own arguments an agent is told', () => {
  const text = refusalText([
    deny('schema', 'schema.invalid', {
      problems: [
        { pointer: '/to', message: 'must be array' },
        { pointer: '', message: "must have required property 'body'" },
      ],
    }),
  ]);
  expect(text).toContain("`/to` must be array. The arguments must have required property 'body'.");
});

test('the same reason is given once', () => {
  const findings = [deny('authorize', 'authorize.folders'), deny('authorize', 'authorize.folders')];
  expect(refusalText(findings).match(/authorize\.folders/g)).toHaveLength(1);
  expect(remediesOf(findings)).toHaveLength(1);
});

test('without a reason there is still a refusal', () => {
  expect(refusalText([])).toContain('engine.fault');
});

test.each(Object.entries(codes))('%s has sentences that stand alone', (code, entry) => {
  expect(code).toMatch(/^[a-z]+\.[a-z_]+$/);
  for (const sentence of [
    entry.agent,
    entry.operator,
    ...(entry.remedy === null ? [] : [entry.remedy]),
  ])
    expect(sentence).toMatch(/^\S.*[.]$/);
  // Words of the policy are for operators.
  expect(`${entry.agent} ${entry.remedy ?? ''}`).not.toMatch(
    /`|policy|grant\b|tier|forbidden list|operator/,
  );
});
