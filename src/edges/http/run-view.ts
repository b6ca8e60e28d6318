import type { JsonObject } from '../../content/value.ts';
import type { Held } from '../../engine/hold.ts';
import type { Run, RunBudget } from '../../engine/run.ts';

/** A run as its opener and its agent may read it. What it remembers of calls stays inside. */
export function runView(run: Run): JsonObject {
  return {
    id: run.id,
    agent: run.agent,
    user: run.user,
    status: run.status,
    closed_as: run.closedAs,
    opened_at: new Date(run.openedAtMs).toISOString(),
    implicit: run.implicit,
    parent: run.parent,
    case: run.case,
    request_trust: run.requestTrusted ? 'trusted' : 'untrusted',
    only: run.only,
    budget: budgetView(run.budget),
    outside: run.outside,
    dry_run: run.dryRun,
    used: {
      steps: run.steps,
      tool_calls: run.toolCalls,
      tokens: run.tokens,
      cost: usdText(run.costMicroUsd),
    },
    model: run.model,
    labels: { trust: run.labels.trust, classes: run.labels.classes, subjects: run.labels.subjects },
    holds: run.held.map(holdView),
  };
}

/** That it waits, and until when. What it is about is for those who may answer, and they do it elsewhere. */
function holdView({ id, tool, state, expiresAtMs }: Held): JsonObject {
  return { id, tool, state, expires_at: new Date(expiresAtMs).toISOString() };
}

function budgetView(budget: RunBudget): JsonObject {
  return {
    ...(budget.steps === undefined ? {} : { steps: budget.steps }),
    ...(budget.toolCalls === undefined ? {} : { tool_calls: budget.toolCalls }),
    ...(budget.durationMs === undefined ? {} : { duration: durationText(budget.durationMs) }),
    ...(budget.tokens === undefined ? {} : { tokens: budget.tokens }),
    ...(budget.costMicroUsd === undefined ? {} : { cost: usdText(budget.costMicroUsd) }),
  };
}

function durationText(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${ms}ms`;
}

/** Millionths of a dollar as a decimal with at least cents. */
function usdText(microUsd: number): string {
  const whole = Math.trunc(microUsd / 1_000_000);
  const fraction = String(microUsd % 1_000_000).padStart(6, '0');
  return `${whole}.${fraction.slice(0, 2)}${fraction.slice(2).replace(/0+$/, '')}`;
}
