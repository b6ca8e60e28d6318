import type { Agent, Alternative, Permissions, Policy, SourcePosition, Tool } from '../model.ts';
import { tierName } from '../shape/tool.ts';
import { type ApprovalsCheck, alertsText, checkApprovals } from './approvals.ts';
import { describeGate } from './asked.ts';
import { contentRemarks } from './content-remarks.ts';
import { contradiction } from './contradiction.ts';
import { describeConstraint } from './describe.ts';
import { flowRemarks } from './flow-remarks.ts';
import { checkFlow, type FlowCheck, type GrantedTool } from './ways-out.ts';

/** What a reader wants to know before trusting a policy that loads. */
export interface PolicyCheck {
  readonly agents: readonly AgentCheck[];
  readonly approvals: ApprovalsCheck;
  /** What people want to hear of, and where; null: of nothing. */
  readonly alerts: string | null;
  /** Grants by which no call can ever pass. */
  readonly neverMatching: readonly Remark[];
  /** What the policy says and the gateway can't hold anybody to, or only in part. */
  readonly unenforceable: readonly Remark[];
}

export interface AgentCheck {
  readonly agent: string;
  /** External tools that can change something (tier 1 and above), and every way to them. */
  readonly external: readonly ExternalWay[];
  readonly flow: FlowCheck;
}

export interface ExternalWay {
  readonly tool: string;
  readonly action: string;
  readonly tier: string;
  readonly grant: string;
  readonly at: SourcePosition;
  readonly gate: string;
  /** Each has to hold. Empty: nothing but the gate stands in the way. */
  readonly constraints: readonly string[];
  readonly pinned: boolean;
}

export interface Remark {
  /** Null: of the policy as a whole. */
  readonly at: SourcePosition | null;
  readonly grant: string;
  readonly reason: string;
}

export function checkPolicy(policy: Policy): PolicyCheck {
  const neverMatching: Remark[] = [];
  const unenforceable: Remark[] = [];
  const agents = [...policy.agents.values()].map((agent): AgentCheck => {
    const external: ExternalWay[] = [];
    const granted: GrantedTool[] = [];
    for (const { action, alternative, tools } of alternativesOf(agent.permissions, policy)) {
      const dead = deadEnd(agent, action, alternative, tools, policy);
      if (dead !== null) {
        neverMatching.push({ at: alternative.at, grant: alternative.key, reason: dead });
        continue;
      }
      unenforceable.push(...weaknesses(agent, alternative, tools));
      for (const tool of tools) {
        const ofPeople = peoplesAlternatives(agent, action, tool, policy);
        if (ofPeople?.length !== 0) granted.push({ tool, action, alternative, ofPeople });
        if (tool.reach === 'external' && tool.tier >= 1)
          external.push(externalWay(tool, action, alternative, policy));
      }
    }
    unenforceable.push(...agentWeaknesses(agent, policy));
    return { agent: agent.name, external, flow: checkFlow(agent, granted, policy) };
  });
  unenforceable.push(...flowRemarks(policy), ...contentRemarks(policy));
  return {
    agents,
    approvals: checkApprovals(policy),
    alerts: alertsText(policy),
    neverMatching,
    unenforceable,
  };
}

export interface Granted {
  readonly action: string;
  readonly alternative: Alternative;
  readonly tools: readonly Tool[];
}

function alternativesOf(permissions: Permissions, policy: Policy): readonly Granted[] {
  return [...permissions].flatMap(([action, grant]) =>
    grant.alternatives.map((alternative) => ({
      action,
      alternative,
      tools: [...policy.tools.values()].filter(
        (tool) =>
          `${tool.upstream}.${tool.action}` === action &&
          (alternative.tools?.has(tool.name) ?? true),
      ),
    })),
  );
}

/** Of the roles that the agent acts for; null: it acts for nobody, and is bound by nobody's permissions. */
function peoplesAlternatives(
  agent: Agent,
  action: string,
  tool: Tool,
  policy: Policy,
): readonly Alternative[] | null {
  if (agent.actsFor.length === 0) return null;
  return agent.actsFor.flatMap((role) =>
    (policy.roles.get(role)?.permissions.get(action)?.alternatives ?? []).filter(
      ({ tools }) => tools?.has(tool.name) ?? true,
    ),
  );
}

function externalWay(
  tool: Tool,
  action: string,
  alternative: Alternative,
  policy: Policy,
): ExternalWay {
  return {
    tool: tool.name,
    action,
    tier: tierName(tool.tier),
    grant: alternative.key,
    at: alternative.at,
    gate: describeGate(tool, alternative, policy),
    constraints: alternative.constraints.map(describeConstraint),
    pinned: tool.pin !== null,
  };
}

/** Why no call can ever pass by this alternative; null when one may. */
function deadEnd(
  agent: Agent,
  action: string,
  alternative: Alternative,
  tools: readonly Tool[],
  policy: Policy,
): string | null {
  if (agent.forbidden.has(action))
    return `\`${action}\` is in the agent's \`forbidden\`, which beats every grant`;
  const alone = contradiction(alternative, null, tools, agent);
  if (alone !== null) return alone;
  const unreachable = unreachableBefore(agent, alternative, policy);
  if (unreachable !== null) return unreachable;
  if (agent.actsFor.length === 0) return null;
  const ofPeople = agent.actsFor.flatMap((role) =>
    alternativesOf(policy.roles.get(role)?.permissions ?? new Map(), policy).filter(
      (granted) => granted.action === action,
    ),
  );
  if (ofPeople.length === 0)
    return `none of the roles it acts for (${agent.actsFor.join(', ')}) may \`${action}\``;
  let reason: string | null = null;
  for (const granted of ofPeople) {
    const shared = tools.filter((tool) => granted.tools.includes(tool));
    reason =
      shared.length === 0
        ? `\`${granted.alternative.key}\` covers none of its tools`
        : contradiction(alternative, granted.alternative, shared, agent);
    if (reason === null) return null;
  }
  return reason;
}

function unreachableBefore(agent: Agent, alternative: Alternative, policy: Policy): string | null {
  for (const constraint of alternative.constraints) {
    if (constraint.type !== 'after') continue;
    const granted = alternativesOf(agent.permissions, policy).flatMap((one) =>
      one.tools.map((tool) => tool.name),
    );
    if (constraint.tools.every((tool) => !granted.includes(tool))) {
      return `it comes after ${constraint.tools.map((tool) => `\`${tool}\``).join(' or ')}, which the agent may not call`;
    }
  }
  return null;
}

function weaknesses(
  agent: Agent,
  alternative: Alternative,
  tools: readonly Tool[],
): readonly Remark[] {
  const { at, key: grant, approval } = alternative;
  const remarks: Remark[] = [];
  if (approval.type === 'by' && approval.until !== null && (agent.model?.pin ?? null) === null)
    remarks.push({
      at,
      grant,
      reason:
        'no model is pinned: what `until` has counted of one model goes on to speak for another',
    });
  for (const tool of tools) {
    if (tool.pin === null)
      remarks.push({
        at,
        grant,
        reason: `\`${tool.name}\` isn't pinned: every call of it is refused`,
      });
    const filters = alternative.constraints.filter(
      (one) => one.type === 'fields' || one.type === 'items',
    );
    const structured =
      tool.returns.parse !== null || (tool.pin !== null && tool.pin.outputSchema !== null);
    if (filters.length > 0 && tool.pin !== null && !structured) {
      remarks.push({
        at,
        grant,
        reason: `\`${tool.name}\` declares no output schema and no \`parse\`: a result that nobody can read is withheld whole`,
      });
    }
  }
  return remarks;
}

function agentWeaknesses(agent: Agent, policy: Policy): readonly Remark[] {
  const { at } = agent;
  const grant = `agents.${agent.name}`;
  const remarks: Remark[] = [];
  const enforcement = agent.enforcement ?? policy.enforcement;
  if (enforcement !== 'strict') {
    remarks.push({
      at,
      grant,
      reason: `enforcement is \`${enforcement}\`: what only grants and limits refuse is recorded, and done`,
    });
  }
  const modelSide = [
    (agent.model?.pin ?? null) === null ? '' : 'the model',
    agent.budget.steps === null ? '' : 'steps',
    agent.budget.tokens === null ? '' : 'tokens',
    agent.budget.costMicroUsd === null ? '' : 'cost',
  ].filter((part) => part !== '');
  if (modelSide.length > 0) {
    remarks.push({
      at,
      grant,
      reason: `${modelSide.join(', ')}: known only as the run's opener or agent reports it`,
    });
  }
  if (agent.actsFor.length > 0 && agent.unattendedOwner === null) {
    const people = [...policy.users.values()].filter((user) =>
      agent.actsFor.some((role) => user.roles.has(role)),
    );
    if (people.length === 0) {
      remarks.push({
        at,
        grant,
        reason: 'it needs a user, and no user has a role that it acts for: no run can be opened',
      });
    }
  }
  return remarks;
}
