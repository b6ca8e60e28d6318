import { isListed, listedOutputSchema } from '../engine/listing.ts';
import { listedInputSchema } from '../engine/read-call.ts';
import type { Policy } from '../policy/model.ts';
import type { ListedForAgent } from './port.ts';

/** Of each policy, by who asks: a list says the same until the policy is another one. */
const lists = new WeakMap<Policy, Map<string, readonly ListedForAgent[]>>();

/** More than there are agents with users of their own. */
const listsMax = 1_000;

/** The tools that this agent, for this user, may hope to call, in the order of their names. */
export function listTools(
  policy: Policy,
  agent: string,
  user: string | null,
): readonly ListedForAgent[] {
  const known = lists.get(policy) ?? new Map<string, readonly ListedForAgent[]>();
  lists.set(policy, known);
  const asker = JSON.stringify([agent, user]);
  const kept = known.get(asker);
  if (kept !== undefined) return kept;
  if (known.size >= listsMax) known.clear();
  const listed = listFor(policy, agent, user);
  known.set(asker, listed);
  return listed;
}

function listFor(policy: Policy, agent: string, user: string | null): readonly ListedForAgent[] {
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
