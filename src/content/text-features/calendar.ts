/**
 * Where the date or time of day ends that begins here, or 0: `2024-05-26`, `26.05.2024`, `19:30`, `19:30:00`.
 *
 * They are numbers that everybody shares, and a time beside a date would make a number that identifies.
 */
export function calendarEnd(text: string, start: number): number {
  const first = digitsAt(text, start);
  const sign = text.charCodeAt(start + first);
  if (sign === colon) return timeEnd(text, start, first);
  if (sign !== hyphen && sign !== dot && sign !== slash) return 0;
  const second = digitsAt(text, start + first + 1);
  const end = start + first + 1 + second;
  if (second < 1 || second > 2 || text.charCodeAt(end) !== sign) return 0;
  const third = digitsAt(text, end + 1);
  const parts = [
    numberAt(text, start, first),
    numberAt(text, start + first + 1, second),
    numberAt(text, end + 1, third),
  ] as const;
  const [year, month, day] = first === 4 ? parts : [parts[2], parts[1], parts[0]];
  if ((first === 4) === (third === 4) || Math.max(first, third) > 4 || Math.min(first, third) > 2)
    return 0;
  if (year < 1900 || year > 2100 || Math.min(month, day) < 1 || Math.max(month, day) > 31) return 0;
  return month <= 12 || day <= 12 ? end + 1 + third : 0;
}

function timeEnd(text: string, start: number, hours: number): number {
  if (hours > 2 || numberAt(text, start, hours) > 23) return 0;
  let end = start + hours;
  for (let parts = 0; parts < 2 && text.charCodeAt(end) === colon; parts += 1) {
    if (digitsAt(text, end + 1) !== 2 || numberAt(text, end + 1, 2) > 59) return 0;
    end += 3;
  }
  return text.charCodeAt(end) === colon ? 0 : end;
}

const hyphen = 0x2d;
const dot = 0x2e;
const slash = 0x2f;
const colon = 0x3a;

/** How many, up to five: more are no part of a date. */
function digitsAt(text: string, at: number): number {
  let count = 0;
  while (count < 5 && isAsciiDigit(text.charCodeAt(at + count))) count += 1;
  return count;
}

function numberAt(text: string, at: number, digits: number): number {
  return Number(text.slice(at, at + digits));
}

function isAsciiDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
