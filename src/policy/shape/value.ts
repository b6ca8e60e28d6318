/** The small values of the language: spans of time, counts, amounts of money, rates, windows, secrets. */
import type { HoursWindow, Rate } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Named } from './collection.ts';
import { scalar, text, type Unfit, unfit } from './scalar.ts';
import type { Located, Shape } from './shape.ts';

export type { Named };

const unitMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const windowMs: ReadonlyMap<string, number> = new Map([
  ['second', 1_000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['week', 604_800_000],
]);

/** A timer past 2^31 ms fires at once in Node: longer than this is a mistake, not a policy. */
const timerDaysMax = 24;
const windowDaysMax = 366;

const durationPattern = /^[1-9]\d{0,8}(ms|s|m|h|d)$/;

function parseDuration(written: string, daysMax: number): number | null {
  const [, count, unit] = /^([1-9]\d{0,8})(ms|s|m|h|d)$/.exec(written) ?? [];
  const ms = Number(count) * (unitMs.get(unit ?? '') ?? Number.NaN);
  return ms <= daysMax * 86_400_000 ? ms : null;
}

/** Milliseconds. */
export const duration: Shape<Located<number>> = scalar({
  expected: `a whole number and a unit (ms, s, m, h, d), at most ${timerDaysMax}d`,
  schema: { type: 'string', pattern: durationPattern.source },
  parse: ({ written, value }) =>
    parseDuration(String(value), timerDaysMax) ??
    unfit(
      /^[1-9]\d{0,8}$/.test(written)
        ? `write \`${written}s\` for seconds`
        : mendDuration(String(value)),
    ),
});

function mendDuration(written: string): string | null {
  const [, count, unit = ''] = /^(\d+)\s*([a-z]+)$/i.exec(written.trim()) ?? [];
  if (count === undefined) return null;
  const short = /^(ms|milli)/i.test(unit) ? 'ms' : unit.charAt(0).toLowerCase();
  const mended = `${count}${short}`;
  return parseDuration(mended, timerDaysMax) === null ? null : `write \`${mended}\``;
}

const multiples: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1_000],
  ['M', 1_000_000],
  ['KiB', 1_024],
  ['MiB', 1_048_576],
]);

/** A count, or a size: `200k`, `16KiB`, `4000`. */
export function count(
  what: string,
  range: { readonly min: number; readonly max: number },
): Shape<Located<number>> {
  return scalar({
    expected: `${what}: a whole number from ${range.min} to ${range.max}, \`k\` for thousands, \`KiB\` for 1,024`,
    schema: {
      anyOf: [
        { type: 'integer', minimum: range.min, maximum: range.max },
        { type: 'string', pattern: '^\\d{1,12}(k|M|KiB|MiB)$' },
      ],
    },
    parse: ({ value, written }) => {
      const [, digits, unit = ''] = /^(\d{1,12})(k|M|KiB|MiB)?$/.exec(String(value)) ?? [];
      const whole = Number(digits) * (multiples.get(unit) ?? Number.NaN);
      if (whole >= range.min && whole <= range.max) return whole;
      const [, near, wrong = ''] = /^(\d+)\s*(kb|kib|mb|mib|k|m)$/i.exec(written) ?? [];
      if (near === undefined) return unfit();
      const binary = /ib$/i.test(wrong);
      const mended = `${near}${/^k/i.test(wrong) ? (binary ? 'KiB' : 'k') : binary ? 'MiB' : 'M'}`;
      return unfit(mended === written ? null : `write \`${mended}\``);
    },
  });
}

/** An amount as written; what it counts is known when its currency is. */
export interface MoneySyntax {
  /** Digits with at most one point: `1.00`. */
  readonly digits: string;
  /** Null: the policy's `currency`. */
  readonly currency: string | null;
}

const moneyPattern = /^(\d{1,12}(?:\.\d{1,4})?)(?: ([A-Z]{3}))?$/;

function parseMoney(written: string): MoneySyntax | Unfit {
  const [, digits, currency] = moneyPattern.exec(written) ?? [];
  if (digits !== undefined) return { digits, currency: currency ?? null };
  const [, sign = '', amount, word = ''] =
    /^([$€£]?)\s*(\d+(?:\.\d+)?)\s*([A-Za-z]{3})?$/.exec(written) ?? [];
  if (amount === undefined) return unfit();
  const signs: ReadonlyMap<string, string> = new Map([
    ['$', 'USD'],
    ['€', 'EUR'],
    ['£', 'GBP'],
  ]);
  const named = word === '' ? (signs.get(sign) ?? '') : word.toUpperCase();
  return unfit(named === '' ? null : `write \`${amount} ${named}\``);
}

export const money: Shape<Located<MoneySyntax>> = scalar({
  expected: 'an amount and its currency: `200 USD`',
  schema: {
    anyOf: [
      { type: 'number', minimum: 0 },
      { type: 'string', pattern: moneyPattern.source },
    ],
  },
  // As written: YAML reads `1.00` as the number 1.
  parse: ({ value, written, quoted }) => parseMoney(quoted ? String(value) : written),
});

export interface TotalSyntax {
  readonly amount: MoneySyntax;
  /** Null: for ever. */
  readonly windowMs: number | null;
}

const totalPattern =
  /^\d{1,12}(?:\.\d{1,4})?(?: [A-Z]{3})?(?:\/(?:second|minute|hour|day|week|[1-9]\d{0,8}(?:ms|s|m|h|d)))?$/;

/** `1000 USD/day`, `200 USD`. */
export const total: Shape<Located<TotalSyntax>> = scalar({
  expected: 'an amount, and the window that it holds for: `1000 USD/day`, `200 USD`',
  schema: {
    anyOf: [
      { type: 'number', minimum: 0 },
      { type: 'string', pattern: totalPattern.source },
    ],
  },
  parse: ({ value, written, quoted }) => {
    const [amountText = '', window, ...rest] = (quoted ? String(value) : written).split('/');
    const amount = parseMoney(amountText);
    if ('unfit' in amount) return amount;
    if (window === undefined) return { amount, windowMs: null };
    const ms = parseWindow(window);
    return ms === null || rest.length > 0 ? unfit(mendWindow(window)) : { amount, windowMs: ms };
  },
});

function parseWindow(window: string): number | null {
  return windowMs.get(window) ?? parseDuration(window, windowDaysMax);
}

function mendWindow(window: string): string | null {
  const word = window.trim().toLowerCase();
  if (/^months?$/.test(word)) return 'months differ in length: write `30d`';
  const short: ReadonlyMap<string, string> = new Map([
    ['s', 'second'],
    ['sec', 'second'],
    ['m', 'minute'],
    ['min', 'minute'],
    ['h', 'hour'],
    ['hr', 'hour'],
    ['d', 'day'],
    ['w', 'week'],
  ]);
  const known = short.get(word);
  return known === undefined ? didYouMean(word, windowMs.keys()) : `write \`/${known}\``;
}

const ratePattern = /^[1-9]\d{0,8}\/(?:second|minute|hour|day|week|[1-9]\d{0,8}(?:ms|s|m|h|d))$/;

/** `10/minute`, `20/15m`: sliding. */
export const rate: Shape<Located<Rate>> = scalar({
  expected: 'a number of calls and a window: `10/minute`, `20/15m`',
  schema: { type: 'string', pattern: ratePattern.source },
  parse: ({ value, written }) => {
    const [max = '', window = '', ...rest] = String(value).split('/');
    const ms = parseWindow(window);
    if (/^[1-9]\d{0,8}$/.test(max) && ms !== null && rest.length === 0)
      return { max: Number(max), windowMs: ms };
    if (/^[1-9]\d*$/.test(written)) return unfit(`say in which time: \`${written}/minute\``);
    return unfit(window === '' ? null : mendWindow(window));
  },
});

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

export function isHoursWindow(written: string): boolean {
  return windowPattern.test(written);
}

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

export const currencyCode: Shape<Located<string>> = text('a currency by its ISO 4217 code: `USD`', {
  pattern: /^[A-Z]{3}$/,
  mend: (value) => (/^[a-z]{3}$/i.test(value) ? `write \`${value.toUpperCase()}\`` : null),
});

const secretPattern = /^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+)$/;

/** `env:NAME` or `file:/path`: the providers that are built. */
export const secretName: Shape<Located<string>> = text('`env:NAME` or `file:/absolute/path`', {
  pattern: secretPattern,
  mend: (value) => {
    const provider = /^([a-z][a-z0-9_-]*):/.exec(value)?.[1];
    if (provider === 'env' && value.includes('#'))
      return 'a field (`#…`) needs a provider that has fields';
    if (provider === 'file') return 'write the whole path, beginning with `/`';
    if (provider !== undefined && provider !== 'env') {
      return `the provider \`${provider}\` isn't built yet: use \`env:\` or \`file:\``;
    }
    return 'name where the secret is, never the secret itself: `env:MAIL_TOKEN`';
  },
});
