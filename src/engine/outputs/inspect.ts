/**
 * Inspects what came back, before an agent sees any of it: does it keep the tool's promise, which of it is for this agent
 * and user, and how much. The effect has happened; what may not pass is withheld, and the record says so.
 */

import type { Scans } from '../../content/detection/sighting.ts';
import type { JsonObject } from '../../content/value.ts';
import type { Policy, Tool } from '../../policy/model.ts';
import { emptyLists } from '../bindings.ts';
import type { Decision, Finding, Obligation } from '../decision.ts';
import { nothingShown, type Shown } from '../exchange.ts';
import { deny, fault } from '../findings.ts';
import { mergeLabels, noLabels } from '../labels.ts';
import type { Labels } from '../run.ts';
import { dataOf, type ResultData } from './data.ts';
import { type Filtered, filterResult } from './filter-result.ts';
import { labelsOf } from './labels.ts';
import type { Marks } from './marks.ts';
import { unexpectedMedia } from './media.ts';
import { markedData, release } from './release.ts';
import type { ToolResult } from './result.ts';
import { shownOf } from './shown.ts';
import { treat } from './treat.ts';

export interface InspectionContext {
  readonly policy: Policy;
  readonly decision: Decision;
  readonly tool: Tool;
  /** The decided arguments. */
  readonly args: JsonObject;
  readonly result: ToolResult;
  /** Of the texts that `textsOf` finds in the result. */
  readonly scans: Scans;
  readonly marks: Marks;
}

export interface Inspection {
  /** What the agent gets; null: nothing, and the first finding that denies says why. */
  readonly result: ToolResult | null;
  /** The same without the frame that stands round it: what is kept of it. */
  readonly kept: ToolResult | null;
  /** The boundary of that frame; null: there is none. */
  readonly frame: string | null;
  readonly findings: readonly Finding[];
  readonly withheld: boolean;
  /** Of what the agent gets. */
  readonly labels: Labels;
  /** What the policy says of it besides; null: nothing, or it didn't succeed, and then it permits nothing. */
  readonly shown: Shown | null;
  /** Whether the tool did what it was asked, by its own word or by `returns.success`. */
  readonly success: boolean;
  /** What the agent gets asks for it: the run's next calls of tier >= 1 wait for a person. */
  readonly holdsNext: boolean;
  /** False: the result may pass as the upstream's own bytes. */
  readonly changed: boolean;
  /** Withheld for the one reason that it gives orders: what a person may release of it. Null: nobody may. */
  readonly releasable: Releasable | null;
}

/** Inspected, marked and framed like any result; each as of `Inspection`. */
export type Releasable = Pick<Inspection, 'labels' | 'shown' | 'frame'> & {
  readonly result: ToolResult;
  readonly kept: ToolResult;
};

/** Total: a fault withholds. */
export function inspect(context: InspectionContext): Inspection {
  try {
    return inspectResult(context);
  } catch (error) {
    return withhold([{ ...fault(error), stage: 'outputs' }], false);
  }
}

function inspectResult(context: InspectionContext): Inspection {
  const { decision, tool, result } = context;
  // Nothing was done, and what stands here are our own words.
  if (decision.dryRun)
    return {
      result,
      kept: result,
      frame: null,
      findings: [],
      withheld: false,
      labels: noLabels,
      shown: null,
      success: true,
      holdsNext: false,
      changed: false,
      releasable: null,
    };
  const unknown = decision.obligations.filter(({ type }) => !known.has(type));
  if (unknown.length > 0) {
    return withhold(
      [deny('outputs', 'engine.fault', { obligations: unknown.map(({ type }) => type) })],
      false,
    );
  }
  // An error in words has no data to filter, and keeps no promise of the tool's.
  if (isPlainRefusal(result, tool)) {
    return released(context, {
      passed: { result, data: null, findings: [], changed: false },
      success: false,
      before: [],
    });
  }
  const data = dataOf(result, tool.returns.parse);
  const success = result.isError !== true && succeeded(context, data);
  const broken = brokenPromises(context);
  const filtered = filterResult(context, data);
  const findings = [
    ...(success || result.isError === true ? [] : [unsuccessful(tool)]),
    ...broken,
    ...filtered.findings,
  ];
  const enforced = decision.enforcement === 'strict';
  if (enforced && isDenied(findings)) return withhold(findings, success);
  const passed = enforced ? filtered : { result, data, findings: [], changed: false };
  return released(context, { passed, success, before: findings });
}

/** What may pass, as it passes: nothing that nobody looked at, cut to its size, and told from what Sallyport says. */
function released(
  context: InspectionContext,
  {
    passed,
    success,
    before,
  }: {
    readonly passed: Filtered;
    readonly success: boolean;
    readonly before: readonly Finding[];
  },
): Inspection {
  const { policy, decision, tool, args, marks } = context;
  const enforced = decision.enforcement === 'strict';
  const treated = treat(passed.result, passed.data, context);
  const fits = !enforced || fitsStill(context, passed.result, treated.result);
  const shown = release(treated.result, {
    tool: tool.name,
    decision,
    marks: treated.isMarkable ? marks : null,
  });
  const findings = [
    ...before,
    ...treated.findings,
    ...(fits ? [] : [deny('outputs', 'outputs.unmarkable', {}, tool.at)]),
    ...(shown.unscanned > 0
      ? [deny('outputs', 'outputs.unscanned', { texts: shown.unscanned }, tool.at)]
      : []),
    ...shown.findings,
  ];
  const said = success ? shownOf(tool.returns, passed.data) : null;
  const { flagged, classes } = treated;
  const labels = labelsOf(tool, args, passed.data?.value ?? null);
  const passes: Releasable = {
    result: shown.result,
    kept: shown.kept,
    frame: shown.frame,
    labels: classes.length === 0 ? labels : mergeLabels(labels, { ...noLabels, classes }),
    shown:
      flagged.length + classes.length === 0
        ? said
        : {
            ...(said ?? nothingShown),
            ...(flagged.length === 0 ? {} : { flagged }),
            ...(classes.length === 0 ? {} : { classes }),
          },
  };
  if (enforced && isDenied(findings))
    return {
      ...withhold(findings, success),
      releasable: success && isSuspectAlone(findings) ? passes : null,
    };
  return {
    ...passes,
    findings,
    withheld: false,
    success,
    holdsNext: enforced && policy.content.injection.response === 'hold_next' && treated.isSuspect,
    changed: passed.changed || treated.result !== passed.result || shown.changed,
    releasable: null,
  };
}

/** With placeholders and marks in it the data still has to be what the tool promised, or clients refuse it. */
function fitsStill(
  { tool, marks }: InspectionContext,
  before: ToolResult,
  { structuredContent }: ToolResult,
): boolean {
  const check = before.isError === true ? null : (tool.pin?.checkOutput ?? null);
  if (check === null || structuredContent === undefined) return true;
  if (structuredContent === before.structuredContent) return true;
  return check(markedData(structuredContent, marks)).length === 0;
}

function isDenied(findings: readonly Finding[]): boolean {
  return findings.some(({ verdict }) => verdict === 'deny');
}

/** It gives orders, and that is all: a person can read it and say that it may pass. */
function isSuspectAlone(findings: readonly Finding[]): boolean {
  return findings.every(({ verdict, code }) => verdict !== 'deny' || code === 'outputs.injection');
}

/** What nobody here can do must not be left undone, in whatever mode. */
const known: ReadonlySet<string> = new Set<Obligation['type']>([
  'filter_items',
  'filter_fields',
  'check_output_schema',
  'screen',
  'redact',
  'sanitise',
  'truncate',
  'frame',
]);

function withhold(findings: readonly Finding[], success: boolean): Inspection {
  return {
    result: null,
    kept: null,
    frame: null,
    findings,
    withheld: true,
    labels: noLabels,
    shown: null,
    success,
    holdsNext: false,
    changed: true,
    releasable: null,
  };
}

/** An error in words. One that brings data or pictures along is inspected like any result: it could bring what is filtered. */
function isPlainRefusal(result: ToolResult, tool: Tool): boolean {
  return (
    result.isError === true &&
    result.structuredContent === undefined &&
    unexpectedMedia(result.content, tool) === null
  );
}

/** What the tool promised of its results, and what may come in them at all. */
function brokenPromises({ decision, tool, result }: InspectionContext): readonly Finding[] {
  const findings: Finding[] = [];
  // An error promises nothing of its form.
  const check = result.isError === true ? null : (tool.pin?.checkOutput ?? null);
  if (check !== null && decision.obligations.some(({ type }) => type === 'check_output_schema')) {
    const problems =
      result.structuredContent === undefined
        ? [{ pointer: '', message: 'is missing' }]
        : check(result.structuredContent);
    if (problems.length > 0) {
      findings.push(
        deny(
          'outputs',
          'outputs.schema',
          { problems: problems.slice(0, 20).map(({ pointer, message }) => ({ pointer, message })) },
          tool.at,
        ),
      );
    }
  }
  const media = unexpectedMedia(result.content, tool);
  if (media !== null) findings.push(deny('outputs', 'outputs.media', { type: media }, tool.at));
  return findings;
}

/** An expression that fails has not shown that anything succeeded. */
function succeeded({ tool, result }: InspectionContext, data: ResultData | null): boolean {
  const program = tool.returns.success;
  if (program === null) return true;
  const said = program.evaluate({
    call: { args: {}, lists: emptyLists() },
    tool: tool.name,
    agent: '',
    user: { id: null, roles: [] },
    run: { id: '', calls: 0, steps: 0 },
    case: {},
    nowMs: 0,
    result: data?.value ?? [...result.content],
  });
  return said.ok && said.value === true;
}

function unsuccessful(tool: Tool): Finding {
  return {
    stage: 'outputs',
    code: 'outputs.unsuccessful',
    verdict: 'note',
    details: { expression: tool.returns.success?.source ?? '' },
    at: tool.returns.success?.at ?? tool.at,
    approver: null,
  };
}
