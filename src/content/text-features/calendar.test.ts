import { expect, test } from 'vitest';
import { calendarEnd } from './calendar.ts';

const rows: readonly (readonly [string, number])[] = [
  ['2024-05-26', 10],
  ['2024-05-26T19:30', 10],
  ['2024/5/6.', 8],
  ['26.05.2024', 10],
  ['5/26/2024', 9],
  ['19:30', 5],
  ['9:05:59 pm', 7],
  ['2024-13-32', 0],
  ['4111-11-11', 0],
  ['2024-05/26', 0],
  ['2024-05-26123', 0],
  ['25:00', 0],
  ['19:61', 0],
  ['12:34:56:78', 0],
  ['12.34', 0],
  ['12345', 0],
];

test.each(rows)('%s', (text, end) => {
  expect(calendarEnd(text, 0)).toBe(end);
});
