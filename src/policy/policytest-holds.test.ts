import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loaded } from '../../test/engine/scene.ts';
import { formatDiagnostic } from './diagnostic.ts';
import { runPolicyTests } from './policytest.ts';
import { formatPolicyTests } from './policytest-summary.ts';

const approvals = 'approvals: { default: leads }';

/** The table's failures, or that there are none. */
function judge(tests: string, rules = approvals, limit = 50): string {
  const policy = loaded(
    `
sallyport: 1
upstreams: { desk: { functions: true } }
users: { static: { ann: { roles: [staff] }, bob: { roles: [staff, leads] }, cleo: { roles: [leads, finance] } } }
tools:
  desk.read: { action: read, tier: read_only, reach: internal, args: { id: identifier } }
  desk.pay: { action: pay, tier: irreversible, reach: internal, args: { to: identifier, cents: { is: amount, unit: cent, currency: USD } } }
  desk.send: { action: send, tier: consequential, reach: internal, args: { text: content } }
  desk.note: { action: note, tier: consequential, reach: internal, args: { text: content } }
  desk.close: { action: close, tier: reversible, reach: internal, args: { id: identifier } }
${rules}
flow: { unrequested: allow }
agents:
  clerk:
    acts_for: [staff]
    case: { file: identifier }
    model: { through: reported }
    budget: { steps: { max: 5, then: hold } }
    permissions:
      desk:
        read: { where: { id: { is: case.file, otherwise: { break_glass: finance } } } }
        pay: { max_amount: { max: ${limit} USD, otherwise: { approval: finance } }, approval: { by: leads, quorum: 2 } }
        send: { approval: { by: user } }
        note: { approval: { by: leads, until: { approved: 2 } } }
        close: { after: [desk.pay] }
roles: { staff: { permissions: { desk: { read: allow, pay: allow, send: allow, note: allow, close: allow } } }, leads: {}, finance: {} }
`,
    {
      tools: {
        'desk.read': { id: 'string' },
        'desk.pay': { to: 'string', cents: 'integer' },
        'desk.send': { text: 'string' },
        'desk.note': { text: 'string' },
        'desk.close': { id: 'string' },
      },
    },
  );
  const table = `policytest: 1\ngiven: { agent: clerk, user: ann, case: { file: f-1 }, at: 2026-11-23T10:00:00Z }\ntests:\n${tests}`;
  const results = runPolicyTests(policy, 't.yaml', table);
  if ('errors' in results) return results.errors.map(formatDiagnostic).join('\n');
  return formatPolicyTests('t.yaml', results.tests);
}

const asExpected = 'all as expected';

const pay = (cents: number, rest: string): string =>
  `{ call: desk.pay, with: { to: a, cents: ${cents} }, ${rest} }`;
const note = (text: string, rest: string): string =>
  `{ call: desk.note, with: { text: ${text} }, ${rest} }`;
const close = (expected: string): string =>
  `{ call: desk.close, with: { id: f-1 }, expect: ${expected} }`;
const waits = 'expect: { hold: gate.approval }';

function steps(name: string, ...all: readonly string[]): string {
  return `  - { name: ${name}, steps: [${all.join(', ')}] }\n`;
}

test('the table in the documentation passes', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/policy-tests.md'), 'utf8');
  const [, rows = ''] = /```yaml\ntests:\n([\s\S]*?)```/.exec(text) ?? [];
  expect(judge(rows, approvals, 100)).toContain('1 tests, 2 calls: all as expected');
});

describe('who is asked', () => {
  test.each<[what: string, row: string, rules?: string]>([
    ['a role', steps('a', pay(100, 'expect: { hold: gate.approval, asks: leads }'))],
    [
      'two roles, for two reasons',
      steps(
        'a',
        pay(
          9_000,
          'expect: { hold: [authorize.max_amount, gate.approval], asks: [leads, finance] }',
        ),
      ),
    ],
    [
      "the run's own person",
      steps(
        'a',
        '{ call: desk.send, with: { text: hi }, expect: { hold: gate.approval, asks: user } }',
      ),
    ],
    [
      'who breaks the glass, and who hears of it',
      steps(
        'a',
        '{ call: desk.read, with: { id: f-2 }, expect: { hold: authorize.where, asks: { break_glass: finance } } }',
      ),
    ],
    [
      'whoever is asked by default',
      steps(
        'a',
        '{ report: { steps: 6 } }',
        '{ call: desk.read, with: { id: f-1 }, expect: { hold: limits.steps, asks: leads } }',
      ),
    ],
    [
      'nobody, where nobody is named',
      steps(
        'a',
        '{ report: { steps: 6 } }',
        '{ call: desk.read, with: { id: f-1 }, expect: { hold: limits.steps, asks: [] } }',
      ),
      '',
    ],
  ])('%s', (_, row, rules) => {
    expect(judge(row, rules)).toContain(asExpected);
  });

  test('somebody else than the table says is a failure', () => {
    const said = judge(steps('a', pay(100, 'expect: { hold: gate.approval, asks: [finance] }')));
    expect(said).toContain('expected: asks finance');
    expect(said).toContain('decided:  asks leads');
  });
});

describe('what people approve is done, and what follows it sees that it was', () => {
  test.each<[what: string, row: string, rules?: string]>([
    ['nobody answers', steps('a', pay(100, waits), close('{ deny: authorize.after }'))],
    [
      'two leads answer',
      steps('a', pay(100, `${waits}, approved_by: [bob, cleo]`), close('allow')),
    ],
    [
      'its result is shown',
      steps(
        'a',
        pay(
          100,
          `${waits}, approved_by: [bob, cleo], returns: { data: { id: p-1 } }, shows: { data: { id: p-1 } }`,
        ),
      ),
    ],
    [
      'one person of two roles answers for both, and another for the quorum',
      steps(
        'a',
        pay(
          9_000,
          'expect: { hold: [authorize.max_amount, gate.approval] }, approved_by: [bob, cleo]',
        ),
        close('allow'),
      ),
    ],
    [
      'an approval is of one call',
      steps(
        'a',
        pay(100, `${waits}, approved_by: [bob, cleo]`),
        pay(101, waits),
        pay(100, 'expect: { hold: [call.duplicate, gate.approval] }'),
      ),
    ],
    [
      'the person of the run confirms',
      steps(
        'a',
        '{ call: desk.send, with: { text: hi }, expect: { hold: gate.approval }, approved_by: ann }',
      ),
    ],
    [
      'until enough was approved',
      steps(
        'a',
        note('one', `${waits}, approved_by: cleo`),
        note('two', waits),
        note('two', `${waits}, approved_by: cleo`),
        note('three', 'expect: allow'),
        '{ open: { case: { file: f-9 } } }',
        note('four', 'expect: allow'),
      ),
    ],
    [
      'as much again, once',
      steps(
        'a',
        '{ report: { steps: 6 } }',
        '{ call: desk.read, with: { id: f-1 }, expect: { hold: limits.steps }, approved_by: bob }',
        '{ call: desk.read, with: { id: f-1 }, expect: allow }',
        '{ report: { steps: 6 } }',
        '{ call: desk.read, with: { id: f-1 }, expect: { hold: limits.steps } }',
      ),
    ],
    [
      'for oneself, where the policy lets one',
      `  - { name: a, given: { user: bob }, steps: [${pay(100, `${waits}, approved_by: [bob, cleo]`)}] }\n`,
      'approvals: { default: leads, self_approval: true }',
    ],
  ])('%s', (_, row, rules) => {
    expect(judge(row, rules)).toContain(asExpected);
  });

  test.each<[what: string, row: string, decided: string]>([
    ['one of two', steps('a', pay(100, `${waits}, approved_by: cleo`)), "leads didn't answer"],
    [
      'one of them twice',
      steps('a', pay(100, `${waits}, approved_by: [cleo, cleo]`)),
      "leads didn't answer",
    ],
    [
      'somebody without the role',
      steps('a', pay(100, `${waits}, approved_by: [ann, bob, cleo]`)),
      "ann isn't asked",
    ],
    [
      'for oneself',
      `  - { name: a, given: { user: bob }, steps: [${pay(100, `${waits}, approved_by: [bob, cleo]`)}] }\n`,
      'bob may not approve what is done on their own behalf',
    ],
    [
      'another person for the run’s own',
      steps(
        'a',
        '{ call: desk.send, with: { text: hi }, expect: { hold: gate.approval }, approved_by: bob }',
      ),
      "bob isn't asked",
    ],
  ])('but not by %s', (_, row, decided) => {
    const said = judge(row);
    expect(said).toContain('expected: approved by');
    expect(said).toContain(decided);
  });

  test('but not where nobody is asked', () => {
    const row = steps(
      'a',
      '{ report: { steps: 6 } }',
      '{ call: desk.read, with: { id: f-1 }, expect: { hold: limits.steps }, approved_by: bob }',
    );
    expect(judge(row, '')).toContain('decided:  nobody is asked');
  });
});

describe('a table that shows nothing is refused, with place and mend', () => {
  test.each<[what: string, row: string, place: string, said: string]>([
    [
      'an unknown role',
      steps('a', pay(100, 'expect: { hold: gate.approval, asks: lead }')),
      't.yaml:4:108',
      'did you mean `leads`?',
    ],
    [
      'an unknown person',
      steps('a', pay(100, `${waits}, approved_by: clea`)),
      't.yaml:4:117',
      'did you mean `cleo`?',
    ],
    [
      'an answer to what doesn’t wait',
      steps('a', pay(100, 'expect: allow, approved_by: cleo')),
      't.yaml:4:99',
      'only a call that waits is approved',
    ],
    [
      'who is asked of what is refused',
      steps('a', pay(100, 'expect: { deny: authorize.after, asks: leads }')),
      't.yaml:4:104',
      'unknown key `asks`',
    ],
    [
      'a reason that is misspelt',
      steps('a', pay(100, 'expect: { dney: authorize.after }')),
      't.yaml:4:81',
      'did you mean `deny`?',
    ],
  ])('%s', (_, row, place, said) => {
    const errors = judge(row);
    expect(errors).toContain(place);
    expect(errors).toContain(said);
  });
});
