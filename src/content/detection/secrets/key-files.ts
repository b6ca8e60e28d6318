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

const lines = /[0-9]{1,3}\r?\n((?:[A-Za-z0-9+/]{1,64}={0,2}\r?\n?){1,80})/y;

function puttyKey(text: string, _: number, end: number): Place | null {
  lines.lastIndex = end;
  const [whole, body = ''] = lines.exec(text) ?? [];
  if (whole === undefined || !isDrawn(body)) return null;
  const last = end + whole.trimEnd().length;
  return { type: 'private_key', start: end + whole.length - body.length, end: last, score: 0.95 };
}
