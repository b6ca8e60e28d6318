import { listedInputSchema } from '../engine/read-call.ts';
import type { Agent, Alternative, Grant, Policy, Tool } from '../policy/model.ts';
import type { ListedForAgent } from './port.ts';

/**
 * The tools that this agent, for this user, may hope to call: pinned, granted on both sides, not forbidden. Varies by
 * who asks and never by what a run did, so that a list tells nothing about labels or budgets.
 */
export function listTools(
  policy: Policy,
  agentName: string,
  user: string | null,
): ListedForAgent[] {
  const agent = policy.agents.get(agentName);
  if (agent === undefined) return [];
  const roles = rolesOf(policy, agent, user);
  const listed: ListedForAgent[] = [];
  for (const tool of policy.tools.values()) {
    const action = `${tool.upstream}.${tool.action}`;
    if (tool.pin === null || agent.forbidden.has(action)) continue;
    const userGrants = roles.map((role) => policy.roles.get(role)?.permissions.get(action));
    if (
      !covers(agent.permissions.get(action), tool) ||
      !userGrants.some((grant) => covers(grant, tool))
    )
      continue;
    listed.push({
      name: tool.name,
      title: tool.pin.title,
      description: tool.pin.description,
      inputSchema: listedInputSchema(tool),
      outputSchema: tool.pin.outputSchema,
      annotations: tool.pin.annotations,
      tool,
    });
  }
  return listed.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The roles whose permissions a call of this agent for this user draws on; unattended, the same roles with no user. */
function rolesOf(policy: Policy, agent: Agent, user: string | null): readonly string[] {
  if (user === null) return agent.unattendedOwner === null ? [] : agent.actsFor;
  const held = policy.users.get(user)?.roles;
  return agent.actsFor.filter((role) => held?.has(role) === true);
}

function covers(grant: Grant | undefined, tool: Tool): boolean {
  return (
    grant?.alternatives.some(
      (alternative: Alternative) => alternative.tools === null || alternative.tools.has(tool.name),
    ) === true
  );
}
