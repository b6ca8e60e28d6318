import topLevelDomains from 'tlds' with { type: 'json' };
import type { Place } from './seen.ts';

/** RFC 5321's limits. */
const localLengthMax = 64;
const domainLengthMax = 253;

/** `scheme://user:password@host`: what stands before the host of a link is no mailbox. */
const linkHeadLengthMax = 80;

/** RFC 2606's and those of private networks: their mailboxes are somebody's too. */
const known: ReadonlySet<string> = new Set([
  ...topLevelDomains,
  ...[
    'example',
    'test',
    'invalid',
    'local',
    'localdomain',
    'internal',
    'intranet',
    'lan',
    'corp',
    'home',
  ],
]);

/** E-mail addresses, also percent-encoded as in a link. No unit is looked at twice from the same side. */
export function emailAddressesIn(text: string): readonly Place[] {
  const places: Place[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const place = addressAround(text, at, at + 1);
    if (place !== null) places.push(place);
  }
  for (let at = text.indexOf('%40'); at !== -1; at = text.indexOf('%40', at + 3)) {
    const place = addressAround(text, at, at + 3);
    if (place !== null) places.push(place);
  }
  return places;
}

function addressAround(text: string, localEnd: number, domainStart: number): Place | null {
  let start = localEnd;
  while (start > 0 && localEnd - start <= localLengthMax && isLocalAt(text, start - 1)) start -= 1;
  let end = domainStart;
  while (end - domainStart <= domainLengthMax && isDomainAt(text, end)) end += 1;
  if (localEnd - start > localLengthMax || end - domainStart > domainLengthMax) return null;
  while (end > domainStart && /^[.-]$/.test(text.charAt(end - 1))) end -= 1;
  start += text.slice(start, localEnd).search(/[^.'_~-]|$/);
  // `\nann@…` in a text that is JSON: the letter belongs to the escape.
  if (text.charAt(start - 1) === '\\' && /^[nrt]/.test(text.charAt(start))) start += 1;
  if (start >= localEnd || !isDomain(text.slice(domainStart, end))) return null;
  return isHeadOfLink(text, start, end) ? null : { start, end, score: 0.95 };
}

function isDomain(name: string): boolean {
  const labels = name.split('.');
  const top = (labels.at(-1) ?? '').toLowerCase();
  return (
    labels.length > 1 &&
    (known.has(top) || top.startsWith('xn--')) &&
    labels.every((label) => label !== '' && !label.startsWith('-') && !label.endsWith('-'))
  );
}

/** `ssh://git@host`, `https://user:password@host`, and `git@host:path`. */
function isHeadOfLink(text: string, start: number, end: number): boolean {
  if (text.startsWith('git@', start) && text.charAt(end) === ':') return true;
  if (text.startsWith('//', start - 2)) return true;
  if (text.charAt(start - 1) !== ':') return false;
  const before = text.slice(Math.max(0, start - linkHeadLengthMax), start);
  return /:\/\/[^\s/@]{0,78}:$/.test(before);
}

const localUnits = new Uint8Array(0x80);
for (const unit of new TextEncoder().encode(
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-'~",
))
  localUnits[unit] = 1;

function isLocalAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit < 0x80 ? localUnits[unit] === 1 : isLetter(unit);
}

function isDomainAt(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return (
    (unit >= 0x61 && unit <= 0x7a) ||
    (unit >= 0x30 && unit <= 0x39) ||
    (unit >= 0x41 && unit <= 0x5a) ||
    unit === 0x2d ||
    unit === 0x2e ||
    (unit >= 0x80 && isLetter(unit))
  );
}

/** Of the scripts that mailboxes are written in; punctuation of these ends an address. */
function isLetter(unit: number): boolean {
  return (
    (unit >= 0xc0 && unit < 0x2000 && unit !== 0xd7 && unit !== 0xf7) ||
    (unit >= 0x3041 && unit < 0xd7a4)
  );
}
