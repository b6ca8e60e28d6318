import { type Context, holdersOf } from '../context.ts';
import type { Finding } from '../decision.ts';
import { deny } from '../findings.ts';
import { judgedSides } from '../pairing.ts';
import { actionOf } from '../parties.ts';

const codes = {
  agent: 'authorize.agent_grant',
  user: 'authorize.user_grant',
  opener: 'authorize.only',
} as const;

/** Whether it is permitted: by the agent's grant and by the user's, of this run and of every run above it. */
export function authorize(context: Context): readonly Finding[] {
  const { policy, tool } = context;
  const findings: Finding[] = [];
  if (tool === null) return findings;
  const action = actionOf(tool);
  for (const holder of holdersOf(context)) {
    const agent = policy.agents.get(holder.agent);
    if (agent?.forbidden.has(action) === true) {
      findings.push(
        deny('authorize', 'authorize.forbidden', { agent: agent.name, action }, agent.at),
      );
    }
  }
  for (const { side, chosen } of judgedSides(context)) {
    if (chosen === null) {
      findings.push(
        deny('authorize', codes[side.of], {
          agent: side.party.agent.name,
          user: side.party.user,
          action,
          level: side.level,
        }),
      );
      continue;
    }
    findings.push(...chosen.checks);
  }
  return findings;
}
