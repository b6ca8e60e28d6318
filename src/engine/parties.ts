import type { Agent, Alternative, Grant, Policy, Tool } from '../policy/model.ts';
import { type Plan, planOf } from '../policy/plan.ts';
import { holdersOf, type Proposed } from './context.ts';
import type { CaseValues } from './run.ts';
import { shapeOf } from './tool-shape.ts';

/** Who asks: an agent for a user, in a case. The run itself is one; each run above it is another. */
export interface Party {
  readonly agent: Agent;
  readonly user: string | null;
  readonly roles: readonly string[];
  readonly case: CaseValues;
}

/** One of the permissions that all have to allow a call: an agent's or a user's, of one party, or its opener's plan. */
export interface Side {
  readonly of: 'agent' | 'user' | 'opener';
  /** 0 is the run itself, 1 its parent, and so on. */
  readonly level: number;
  readonly party: Party;
  /** Those that cover the tool, in the order of the policy. */
  readonly options: readonly Option[];
}

export interface Option {
  readonly alternative: Alternative;
  readonly grant: Grant;
}

/**
 * Every permission that a call needs: the agent's and the user's, for the run and for each run above it. Their
 * alternatives are never mixed: a pair is one of each side, and each side answers for itself, so the best pair is the
 * best of each.
 */
export function sidesOf(proposed: Proposed, tool: Tool): readonly Side[] {
  const { policy } = proposed;
  let sides: readonly Side[] = [];
  let next = 0;
  for (const holder of holdersOf(proposed)) {
    const level = next;
    next += 1;
    const agent = policy.agents.get(holder.agent);
    if (agent === undefined) continue; // The identity stage refuses it.
    const roles = rolesOf(policy, agent, holder.user);
    const party: Party = { agent, user: holder.user, roles, case: holder.case };
    const own: Side[] = [
      { of: 'agent', level, party, options: agentOptions(agent, tool) },
      { of: 'user', level, party, options: userOptions(policy, party, tool) },
    ];
    if (holder.only !== null) {
      const plan = planOf(policy, { run: holder.id, agent: holder.agent }, holder.only);
      own.push({ of: 'opener', level, party, options: planned(plan, tool) });
    }
    sides = level === 0 ? own : [...sides, ...own];
  }
  return sides;
}

function planned({ key, alternatives }: Plan, tool: Tool): readonly Option[] {
  const action = actionOf(tool);
  const found = alternatives.get(action);
  return found === undefined
    ? []
    : optionsIn({ key: `${key}.${action}`, at: nowhere, alternatives: found }, tool);
}

/** The roles whose permissions count: those the agent acts for and the user has; unattended, all it acts for. */
export function rolesOf(policy: Policy, agent: Agent, user: string | null): readonly string[] {
  if (user === null) return agent.actsFor;
  const held = policy.users.get(user)?.roles;
  return held === undefined ? [] : agent.actsFor.filter((role) => held.has(role));
}

export function actionOf(tool: Tool): string {
  return shapeOf(tool).action;
}

export function agentOptions(agent: Agent, tool: Tool): readonly Option[] {
  return optionsOf(agent.permissions.get(actionOf(tool)), tool);
}

export function userOptions(
  policy: Policy,
  party: Pick<Party, 'agent' | 'user' | 'roles'>,
  tool: Tool,
): readonly Option[] {
  // An agent that acts for nobody has no user's permission to stay within: its own is all there is.
  if (party.user === null && party.agent.actsFor.length === 0) return [ownAccount];
  const action = actionOf(tool);
  const { roles } = party;
  if (roles.length === 1 && roles[0] !== undefined) {
    return optionsOf(policy.roles.get(roles[0])?.permissions.get(action), tool);
  }
  return roles.flatMap((role) => optionsOf(policy.roles.get(role)?.permissions.get(action), tool));
}

const none: readonly Option[] = [];

/** Of each grant for the tool that it was asked about last: a call asks several times. */
const madeOf = new WeakMap<Grant, { readonly tool: string; readonly options: readonly Option[] }>();

function optionsOf(grant: Grant | undefined, tool: Tool): readonly Option[] {
  if (grant === undefined) return none;
  const known = madeOf.get(grant);
  if (known?.tool === tool.name) return known.options;
  const options = optionsIn(grant, tool);
  madeOf.set(grant, { tool: tool.name, options });
  return options;
}

function optionsIn(grant: Grant, tool: Tool): readonly Option[] {
  const options: Option[] = [];
  for (const alternative of grant.alternatives) {
    if (alternative.tools === null || alternative.tools.has(tool.name)) {
      options.push({ alternative, grant });
    }
  }
  return options;
}

const nowhere = { file: '', line: 0, column: 0 } as const;

/** What restricts nothing. */
export const unrestricted: Alternative = {
  key: 'own_account',
  at: nowhere,
  tools: null,
  constraints: [],
  approval: { type: 'tier' },
  repeatAllowed: false,
  enforcement: null,
};

const ownAccount: Option = {
  alternative: unrestricted,
  grant: { key: 'own_account', at: nowhere, alternatives: [unrestricted] },
};
