import { type DigitRun, isDigitAt, isFreeBefore, isWordAt } from './digit-runs.ts';
import type { NumbersInText, Place } from './seen.ts';

/** E.164's most; the least that a subscriber has with an area. */
const digitsMax = 15;
const digitsMin = 7;
/** A number as long as this in one piece is whole: what follows behind a blank is another one. */
const wholeDigitsMin = 8;
const groupsMax = 7;
/** `555-123-4567x1234` */
const extensionMax = 5;

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
    const behind = endOfGroups(numbers, index);
    const count = digitsIn(numbers.runs, index, behind);
    if (count >= digitsMin && count <= digitsMax + extensionMax && behind - index <= groupsMax) {
      const place = phoneOf(numbers, index, behind, count);
      if (place !== null) places.push(place);
    }
    index = behind;
  }
  return places;
}

/** Behind all runs of digits that are joined as the groups of one number are. */
function endOfGroups({ text, runs }: NumbersInText, first: number): number {
  let behind = first + 1;
  for (; behind < runs.length; behind += 1) {
    const before = runs[behind - 1];
    const next = runs[behind];
    if (before === undefined || next === undefined || next.start - before.end > 3) break;
    if (!joiners.has(text.slice(before.end, next.start))) break;
  }
  return behind;
}

function digitsIn(runs: readonly DigitRun[], first: number, behind: number): number {
  let count = 0;
  for (let index = first; index < behind; index += 1) {
    const run = runs[index];
    if (run !== undefined) count += run.end - run.start;
  }
  return count;
}

/** `079 123`, `(079) 123`, `+44 (0)20`, `123-4567 x89` */
const joiners: ReadonlySet<string> = new Set([
  ...[' ', ')', ') ', ')-', ') -', ').', '(', ' (', '-(', '.(', 'x', ' x'],
  ...Array.from('-./').flatMap((sign) => [sign, ` ${sign}`, `${sign} `, ` ${sign} `]),
]);

function phoneOf(
  numbers: NumbersInText,
  index: number,
  behind: number,
  count: number,
): Place | null {
  const { text, runs, words } = numbers;
  const first = runs[index];
  const last = runs[behind - 1];
  if (first === undefined || last === undefined) return null;
  const isExtended = text.charAt(last.start - 1) === 'x';
  if (count > digitsMax && !isExtended) return null;
  const { end } = last;
  const opened = text.charAt(first.start - 1) === '(' && text.slice(first.end, end).includes(')');
  const bracket = opened ? first.start - 1 : first.start;
  const plus = text.charAt(bracket - 1) === '+' ? bracket - 1 : null;
  const start = plus ?? bracket;
  if (!isFreeBefore(text, start) || isWordAt(text, end) || isJoined(text, start, end)) return null;
  const written = text.slice(start, end);
  if (plus !== null && first.end - first.start > wholeDigitsMin && behind - index > 1)
    return phoneOf(numbers, index, index + 1, first.end - first.start);
  if (plus !== null) return /^\+\(?[1-9]/.test(written) ? { start, end, score: 0.95 } : null;
  if (isSomethingElse(text, start, end)) return null;
  const name = words.nearestBefore(start, wordsBeforeMax);
  const isNamed =
    name?.context === 'phone' ||
    (name?.context === 'contact' &&
      start - name.end <= contactBeforeMax &&
      (behind - index > 1 || count > wholeDigitsMin)) ||
    words.isAfter(end, wordsBehindMax, 'phone') ||
    /^ ?[-(/] ?(?:office|home|work|main|direct)\b/i.test(text.slice(end, end + 12));
  if (isNamed) return { start, end, score: name?.context === 'phone' ? 0.9 : 0.7 };
  const isOther = words.nameBefore(start, contactBeforeMax)?.context === 'other';
  return !isOther && northAmerican.test(written) ? { start, end, score: 0.7 } : null;
}

/** Areas and exchanges begin with 2 to 9. With blanks alone it could be any three numbers. */
const northAmerican =
  /^(?:(?:001|1)[-. ])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}[-.])[2-9][0-9]{2}[-.][0-9]{4}(?: ?x[0-9]{1,5})?$/;

function isJoined(text: string, start: number, end: number): boolean {
  const before = text.charAt(start - 1);
  const behind = text.charAt(end);
  return (
    /^[$€£#%@]$/.test(before) ||
    (/^[-./_&]$/.test(before) && isWordAt(text, start - 2)) ||
    (before === ':' && isDigitAt(text, start - 2)) ||
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
