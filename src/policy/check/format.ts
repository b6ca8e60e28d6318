import { printable } from '../../content/escape.ts';
import type { SourcePosition } from '../model.ts';
import type { ApprovalsCheck } from './approvals.ts';
import type { PolicyCheck, Remark } from './check.ts';
import { namesOf } from './describe.ts';
import type { DestinationSources } from './destination-sources.ts';
import type { FlowCheck, WayOut } from './ways-out.ts';

/** The check as `policy check` prints it. */
export function formatPolicyCheck(check: PolicyCheck): string {
  const lines: string[] = [];
  for (const { agent, external, flow } of check.agents) {
    lines.push(`${agent}: what it can do outside`);
    if (external.length === 0) lines.push('  nothing');
    for (const way of external) {
      lines.push(
        `  ${way.tool} (${way.action}, ${way.tier})${way.pinned ? '' : ', not pinned: refused'}`,
      );
      lines.push(`    by ${way.grant}, ${place(way.at)}`, `    gate: ${way.gate}`);
      if (way.constraints.length === 0) lines.push('    and no constraint stands in the way');
      for (const constraint of way.constraints) lines.push(`    ${constraint}`);
    }
    lines.push('', ...flowLines(agent, flow, check.approvals));
  }
  lines.push(...approvalLines(check.approvals), ...alertLines(check.alerts));
  lines.push(...remarks('grants that can never match', check.neverMatching));
  lines.push(...remarks('said, and not or only partly enforced', check.unenforceable));
  return printableLines(lines);
}

function remarks(title: string, list: readonly Remark[]): readonly string[] {
  if (list.length === 0) return [`${title}: none`, ''];
  return [
    title,
    ...list.map(
      ({ at, grant, reason }) => `  ${at === null ? '' : `${place(at)}: `}${grant}: ${reason}`,
    ),
    '',
  ];
}

/** From what others write to the outside; no lines where there is no such way. */
function flowLines(
  agent: string,
  { untrusted, classes, destinations, ways, withNeither }: FlowCheck,
  { nobody }: ApprovalsCheck,
): readonly string[] {
  if (ways.length === 0) return [];
  const read = untrusted.map(({ tool, memory }) => (memory ? `${tool} (a memory)` : tool));
  const lines = [
    `${agent}: from what others write to the outside`,
    `  what others write: ${namesOf(read)}`,
    ...classes.map(
      (one) =>
        `  ${one.class}: ${namesOf([...one.tools, ...(one.detected ? ['what detectors find'] : [])])}`,
    ),
    ...destinations.flatMap(sourceLines),
    ...ways.flatMap((way) => wayLines(way, untrusted.length)),
    ...withNeither.map((line) => `  a run with neither a trusted request nor a case: ${line}`),
  ];
  if (nobody.length > 0 && lines.some((line) => /\bheld\b/.test(line)))
    lines.push('  held: there is no `approvals.default` who could be asked, so it is refused');
  return [...lines, ''];
}

function approvalLines({ asked, nobody, how }: ApprovalsCheck): readonly string[] {
  if (asked.length === 0 && nobody.length === 0) return [];
  const lines = ['who is asked, and about what'];
  for (const { who, people, about } of asked) {
    const names =
      people === null ? '' : ` (${people.length === 0 ? 'nobody has it' : people.join(', ')})`;
    lines.push(`  ${who}${names}`, ...about.map((text) => `    ${text}`));
  }
  if (nobody.length > 0)
    lines.push('  nobody, so it is refused', ...nobody.map((text) => `    ${text}`));
  if (how !== null) lines.push(...how.split('\n').map((line) => `  ${line}`));
  return [...lines, ''];
}

function alertLines(alerts: string | null): readonly string[] {
  if (alerts === null) return [];
  return ['alerts', ...alerts.split('\n').map((line) => `  ${line}`), ''];
}

const leads: Readonly<Record<WayOut['as'], string>> = {
  external: 'external',
  persists: 'persists',
  memory: 'into a memory',
};

function wayLines(way: WayOut, untrusted: number): readonly string[] {
  const lines = [
    `  to ${way.tool} (${leads[way.as]}, ${way.tier}) by ${way.grant}`,
    ...destinationLines(way.destinations),
    ...way.stands.map((text) => `    ${text}`),
  ];
  for (const { class: name, mayReach } of way.classes)
    lines.push(`    ${reachText(name, mayReach)}`);
  if (way.openTo.length > 0) {
    const all = way.openTo.length === untrusted;
    lines.push(
      `    without a trusted request NOTHING stands in the way of what ${all ? 'others write' : `is read by ${namesOf(way.openTo)}`}`,
    );
  }
  if (way.withRequest.length > 0)
    lines.push(`    with a trusted request: ${way.withRequest.join('; ')}`);
  return lines;
}

function sourceLines({ kind, sources }: DestinationSources): readonly string[] {
  return [
    `  ${kind === 'recipient' || kind === 'url' ? 'a' : 'an'} ${kind} is known from a trusted request${sources.length === 0 ? ', and from nowhere else' : ', or from'}`,
    ...sources.map(({ by, names }) => `    ${by}: ${namesOf(names)}`),
  ];
}

/** Arguments of which the same is said share a line. */
function destinationLines(destinations: WayOut['destinations']): readonly string[] {
  const said = destinations.flatMap(({ argument, kind, bounds, known }) =>
    [...bounds, ...(known ? [`a known ${kind}, else held or denied`] : [])].map((text) => ({
      argument,
      text,
    })),
  );
  return [...Map.groupBy(said, ({ text }) => text)].map(
    ([text, some]) => `    ${some.map(({ argument }) => argument).join(', ')}: ${text}`,
  );
}

function reachText(name: string, mayReach: readonly string[] | null): string {
  if (mayReach === null) return `${name}: no \`may_reach\`, so nothing bounds it`;
  return mayReach.length === 0
    ? `${name}: may not go there`
    : `${name}: may reach ${mayReach.join(', ')}`;
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
