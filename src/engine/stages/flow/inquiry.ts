import type { JsonObject } from '../../../content/value.ts';
import type { Flow, Tool } from '../../../policy/model.ts';
import type { ArgumentValue, ReadCall } from '../../call.ts';
import type { FindingCode } from '../../codes.ts';
import type { Context, Proposed } from '../../context.ts';
import type { Finding } from '../../decision.ts';
import { deny, hold } from '../../findings.ts';
import type { Run } from '../../run.ts';
import { type Past, pastOf } from './past.ts';
import { readRequest, type TrustedRequest } from './trusted-request.ts';

/** One call, asked about by every rule. */
export interface Inquiry {
  readonly context: Context;
  readonly flow: Flow;
  readonly tool: Tool;
  readonly read: ReadCall;
  /** Whether it can carry data out, or leaves something behind that does so later. */
  readonly outbound: boolean;
  /** Whether the run received anything that somebody else wrote. */
  readonly untrusted: boolean;
  /** Null: there is none that is trusted, or its rules still wait. */
  readonly request: TrustedRequest | null;
  readonly past: Past;
}

/** What a rule looks at can decide only calls that do something or carry something out. */
export function needsHistory(proposed: Proposed): boolean {
  const { policy, run, tool, reading } = proposed;
  if (tool === null || reading?.ok !== true) return false;
  const outbound = isOutbound(tool);
  if (isJudgedByRequest(policy.flow, run))
    return tool.tier > 0 || outbound || reading.read.values.some(({ kind }) => kind === 'query');
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
  const request =
    run.request !== null && isJudgedByRequest(flow, run)
      ? readRequest(run.request, policy.actionWords)
      : null;
  return {
    context,
    flow,
    tool,
    read: reading.read,
    outbound,
    untrusted,
    request,
    past: pastOf(run.id, needed ? (facts.history ?? []) : [], policy, request),
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

/** What a person needs to decide about one value, and what a remembered answer would answer. */
export function finding(
  verdict: 'hold' | 'deny',
  code: FindingCode,
  { tool }: Inquiry,
  details: JsonObject,
): Finding {
  return verdict === 'deny'
    ? deny('flow', code, details, tool.at)
    : hold('flow', code, details, tool.at, null);
}

const valueShownMax = 200;

/** Where a value of the call stands, and what it is. Text that was written to be read is told by its length. */
export function valueDetails({ argument, pointer, kind, value }: ArgumentValue): JsonObject {
  const key = value.type === 'unparsable' ? '' : value.key;
  const shown = written.has(kind) ? `(${key.length} characters)` : key.slice(0, valueShownMax);
  return { argument: `${argument}${pointer}`, kind, value: shown };
}

const written: ReadonlySet<string> = new Set(['content', 'secret']);

/** What an answer would be remembered for: this value, of this kind, given to this tool. */
export function remembered({ tool }: Inquiry, { kind, value }: ArgumentValue): JsonObject {
  return {
    tool: tool.name,
    kind,
    value: value.type === 'unparsable' ? null : value.key.slice(0, valueShownMax),
  };
}
