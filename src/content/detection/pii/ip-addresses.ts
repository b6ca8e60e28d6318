import { isFreeBefore, isWordAt } from './digit-runs.ts';
import type { NumbersInText, Place } from './seen.ts';

/** `version 1.2.3.4`, `Section 1.2.3.4` */
const nameBeforeMax = 12;

/** `4.2.6.10` is a paragraph, and so may any four small numbers be, unless the text speaks of machines. */
const paragraphMax = 31;
const wordsBeforeMax = 48;

/** Addresses of machines, as they are written in logs and headers. */
export function ipAddressesIn(numbers: NumbersInText): readonly Place[] {
  return [...fourParts(numbers), ...eightGroups(numbers.text)];
}

function fourParts({ text, runs, words }: NumbersInText): readonly Place[] {
  const places: Place[] = [];
  for (let index = 0; index + 3 < runs.length; index += 1) {
    const first = runs[index];
    const last = runs[index + 3];
    if (first === undefined || last === undefined || last.end - first.start > 15) continue;
    const { start } = first;
    const { end } = last;
    if (!isFreeBefore(text, start) || isWordAt(text, end)) continue;
    if ('.,-'.includes(text.charAt(start - 1) || ' ') && isWordAt(text, start - 2)) continue;
    if ('.-'.includes(text.charAt(end) || ' ') && isWordAt(text, end + 1)) continue;
    const parts = text.slice(start, end).split('.');
    if (parts.length !== 4 || !parts.every(isPart) || isNobodys(parts.map(Number))) continue;
    if (words.nameBefore(start, nameBeforeMax)?.context === 'version') continue;
    const isParagraph = parts.every((part) => Number(part) <= paragraphMax) && parts[0] !== '10';
    if (isParagraph && !words.isBefore(start, wordsBeforeMax, 'network')) continue;
    places.push({ start, end, score: isPrivate(parts.map(Number)) ? 0.7 : 0.9 });
  }
  return places;
}

/** Without leading zeros: to some readers they are octal. */
function isPart(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,2})$/.test(text) && Number(text) <= 255;
}

/** Loopback, unspecified, link-local, broadcast and masks say nothing of anybody. */
function isNobodys([first = 0, second = 0]: readonly number[]): boolean {
  return first === 0 || first === 127 || first === 255 || (first === 169 && second === 254);
}

function isPrivate([first = 0, second = 0]: readonly number[]): boolean {
  return (
    first === 10 ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168)
  );
}

/** RFC 4291's text form. Shorter and it's a time or the scope of a name; a zone or port behind it isn't part of it. */
function eightGroups(text: string): readonly Place[] {
  const places: Place[] = [];
  let done = 0;
  for (let colon = text.indexOf(':'); colon !== -1; colon = text.indexOf(':', colon + 1)) {
    if (colon < done || !isGroupAt(text, colon + 1)) continue;
    let start = colon;
    while (start > done && colon - start < 5 && isHexAt(text, start - 1)) start -= 1;
    let end = colon;
    while (end - start < writtenLengthMax && isGroupAt(text, end)) end += 1;
    done = end;
    while (end > start && text.charAt(end - 1) === '.') end -= 1;
    if (text.charAt(end - 1) === ':' && text.charAt(end - 2) !== ':') end -= 1;
    if (isWordAt(text, start - 1) || isWordAt(text, end)) continue;
    if (isAddressOfMachine(text.slice(start, end))) places.push({ start, end, score: 0.9 });
  }
  return places;
}

const writtenLengthMax = 46;

function isHexAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return (
    (unit >= 0x30 && unit <= 0x39) ||
    (unit >= 0x61 && unit <= 0x66) ||
    (unit >= 0x41 && unit <= 0x46)
  );
}

function isGroupAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === 0x3a || unit === 0x2e || isHexAt(text, at);
}

/** Global, unique local or link-local: what else has the form is mostly something else. */
function isAddressOfMachine(text: string): boolean {
  if (!/^(?:[23][0-9a-f]{3}|f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]|::ffff):/i.test(text)) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = groups.at(-1) ?? '';
  const isMapped = tail.includes('.');
  const plain = isMapped ? groups.slice(0, -1) : groups;
  if (!plain.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  const parts = tail.split('.');
  if (isMapped && (parts.length !== 4 || !parts.every(isPart) || isNobodys(parts.map(Number))))
    return false;
  const count = plain.length + (isMapped ? 2 : 0);
  return halves.length === 2 ? count < 8 && count > 1 : count === 8;
}
