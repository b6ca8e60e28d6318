/** What a run may spend, what it spent, and what is left. */
import type { Agent, Budget, BudgetLimit } from '../policy/model.ts';
import { limits } from './limits.ts';
import type { Run, RunBudget } from './run.ts';

export type BudgetName = keyof RunBudget;

// biome-ignore lint/suspicious/noThenProperty: the policy's own word, and nobody awaits a limit
const nothing: BudgetLimit = { max: 0, then: 'deny' };

type Mutable = { -readonly [name in BudgetName]?: number };

export const budgetNames: readonly BudgetName[] = [
  'steps',
  'toolCalls',
  'durationMs',
  'tokens',
  'costMicroUsd',
];

/** The policy's limit and the opener's, the smaller of both where both speak; an opener can only narrow. */
export function limitOf(
  budget: Budget,
  narrowing: RunBudget,
  name: BudgetName,
): BudgetLimit | null {
  const limit = budget[name];
  const narrowed = narrowing[name];
  if (narrowed === undefined) return limit;
  if (limit === null) return { ...nothing, max: narrowed };
  return narrowed < limit.max ? { ...limit, max: narrowed } : limit;
}

/** The same with what people added for this run. An implicit one has no end: they can only agree to a call of it. */
export function limitIn(
  agent: Agent,
  { budget, granted, implicit }: Pick<Run, 'budget' | 'granted' | 'implicit'>,
  name: BudgetName,
): BudgetLimit | null {
  const limit = limitOf(agent.budget, budget, name);
  const added = granted[name] ?? 0;
  return limit === null || implicit || added === 0 ? limit : { ...limit, max: limit.max + added };
}

export function effectiveBudget(agent: Agent, narrowing: RunBudget): RunBudget {
  const budget: Mutable = {};
  for (const name of budgetNames) {
    const limit = limitOf(agent.budget, narrowing, name);
    if (limit !== null) budget[name] = limit.max;
  }
  return budget;
}

/** What counts now: of a run with an end everything, of an implicit one what falls into its sliding window. */
export function spentBudget(agent: Agent, run: Run, nowMs: number): Required<RunBudget> {
  const { steps, toolCalls, tokens, costMicroUsd } = run;
  if (!run.implicit)
    return { steps, toolCalls, durationMs: ownTimeMs(run, nowMs), tokens, costMicroUsd };
  const sinceMs = nowMs - windowMsOf(agent, run);
  const spent = { steps: 0, toolCalls: 0, durationMs: 0, tokens: 0, costMicroUsd: 0 };
  // Oldest first, so the newest are counted from the end.
  for (let index = run.callTimes.length - 1; index >= 0; index -= 1) {
    const mark = run.callTimes[index];
    if (mark === undefined || mark.atMs <= sinceMs) break;
    spent.toolCalls += mark.calls;
  }
  for (const mark of run.usageTimes) {
    if (mark.atMs <= sinceMs) continue;
    spent.steps += mark.steps;
    spent.tokens += mark.tokens;
    spent.costMicroUsd += mark.costMicroUsd;
  }
  return spent;
}

/** Since it was opened, without the time that people took to answer. */
function ownTimeMs({ openedAtMs, heldMs, heldSinceMs }: Run, nowMs: number): number {
  const waitingMs = heldSinceMs === null ? 0 : Math.max(0, nowMs - heldSinceMs);
  return nowMs - openedAtMs - heldMs - waitingMs;
}

/** Of an implicit run: how far back what it spent counts. */
export function windowMsOf(agent: Agent, { budget }: Pick<Run, 'budget'>): number {
  return limitOf(agent.budget, budget, 'durationMs')?.max ?? limits.implicitWindowMs;
}

/** What is left. A name that nothing bounds is absent; time doesn't run out for an implicit run. */
export function remainingBudget(agent: Agent, run: Run, nowMs: number): RunBudget {
  const spent = spentBudget(agent, run, nowMs);
  const left: Mutable = {};
  for (const name of budgetNames) {
    if (name === 'durationMs' && run.implicit) continue;
    const limit = limitIn(agent, run, name);
    if (limit !== null) left[name] = Math.max(0, limit.max - spent[name]);
  }
  return left;
}
