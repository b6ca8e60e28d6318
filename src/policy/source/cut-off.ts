/** Expressions that YAML ends before their writer did: at a `#`, or at a comma inside braces. */
import { isPair, isScalar, type Scalar, type YAMLMap } from 'yaml';
import type { SourcePosition } from '../model.ts';
import type { Report } from '../report.ts';
import type { FileText } from './file-text.ts';

/** In `when: x.contains('ticket #5')` a comment begins at the `#`, and what is left is another expression or none. */
export function endedByComment(
  node: Scalar,
  value: string,
  file: FileText,
  report: Report,
): boolean {
  const [start = 0, end = 0] = node.range ?? [];
  const [, after] = /^([ \t]+#)/.exec(file.text.slice(end, end + 200)) ?? [];
  if (after === undefined || isBalanced(value)) return false;
  report.error(
    'policy.unquoted',
    file.at(end + after.length - 1),
    'a comment begins here, within a text that is still open',
    { mend: `quote the text: ${inQuotes(file.lineFrom(start))}` },
  );
  return true;
}

/**
 * In `{ if: f(a, b), by: x }` the comma ends the expression, and `b)` becomes a key that nobody wrote. Reports it, and
 * says whether the value before it is such a beginning: judging that would say a second, misleading thing.
 */
export function endedByComma(
  map: YAMLMap,
  index: number,
  at: SourcePosition,
  file: FileText,
  report: Report,
): boolean {
  const fragment = map.items[index];
  const before = map.items[index - 1];
  const key = isPair(fragment) && isScalar(fragment.key) ? fragment.key : null;
  const value = isPair(before) && isScalar(before.value) ? before.value : null;
  const written = key?.source ?? '';
  if (value === null || value.type !== 'PLAIN' || key === null) {
    report.error('policy.unquoted', at, `\`${written}\` has no value`, {
      mend: `write \`${written}: …\`, or quote the text that this comma belongs to`,
    });
    return false;
  }
  const whole = file.text.slice(value.range?.[0] ?? 0, key.range?.[1] ?? 0);
  report.error('policy.unquoted', at, `a comma ended the text before \`${written}\``, {
    mend: `quote the expression: ${inQuotes(whole)}`,
  });
  return true;
}

function isBalanced(text: string): boolean {
  const count = (character: string): number => text.split(character).length - 1;
  return count("'") % 2 === 0 && count('"') % 2 === 0 && count('(') === count(')');
}

/** As YAML would be written, so that the advice can be copied. */
export function inQuotes(text: string): string {
  return text.includes("'") && !text.includes('"')
    ? `"${text}"`
    : `'${text.replaceAll("'", "''")}'`;
}
