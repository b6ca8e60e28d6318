/**
 * Inspects what came back, before an agent sees any of it: does it keep the tool's promise, which of it is for this agent
 * and user, and how much. The effect has happened; what may not pass is withheld, and the record says so.
 */
import type { JsonObject, JsonValue } from '../../content/value.ts';
import type { Policy, Tool } from '../../policy/model.ts';
import { emptyLists } from '../bindings.ts';
import type { Decision, Finding, Obligation } from '../decision.ts';
import { deny, fault } from '../findings.ts';
import { noLabels } from '../labels.ts';
import type { Labels } from '../run.ts';
import { dataOf, isAllText, type ResultData, withData } from './data.ts';
import { visibleFields } from './fields.ts';
import { mapItems, pairsFor, withCounts } from './items.ts';
import { labelsOf } from './labels.ts';
import { unexpectedMedia } from './media.ts';
import type { ToolResult } from './result.ts';
import { truncate } from './truncate.ts';

export interface InspectionContext {
  readonly policy: Policy;
  readonly decision: Decision;
  readonly tool: Tool;
  /** The decided arguments. */
  readonly args: JsonObject;
  readonly result: ToolResult;
}

export interface Inspection {
  /** What the agent gets; null: nothing, and the first finding that denies says why. */
  readonly result: ToolResult | null;
  readonly findings: readonly Finding[];
  readonly withheld: boolean;
  /** Of what the agent gets. */
  readonly labels: Labels;
  /** Whether the tool did what it was asked, by its own word or by `returns.success`. */
  readonly success: boolean;
  /** False: the result may pass as the upstream's own bytes. */
  readonly changed: boolean;
}

/** Total: a fault withholds. */
export function inspect(context: InspectionContext): Inspection {
  try {
    return inspectResult(context);
  } catch (error) {
    return withhold([{ ...fault(error), stage: 'outputs' }], false);
  }
}

function inspectResult(context: InspectionContext): Inspection {
  const { decision, tool, args, result } = context;
  // Nothing was done, and what stands here are our own words.
  if (decision.dryRun)
    return {
      result,
      findings: [],
      withheld: false,
      labels: noLabels,
      success: true,
      changed: false,
    };
  if (result.isError === true) {
    // The upstream's own refusal, relayed in its own words.
    const cut = truncated(result, decision);
    return {
      result: cut.result,
      findings: cut.findings,
      withheld: false,
      labels: labelsOf(tool, args, null),
      success: false,
      changed: cut.changed,
    };
  }
  const data = dataOf(result, tool.returns.parse);
  const success = succeeded(context, data);
  const broken = brokenPromises(context);
  const filtered = filter(context, data);
  const findings = [...(success ? [] : [unsuccessful(tool)]), ...broken, ...filtered.findings];
  const enforced = decision.enforcement === 'strict';
  if (enforced && findings.some((finding) => finding.verdict === 'deny'))
    return withhold(findings, success);
  const passed = enforced ? filtered : { result, data, changed: false };
  const cut = truncated(passed.result, decision);
  return {
    result: cut.result,
    findings: [...findings, ...cut.findings],
    withheld: false,
    labels: labelsOf(tool, args, passed.data?.value ?? null),
    success,
    changed: passed.changed || cut.changed,
  };
}

function withhold(findings: readonly Finding[], success: boolean): Inspection {
  return { result: null, findings, withheld: true, labels: noLabels, success, changed: true };
}

/** What the tool promised of its results, and what may come in them at all. */
function brokenPromises({ decision, tool, result }: InspectionContext): readonly Finding[] {
  const findings: Finding[] = [];
  const check = tool.pin?.checkOutput ?? null;
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

interface Filtered {
  readonly result: ToolResult;
  readonly data: ResultData | null;
  readonly findings: readonly Finding[];
  readonly changed: boolean;
}

/** Leaves out the items and fields that the grants don't show. */
function filter({ decision, tool, result }: InspectionContext, data: ResultData | null): Filtered {
  const filters = decision.obligations.filter(isFilter);
  const unknown = decision.obligations.filter((obligation) => !knows(obligation));
  if (unknown.length > 0)
    return {
      result,
      data,
      findings: [deny('outputs', 'engine.fault', { obligations: unknown.map(({ type }) => type) })],
      changed: false,
    };
  if (filters.length === 0) return { result, data, findings: [], changed: false };
  // A picture or a link beside the data isn't filtered by filtering the data.
  if (data === null || !isAllText(result))
    return {
      result,
      data,
      findings: [deny('outputs', 'outputs.unfilterable', { reason: 'no data' }, tool.at)],
      changed: false,
    };
  const shown =
    tool.returns.items === null
      ? wholeShown(filters, data.value)
      : itemsShown(filters, tool, data.value);
  if (shown === null)
    return {
      result,
      data,
      findings: [deny('outputs', 'outputs.unfilterable', { reason: 'no items' }, tool.at)],
      changed: false,
    };
  const { value, hidden } = shown;
  const left: ResultData = { from: data.from, value };
  const changed = JSON.stringify(value) !== JSON.stringify(data.value);
  const note: Finding = {
    stage: 'outputs',
    code: 'outputs.filtered',
    verdict: 'note',
    details: { hidden, enforced: decision.enforcement === 'strict' },
    at: tool.at,
    approver: null,
  };
  return {
    result: withData(result, data.from, value),
    data: left,
    findings: changed ? [note] : [],
    changed: true,
  };
}

interface Shown {
  readonly value: JsonValue;
  readonly hidden: number;
}

type FilterObligation = Extract<Obligation, { type: 'filter_items' | 'filter_fields' }>;

/** Of a result without items only fields can be left out. */
function wholeShown(filters: readonly FilterObligation[], value: JsonValue): Shown | null {
  if (filters.some(({ type }) => type === 'filter_items')) return null;
  return {
    value: filters.reduce((seen, { pairs }) => visibleFields(seen, pairs), value),
    hidden: 0,
  };
}

/** Item by item: every permission of the chain has to show it, and what each shows of it is judged on the item as it came. */
function itemsShown(
  filters: readonly FilterObligation[],
  tool: Tool,
  value: JsonValue,
): Shown | null {
  if (tool.returns.items === null) return null;
  const judges = filters.map((filter) => ({ type: filter.type, pairs: pairsFor(filter, tool) }));
  const kept = mapItems(value, tool.returns.items, (item) => {
    let seen = item;
    for (const judge of judges) {
      const pairs = judge.pairs(item);
      if (judge.type === 'filter_fields') seen = visibleFields(seen, pairs);
      else if (pairs.length === 0) return undefined;
    }
    return seen;
  });
  if (kept === null) return null;
  const filtersItems = filters.some(({ type }) => type === 'filter_items');
  return {
    value: filtersItems ? withCounts(kept.value, tool.returns.counts, kept.shown) : kept.value,
    hidden: kept.hidden,
  };
}

function isFilter(obligation: Obligation): obligation is FilterObligation {
  return obligation.type === 'filter_items' || obligation.type === 'filter_fields';
}

const known: ReadonlySet<string> = new Set<Obligation['type']>([
  'filter_items',
  'filter_fields',
  'check_output_schema',
  'truncate',
]);

/** A decision may have been made by a newer version of ourselves: what nobody here can do is not left undone. */
function knows(obligation: Obligation): boolean {
  return known.has(obligation.type);
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

function truncated(
  result: ToolResult,
  decision: Decision,
): {
  readonly result: ToolResult;
  readonly findings: readonly Finding[];
  readonly changed: boolean;
} {
  const bounds = decision.obligations.flatMap((obligation) =>
    obligation.type === 'truncate' ? [obligation.maxBytes] : [],
  );
  if (bounds.length === 0) return { result, findings: [], changed: false };
  const maxBytes = Math.min(...bounds);
  const cut = truncate(result, maxBytes);
  if (cut === result) return { result, findings: [], changed: false };
  const note: Finding = {
    stage: 'outputs',
    code: 'outputs.truncated',
    verdict: 'note',
    details: { maxBytes },
    at: null,
    approver: null,
  };
  return { result: cut, findings: [note], changed: true };
}
