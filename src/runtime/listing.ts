import { isListed, listedOutputSchema } from '../engine/listing.ts';
import { listedInputSchema } from '../engine/read-call.ts';
import type { Policy } from '../policy/model.ts';
import type { ListedForAgent } from './port.ts';

/** The tools that this agent, for this user, may hope to call, in the order of their names. */
export function listTools(policy: Policy, agent: string, user: string | null): ListedForAgent[] {
  const listed: ListedForAgent[] = [];
  for (const tool of policy.tools.values()) {
    const { pin } = tool;
    if (pin === null || !isListed(policy, agent, user, tool)) continue;
    listed.push({
      name: tool.name,
      title: pin.title,
      description: pin.description,
      inputSchema: listedInputSchema(tool),
      outputSchema: listedOutputSchema(policy, agent, user, tool),
      annotations: pin.annotations,
      tool,
    });
  }
  return listed.sort((a, b) => (a.name < b.name ? -1 : 1));
}
