/** What would be decided, and why: no effect, no record, no reservation. */

import { scanTexts } from '../content/detection/scan.ts';
import type { JsonObject } from '../content/value.ts';
import type { Context, Proposed } from '../engine/context.ts';
import { decide } from '../engine/decide.ts';
import type { Decision } from '../engine/decision.ts';
import type { Facts } from '../engine/facts.ts';
import { fold } from '../engine/fold.ts';
import { gather } from '../engine/gather.ts';
import { noLabels } from '../engine/labels.ts';
import { openerRisk, textsOfOpener } from '../engine/opener-risk.ts';
import { readCall } from '../engine/read-call.ts';
import type { CaseValues, Run } from '../engine/run.ts';
import { looksOf, scansOf } from '../engine/scans.ts';
import type { Policy } from '../policy/model.ts';

export interface Question {
  readonly agent: string;
  readonly user: string | null;
  readonly tool: string;
  readonly args: JsonObject;
  readonly case: CaseValues;
  /** What the user asked for, in words that the opener trusts; null: nothing that is trusted. */
  readonly request: string | null;
  /** What the agent has besides Sallyport: with any, it is untrusted from its first call. */
  readonly outside: readonly string[];
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
    run: freshRun(question, policy),
    ancestors: [],
    call: {
      id: 'call_what_if',
      tool: question.tool,
      args: question.args,
      step: null,
      dryRun: false,
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
    // Nothing was done in it, and nothing shown.
    history: [],
    used: Object.fromEntries(request.used.map((key) => [key, false])),
    scans: scansOf(request),
    breaker: { state: 'closed' },
    definition: 'pinned',
    upstreamUp: true,
  };
  const context: Context = { ...proposed, facts };
  return { decision: decide(context), context };
}

function freshRun(question: Question, policy: Policy): Run {
  const { agent, user, case: values, request, outside, atMs } = question;
  const texts = textsOfOpener({ request, case: values });
  const risk = openerRisk(policy, texts, scanTexts(texts, { ...looksOf(policy), held: [] }));
  return fold(null, {
    v: 1,
    type: 'run.opened',
    atMs,
    run: 'run_what_if',
    agent,
    user,
    policy: policy.hash,
    implicit: false,
    credential: '',
    parent: null,
    case: values,
    request,
    requestTrusted: request !== null,
    only: null,
    budget: {},
    outside,
    dryRun: false,
    labels: outside.length > 0 ? { ...noLabels, trust: 'untrusted' } : noLabels,
    ...(risk === null ? {} : { risk }),
  });
}
