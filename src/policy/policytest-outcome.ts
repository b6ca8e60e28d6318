import { canonicalJson } from '../content/json.ts';
import type { JsonObject } from '../content/value.ts';
import type { FindingCode } from '../engine/codes.ts';
import type { Expectation, TestCall, TestShown } from './policytest-table.ts';

/** What happened to a call. */
export interface Outcome {
  readonly verdict: Expectation['verdict'];
  readonly codes: readonly FindingCode[];
  /** What the engine says of each of these reasons, and of looks of Sallyport's own that found nothing. */
  readonly because: readonly string[];
  readonly shown: Shown | null;
}

export type Shown =
  | { readonly type: 'result'; readonly text: string; readonly data: JsonObject | null }
  | { readonly type: 'withheld'; readonly code: FindingCode };

/** What was meant and what happened, where the two differ. */
export function differs(
  call: TestCall,
  outcome: Outcome,
): { readonly expected: string; readonly actual: string } | null {
  const expected = described(call.expect.verdict, [...call.expect.codes].toSorted());
  const actual = described(outcome.verdict, outcome.codes);
  if (expected !== actual) return { expected, actual };
  if (call.shows === null) return null;
  const wanted = describedShown(call.shows);
  const got = describedResult(outcome.shown, call.shows.type);
  return wanted === got ? null : { expected: `shows ${wanted}`, actual: `shows ${got}` };
}

function described(verdict: string, codes: readonly string[]): string {
  return codes.length === 0 || verdict === 'allow' ? verdict : `${verdict} for ${codes.join(', ')}`;
}

function describedShown(shown: TestShown): string {
  switch (shown.type) {
    case 'data':
      return canonicalJson(shown.data);
    case 'text':
      return JSON.stringify(shown.text);
    case 'withheld':
      return `nothing (${shown.code})`;
  }
}

function describedResult(shown: Shown | null, as: TestShown['type']): string {
  if (shown === null) return 'nothing';
  if (shown.type === 'withheld') return `nothing (${shown.code})`;
  if (as === 'data') return shown.data === null ? 'no data' : canonicalJson(shown.data);
  return JSON.stringify(shown.text);
}
