import { ibanOf } from '../../kinds/account.ts';
import { ibanLengthOf } from '../../values-in-text/bank-accounts.ts';
import { isFreeBefore, isWordAt } from './digit-runs.ts';
import type { NumbersInText, Place } from './seen.ts';

/** IBANs: the country's length and right check digits, in one word or in any groups, with spaces or hyphens. */
export function bankAccountNumbersIn({ text, runs }: NumbersInText): readonly Place[] {
  const places: Place[] = [];
  let done = 0;
  for (const run of runs) {
    const start = run.start - 2;
    if (start < done || run.end - run.start < 2 || !isFreeBefore(text, start)) continue;
    const length = ibanLengthOf(text.slice(start, run.start));
    const end = length === null ? null : endAfter(text, start, length);
    if (end === null || ibanOf(text.slice(start, end).replace(/[ -]/g, '')) === null) continue;
    places.push({ start, end, score: 0.99 });
    done = end;
  }
  return places;
}

/** Where as many letters and digits end, none of them more than one blank or hyphen from the next. */
function endAfter(text: string, start: number, length: number): number | null {
  let at = start;
  for (let seen = 0; seen < length; seen += 1) {
    if (seen > 0 && /^[ -]$/.test(text.charAt(at))) at += 1;
    if (!isWordAt(text, at)) return null;
    at += 1;
  }
  return isWordAt(text, at) ? null : at;
}
