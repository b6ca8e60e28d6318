import type { HoursWindow } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import { scalar, unfit } from './scalar.ts';
import type { Located, Shape } from './shape.ts';

const dayNames: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const day = '(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)';
const time = '(?:[01]\\d|2[0-3]):[0-5]\\d';
const windowPattern = new RegExp(
  `^(?:${day}(?:-${day})?(?:,${day}(?:-${day})?)* )?${time}-(?:${time}|24:00)$`,
);

export type WindowSyntax = Omit<HoursWindow, 'timezone'>;

/** `Mon-Fri 09:00-17:00`; without days, every day. Half-open, and it may wrap past midnight. */
export const hoursWindow: Shape<Located<WindowSyntax>> = scalar({
  expected: 'days and times: `Mon-Fri 09:00-17:00`',
  schema: { type: 'string', pattern: windowPattern.source },
  parse: ({ value }) => {
    const written = String(value);
    return parseHoursWindow(written) ?? unfit(mendHours(written));
  },
});

export function parseHoursWindow(written: string): WindowSyntax | null {
  if (!windowPattern.test(written)) return null;
  const parts = written.split(' ');
  const [from = '', until = ''] = (parts.at(-1) ?? '').split('-');
  const fromMinute = minuteOf(from);
  const untilMinute = minuteOf(until);
  // Half-open: equal ends hold no minute at all.
  if (fromMinute === untilMinute) return null;
  const days = parts.length === 2 ? daysOf(parts[0] ?? '') : new Set([0, 1, 2, 3, 4, 5, 6]);
  return { text: written, days, fromMinute, untilMinute };
}

function daysOf(written: string): ReadonlySet<number> {
  const days = new Set<number>();
  for (const range of written.split(',')) {
    const [first = '', last = first] = range.split('-');
    const from = dayNames.indexOf(first);
    const until = dayNames.indexOf(last);
    // `Sat-Mon` wraps past the end of the week.
    for (let offset = 0; offset <= (until - from + 7) % 7; offset += 1)
      days.add((from + offset) % 7);
  }
  return days;
}

function minuteOf(clock: string): number {
  const [hours, minutes] = clock.split(':');
  return Number(hours) * 60 + Number(minutes);
}

function mendHours(written: string): string | null {
  const same = /(\d\d:\d\d)-\1$/.test(written);
  if (same)
    return 'both ends are equal, which holds no minute: write `00:00-24:00` for the whole day';
  const padded = written
    .replace(/\s*[-–]\s*/g, '-')
    .replace(/,\s+/g, ',')
    .replace(/(^|[^\d:])(\d):/g, '$10$2:')
    .replace(/[A-Za-z]{3,}/g, (word) => {
      const known = dayNames.find((name) => word.toLowerCase().startsWith(name.toLowerCase()));
      return known ?? word;
    });
  return padded !== written && parseHoursWindow(padded) !== null ? `write \`${padded}\`` : null;
}

/** IANA. An offset is no zone: it doesn't know when summer begins. */
export const timezone: Shape<Located<string>> = scalar({
  expected: 'an IANA time zone: `Europe/Berlin`, `UTC`',
  schema: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_+/-]*$' },
  parse: ({ value }) => {
    const zone = String(value);
    if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(zone)) return unfit();
    try {
      new Intl.DateTimeFormat('en', { timeZone: zone });
    } catch {
      return unfit(didYouMean(zone, Intl.supportedValuesOf('timeZone')));
    }
    // `EST` and its like have no summer time; whoever writes one in a policy means the city.
    return /^[A-Z]{3,4}$/.test(zone) && zone !== 'UTC'
      ? unfit('write the region and city: `America/New_York`')
      : zone;
  },
});
