/** Why a call was decided otherwise than its row says. */
import { canonicalJson } from '../content/json.ts';
import type { Decision, Finding } from '../engine/decision.ts';
import type { Shown } from './policytest-outcome.ts';
import type { TestAnswer } from './policytest-table.ts';

/** The reasons of the verdict; that nobody could be asked is none of them. */
export function reasonsOf(decision: Decision): readonly Finding[] {
  return decision.findings.filter(
    ({ verdict, code }) => verdict === decision.verdict && code !== 'approval.unavailable',
  );
}

export function said({ code, details }: Finding): string {
  return `${code}: ${canonicalJson(details).slice(0, detailsUnitsMax)}`;
}

/** A table is corrected by its author, who has to see at once which of several rules it was. */
const detailsUnitsMax = 300;

/** A look of Sallyport's own after which nothing more is known. */
export function inVain(decision: Decision, found: TestAnswer | null, shown: Shown | null): string {
  if (found === null) return ': the table has no `finds` for it';
  if (shown?.type === 'withheld') return `: ${shown.code}`;
  const reasons = reasonsOf(decision).map(({ code }) => code);
  return decision.effect === 'allow' ? '' : `: ${reasons.join(', ')}`;
}
