import type { JsonValue } from '../../content/value.ts';
import type { Tool } from '../../policy/model.ts';
import type { Decision, Finding, Obligation } from '../decision.ts';
import { deny } from '../findings.ts';
import { isAllText, type ResultData, withData } from './data.ts';
import { visibleFields } from './fields.ts';
import { mapItems, pairsFor, withCounts } from './items.ts';
import type { ToolResult } from './result.ts';

interface FilterContext {
  readonly decision: Decision;
  readonly tool: Tool;
  readonly result: ToolResult;
}

export interface Filtered {
  readonly result: ToolResult;
  readonly data: ResultData | null;
  readonly findings: readonly Finding[];
  readonly changed: boolean;
}

/** Leaves out the items and fields that the grants don't show. */
export function filterResult(
  { decision, tool, result }: FilterContext,
  data: ResultData | null,
): Filtered {
  const unfilterable = (reason: string): Filtered => ({
    result,
    data,
    findings: [deny('outputs', 'outputs.unfilterable', { reason }, tool.at)],
    changed: false,
  });
  const filters = decision.obligations.filter(isFilter);
  if (filters.length === 0) return { result, data, findings: [], changed: false };
  if (data === null) return unfilterable('no data');
  // A picture or a link beside the data isn't filtered by filtering the data.
  if (!isAllText(result)) return unfilterable('other content');
  const shown =
    tool.returns.items === null
      ? wholeShown(filters, data.value)
      : itemsShown(filters, tool, data.value);
  if (shown === null) return unfilterable('no items');
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
