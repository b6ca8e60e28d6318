import type { JsonValue } from '../value.ts';

/** A day of the Gregorian calendar, wherever on earth; `month` from 1. */
export interface Day {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const dateForm = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ](\S+(?: \S+)?))?$/i;
const basicDateForm = /^([0-9]{4})([0-9]{2})([0-9]{2})(?:T(\S+))?$/i;
const timeForm = /^(?:[01][0-9]|2[0-3]):?[0-5][0-9](?::?(?:[0-5][0-9]|60)(?:[.,][0-9]{1,9})?)?$/;
const zoneForm = /(?: ?Z| ?[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)$/i;

/**
 * The calendar day that a value of the kind `date` names: `2024-05-15`, `2024-05-15 12:00`, RFC 3339, ISO 8601's basic form
 * (`20240515T120000Z`). It is the day as it is written, whatever its offset: that is what a person means by it, too. Null:
 * another form, a number, or a day that no calendar has; what reads it must not guess. The key of the kind is still the
 * text.
 */
export function dayOf(value: JsonValue): Day | null {
  if (typeof value !== 'string' || value.length > 64) return null;
  const match = dateForm.exec(value) ?? basicDateForm.exec(value);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const time = match[4];
  if (time !== undefined && !timeForm.test(time.replace(zoneForm, ''))) return null;
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month)
    ? { year, month, day }
    : null;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
