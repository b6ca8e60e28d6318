import type { Flow, Tool } from '../../../policy/model.ts';
import type { Context, Proposed } from '../../context.ts';
import type { Exchange } from '../../exchange.ts';
import type { Run } from '../../run.ts';
import { delegationOf } from './delegation.ts';
import type { Inquiry } from './inquiry.ts';
import { type Past, pastOf } from './past.ts';
import { readRequest } from './trusted-request.ts';

/** What a rule looks at can decide only calls that do something or carry something out. */
export function needsHistory(proposed: Proposed): boolean {
  const { policy, run, tool, reading } = proposed;
  if (tool === null || reading?.ok !== true) return false;
  const outbound = isOutbound(tool);
  if (isJudgedByRequest(policy.flow, run))
    return tool.tier > 0 || outbound || reading.read.values.length > 0;
  if (!outbound) return false;
  return (isUntrusted(run) && policy.flow.external === 'provenance') || asksForSubject(proposed);
}

/** Whose data of a class the run holds, record by record, only its history says. */
function asksForSubject({ policy, run }: Proposed): boolean {
  return run.labels.classes.some(
    (name) => policy.flow.classes.get(name)?.some(({ type }) => type === 'subject') === true,
  );
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
  const asked = { context, flow, tool, read: reading.read, outbound, untrusted };
  if (run.request === null || !isJudgedByRequest(flow, run))
    return inquiring({ ...asked, request: null, delegated: null }, run.id, history);
  const request = readRequest(run.request, policy.actionWords);
  const inquiry = inquiring({ ...asked, request, delegated: null }, run.id, history);
  const delegation = delegationOf(inquiry);
  if (delegation === null) return inquiry;
  // A person is shown the whole document before anything of it happens, so the other rules may take it for the request.
  if (delegation.text === '') return { ...inquiry, delegated: delegation.details };
  const text = `${request.text}\n\n${delegation.text}`;
  const widened = readRequest(text, policy.actionWords);
  return inquiring(
    { ...asked, request: widened, delegated: delegation.details },
    `${run.id} delegated`,
    history,
  );
}

/** What was shown is arranged when a rule asks for it: most calls of a run with a case are decided before. */
function inquiring(
  asked: Omit<Inquiry, 'past'>,
  name: string,
  history: readonly Exchange[],
): Inquiry {
  let past: Past | null = null;
  return {
    ...asked,
    get past() {
      past ??= pastOf(name, history, asked.context.policy, asked.request);
      return past;
    },
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
