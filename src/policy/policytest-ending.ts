/** How a call of a policy test ends: what its table says came back, inspected as the gateway inspects it. */
import { digestOf } from '../content/digest.ts';
import { markingBy } from '../content/frame.ts';
import { mapStrings } from '../content/map-json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import type { Decision } from '../engine/decision.ts';
import type { Shown as Said } from '../engine/exchange.ts';
import { noLabels } from '../engine/labels.ts';
import { inspect } from '../engine/outputs/inspect.ts';
import type { ToolResult } from '../engine/outputs/result.ts';
import { unframedBlocks } from '../engine/outputs/unframed.ts';
import type { Labels } from '../engine/run.ts';
import { scansOfResult } from '../engine/scans.ts';
import type { Policy, Tool } from './model.ts';
import type { Shown } from './policytest-outcome.ts';
import type { TestAnswer } from './policytest-table.ts';

export interface Ended {
  readonly outcome: 'completed' | 'failed' | 'indeterminate';
  readonly digest: string | null;
  readonly isError: boolean;
  readonly labels: Labels;
  readonly shown: Shown | null;
  readonly released: ToolResult | null;
  /** What the policy says of what was released. */
  readonly says: Said | null;
  readonly holdsNext: boolean;
}

/** Nothing came, or nothing that the table tells. */
const unseen = {
  digest: null,
  labels: noLabels,
  shown: null,
  released: null,
  says: null,
  holdsNext: false,
} as const;

/** Nothing is forged in a table: what marks its results may be known. */
const marks = { boundary: 'policytest-boundary', placeholderKey: 'policytest' } as const;

export function endOf(
  answer: TestAnswer | null,
  context: {
    readonly policy: Policy;
    readonly decision: Decision;
    readonly tool: Tool;
    readonly args: JsonObject;
  },
): Ended {
  if (answer === null) {
    // The table says nothing of a result: it was done, each time with another outcome, and nobody looked at it.
    return { ...unseen, outcome: 'completed', isError: false };
  }
  if (answer.type === 'lost') {
    const outcome = context.tool.tier === 0 ? 'failed' : 'indeterminate';
    return { ...unseen, outcome, isError: true };
  }
  const result = resultOf(answer);
  const inspection = inspect({
    ...context,
    result,
    scans: scansOfResult(context.policy, context.tool, result),
    marks,
  });
  const isError = answer.type === 'refuses';
  const reason = inspection.findings.find((finding) => finding.verdict === 'deny');
  return {
    outcome: isError || !inspection.success ? 'failed' : 'completed',
    digest: digestOf(answered(answer)),
    isError,
    labels: inspection.labels,
    released: inspection.result,
    says: inspection.shown,
    holdsNext: inspection.holdsNext,
    shown:
      inspection.result === null
        ? { type: 'withheld', code: reason?.code ?? 'outputs.unfilterable' }
        : shownOf(inspection.result),
  };
}

export function answered(answer: Exclude<TestAnswer, { type: 'lost' }>): JsonValue {
  return answer.type === 'data' ? answer.data : answer.text;
}

function resultOf(answer: Exclude<TestAnswer, { type: 'lost' }>) {
  if (answer.type === 'data') {
    const content = [{ type: 'text', text: JSON.stringify(answer.data) }];
    return { content, structuredContent: answer.data };
  }
  const content = [{ type: 'text', text: answer.text }];
  return answer.type === 'refuses' ? { content, isError: true } : { content };
}

/** As a table writes it: without the frame around every such text, and without what is drawn anew for each run. */
function shownOf({ content, structuredContent }: ToolResult): Shown {
  const texts = unframedBlocks(content, marks.boundary)
    .map((block) => (isJsonObject(block) ? block['text'] : null))
    .filter((text) => typeof text === 'string');
  const data = structuredContent === undefined ? null : mapStrings(structuredContent, asWritten);
  return { type: 'result', text: asWritten(texts.join('\n')), data };
}

const marking = markingBy(marks.boundary);

function asWritten(text: string): string {
  return text
    .replaceAll(marking.opens, '[flagged] ')
    .replaceAll(marking.closes, ' [/flagged] ')
    .replace(/\[([a-z_ ]{1,32}) #[a-z2-7]{6}\]/g, '[$1]');
}
