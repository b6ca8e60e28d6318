import type { JsonObject } from '../content/value.ts';
import type { Policy, Tool } from '../policy/model.ts';
import { filtersFields } from './outputs/filters.ts';
import { actionOf, agentOptions, type Option, rolesOf, userOptions } from './parties.ts';

/**
 * Whether an agent, working for this user, may hope to call a tool: pinned, not forbidden, granted on both sides. By who
 * asks, never by what a run did, so that a list tells nothing about labels or budgets.
 */
export function isListed(
  policy: Policy,
  agentName: string,
  user: string | null,
  tool: Tool,
): boolean {
  return (
    tool.pin !== null && options(policy, agentName, user, tool).every((side) => side.length > 0)
  );
}

/**
 * The output schema as this agent may rely on it: none where fields are left out, because clients drop a whole result
 * that doesn't fit what was listed.
 */
export function listedOutputSchema(
  policy: Policy,
  agentName: string,
  user: string | null,
  tool: Tool,
): JsonObject | null {
  const filtered = options(policy, agentName, user, tool).some((side) =>
    side.some(({ alternative }) => filtersFields(alternative)),
  );
  return filtered ? null : (tool.pin?.outputSchema ?? null);
}

/** Of both sides; a side without any refuses. */
function options(
  policy: Policy,
  agentName: string,
  user: string | null,
  tool: Tool,
): readonly (readonly Option[])[] {
  const agent = policy.agents.get(agentName);
  if (agent === undefined || agent.forbidden.has(actionOf(tool))) return [[], []];
  // A token that names nobody: who the agent works for comes with the run, and is one of these roles.
  const roles = rolesOf(policy, agent, user);
  return [agentOptions(agent, tool), userOptions(policy, { agent, user, roles }, tool)];
}
