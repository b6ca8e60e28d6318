/** What would be decided, and why: no effect, no record, no reservation. */

import type { JsonObject } from '../content/value.ts';
import type { Context, Proposed } from '../engine/context.ts';
import { decide } from '../engine/decide.ts';
import type { Decision } from '../engine/decision.ts';
import type { Facts } from '../engine/facts.ts';
import { gather } from '../engine/gather.ts';
import { noLabels } from '../engine/labels.ts';
import { readCall } from '../engine/read-call.ts';
import type { CaseValues, Run } from '../engine/run.ts';
import type { Policy } from '../policy/model.ts';

export interface Question {
  readonly agent: string;
  readonly user: string | null;
  readonly tool: string;
  readonly args: JsonObject;
  readonly case: CaseValues;
  readonly atMs: number;
}

/** Decides in a run that was opened this moment, in a world where nothing has happened yet. */
export function explainCall(
  policy: Policy,
  question: Question,
): { readonly decision: Decision; readonly context: Context } {
  const tool = policy.tools.get(question.tool) ?? null;
  const proposed: Proposed = {
    policy,
    run: freshRun(question),
    ancestors: [],
    call: {
      id: 'call_what_if',
      tool: question.tool,
      args: question.args,
      step: null,
      dryRun: true,
    },
    tool,
    reading: tool === null ? null : readCall(tool, question.args),
  };
  const request = gather(proposed);
  const facts: Facts = {
    nowMs: question.atMs,
    suspended: false,
    windows: Object.fromEntries(request.windows.map(({ key }) => [key, 0])),
    once: Object.fromEntries(request.once.map((key) => [key, false])),
    used: Object.fromEntries(request.used.map((key) => [key, false])),
    breaker: { state: 'closed' },
    definition: 'pinned',
    upstreamUp: true,
  };
  const context: Context = { ...proposed, facts };
  return { decision: decide(context), context };
}

function freshRun(question: Question): Run {
  return {
    id: 'run_what_if',
    version: 1,
    agent: question.agent,
    user: question.user,
    implicit: false,
    credential: '',
    parent: null,
    case: question.case,
    request: null,
    requestTrusted: false,
    only: null,
    budget: {},
    outside: [],
    dryRun: false,
    openedAtMs: question.atMs,
    status: 'open',
    closedAs: null,
    toolCalls: 0,
    steps: 0,
    tokens: 0,
    costMicroUsd: 0,
    model: null,
    callTimesMs: [],
    usageTimes: [],
    recent: [],
    byDigest: {},
    inFlight: {},
    completedTools: [],
    labels: noLabels,
  };
}
