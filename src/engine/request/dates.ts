import type { Lexicon } from './lexicon.ts';
import type { Token } from './tokens.ts';

/** A day that the request names; `day: null`: a whole month. `until`: the last day of a span. */
export interface RequestDate {
  readonly year: number | null;
  readonly month: number;
  readonly day: number | null;
  readonly start: number;
  readonly end: number;
}

export interface RequestDates {
  /** Every day named; of `5/6/2024` both readings. */
  readonly days: readonly RequestDate[];
  /** Spans from one day to another, both among `days`. */
  readonly spans: readonly { readonly from: RequestDate; readonly to: RequestDate }[];
  /** "tomorrow", "next Monday": named, and to be resolved only with a clock. */
  readonly relative: boolean;
}

export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export function datesOf(tokens: readonly Token[], lexicon: Lexicon): RequestDates {
  const reader = readerOf(lexicon);
  const days: RequestDate[] = [];
  const spans: { from: RequestDate; to: RequestDate }[] = [];
  let relative = false;
  let before: { date: RequestDate; next: number } | null = null;
  for (let at = 0; at < tokens.length; ) {
    relative ||= tokens[at]?.type === 'word' && lexicon.is('relativeDays', tokens[at]?.fold);
    const read = reader(tokens, at, before);
    if (read === null) {
      at += 1;
      continue;
    }
    days.push(...read.dates);
    const [date] = read.dates;
    if (date !== undefined && before !== null && joins(tokens, before.next, at, lexicon)) {
      spans.push(Object.freeze({ from: before.date, to: date }));
    }
    before = date === undefined ? null : { date, next: read.next };
    at = read.next;
  }
  return Object.freeze({ days: Object.freeze(days), spans: Object.freeze(spans), relative });
}

/** True or false where the request names days; null where it names none, or one that only a clock could resolve. */
export function dateFitOf(dates: RequestDates): (day: Day) => boolean | null {
  return (day) => {
    if (dates.days.some((named) => isDay(named, day))) return true;
    if (dates.spans.some(({ from, to }) => isWithin(from, to, day))) return true;
    return dates.days.length === 0 || dates.relative ? null : false;
  };
}

function isDay(named: RequestDate, day: Day): boolean {
  return (
    named.month === day.month &&
    (named.day === null || named.day === day.day) &&
    (named.year === null || named.year === day.year)
  );
}

function isWithin(from: RequestDate, to: RequestDate, day: Day): boolean {
  const toYear = to.year ?? from.year;
  const fromYear = from.year ?? toYear;
  const first = from.month * 100 + (from.day ?? 1);
  const last = to.month * 100 + (to.day ?? 31);
  const here = day.month * 100 + day.day;
  if (fromYear === null || toYear === null) {
    return first <= last ? first <= here && here <= last : first <= here || here <= last;
  }
  // "December 28th to January 3rd, 2025" begins the year before.
  const begin = (from.year ?? (first > last ? toYear - 1 : toYear)) * 10_000 + first;
  const end = (to.year ?? (first > last ? fromYear + 1 : fromYear)) * 10_000 + last;
  const at = day.year * 10_000 + here;
  return begin <= at && at <= end;
}

function joins(tokens: readonly Token[], from: number, to: number, lexicon: Lexicon): boolean {
  const between = tokens.slice(from, to).filter((token) => !lexicon.is('dayLinks', token.fold));
  return between.length === 1 && lexicon.is('rangeLinks', between[0]?.fold);
}

interface Read {
  readonly dates: readonly RequestDate[];
  readonly next: number;
}

type Reader = (
  tokens: readonly Token[],
  at: number,
  before: { date: RequestDate; next: number } | null,
) => Read | null;

function readerOf(lexicon: Lexicon): Reader {
  const { months, dayEndings, ambiguousMonths } = lexicon.language;
  const monthOf = new Map(months.flatMap((names, at) => names.map((name) => [name, at + 1])));
  const ambiguous = new Set(ambiguousMonths);
  const dayPattern = new RegExp(`^(\\d{1,2})(?:${dayEndings.join('|')})?$`, 'u');
  const dayRange = new RegExp(
    `^(\\d{1,2})(?:${dayEndings.join('|')})?-(\\d{1,2})(?:${dayEndings.join('|')})?$`,
    'u',
  );

  const dayOf = (token: Token | undefined): number | null => {
    const digits = dayPattern.exec(token?.fold ?? '')?.[1];
    const day = digits === undefined ? 0 : Number(digits);
    return day >= 1 && day <= 31 ? day : null;
  };
  const yearOf = (token: Token | undefined): number | null =>
    /^(?:19|20)\d\d$/u.test(token?.fold ?? '') ? Number(token?.fold) : null;

  return (tokens, at, before) => {
    const token = tokens[at];
    if (token === undefined) return null;
    if (token.type === 'number') return numeric(token, at) ?? dayFirst(tokens, at, before);
    const month = token.type === 'word' ? monthOf.get(token.fold) : undefined;
    return month === undefined ? null : monthFirst(tokens, at, month);
  };

  function date(
    year: number | null,
    month: number,
    day: number | null,
    first: Token,
    last: Token,
  ): RequestDate {
    return Object.freeze({ year, month, day, start: first.start, end: last.end });
  }

  /** 2024-05-15, 15.05.2024, 5/15/2024, and a time of day after it. */
  function numeric(token: Token, at: number): Read | null {
    const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)/u.exec(token.fold);
    if (iso !== null) return readings(token, at, [[iso[1], iso[2], iso[3]]]);
    const parts = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/u.exec(token.fold);
    if (parts !== null) {
      const year = parts[4]?.length === 2 ? `20${parts[4]}` : parts[4];
      return readings(token, at, [
        [year, parts[1], parts[3]],
        [year, parts[3], parts[1]],
      ]);
    }
    const short = /^(\d{1,2})\/(\d{1,2})$/u.exec(token.fold);
    if (short === null) return null;
    return readings(token, at, [
      [undefined, short[1], short[2]],
      [undefined, short[2], short[1]],
    ]);
  }

  function readings(
    token: Token,
    at: number,
    candidates: readonly (readonly (string | undefined)[])[],
  ): Read | null {
    const dates = candidates.flatMap(([year, month, day]) => {
      const inMonth = Number(day);
      const ofYear = Number(month);
      if (!(ofYear >= 1 && ofYear <= 12 && inMonth >= 1 && inMonth <= 31)) return [];
      return [date(year === undefined ? null : Number(year), ofYear, inMonth, token, token)];
    });
    return dates.length === 0 ? null : { dates, next: at + 1 };
  }

  /** "May 15th, 2024", "May 15", "in May", "May 10-13". */
  function monthFirst(tokens: readonly Token[], at: number, month: number): Read | null {
    const token = tokens[at];
    if (token === undefined) return null;
    let place = at + 1;
    if (tokens[place]?.fold === '.' || lexicon.is('dayLinks', tokens[place]?.fold)) place += 1;
    const dayToken = tokens[place];
    const range = dayRange.exec(dayToken?.fold ?? '');
    const day = range === null ? dayOf(dayToken) : Number(range[1]);
    if (day !== null && dayToken !== undefined) {
      const { year, next } = yearAfter(tokens, place + 1);
      const last = tokens[next - 1] ?? dayToken;
      const first = date(year, month, day, token, last);
      if (range === null) return { dates: [first], next };
      const dates = [];
      for (let each = day; each <= Math.min(31, Number(range[2])); each += 1) {
        dates.push(date(year, month, each, token, last));
      }
      return { dates, next };
    }
    const { year, next } = yearAfter(tokens, at + 1);
    const alone = !ambiguous.has(token.fold) || lexicon.is('beforeMonth', tokens[at - 1]?.fold);
    if (year === null && !(alone && (token.capital || !ambiguous.has(token.fold)))) return null;
    return { dates: [date(year, month, null, token, tokens[next - 1] ?? token)], next };
  }

  /** "15 May 2024", "the 15th of May"; and "to the 18th" after a day of some month. */
  function dayFirst(
    tokens: readonly Token[],
    at: number,
    before: { date: RequestDate; next: number } | null,
  ): Read | null {
    const token = tokens[at];
    const day = dayOf(token);
    if (token === undefined || day === null) return null;
    let place = at + 1;
    while (lexicon.is('dayLinks', tokens[place]?.fold)) place += 1;
    const monthToken = tokens[place];
    const month = monthToken?.type === 'word' ? monthOf.get(monthToken.fold) : undefined;
    if (month !== undefined && monthToken !== undefined) {
      const { year, next } = yearAfter(tokens, place + 1);
      return { dates: [date(year, month, day, token, tokens[next - 1] ?? monthToken)], next };
    }
    const ordinal = token.fold.length > String(day).length;
    if (before === null || before.date.day === null || !ordinal) return null;
    if (!joins(tokens, before.next, at, lexicon)) return null;
    const { year, next } = yearAfter(tokens, at + 1);
    const { date: named } = before;
    const named2 = date(year ?? named.year, named.month, day, token, tokens[next - 1] ?? token);
    return { dates: [named2], next };
  }

  function yearAfter(tokens: readonly Token[], at: number): { year: number | null; next: number } {
    const place = tokens[at]?.fold === ',' ? at + 1 : at;
    const year = yearOf(tokens[place]);
    return year === null ? { year, next: at } : { year, next: place + 1 };
  }
}
