import type { Run, RunBudget } from '../engine/run.ts';
import type { Agent } from '../policy/model.ts';

type Mutable = { -readonly [name in keyof RunBudget]: RunBudget[name] };

const names = ['steps', 'toolCalls', 'durationMs', 'tokens', 'costMicroUsd'] as const;

/** The policy's budget and the opener's, the smaller of both where both speak. */
export function effectiveBudget(agent: Agent, narrowing: RunBudget): RunBudget {
  const budget: Mutable = {};
  for (const name of names) {
    const max = smaller(agent.budget[name]?.max, narrowing[name]);
    if (max !== undefined) budget[name] = max;
  }
  return budget;
}

/** What a run may still spend. A name that nothing bounds is absent. */
export function remainingBudget(agent: Agent, run: Run, nowMs: number): RunBudget {
  const used: Required<RunBudget> = {
    steps: run.steps,
    toolCalls: run.toolCalls,
    durationMs: nowMs - run.openedAtMs,
    tokens: run.tokens,
    costMicroUsd: run.costMicroUsd,
  };
  const budget: Mutable = {};
  for (const [name, max] of entries(effectiveBudget(agent, run.budget)))
    budget[name] = Math.max(0, max - used[name]);
  return budget;
}

/** A child's budget: what was asked for, never more than is left. */
export function carveBudget(asked: RunBudget, left: RunBudget): RunBudget {
  const budget: Mutable = {};
  for (const name of names) {
    const max = smaller(asked[name], left[name]);
    if (max !== undefined) budget[name] = max;
  }
  return budget;
}

function smaller(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined) return b;
  return b === undefined ? a : Math.min(a, b);
}

function entries(budget: RunBudget): [(typeof names)[number], number][] {
  return names.flatMap((name) => {
    const max = budget[name];
    return max === undefined ? [] : [[name, max]];
  });
}
