import { currencyDigits } from '../currency.ts';
import type { Kind, Parsed, Unparsable } from '../kind.ts';
import type { JsonValue } from '../value.ts';
import { unparsable } from './unparsable.ts';

type Amount = Extract<Parsed, { type: 'amount' }>;

const decimalForm = /^(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,8}))?$/;

/**
 * An amount in the currency's smallest unit, exactly. `kind.unitDigits` says how far the argument's unit lies below the
 * currency's major one (a cent: 2). Below zero, between two smallest units, or too large to count: unparsable, since
 * rounding somebody's money is deciding about it.
 */
export function parseAmount(kind: Kind, value: JsonValue): Amount | Unparsable {
  const currency = kind.currency ?? '';
  const digits = currencyDigits(currency);
  if (digits === null) return unparsable('is an amount in no known currency');
  // Doubles in the range of money print without an exponent, and as they were written.
  const written = typeof value === 'number' ? String(value) : value;
  if (typeof written !== 'string') return unparsable('is no amount');
  const [, whole, fraction = ''] = decimalForm.exec(written) ?? [];
  if (whole === undefined) return unparsable('is no amount, or is below zero');
  const shift = digits - (kind.unitDigits ?? 0);
  const minor = shifted(whole, fraction.replace(/0+$/, ''), shift);
  if (minor === null) return unparsable('is no whole number of the smallest unit');
  return { type: 'amount', key: `${currency} ${minor}`, minor, currency };
}

function shifted(whole: string, fraction: string, shift: number): number | null {
  if (shift < 0) {
    // The argument counts finer than the currency does.
    if (fraction !== '') return null;
    const cut = whole.slice(shift).padStart(-shift, '0');
    if (/[^0]/.test(cut)) return null;
    return safe(whole.slice(0, shift) || '0');
  }
  if (fraction.length > shift) return null;
  return safe(whole + fraction.padEnd(shift, '0'));
}

function safe(digits: string): number | null {
  const minor = Number(digits);
  return Number.isSafeInteger(minor) ? minor : null;
}
