/** The small values of the language: spans of time, counts, amounts of money, rates, secrets. */
import type { Rate } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import { scalar, text, type Unfit, unfit } from './scalar.ts';
import type { Located, Shape } from './shape.ts';

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

/** The same between two bounds, one of which may be nothing at all: `0s`. `why` is said of what is outside. */
export function durationWithin(bounds: {
  readonly minMs: number;
  readonly maxMs: number;
  readonly why: string;
}): Shape<Located<number>> {
  const { minMs, maxMs, why } = bounds;
  return scalar({
    expected: `from ${shortSpan(minMs)} to ${shortSpan(maxMs)}`,
    schema: { type: 'string', pattern: (minMs === 0 ? spanPattern : durationPattern).source },
    parse: ({ written, value }) => {
      const ms =
        minMs === 0 && /^0(ms|s|m|h|d)$/.test(String(value))
          ? 0
          : parseDuration(String(value), windowDaysMax);
      if (ms !== null) return ms >= minMs && ms <= maxMs ? ms : unfit(null, why);
      return unfit(
        /^\d{1,9}$/.test(written)
          ? `write \`${written}s\` for seconds`
          : mendDuration(String(value)),
      );
    },
  });
}

const spanPattern = /^(0|[1-9]\d{0,8})(ms|s|m|h|d)$/;

function shortSpan(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = unitMs.get(unit) ?? 1;
    if (ms % size === 0 && ms >= size) return `${ms / size}${unit}`;
  }
  return ms === 0 ? '0s' : `${ms}ms`;
}

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
  const inRange = (written: string): number | null => {
    const whole = parseCount(written);
    return whole !== null && whole >= range.min && whole <= range.max ? whole : null;
  };
  return scalar({
    expected: `a number of ${what} from ${range.min} to ${range.max}: \`50\`, \`2k\`, \`16KiB\``,
    schema: {
      anyOf: [
        { type: 'integer', minimum: range.min, maximum: range.max },
        { type: 'string', pattern: '^\\d{1,12}(k|M|KiB|MiB)$' },
      ],
    },
    parse: ({ value, written }) => {
      const mended = mendCount(written);
      return (
        inRange(String(value)) ??
        unfit(mended === null || inRange(mended) === null ? null : `write \`${mended}\``)
      );
    },
  });
}

function parseCount(written: string): number | null {
  const [, digits, unit = ''] = /^(\d{1,12})(k|M|KiB|MiB)?$/.exec(written) ?? [];
  return digits === undefined ? null : Number(digits) * (multiples.get(unit) ?? 1);
}

function mendCount(written: string): string | null {
  const [, digits, unit = ''] = /^(\d+)\s*(kb|kib|mb|mib|k|m)$/i.exec(written) ?? [];
  if (digits === undefined) return null;
  const isBinary = /ib$/i.test(unit);
  return `${digits}${/^k/i.test(unit) ? (isBinary ? 'KiB' : 'k') : isBinary ? 'MiB' : 'M'}`;
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

export const currencyCode: Shape<Located<string>> = text('a currency by its ISO 4217 code: `USD`', {
  pattern: /^[A-Z]{3}$/,
  mend: (value) => (/^[a-z]{3}$/i.test(value) ? `write \`${value.toUpperCase()}\`` : null),
});

const secretPattern = /^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+)$/;

/** `env:NAME` or `file:/path`: the providers that are built. */
export const secretName: Shape<Located<string>> = scalar({
  expected: '`env:NAME` or `file:/absolute/path`',
  schema: { type: 'string', pattern: secretPattern.source },
  parse: ({ value, written }): string | Unfit => {
    const name = String(value);
    if (typeof value === 'string' && secretPattern.test(name)) return name;
    const [, provider] = /^(env|file|openbao|vault|aws|gcp|azure):/.exec(name) ?? [];
    if (provider === 'file') return unfit('write the whole path, beginning with `/`');
    if (provider === 'env')
      return unfit(
        written.includes('#') ? 'a field (`#…`) needs a provider that has fields' : null,
      );
    if (provider !== undefined)
      return unfit(`the provider \`${provider}\` isn't built yet: use \`env:\` or \`file:\``);
    // Whatever else stands here is likely the secret itself.
    return {
      unfit: true,
      isSecret: true,
      message: 'this names no place where a secret is',
      mend: 'name where the secret is, never the secret itself: `env:MAIL_TOKEN`',
    };
  },
});

/** How sure a detector has to be. 0 would be every text, whatever is in it: nobody means that. */
export const score: Shape<Located<number>> = scalar({
  expected: 'a score above 0, at most 1: `0.8`',
  schema: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
  parse: ({ value }): number | Unfit => {
    if (typeof value === 'number' && value > 0 && value <= 1) return value;
    if (typeof value === 'string' && /^(0?\.\d{1,6}|1(\.0)?)$/.test(value))
      return unfit(`write it without quotes: ${value}`);
    const [, percent] = /^([1-9]\d|100) ?%?$/.exec(String(value)) ?? [];
    if (percent !== undefined) return unfit(`write \`${Number(percent) / 100}\``);
    return value === 0 ? unfit(null, 'every text scores at least 0') : unfit();
  },
});
