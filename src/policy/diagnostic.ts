import { printable } from '../content/escape.ts';
import type { SourcePosition } from './model.ts';

/** What a diagnostic is about. Stable: tests, the corpus and `--json` name these. */
export type DiagnosticCode =
  /** A file can't be read, is too large, or holds characters that hide something. */
  | 'policy.file'
  /** An `include` that can't be followed. */
  | 'policy.include'
  /** Not YAML, or YAML that its own parser warns of. */
  | 'policy.yaml'
  /** YAML that we refuse because it says something else than it shows: tags, anchors, aliases, merge keys, directives. */
  | 'policy.yaml_feature'
  /** A comma that ended an expression in a flow map. */
  | 'policy.unquoted'
  /** The same name twice, in one map or in two files. */
  | 'policy.duplicate'
  /** A key that the language doesn't have. */
  | 'policy.key'
  /** A key that has to be there. */
  | 'policy.missing'
  /** Text where a list belongs, and the like; also no value at all. */
  | 'policy.type'
  /** The right type, and not one of the values that are meant. */
  | 'policy.value'
  /** A name that nothing in the policy or the lock has. */
  | 'policy.unknown'
  /** The language has it and this version doesn't enforce it. */
  | 'policy.later'
  /** A constraint that a covered tool can't answer. */
  | 'policy.unanswerable'
  /** Two lines that can't both be meant. */
  | 'policy.conflict'
  /** The policy and the pinned definition of a tool differ. */
  | 'policy.pin'
  /** An expression that doesn't compile. */
  | 'policy.cel'
  /** A secret that was written, or named in a way that nothing can read. */
  | 'policy.secret'
  /** A hold that nobody can answer: it will be a refusal. */
  | 'policy.hold'
  /** `sallyport.lock` isn't what a lock is. */
  | 'policy.lock';

export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly at: SourcePosition;
  /** What would be accepted there; null when the message says all. */
  readonly expected: string | null;
  /** What to write instead, where we know. */
  readonly mend: string | null;
  /** The line as it stands in the file; empty when there is none. */
  readonly sourceLine: string;
}

/** Wider than a terminal, a line is shown around the place that matters. */
const shownColumns = 120;

/** A diagnostic as people read it. Everything that came from a file is escaped: a policy must not drive a terminal. */
export function formatDiagnostic(diagnostic: Diagnostic): string {
  const { file, line, column } = diagnostic.at;
  const severity = diagnostic.severity === 'warning' ? 'warning: ' : '';
  const lines = [
    `${printable(file)}:${line}:${column}: ${severity}${printable(diagnostic.message)}`,
  ];
  if (diagnostic.sourceLine !== '') {
    const gutter = `${line}`;
    const { text, caretAt } = excerpt(diagnostic.sourceLine, column);
    lines.push(`  ${gutter} | ${text}`, `  ${' '.repeat(gutter.length)} | ${' '.repeat(caretAt)}^`);
  }
  if (diagnostic.expected !== null) lines.push(`  expected: ${printable(diagnostic.expected)}`);
  if (diagnostic.mend !== null) lines.push(`  mend: ${printable(diagnostic.mend)}`);
  return lines.join('\n');
}

function excerpt(sourceLine: string, column: number): { text: string; caretAt: number } {
  const start = Math.max(
    0,
    Math.min(column - 1 - shownColumns / 2, sourceLine.length - shownColumns),
  );
  const before = sourceLine.slice(start, column - 1);
  const after = sourceLine.slice(column - 1, start + shownColumns);
  const cut = start > 0 ? '…' : '';
  const shownBefore = cut + printable(before);
  const more = start + shownColumns < sourceLine.length ? '…' : '';
  return { text: shownBefore + printable(after) + more, caretAt: Array.from(shownBefore).length };
}
