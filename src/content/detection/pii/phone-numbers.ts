import { type DigitRun, isFreeBefore, isWordAt } from './digit-runs.ts';
import type { NumbersInText, Place } from './seen.ts';

/** E.164's most; the least that a subscriber has with an area. */
const digitsMax = 15;
const digitsMin = 7;
const groupsMax = 7;

/** `Phone (office, after six): 079 …` */
const wordsBeforeMax = 40;
/** `please call 079 …` */
const contactBeforeMax = 24;
/** `079 …-Fax`, `079 … (mobile)` */
const wordsBehindMax = 4;

/** Phone numbers: international ones, North American ones as they are printed, and others where the text says so. */
export function phoneNumbersIn(numbers: NumbersInText): readonly Place[] {
  const places: Place[] = [];
  for (let index = 0; index < numbers.runs.length; ) {
    const groups = groupsFrom(numbers, index);
    index += groups.length;
    const place = phoneOf(numbers, groups);
    if (place !== null) places.push(place);
  }
  return places;
}

/** All runs of digits that are joined as the groups of one number are. */
function groupsFrom({ text, runs }: NumbersInText, first: number): readonly DigitRun[] {
  let behind = first + 1;
  for (; behind < runs.length; behind += 1) {
    const [before, next] = [runs[behind - 1], runs[behind]];
    if (before === undefined || next === undefined || next.start - before.end > 3) break;
    if (!joiners.has(text.slice(before.end, next.start))) break;
  }
  return runs.slice(first, behind);
}

/** `079 123`, `(079) 123`, `+44 (0)20`, `123-4567 x89` */
const joiners: ReadonlySet<string> = new Set([
  ...[' ', ')', ') ', ')-', ') -', ').', '(', ' (', '-(', '.(', 'x', ' x'],
  ...Array.from('-./').flatMap((sign) => [sign, ` ${sign}`, `${sign} `, ` ${sign} `]),
]);

function phoneOf({ text, words }: NumbersInText, groups: readonly DigitRun[]): Place | null {
  const [first, last] = [groups[0], groups.at(-1)];
  if (first === undefined || last === undefined || groups.length > groupsMax) return null;
  const digits = groups.reduce((sum, group) => sum + group.end - group.start, 0);
  if (digits < digitsMin || digits > digitsMax + extensionMax(text, groups)) return null;
  const { end } = last;
  const opened = text.charAt(first.start - 1) === '(' && text.slice(first.end, end).includes(')');
  const bracket = opened ? first.start - 1 : first.start;
  const plus = text.charAt(bracket - 1) === '+' ? bracket - 1 : null;
  const start = plus ?? bracket;
  if (!isFreeBefore(text, start) || isWordAt(text, end) || isJoined(text, start, end)) return null;
  const written = text.slice(start, end);
  if (plus !== null) return /^\+\(?[1-9]/.test(written) ? { start, end, score: 0.95 } : null;
  if (isSomethingElse(text, start, end)) return null;
  const name = words.nearestBefore(start, wordsBeforeMax);
  const isNamed =
    name?.context === 'phone' ||
    (name?.context === 'contact' && start - name.end <= contactBeforeMax) ||
    words.isAfter(end, wordsBehindMax, 'phone') ||
    /^ ?[-(/] ?(?:office|home|work|main|direct)\b/i.test(text.slice(end, end + 12));
  if (isNamed) return { start, end, score: name?.context === 'phone' ? 0.9 : 0.7 };
  const isOther = name?.context === 'other' && start - name.end <= contactBeforeMax;
  return !isOther && northAmerican.test(written) ? { start, end, score: 0.7 } : null;
}

/** `555-123-4567x1234` */
function extensionMax(text: string, groups: readonly DigitRun[]): number {
  const last = groups.at(-1);
  return last !== undefined && text.charAt(last.start - 1) === 'x' ? 5 : 0;
}

/** Areas and exchanges begin with 2 to 9. With blanks alone it could be any three numbers. */
const northAmerican =
  /^(?:(?:001|1)[-. ])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-.])[2-9][0-9]{2}[-.][0-9]{4}(?: ?x[0-9]{1,5})?$/;

function isJoined(text: string, start: number, end: number): boolean {
  const before = text.charAt(start - 1);
  const behind = text.charAt(end);
  return (
    (/^[-./:,_=&%$€£#@]$/.test(before) &&
      isWordAt(text, start - 2) &&
      before !== ':' &&
      before !== '=' &&
      before !== ',') ||
    /^[$€£#%@]$/.test(before) ||
    /^[%@€:]$/.test(behind) ||
    (/^[./_]$/.test(behind) && isWordAt(text, end + 1))
  );
}

const writtenAsDate =
  /^(?:[12][0-9]{3}[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12][0-9]|3[01])|[0-3]?[0-9][-./ ][0-3]?[0-9][-./ ](?:1[89]|20)[0-9]{2})(?:[ -][0-9]{1,2})?$/;

/** A date, a decimal, an address of a machine, a range of years. */
function isSomethingElse(text: string, start: number, end: number): boolean {
  const written = text.slice(start, end);
  return (
    writtenAsDate.test(written) ||
    /^[0-9]+\.[0-9]+$/.test(written) ||
    /^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$/.test(written) ||
    /^(?:1[89]|20)[0-9]{2} ?[-/] ?(?:1[89]|20)[0-9]{2}$/.test(written)
  );
}
