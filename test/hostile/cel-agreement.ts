/** When two opinions are a defect: the rule that the fuzzer, and the short round of it among the tests, check. */
import { type Given, ourOpinion, secondOpinion } from './cel-opinions.ts';

/**
 * Faults of ours where CEL has a value. Each only denies (or asks): a fault is never a yes, and `!` doesn't make one of it.
 */
const stricter: ReadonlyMap<RegExp, string> = new Map([
  [
    /^a value isn't the .* that it is declared to be$/,
    'CEL says that values of two types are unequal; here that is a slip',
  ],
  [
    /^a value can't be made an? (?:int|double|string)$/,
    'only plain decimal digits are an int: ` 5`, `+5` and the empty text are not',
  ],
  [
    /^a value is no (?:timestamp|duration)$/,
    'finer than a millisecond, `24:00`, fractions and units that we don’t take',
  ],
  [/^a time is out of range$/, 'durations end where 64 bits of nanoseconds do'],
  [/^the expression takes too much work on this call$/, 'the meter'],
]);

/** Null: no defect. Where ours has a value, the other has the same; where the other has one and ours is a fault, the fault is listed. */
export function disagreement(source: string, given: Given): string | null {
  const ours = ourOpinion(source, given);
  if (ours.opinion === 'refused') return null;
  const theirs = secondOpinion(source, given);
  if (ours.opinion === theirs || theirs === 'absent') return null;
  const isListed = [...stricter.keys()].some((fault) => fault.test(ours.why));
  // One fault is named of several: where a listed one may hide behind another, the other tells nothing.
  const mayHide = /loose|int\(|(?:timestamp|duration)\(call/.test(source);
  if (ours.opinion === 'error' && (isListed || mayHide || typeof theirs !== 'boolean')) return null;
  return `ours: ${ours.opinion} ${ours.why}; the other: ${theirs}; ${source}; ${JSON.stringify(given)}`;
}
