import type { Context } from '../context.ts';
import type { Finding } from '../decision.ts';
import { deny } from '../findings.ts';
import { agentOptions } from '../parties.ts';

/** Which tool: granted to the agent, accepted by a person, and still what that person accepted. */
export function catalog({ policy, run, call, tool, facts }: Context): readonly Finding[] {
  const agent = policy.agents.get(run.agent);
  if (tool === null || agent === undefined) {
    return [deny('catalog', 'catalog.unknown_tool', { tool: call.tool.slice(0, 256) })];
  }
  if (agentOptions(agent, tool).length === 0) {
    return [deny('catalog', 'catalog.ungranted', { tool: tool.name }, agent.at)];
  }
  return accepted({ call, tool, facts });
}

/** Accepted by a person, and still what that person accepted: whoever calls it. */
export function accepted({
  call,
  tool,
  facts,
}: Pick<Context, 'call' | 'tool' | 'facts'>): readonly Finding[] {
  if (tool === null)
    return [deny('catalog', 'catalog.unknown_tool', { tool: call.tool.slice(0, 256) })];
  if (tool.pin === null) return [deny('catalog', 'catalog.unpinned', { tool: tool.name }, tool.at)];
  switch (facts.definition) {
    case 'changed':
      return [
        deny('catalog', 'catalog.changed', { tool: tool.name, pinned: tool.pin.digest }, tool.at),
      ];
    case 'missing':
      return [deny('catalog', 'catalog.missing', { tool: tool.name }, tool.at)];
    case 'unknown':
      // What it means now can't be known before the upstream has listed it.
      return [deny('catalog', 'upstream.down', { upstream: tool.upstream })];
    case 'pinned':
      return facts.upstreamUp
        ? []
        : [deny('catalog', 'upstream.down', { upstream: tool.upstream })];
  }
}
