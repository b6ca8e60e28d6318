import type { Agent, BudgetLimit } from '../../policy/model.ts';
import { anybody } from '../asks.ts';
import {
  type BudgetName,
  budgetNames,
  limitIn,
  limitOf,
  spentBudget,
  windowMsOf,
} from '../budget.ts';
import type { FindingCode } from '../codes.ts';
import type { Context } from '../context.ts';
import { agentRateKey } from '../counters.ts';
import type { Finding } from '../decision.ts';
import { deny, hold } from '../findings.ts';
import { limits as bounds } from '../limits.ts';
import { loops } from '../loops.ts';
import { chosenFindings, judgedSides } from '../pairing.ts';
import type { Run, RunBudget } from '../run.ts';

/** How much: the run's budget, the agent's rate, the tool's breaker, loops, and what was done already. */
export function limits(context: Context): readonly Finding[] {
  const agent = context.policy.agents.get(context.run.agent);
  if (agent === undefined) return [];
  return [
    ...budget(context, agent),
    ...agentRate(context, agent),
    ...breaker(context),
    ...loops(context, agent.loops),
    ...chosenFindings(judgedSides(context), 'limits'),
  ];
}

const budgetCodes: Readonly<Record<BudgetName, FindingCode>> = {
  steps: 'limits.steps',
  toolCalls: 'limits.tool_calls',
  durationMs: 'limits.duration',
  tokens: 'limits.tokens',
  costMicroUsd: 'limits.cost',
};

/** The last step and the last call of a budget may still be made; time, tokens and money that are gone are gone. */
const usedUp: Readonly<Record<BudgetName, (spent: number, max: number) => boolean>> = {
  steps: (spent, max) => spent > max,
  toolCalls: (spent, max) => spent + 1 > max,
  durationMs: (spent, max) => spent >= max,
  tokens: (spent, max) => spent >= max,
  costMicroUsd: (spent, max) => spent >= max,
};

function budget(context: Context, agent: Agent): readonly Finding[] {
  const { run, call, facts } = context;
  const findings: Finding[] = [];
  const own = ownCalls(context, agent);
  if (run.toolCalls - own.ever >= bounds.runCallsMax)
    findings.push(deny('limits', 'limits.run_calls', { max: bounds.runCallsMax }));
  const spent = spentBudget(agent, run, facts.nowMs);
  // The agent's own count of its steps can only make it stop earlier.
  const steps = Math.max(spent.steps, run.implicit ? 0 : (call.step ?? 0));
  for (const name of budgetNames) {
    if (name === 'durationMs' && run.implicit) continue;
    const limit = limitIn(agent, run, name);
    if (limit === null) continue;
    const used =
      name === 'steps' ? steps : name === 'toolCalls' ? spent.toolCalls - own.now : spent[name];
    if (isUsedUp(name, used, limit))
      findings.push(exhausted(run, budgetCodes[name], used, limit, grantsOf(agent, run, name)));
  }
  return findings;
}

/** A call that was held is counted already: decided again it must not be one more than itself. */
function ownCalls(
  { run, call, facts }: Context,
  agent: Agent,
): { readonly ever: number; readonly now: number } {
  const own = run.held.find(({ id, of }) => id === call.id && of === 'call');
  if (own === undefined) return { ever: 0, now: 0 };
  const isInWindow = !run.implicit || own.atMs > facts.nowMs - windowMsOf(agent, run);
  return { ever: 1, now: isInWindow ? 1 : 0 };
}

/** As much again as the run was opened with. What a child has is its parent's: there an answer lets go this one call. */
function grantsOf(agent: Agent, run: Run, name: BudgetName): RunBudget | null {
  const isOwn = !run.implicit && run.parent === null;
  const limit = !isOwn ? null : limitOf(agent.budget, run.budget, name);
  return limit === null ? null : { [name]: limit.max };
}

/** Written so that a number that is none is used up. */
function isUsedUp(name: BudgetName, used: number, { max }: BudgetLimit): boolean {
  return !Number.isFinite(used) || !Number.isFinite(max) || usedUp[name](used, max);
}

function exhausted(
  run: Run,
  code: FindingCode,
  used: number,
  { max, then }: BudgetLimit,
  grants: RunBudget | null,
): Finding {
  const details = { used, max, implicit: run.implicit };
  return then === 'hold'
    ? hold('limits', code, details, null, { ...anybody, grants })
    : deny('limits', code, details);
}

function agentRate({ facts }: Context, agent: Agent): readonly Finding[] {
  if (agent.rate === null) return [];
  const key = agentRateKey(agent);
  const started = facts.windows[key];
  if (started === undefined) return [deny('engine', 'engine.fault', { fact: key })];
  const { max, windowMs } = agent.rate;
  return started + 1 <= max
    ? []
    : [deny('limits', 'limits.agent_rate', { started, max, windowMs }, agent.at)];
}

/** A tool whose upstream keeps failing is left alone; one probe at a time finds out whether it is back. */
export function breaker({ facts }: Context): readonly Finding[] {
  switch (facts.breaker.state) {
    case 'closed':
      return [];
    case 'open':
      return [
        deny('limits', 'limits.breaker_open', {
          untilMs: facts.breaker.untilMs,
          retryAfterMs: Math.max(0, facts.breaker.untilMs - facts.nowMs),
        }),
      ];
    case 'half_open':
      return facts.breaker.probing
        ? [deny('limits', 'limits.breaker_open', { probing: true })]
        : [];
  }
}
