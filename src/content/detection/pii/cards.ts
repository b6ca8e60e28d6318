import { isFreeBefore, isWordAt } from './digit-runs.ts';
import type { NumbersInText, Place } from './seen.ts';

/** ISO/IEC 7812 allows 19; the shortest in use are Maestro's. */
const digitsMin = 12;
const digitsMax = 19;

/** `card number, valid until 12/27: 4111…`, `4111… (Visa)` */
const wordsBeforeMax = 64;
const wordsBehindMax = 32;

/** `order id: 4539…`: the word is right before the number. */
const nameBeforeMax = 12;

/** As cards are embossed; other groups count only where the text speaks of a card. */
const embossed: ReadonlySet<string> = new Set(['4444', '465', '464', '44443', '4441', '68', '88']);

/** Payment cards: length and prefix of an issuer, check digit (Luhn), and what the text says around it. */
export function cardsIn(numbers: NumbersInText): readonly Place[] {
  const places: Place[] = [];
  let done = 0;
  for (let index = 0; index < numbers.runs.length; index += 1) {
    const run = numbers.runs[index];
    if (run === undefined || run.start < done) continue;
    const place = cardFrom(numbers, index);
    if (place === null) continue;
    places.push(place);
    done = place.end;
  }
  return places;
}

/** The longest that begins with this run of digits. */
function cardFrom(numbers: NumbersInText, first: number): Place | null {
  const { text, runs } = numbers;
  const run = runs[first];
  if (run === undefined || !mayBegin(numbers, first) || !isFreeBefore(text, run.start)) return null;
  const { start } = run;
  let separator: string | null = null;
  let count = 0;
  let groups = '';
  let best: Place | null = null;
  for (let index = first; index < runs.length; index += 1) {
    const group = runs[index];
    if (group === undefined || count + group.end - group.start > digitsMax) break;
    if (index > first) {
      const gap = separatorBefore(numbers, index);
      if (gap === null || (separator !== null && gap !== separator)) break;
      separator = gap;
    }
    count += group.end - group.start;
    groups += String(group.end - group.start);
    if (count < digitsMin) continue;
    const goesOn = separator !== null && separatorBefore(numbers, index + 1) === separator;
    const isInside = separator !== null && separatorBefore(numbers, first) === separator;
    if ((goesOn || isInside) && !embossed.has(groups)) continue;
    const { end } = group;
    const digits = text.slice(start, end).replace(/[^0-9]/g, '');
    const score = scoreOf(numbers, { start, end, digits, groups, separator });
    if (score > 0) best = { start, end, score };
  }
  return best;
}

/** A shorter group in the midst of others is no beginning: it has been seen from theirs. */
function mayBegin(numbers: NumbersInText, first: number): boolean {
  const run = numbers.runs[first];
  if (run === undefined || run.end - run.start > digitsMax) return false;
  return run.end - run.start >= 4 || separatorBefore(numbers, first) === null;
}

/** What stands between a run of digits and the one before it, if that may be within one number. */
function separatorBefore({ text, runs }: NumbersInText, index: number): string | null {
  const before = runs[index - 1];
  const run = runs[index];
  if (before === undefined || run === undefined || run.start - before.end > 3) return null;
  const gap = text.slice(before.end, run.start);
  return separators.has(gap) ? gap : null;
}

const separators: ReadonlySet<string> = new Set([
  ...[' ', '  '],
  ...Array.from('-._/|').flatMap((sign) => [sign, ` ${sign}`, `${sign} `, ` ${sign} `]),
]);

interface Candidate {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
  readonly groups: string;
  readonly separator: string | null;
}

function scoreOf(numbers: NumbersInText, candidate: Candidate): number {
  const { text, words } = numbers;
  const { start, end, digits, groups, separator } = candidate;
  if (isWordAt(text, end) || !isCheckedByLuhn(digits)) return 0;
  if (isPartOfLonger(text, candidate) || isOneDigit(digits)) return 0;
  const isIssued = issuedLengths(digits).includes(digits.length);
  const isSpokenOf =
    words.isBefore(start, wordsBeforeMax, 'card') || words.isAfter(end, wordsBehindMax, 'card');
  if (isSpokenOf) return isIssued ? 0.99 : 0.7;
  // Short ones pass the check digit by chance too often, and so does whatever else has a number.
  if (!isIssued || digits.length < 14) return 0;
  if (separator !== null) return embossed.has(groups) && separator.trim().length < 2 ? 0.9 : 0;
  if (words.nameBefore(start, nameBeforeMax)?.context === 'other') return 0;
  return isInLink(text, start) ? 0 : 0.8;
}

/** `1234-4111-…`, `4111.1111.….1111.5`, a decimal, a UUID: the number goes on, with a letter or a digit. */
function isPartOfLonger(text: string, { start, end }: Candidate): boolean {
  const joins = (at: number) => '-._/'.includes(text.charAt(at) || ' ');
  const before = joins(start - 1) && isWordAt(text, start - 2);
  const behind = joins(end) && isWordAt(text, end + 1) && text.charAt(end) !== '/';
  return before || behind;
}

/** All zeros pass the check digit. */
function isOneDigit(digits: string): boolean {
  return digits === digits.charAt(0).repeat(digits.length);
}

/** A number in the path of a link is an id. Looked for only as far back as links are commonly long. */
const linkLengthMax = 200;

function isInLink(text: string, start: number): boolean {
  let at = start;
  while (at > 0 && start - at < linkLengthMax && text.charCodeAt(at - 1) > 0x20) at -= 1;
  const word = text.slice(at, start);
  return word.includes('://') || word.startsWith('www.');
}

/** ISO/IEC 7812-1, annex B: every second digit doubled, from the right. */
function isCheckedByLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = 0; at < digits.length; at += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - at) - 0x30;
    const weighed = at % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}

const none: readonly number[] = [];
const of16To19 = [16, 17, 18, 19];
const of14To19 = [14, 15, 16, 17, 18, 19];
const of12To19 = [12, 13, 14, 15, 16, 17, 18, 19];

/** How long the numbers of an issuer are, by the ranges that the card schemes publish. */
function issuedLengths(digits: string): readonly number[] {
  const two = Number(digits.slice(0, 2));
  const three = Number(digits.slice(0, 3));
  const four = Number(digits.slice(0, 4));
  // Visa
  if (digits.startsWith('4')) return [13, 16, 19];
  // Mastercard
  if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720)) return [16];
  // American Express
  if (two === 34 || two === 37) return [15];
  // JCB
  if (four >= 3528 && four <= 3589) return of16To19;
  if (four === 1800 || four === 2131) return [15];
  // Diners Club
  if ((three >= 300 && three <= 305) || four === 3095 || two === 36 || two === 38 || two === 39)
    return of14To19;
  // Discover, UnionPay, RuPay
  if (four === 6011 || (three >= 644 && three <= 649) || two === 65) return of16To19;
  if (two === 62 || two === 81 || two === 82) return of16To19;
  if (two === 60) return [16];
  // Mir, Troy
  if (four >= 2200 && four <= 2204) return of16To19;
  if (four === 9792) return [16];
  // Maestro
  if (two === 50 || (two >= 56 && two <= 58) || (two >= 61 && two <= 69)) return of12To19;
  return none;
}
