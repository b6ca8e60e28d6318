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
  /** Who is asked, as a table writes it. */
  readonly asks: readonly string[];
  /** Why the answers that the table gives don't let it happen. Null: they do, or it gives none. */
  readonly lacks: string | null;
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
  const { asks } = call.expect;
  if (asks !== null) {
    const meant = asking(asks.map(({ value }) => value));
    if (meant !== asking(outcome.asks)) return { expected: meant, actual: asking(outcome.asks) };
  }
  if (outcome.lacks !== null) {
    const by = call.approvedBy.map(({ value }) => value).join(', ');
    return { expected: `approved by ${by}`, actual: outcome.lacks };
  }
  if (call.shows === null) return null;
  const wanted = describedShown(call.shows);
  const got = describedResult(outcome.shown, call.shows.type);
  return wanted === got ? null : { expected: `shows ${wanted}`, actual: `shows ${got}` };
}

function asking(who: readonly string[]): string {
  return `asks ${who.length === 0 ? 'nobody' : [...new Set(who)].toSorted().join(', ')}`;
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
