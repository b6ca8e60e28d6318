import { isFreeBefore, isWordAt } from './digit-runs.ts';
import type { NumbersInText, Place } from './seen.ts';

const wordsBeforeMax = 48;
const wordsBehindMax = 24;

/** Numbers that were printed in advertising: nobody's. */
const voided: ReadonlySet<string> = new Set(['078051120', '219099999']);

/** US social security numbers: three, two and four digits, of areas, groups and serials that are given out. */
export function socialSecurityNumbersIn({ text, runs, words }: NumbersInText): readonly Place[] {
  const places: Place[] = [];
  for (let index = 0; index < runs.length; index += 1) {
    const area = runs[index];
    const group = runs[index + 1];
    const serial = runs[index + 2];
    if (area === undefined) break;
    const { start } = area;
    const areaLength = area.end - start;
    if (areaLength !== 3 && areaLength !== 9) continue;
    const isSpokenOf = (end: number) =>
      words.isBefore(start, wordsBeforeMax, 'ssn') || words.isAfter(end, wordsBehindMax, 'ssn');
    if (areaLength === 9) {
      if (isGivenOut(text.slice(start, area.end)) && standsAlone(text, start, area.end))
        if (isSpokenOf(area.end)) places.push({ start, end: area.end, score: 0.8 });
      continue;
    }
    if (group === undefined || serial === undefined) continue;
    if (group.end - group.start !== 2 || serial.end - serial.start !== 4) continue;
    const separator = text.slice(area.end, Math.min(group.start, area.end + 3));
    if (!/^(?:[-.]| ?- ?| )$/.test(separator) || text.slice(group.end, serial.start) !== separator)
      continue;
    const digits = [area, group, serial].map((run) => text.slice(run.start, run.end)).join('');
    if (!isGivenOut(digits) || !standsAlone(text, start, serial.end)) continue;
    const { end } = serial;
    if (isSpokenOf(end)) places.push({ start, end, score: 0.99 });
    else if (separator.includes('-') && !isSomethingElse(words.nameBefore(start, 24)?.context))
      places.push({ start, end, score: 0.7 });
  }
  return places;
}

function isSomethingElse(context: string | undefined): boolean {
  return context === 'other' || context === 'phone' || context === 'version';
}

/** No area 000, 666 or 9xx, no group 00, no serial 0000 (Social Security Administration, since 2011). */
function isGivenOut(digits: string): boolean {
  return (
    !/^(?:000|666|9)/.test(digits) &&
    digits.slice(3, 5) !== '00' &&
    digits.slice(5) !== '0000' &&
    !voided.has(digits)
  );
}

function standsAlone(text: string, start: number, end: number): boolean {
  const joinsBefore = /^[-./+]$/.test(text.charAt(start - 1)) && isWordAt(text, start - 2);
  const joinsBehind = /^[-./]$/.test(text.charAt(end)) && isWordAt(text, end + 1);
  return isFreeBefore(text, start) && !isWordAt(text, end) && !joinsBefore && !joinsBehind;
}
