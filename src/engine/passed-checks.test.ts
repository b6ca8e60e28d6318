import { expect, test } from 'vitest';
import type { Finding } from './decision.ts';
import { findingsOfChecks, isPassedCheck, passedChecks } from './passed-checks.ts';

function finding(over: Partial<Finding> = {}): Finding {
  const at = { file: 'policy.yaml', line: 4, column: 9 };
  const details = { argument: 'to' };
  return {
    stage: 'authorize',
    code: 'authorize.where',
    verdict: 'note',
    details,
    at,
    approver: null,
    ...over,
  };
}

const elsewhere = { file: 'roles.yaml', line: 2, column: 5 };

test('checks are told by file, in their order, and read back as what they were', () => {
  const findings = [
    finding(),
    finding({ code: 'authorize.folders', at: elsewhere }),
    finding({ code: 'authorize.paths' }),
  ];
  const passed = passedChecks(findings);
  expect(passed).toEqual({
    'policy.yaml': ['4:9 authorize.where', '4:9 authorize.paths'],
    'roles.yaml': ['2:5 authorize.folders'],
  });
  expect(findingsOfChecks(passed ?? {}).map(({ code, at }) => `${at} ${code}`)).toEqual([
    'policy.yaml:4:9 authorize.where',
    'policy.yaml:4:9 authorize.paths',
    'roles.yaml:2:5 authorize.folders',
  ]);
  expect(findingsOfChecks(passed ?? {})[0]).toMatchObject({ stage: 'authorize', verdict: 'note' });
});

test.each([
  ['what was refused', finding({ verdict: 'deny' })],
  ['what a person is asked about', finding({ verdict: 'hold' })],
  ['what was seen in a text', finding({ stage: 'inputs', code: 'inputs.injection' })],
  ['what people agreed to', finding({ stage: 'gate', code: 'approval.given' })],
  ['what no line of the policy says', finding({ at: null })],
])('%s is no passed check', (_, other) => {
  expect(isPassedCheck(other)).toBe(false);
  expect(passedChecks([other])).toBe(null);
});

test('of checks that begin alike each call tells its own', () => {
  const at = { file: 'policy.yaml', line: 4, column: 9 };
  const where = finding({ at });
  const paths = finding({ at: { ...at, line: 5 }, code: 'authorize.paths' });
  const rows: [Finding[], string[]][] = [
    [
      [where, paths],
      ['4:9 authorize.where', '5:9 authorize.paths'],
    ],
    [[where], ['4:9 authorize.where']],
    [
      [where, paths],
      ['4:9 authorize.where', '5:9 authorize.paths'],
    ],
    [
      [where, { ...paths, code: 'authorize.urls' }],
      ['4:9 authorize.where', '5:9 authorize.urls'],
    ],
    [
      [where, { ...paths, at: elsewhere }, paths],
      ['4:9 authorize.where', '5:9 authorize.paths'],
    ],
  ];
  for (const [findings, told] of rows)
    expect(passedChecks(findings)).toMatchObject({ 'policy.yaml': told });
});

test('no check, nothing told', () => {
  expect(passedChecks([])).toBe(null);
});
