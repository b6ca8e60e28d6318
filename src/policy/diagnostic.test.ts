import { expect, test } from 'vitest';
import { type Diagnostic, formatDiagnostic } from './diagnostic.ts';
import { didYouMean } from './nearest.ts';

const diagnostic: Diagnostic = {
  severity: 'error',
  code: 'policy.key',
  message: 'unknown constraint `max_recipient`',
  at: { file: 'policy.yaml', line: 14, column: 9 },
  expected: null,
  mend: 'did you mean `max_recipients`?',
  sourceLine: '        max_recipient: 1',
};

test('the place, the line, a caret, the mend', () => {
  expect(formatDiagnostic({ ...diagnostic, expected: 'a constraint' })).toBe(
    [
      'policy.yaml:14:9: unknown constraint `max_recipient`',
      '  14 |         max_recipient: 1',
      '     |         ^',
      '  expected: a constraint',
      '  mend: did you mean `max_recipients`?',
    ].join('\n'),
  );
});

test('a warning says so, and says no more than it knows', () => {
  const bare = { ...diagnostic, severity: 'warning', mend: null, sourceLine: '' } as const;
  expect(formatDiagnostic(bare)).toBe(
    'policy.yaml:14:9: warning: unknown constraint `max_recipient`',
  );
});

test('a policy can not drive the terminal', () => {
  const hostile = '\u001b[2J\u202egnp\u200b\u009b1m\r\u0007';
  const shown = formatDiagnostic({
    ...diagnostic,
    message: hostile,
    mend: hostile,
    at: { ...diagnostic.at, file: hostile },
    sourceLine: `  ${hostile}`,
  });
  expect(shown.replaceAll('\n', '')).toMatch(/^[\x20-\x7e]*$/);
  expect(shown).toContain('\\u{1b}[2J\\u{202e}gnp');
});

test('the caret stays below its character, past tabs and escapes', () => {
  const [, line = '', caret = ''] = formatDiagnostic({
    ...diagnostic,
    at: { ...diagnostic.at, column: 4 },
    sourceLine: '\t\u0007 x',
  }).split('\n');
  expect(line.charAt(caret.indexOf('^'))).toBe('x');
});

test('a long line is shown around its place', () => {
  const sourceLine = `${'a'.repeat(500)}HERE${'b'.repeat(500)}`;
  const [, line = '', caret = ''] = formatDiagnostic({
    ...diagnostic,
    at: { ...diagnostic.at, column: 501 },
    sourceLine,
  }).split('\n');
  expect(line.length).toBeLessThan(140);
  expect(line.slice(caret.indexOf('^')).startsWith('HERE')).toBe(true);
});

test.each([
  ['max_recipient', 'max_recipients'],
  ['maxRecipients', 'max_recipients'],
  ['recipeints', 'recipients'],
  ['rat', 'rate'],
  ['red', null],
  ['something_else', null],
  ['', null],
])('%s is taken for %s', (written, meant) => {
  const known = ['max_recipients', 'recipients', 'rate', 'where'];
  expect(didYouMean(written, known)).toBe(meant === null ? null : `did you mean \`${meant}\`?`);
});
