import { expect, test } from 'vitest';
import type { HoursWindow } from '../../../policy/model.ts';
import { isWithin } from './time.ts';

const business: HoursWindow = {
  text: 'Mon-Fri 09:00-17:00',
  days: new Set([1, 2, 3, 4, 5]),
  fromMinute: 540,
  untilMinute: 1_020,
  timezone: 'America/New_York',
};
const night: HoursWindow = {
  text: 'Fri 22:00-06:00',
  days: new Set([5]),
  fromMinute: 1_320,
  untilMinute: 360,
  timezone: 'Europe/Berlin',
};
const allDay: HoursWindow = {
  text: 'Sun 00:00-24:00',
  days: new Set([0]),
  fromMinute: 0,
  untilMinute: 1_440,
  timezone: 'UTC',
};

test.each<[string, HoursWindow, string, boolean]>([
  ['nine sharp', business, '2026-03-03T14:00:00Z', true],
  ['a second before', business, '2026-03-03T13:59:59Z', false],
  ['the last second', business, '2026-03-03T21:59:59Z', true],
  ['five sharp', business, '2026-03-03T22:00:00Z', false],
  ['nine sharp in summer', business, '2026-07-01T13:00:00Z', true],
  ['eight in summer, nine by winter time', business, '2026-07-01T12:30:00Z', false],
  ['Saturday', business, '2026-03-07T15:00:00Z', false],
  ['Saturday there, Monday nowhere', business, '2026-03-09T03:00:00Z', false],
  ['Friday night', night, '2026-03-06T21:00:00Z', true],
  ['the Saturday morning after it', night, '2026-03-07T04:59:59Z', true],
  ['the end of that morning', night, '2026-03-07T05:00:00Z', false],
  ['the Friday morning before it', night, '2026-03-06T04:00:00Z', false],
  ['Saturday night', night, '2026-03-07T22:00:00Z', false],
  ['the small hours of a Saturday', night, '2026-03-28T01:30:00Z', true],
  ['the whole Sunday, its last minute', allDay, '2026-03-08T23:59:59Z', true],
  ['the Monday after', allDay, '2026-03-09T00:00:00Z', false],
])('%s', (_, window, at, within) => {
  expect(isWithin(window, Date.parse(at))).toBe(within);
});
