import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../value.ts';
import { dayOf } from './day.ts';

describe('the day as it is written', () => {
  test.each([
    ['2024-05-15', 2024, 5, 15],
    ['2024-05-15 12:00', 2024, 5, 15],
    ['2024-05-15T12:00:30', 2024, 5, 15],
    ['2024-05-15T12:00:30Z', 2024, 5, 15],
    ['2024-05-15t12:00:30.123z', 2024, 5, 15],
    ['2024-05-15T23:59:60+02:00', 2024, 5, 15],
    ['2024-05-15T00:30:00+14:00', 2024, 5, 15],
    ['2024-05-15 12:00:00 +0200', 2024, 5, 15],
    ['20240515', 2024, 5, 15],
    ['20240515T120000Z', 2024, 5, 15],
    ['2024-02-29', 2024, 2, 29],
    ['2000-02-29', 2000, 2, 29],
  ])('%s', (written, year, month, day) => {
    expect(dayOf(written)).toEqual({ year, month, day });
  });
});

describe('no day', () => {
  test.each<[string, JsonValue]>([
    ['a month too many', '2024-13-01'],
    ['a day too many', '2024-04-31'],
    ['no leap year', '2023-02-29'],
    ['no leap year, by the century', '1900-02-29'],
    ['day zero', '2024-05-00'],
    ['an hour too many', '2024-05-15 24:00'],
    ['a minute too many', '2024-05-15 12:60'],
    ['months and days in whichever order', '05/06/2024'],
    ['two digits of a year', '24-05-15'],
    ['words', 'May 15th, 2024'],
    ['a relative day', 'tomorrow'],
    ['something behind it', '2024-05-15 or later'],
    ['something before it', ' 2024-05-15'],
    ['a line break', '2024-05-15\n'],
    ['two days', '2024-05-15/2024-05-16'],
    ['full-width digits', '２０２４-05-15'],
    ['a look-alike hyphen', '2024\u201105\u201115'],
    ['zero width', '2024-05-1\u200b5'],
    ['seconds since 1970', 1_715_774_400],
    ['nothing', null],
    ['a list', ['2024-05-15']],
  ])('%s', (_, value) => {
    expect(dayOf(value)).toBeNull();
  });
});

test('every day of the calendar, and only those, as the platform counts them', () => {
  const part = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999 }), part, part, (year, month, day) => {
      const written = [year, month, day]
        .map((number, index) => String(number).padStart(index === 0 ? 4 : 2, '0'))
        .join('-');
      const date = new Date(`${written}T00:00:00Z`);
      const isReal = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(written);
      expect(dayOf(written)).toEqual(isReal ? { year, month, day } : null);
    }),
    { numRuns: 2_000 },
  );
});
