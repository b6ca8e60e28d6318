import type { HoursWindow } from '../../../policy/model.ts';
import { rateKey } from '../../counters.ts';
import type { Reservation } from '../../decision.ts';
import { type Answer, type ConstraintOf, met, type Question, unjudged, unmet } from './check.ts';

export function checkHours(constraint: ConstraintOf<'hours'>, { context }: Question): Answer {
  const { nowMs } = context.facts;
  const details = { windows: constraint.windows.map((window) => window.text), nowMs };
  return constraint.windows.some((window) => isWithin(window, nowMs))
    ? met('authorize.hours', () => details)
    : unmet('authorize.hours', details);
}

const dayMinutes = 1_440;

/** Half-open: at the last minute it is over. A window past midnight belongs to the day on which it begins. */
export function isWithin(window: HoursWindow, nowMs: number): boolean {
  const { day, minute } = wallClock(nowMs, window.timezone);
  const { fromMinute, untilMinute, days } = window;
  if (fromMinute < untilMinute)
    return days.has(day) && minute >= fromMinute && minute < untilMinute;
  if (fromMinute === untilMinute) return false;
  const yesterday = (day + 6) % 7;
  return (days.has(day) && minute >= fromMinute) || (days.has(yesterday) && minute < untilMinute);
}

const formats = new Map<string, Intl.DateTimeFormat>();
const dayNames = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** What a clock on the wall shows there, whatever the zone did with its summer time. */
function wallClock(nowMs: number, timezone: string): { day: number; minute: number } {
  let format = formats.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timezone, format);
  }
  let day = -1;
  let minute = 0;
  for (const part of format.formatToParts(nowMs)) {
    if (part.type === 'weekday') day = dayNames.indexOf(part.value);
    if (part.type === 'hour') minute += Number(part.value) * 60;
    if (part.type === 'minute') minute += Number(part.value);
  }
  return { day, minute: minute % dayMinutes };
}

export function checkRate(
  constraint: ConstraintOf<'rate'>,
  { context, option, party }: Question,
): Answer {
  const key = rateKey(option, party);
  const started = context.facts.windows[key];
  if (started === undefined) return unjudged('engine.fault', { fact: key });
  const { max, windowMs } = constraint.rate;
  const details = { started, max, windowMs };
  const draws: readonly Reservation[] = [
    { type: 'window', key, amount: 1, max, windowMs, code: 'authorize.rate' },
  ];
  return started + 1 <= max
    ? met('authorize.rate', () => details, draws)
    : unmet('authorize.rate', details, draws);
}
