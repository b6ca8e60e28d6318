/** How a call ended, from what its upstream did: what is recorded, what the agent gets, and what nobody can know. */

import type { Scans } from '../content/detection/sighting.ts';
import { isJsonObject, type JsonObject } from '../content/value.ts';
import type { FindingCode } from '../engine/codes.ts';
import type { Decision, Finding } from '../engine/decision.ts';
import type { Shown } from '../engine/exchange.ts';
import { noLabels } from '../engine/labels.ts';
import { inspect, type Releasable } from '../engine/outputs/inspect.ts';
import type { Marks } from '../engine/outputs/marks.ts';
import { refusalText } from '../engine/refusal.ts';
import type { Labels } from '../engine/run.ts';
import type { Policy, Tool } from '../policy/model.ts';
import type { FailureReason, ToolResult, UpstreamOutcome } from '../upstreams/port.ts';

export interface Ending {
  readonly outcome: 'completed' | 'failed' | 'indeterminate';
  readonly by: 'upstream' | 'sallyport';
  /** The upstream's answer as it came, for the record. */
  readonly seen: ToolResult | null;
  /** What the agent gets, the very same where nothing was changed; null: a refusal with `code`. */
  readonly released: ToolResult | null;
  /** The same without its frame, for the record. */
  readonly kept: ToolResult | null;
  readonly frame: string | null;
  readonly isError: boolean;
  readonly findings: readonly Finding[];
  readonly labels: Labels;
  readonly shown: Shown | null;
  readonly holdsNext: boolean;
  readonly code: FindingCode | null;
  /** Withheld, and a person may release this of it. */
  readonly releasable: Releasable | null;
}

const codeOf: Readonly<Record<FailureReason, FindingCode>> = {
  down: 'upstream.down',
  timeout: 'upstream.timeout',
  connection_lost: 'upstream.connection_lost',
  server_error: 'upstream.server_error',
  rate_limited: 'upstream.rate_limited',
  bad_answer: 'upstream.bad_answer',
  too_large: 'upstream.too_large',
  credential: 'upstream.credential',
  redirect: 'upstream.redirect',
};

export interface EndingContext {
  readonly policy: Policy;
  readonly decision: Decision;
  readonly tool: Tool;
  readonly args: JsonObject;
  readonly scans: Scans;
  readonly marks: Marks;
}

/** Not sent after all, for a reason of ours. */
export interface Withdrawn {
  readonly type: 'withdrawn';
  readonly code: FindingCode;
}

/** What its upstream did, in the form in which it is inspected: an error in words is a result too. */
export type Came =
  | { readonly type: 'result'; readonly result: ToolResult }
  | { readonly type: 'not_sent' | 'unknown'; readonly reason: FailureReason }
  | Withdrawn;

export function cameOf(outcome: UpstreamOutcome | Withdrawn): Came {
  if (outcome.type !== 'error') return outcome;
  // Its own refusal, in its own words: marked as the upstream's, so that nobody takes it for ours.
  return {
    type: 'result',
    result: {
      content: [{ type: 'text', text: outcome.message }],
      isError: true,
      _meta: { 'dev.sallyport/upstream_error': { code: outcome.code } },
    },
  };
}

export function endingOf(came: Came, context: EndingContext): Ending {
  switch (came.type) {
    case 'withdrawn':
      return failure('failed', came.code);
    case 'result':
      return inspected(came.result, context);
    case 'not_sent':
      return failure('failed', codeOf[came.reason]);
    case 'unknown':
      // A read has nothing to leave half done. Anything else may have happened, and nobody guesses.
      return context.tool.tier === 0
        ? failure('failed', codeOf[came.reason])
        : failure('indeterminate', 'upstream.indeterminate');
  }
}

function failure(outcome: 'failed' | 'indeterminate', code: FindingCode): Ending {
  return {
    outcome,
    by: 'sallyport',
    seen: null,
    released: null,
    kept: null,
    frame: null,
    isError: true,
    findings: [],
    labels: noLabels,
    shown: null,
    holdsNext: false,
    code,
    releasable: null,
  };
}

function inspected(result: ToolResult, context: EndingContext): Ending {
  const inspection = inspect({ ...context, result });
  const isError = result.isError === true;
  const common = {
    outcome: isError || !inspection.success ? ('failed' as const) : ('completed' as const),
    by: 'upstream' as const,
    seen: result,
    isError,
    findings: inspection.findings,
    labels: inspection.labels,
    shown: inspection.shown,
    holdsNext: inspection.holdsNext,
    releasable: inspection.releasable,
  };
  const { result: passed, kept, frame } = inspection;
  if (passed !== null && kept !== null) {
    const told = inspection.findings.find(({ code }) => code === 'outputs.unsuccessful');
    return told === undefined || context.decision.enforcement !== 'strict'
      ? { ...common, released: passed, kept, frame, code: null }
      : // Sallyport's word stands before the frame: it is kept with it.
        { ...common, ...both(failed(passed, told)), code: null };
  }
  const reason = inspection.findings.find((finding) => finding.verdict === 'deny');
  const code = reason?.code ?? 'outputs.unfilterable';
  return { ...common, released: null, kept: null, frame: null, code };
}

function both(result: ToolResult): Pick<Ending, 'released' | 'kept' | 'frame'> {
  return { released: result, kept: result, frame: null };
}

/** A tool that reports success and did only part of the work: the agent is told, before it tells anybody else. */
function failed(result: ToolResult, finding: Finding): ToolResult {
  const told = { type: 'text', text: refusalText([{ ...finding, verdict: 'deny' }]) };
  return { ...result, content: [told, ...result.content], isError: true };
}

/** In a result's `_meta`: a person changed the call, and its first text says so. */
export const editedKey = 'dev.sallyport/edited';

/** As much of the changed arguments as an agent is told; the rest is in the record. */
const editedUnitsMax = 4_000;

/**
 * A person changed what the agent proposed: it has to know what was done before it tells anybody else.
 *
 * @param args - as they are recorded.
 */
export function toldOfEdit(ending: Ending, args: JsonObject): Ending {
  const { released, releasable } = ending;
  const told = (result: ToolResult): ToolResult => withEdit(result, args);
  return {
    ...ending,
    ...(released === null ? {} : both(told(released))),
    releasable:
      releasable === null ? null : { ...releasable, ...framedAlready(told(releasable.result)) },
  };
}

function framedAlready(result: ToolResult): Pick<Releasable, 'result' | 'kept' | 'frame'> {
  return { result, kept: result, frame: null };
}

function withEdit(result: ToolResult, args: JsonObject): ToolResult {
  const written = JSON.stringify(args);
  const cut = written.length > editedUnitsMax;
  const text = `A person changed this call before it was made. It was made with these arguments: ${
    cut ? `${written.slice(0, editedUnitsMax).toWellFormed()}…` : written
  }`;
  const meta = result['_meta'];
  return {
    ...result,
    content: [{ type: 'text', text }, ...result.content],
    _meta: {
      ...(isJsonObject(meta) ? meta : {}),
      [editedKey]: cut ? { cut: true } : { arguments: args },
    },
  };
}

/** Stands in for the effect: the agent is told that nothing happened, in a form that no client drops. */
export function dryRunOutcome(tool: Tool): UpstreamOutcome {
  return {
    type: 'result',
    result: {
      content: [
        {
          type: 'text',
          text: `Dry run: ${tool.name} would have been called with these arguments, and was not.`,
        },
      ],
      _meta: { 'dev.sallyport/dry_run': true },
    },
  };
}
