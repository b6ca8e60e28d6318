import type { KindName } from '../../../content/kind.ts';
import type { Flow, Tool } from '../../../policy/model.ts';
import type { Context, Proposed } from '../../context.ts';
import type { Run } from '../../run.ts';
import { delegationOf } from './delegation.ts';
import type { Inquiry } from './inquiry.ts';
import { pastOf } from './past.ts';
import { readRequest } from './trusted-request.ts';

/** What a rule looks at can decide only calls that do something or carry something out. */
export function needsHistory(proposed: Proposed): boolean {
  const { policy, run, tool, reading } = proposed;
  if (tool === null || reading?.ok !== true) return false;
  const outbound = isOutbound(tool);
  if (isJudgedByRequest(policy.flow, run))
    return tool.tier > 0 || outbound || reading.read.values.some(({ kind }) => looksUp(kind));
  if (!outbound) return false;
  return (isUntrusted(run) && policy.flow.external === 'provenance') || asksForSubject(proposed);
}

/** Whose data of a class the run holds, record by record, only its history says. */
function asksForSubject({ policy, run }: Proposed): boolean {
  return run.labels.classes.some(
    (name) => policy.flow.classes.get(name)?.some(({ type }) => type === 'subject') === true,
  );
}

/** What finds things, and could say something to whoever answers. */
function looksUp(kind: KindName): boolean {
  return kind === 'query' || kind.startsWith('object.');
}

/** Null: no rule of this stage speaks about the call. `lost`: the rules would, and what they look back at isn't there. */
export function inquiryOf(context: Context): Inquiry | 'lost' | null {
  const { policy, run, tool, reading, facts } = context;
  if (tool === null || reading?.ok !== true) return null;
  const { flow } = policy;
  const untrusted = isUntrusted(run);
  const outbound = isOutbound(tool);
  const needed = needsHistory(context);
  if (!needed && !outbound) return null;
  if (needed && facts.history === null) return 'lost';
  const history = needed ? (facts.history ?? []) : [];
  const request =
    run.request !== null && isJudgedByRequest(flow, run)
      ? readRequest(run.request, policy.actionWords)
      : null;
  const past = pastOf(run.id, history, policy, request);
  const inquiry: Inquiry = {
    context,
    flow,
    tool,
    read: reading.read,
    outbound,
    untrusted,
    request,
    past,
    delegated: null,
  };
  const delegation = delegationOf(inquiry);
  if (request === null || delegation === null) return inquiry;
  // A person is shown the whole document before anything of it happens, so the other rules may take it for the request.
  const widened = readRequest(`${request.text}\n\n${delegation.text}`, policy.actionWords);
  return {
    ...inquiry,
    request: widened,
    past: pastOf(`${run.id} delegated`, history, policy, widened),
    delegated: delegation.details,
  };
}

function isOutbound(tool: Tool): boolean {
  return tool.reach === 'external' || tool.persists;
}

function isUntrusted(run: Run): boolean {
  return run.labels.trust === 'untrusted' || run.outside.length > 0;
}

function isJudgedByRequest(flow: Flow, run: Run): boolean {
  return run.request !== null && run.requestTrusted && (flow.when === 'always' || isUntrusted(run));
}
