import { parseKind, plainKind } from '../kinds.ts';
import type { FoundValue } from './found-value.ts';
import { beginsAt, endsAt } from './token-edges.ts';

const recipient = plainKind('recipient');

/** RFC 5321's, and some more, so that a longer one is seen to be longer. */
const localLengthMax = 66;
const domainLengthMax = 256;

/** What a local part may consist of and still be read as one by everybody; the kind itself allows more. */
const plainLocal = /^[a-z0-9_][a-z0-9._+'-]*$/i;

/** Every e-mail address that stands by itself. `covered`: whether a place is already part of something else. */
export function addressesIn(text: string, covered: (at: number) => boolean): FoundValue[] {
  const found: FoundValue[] = [];
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    if (covered(at)) continue;
    const address = addressAround(text, at);
    if (address !== null) found.push(address);
  }
  return found;
}

function addressAround(text: string, at: number): FoundValue | null {
  let start = at;
  while (start > 0 && at - start < localLengthMax && mayBeLocal(text.charCodeAt(start - 1)))
    start -= 1;
  while (text.charAt(start) === "'") start += 1;
  let end = at + 1;
  const last = Math.min(text.length, at + domainLengthMax);
  while (end < last && mayBeDomain(text.charAt(end))) end += 1;
  while (text.charAt(end - 1) === '.') end -= 1;
  // Emphasis in Markdown: `_ann@x.example_`. Without its end the underscore is a letter of the address.
  const emphasised = text.charAt(start) === '_' && text.charAt(end) === '_';
  if (emphasised) start += 1;
  if (!plainLocal.test(text.slice(start, at)) || !beginsAt(text, start)) return null;
  if (!endsAt(text, emphasised ? end + 1 : end)) return null;
  const written = text.slice(start, end);
  const parsed = parseKind(recipient, written);
  return parsed.type === 'unparsable'
    ? null
    : { kind: 'recipient', key: parsed.key, start, end, written };
}

/** Whatever could be part of the local part to anybody: a character that no address may have then refuses the whole. */
function mayBeLocal(unit: number): boolean {
  return unit >= 0x80
    ? !/^[\s“‘„‚«‹（【「『《〈、，；：…—]$/.test(String.fromCharCode(unit))
    : localUnits.has(unit);
}

const localUnits: ReadonlySet<number> = new Set(
  Array.from(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-'!#$%&/?^\\",
    (character) => character.charCodeAt(0),
  ),
);

function mayBeDomain(character: string): boolean {
  return /^[a-z0-9.-]$/i.test(character) || /^[^\x00-\x7f\p{P}\p{Z}\p{C}\p{S}]$/u.test(character);
}
