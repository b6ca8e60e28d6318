import { RE2JS } from 're2js';
import { currencyCodes, currencyDigits } from '../content/currency.ts';
import type { CelType } from './cel-environment.ts';
import { boundedInt, CelFault, type CelValue, type Meter } from './cel-value.ts';

/** Methods of a text, with one text as argument. All standard CEL. */
export const textMethods: ReadonlyMap<
  string,
  (text: string, argument: string, meter: Meter) => boolean
> = new Map([
  ['contains', searched((text, part) => text.includes(part))],
  ['startsWith', searched((text, part) => text.startsWith(part))],
  ['endsWith', searched((text, part) => text.endsWith(part))],
]);

function searched(search: (text: string, part: string) => boolean) {
  return (text: string, part: string, meter: Meter): boolean => {
    meter.chargeText(text.length + part.length);
    return search(text, part);
  };
}

const patternCharactersMax = 1_000;
const programInstructionsMax = 1_000;
/** One unit of work is about this many steps of a pattern's automaton over one character each. */
const stepsPerUnit = 16;

export interface Pattern {
  readonly matches: (text: string, meter: Meter) => boolean;
}

const escapes = /\\(?:[pPx]\{[^{}]*\}|.)/gs;

/**
 * RE2 syntax, found anywhere in the text, in time linear in it: what an agent sends can't stall a decision.
 * Null and a reason, where the pattern isn't one.
 */
export function compilePattern(
  pattern: string,
): { readonly pattern: Pattern } | { readonly problem: string } {
  if (pattern.length > patternCharactersMax) {
    return { problem: `the pattern is longer than ${patternCharactersMax} characters` };
  }
  // A brace that repeats nothing is a brace to some engines, and a mistake to others.
  if (/\{(?!\d+(?:,\d*)?\})/.test(pattern.replaceAll(escapes, 'x'))) {
    return { problem: 'a `{` in the pattern repeats nothing: write `\\{`' };
  }
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch {
    return { problem: 'not a pattern of RE2 (it has no look-around and no back-references)' };
  }
  const instructions = compiled.programSize();
  if (instructions > programInstructionsMax) return { problem: 'the pattern is too large' };
  return {
    pattern: {
      matches: (text, meter) => {
        meter.charge(1 + (text.length * instructions) / stepsPerUnit);
        return compiled.test(text);
      },
    },
  };
}

const currencyNames: ReadonlyMap<string, string> = new Map(
  currencyCodes().map((code) => [code.toLowerCase(), code]),
);

/** `usd` names USD. Undefined: no currency's function. */
export function currencyOfFunction(name: string): string | undefined {
  return currencyNames.get(name);
}

export function currencyFunctions(): Iterable<string> {
  return currencyNames.keys();
}

/** `usd(49.99)` as written: exact, never by way of a binary fraction. Null: more decimal places than the currency has. */
export function minorUnits(written: string, currency: string): bigint | null {
  const parts = /^(-?)(\d{1,13})(?:\.(\d{1,4}))?$/.exec(written.trim());
  const digits = currencyDigits(currency);
  if (parts === null || digits === null) return null;
  const [, sign = '', whole = '', fraction = ''] = parts;
  if (fraction.length > digits) return null;
  const minor = BigInt(whole + fraction.padEnd(digits, '0'));
  return sign === '-' ? -minor : minor;
}

/**
 * RFC 3339, with its offset; null: not one, or one that we would read otherwise than others do: finer than a
 * millisecond (two such times would be equal here alone), `24:00`, and what no year from 1 to 9999 holds.
 */
export function timestampMs(text: string): number | null {
  const shape =
    /^\d{4}-(\d{2})-(\d{2})T(?!24)(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,3}0{0,6})?(?:Z|[+-]\d{2}:\d{2})$/.exec(
      text,
    );
  if (shape === null) return null;
  const ms = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));
  // `2026-02-31` rolls over into March elsewhere; here it is no time at all.
  const [, month, day] = shape;
  const lastDay = new Date(Date.UTC(Number(text.slice(0, 4)), Number(month), 0)).getUTCDate();
  return isTimestamp(ms) && Number(day) <= lastDay ? ms : null;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `1h30m`; null: not one. */
export function durationMs(text: string): number | null {
  if (!/^-?(?:\d{1,9}(?:ms|s|m|h))+$/.test(text)) return null;
  let ms = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)(ms|s|m|h)/g)) {
    ms += Number(count) * (unitMs[unit] ?? 0);
  }
  if (!isDuration(ms)) return null;
  return text.startsWith('-') ? -ms : ms;
}

const timestampMinMs = Date.parse('0001-01-01T00:00:00Z');
const timestampMaxMs = Date.parse('9999-12-31T23:59:59.999Z');
/** Where a duration is an int of nanoseconds, 64 bits end here. */
const durationMaxMs = 9_223_372_036_854;

export function isTimestamp(ms: number): boolean {
  return ms >= timestampMinMs && ms <= timestampMaxMs;
}

export function isDuration(ms: number): boolean {
  return Math.abs(ms) <= durationMaxMs;
}

/** `int(…)`, `double(…)`, `string(…)`: by what each takes. `unknown` is read for what it turns out to be. */
export const conversions: ReadonlyMap<
  string,
  {
    readonly to: CelType;
    readonly from: ReadonlySet<CelType['type']>;
    readonly convert: (value: CelValue) => CelValue;
  }
> = new Map([
  [
    'int',
    {
      to: { type: 'int', nullable: false },
      from: new Set(['int', 'double', 'string', 'unknown'] as const),
      convert: toInt,
    },
  ],
  [
    'double',
    {
      to: { type: 'double', nullable: false },
      from: new Set(['int', 'double', 'unknown'] as const),
      convert: toDouble,
    },
  ],
  [
    'string',
    {
      to: { type: 'string', values: null, nullable: false },
      from: new Set(['string', 'int', 'bool', 'unknown'] as const),
      convert: toText,
    },
  ],
]);

function toInt(value: CelValue): CelValue {
  if (typeof value === 'bigint') return value;
  // Both ends excluded, as CEL has it: a double there stands for its neighbours too.
  if (typeof value === 'number' && Math.abs(value) < 2 ** 63) return BigInt(Math.trunc(value));
  if (typeof value === 'string' && /^-?\d{1,19}$/.test(value)) return boundedInt(BigInt(value));
  throw new CelFault("a value can't be made an int");
}

function toDouble(value: CelValue): CelValue {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  throw new CelFault("a value can't be made a double");
}

function toText(value: CelValue): CelValue {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new CelFault("a value can't be made a string");
}

/** Characters as people count them, not UTF-16 units: what every implementation of CEL says. */
export function sizeOf(value: CelValue, meter: Meter): CelValue {
  if (typeof value === 'string') {
    meter.chargeText(value.length);
    let characters = 0n;
    for (const _ of value) characters += 1n;
    return characters;
  }
  if (Array.isArray(value)) return BigInt(value.length);
  if (typeof value === 'object' && value !== null) return BigInt(Object.keys(value).length);
  throw new CelFault(
    value === null ? 'the size of null is asked' : 'the size of a value that has none is asked',
  );
}
