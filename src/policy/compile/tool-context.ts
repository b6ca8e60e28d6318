import { resultEnvironment } from '../cel-environment.ts';
import type { Lock } from '../lock.ts';
import type { Tool } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Report } from '../report.ts';
import type { Named } from '../shape/collection.ts';
import { type ToolSyntax, tierName } from '../shape/tool.ts';
import { compileExpression } from './cel.ts';
import { compileReturns } from './returns.ts';

export interface ToolsContext {
  readonly report: Report;
  readonly lock: Lock;
  readonly currency: string | null;
  readonly upstreamNames: ReadonlySet<string>;
  /** In-process ones: what the policy says of their arguments is their definition, where they bring none. */
  readonly functionUpstreams: ReadonlySet<string>;
  /** Their arguments stand in documents that nobody reads yet, so nothing is said of their tools. */
  readonly laterUpstreams: ReadonlySet<string>;
}

export function upstreamOf(toolName: string): string {
  return toolName.slice(0, toolName.indexOf('.'));
}

export function operationOf(toolName: string): string {
  return toolName.slice(toolName.indexOf('.') + 1);
}

export function knowsUpstream(
  entry: Named<ToolSyntax>,
  { report, upstreamNames }: ToolsContext,
): boolean {
  const upstream = upstreamOf(entry.name);
  if (upstreamNames.has(upstream)) return true;
  report.error('policy.unknown', entry.at, `unknown upstream \`${upstream}\``, {
    mend: didYouMean(upstream, upstreamNames),
  });
  return false;
}

/** What is the same for tools and variants, and needs the rest. */
export function finishTool(
  tool: Tool,
  syntax: ToolSyntax,
  { report, currency }: ToolsContext,
): Tool | null {
  if (tool.persists && tool.tier < 2) {
    // A rule or a share acts when nobody looks any more: that is never a small thing.
    report.error(
      'policy.conflict',
      syntax.persists?.at ?? syntax.tierAt,
      `a tool that persists is at least \`consequential\`, and this one is \`${tierName(tool.tier)}\``,
      {
        mend: 'write `tier: consequential`',
      },
    );
    return null;
  }
  if (syntax.returns === undefined) return tool;
  const returns = compileReturns(syntax.returns, tool, currency, report);
  if (returns === null) return null;
  const { success } = syntax.returns;
  const program =
    success === undefined
      ? null
      : compileExpression(success, resultEnvironment(tool.pin?.outputSchema ?? null), report);
  return { ...tool, returns: { ...returns, success: program } };
}
