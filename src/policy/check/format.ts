import { printable } from '../../content/escape.ts';
import type { SourcePosition } from '../model.ts';
import type { PolicyCheck, Remark } from './check.ts';

/** The check as `policy check` prints it. */
export function formatPolicyCheck(check: PolicyCheck): string {
  const lines: string[] = [];
  for (const { agent, external } of check.agents) {
    lines.push(`${agent}: what it can do outside`);
    if (external.length === 0) lines.push('  nothing');
    for (const way of external) {
      lines.push(
        `  ${way.tool} (${way.action}, ${way.tier})${way.pinned ? '' : ', not pinned: refused'}`,
      );
      lines.push(`    by ${way.grant}, ${place(way.at)}`, `    gate: ${way.gate}`);
      if (way.constraints.length === 0) lines.push('    and nothing else stands in the way');
      for (const constraint of way.constraints) lines.push(`    ${constraint}`);
    }
    lines.push('');
  }
  lines.push(...remarks('grants that can never match', check.neverMatching));
  lines.push(...remarks('said, and not or only partly enforced', check.unenforceable));
  return printableLines(lines);
}

function remarks(title: string, list: readonly Remark[]): readonly string[] {
  if (list.length === 0) return [`${title}: none`, ''];
  return [title, ...list.map(({ at, grant, reason }) => `  ${place(at)}: ${grant}: ${reason}`), ''];
}

function place({ file, line, column }: SourcePosition): string {
  return `${file}:${line}:${column}`;
}

function printableLines(lines: readonly string[]): string {
  return `${lines
    .map((line) => printable(line))
    .join('\n')
    .trimEnd()}\n`;
}
