import { printable } from '../content/escape.ts';
import type { PolicyTestResult } from './policytest-run.ts';

/** How a table went, for people: a line a test, and for each failure where it stands, what was meant and what happened. */
export function formatPolicyTests(file: string, tests: readonly PolicyTestResult[]): string {
  const lines = [printable(file)];
  for (const test of tests) {
    lines.push(`  ${test.failures.length === 0 ? 'ok   ' : 'FAIL '} ${printable(test.name)}`);
    for (const { at, tool, repetition, expected, actual, because } of test.failures) {
      const which = repetition === null ? '' : `, repetition ${repetition}`;
      lines.push(
        `         ${printable(at.file)}:${at.line}:${at.column}: ${printable(tool)}${which}`,
        `           expected: ${printable(expected)}`,
        `           decided:  ${printable(actual)}`,
        ...because.map((reason) => `           because:  ${printable(reason)}`),
      );
    }
  }
  const failed = tests.filter(({ failures }) => failures.length > 0).length;
  const calls = tests.reduce((sum, test) => sum + test.calls, 0);
  lines.push(
    `  ${tests.length} tests, ${calls} calls: ${failed === 0 ? 'all as expected' : `${failed} failed`}`,
  );
  return lines.join('\n');
}
