import { beginsValue, type Finder, type Place } from './place.ts';
import { isDrawn } from './randomness.ts';

/** Private keys without armour: JSON Web Keys (RFC 7517) and PuTTY's files. */
export const keyFinders: readonly (readonly [literal: string, finder: Finder])[] = [
  ...['"d"', '"d\\"', '"k"', '"k\\"'].map((literal): [string, Finder] => [literal, memberOfKey]),
  ['private-lines: ', puttyKey],
];

const member = /\s{0,4}:\s{0,4}\\?"([A-Za-z0-9_-]{20,1400})/y;

/** How far its other members are at most. */
const keyLengthMax = 1500;

/** `d` is the private part of a pair, `k` a symmetric key; elsewhere these letters mean anything. */
function memberOfKey(text: string, start: number, end: number): Place | null {
  member.lastIndex = end;
  const [whole, value = ''] = member.exec(text) ?? [];
  if (whole === undefined || !beginsValue(text, start) || !isDrawn(value)) return null;
  const around = text.slice(Math.max(0, start - keyLengthMax), end + keyLengthMax + value.length);
  if (!around.includes('"kty')) return null;
  const last = end + whole.length;
  return { type: 'private_key', start: last - value.length, end: last, score: 0.95 };
}

const lineCount = /([0-9]{1,3})\r?\n/y;
const line = /[A-Za-z0-9+/]{1,64}={0,2}(?:\r?\n|$)/y;

/** As many lines of Base64 as the file says. */
function puttyKey(text: string, _: number, end: number): Place | null {
  lineCount.lastIndex = end;
  const count = Number(lineCount.exec(text)?.[1] ?? 0);
  const start = lineCount.lastIndex;
  let last = start;
  for (let seen = 0; seen < count; seen += 1) {
    line.lastIndex = last;
    if (!line.test(text)) break;
    last = line.lastIndex;
  }
  const body = text.slice(start, last).trimEnd();
  return count === 0 || !isDrawn(body)
    ? null
    : { type: 'private_key', start, end: start + body.length, score: 0.95 };
}
