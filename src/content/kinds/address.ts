import { toASCII } from 'tr46';
import type { Parsed, Unparsable } from '../kind.ts';
import { unparsable } from './unparsable.ts';

type Address = Extract<Parsed, { type: 'address' }>;

/** RFC 5321's limits. */
const localLengthMax = 64;
const domainLengthMax = 253;

/** RFC 5322 `dot-atom`, ASCII only: look-alike letters, comments, quoting and routing all read differently somewhere. */
const localForm = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const labelForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * One addr-spec and nothing else: no display name, group, list or comment, each of which some mailer reads as more
 * recipients than we counted. The key is local part and domain in lower case; a sub-address (`ann+x@`) is another one.
 */
export function parseAddress(text: string): Address | Unparsable {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  if (at < 1 || local.length > localLengthMax || !localForm.test(local))
    return unparsable('is not one plain e-mail address');
  const domain = parseDomain(text.slice(at + 1));
  if (domain === null) return unparsable('has no plain domain');
  return {
    type: 'address',
    key: `${local.toLowerCase()}@${domain}`,
    domain,
    domainAndParents: parentsOf(domain),
  };
}

/** As a header names its author: `Ann Smith <ann@x.example>`, or the bare address. Exactly one of them. */
export function parseSender(text: string): Address | Unparsable {
  const [, name, inner] = /^([^<>]*)<([^<>]+)>\s*$/.exec(text) ?? [];
  if (inner === undefined) return parseAddress(text.trim());
  // A name that holds an address is how a stranger looks like a colleague; the address in the brackets is what counts,
  // so nothing is lost by refusing the pair.
  if (name?.replace(/"[^"]*"/g, '').includes(',') === true)
    return unparsable('names more than one sender');
  return parseAddress(inner.trim());
}

/** IDNA-ASCII, lower case; null for what is no host name (also an address literal, or a name with a trailing dot). */
export function parseDomain(text: string): string | null {
  if (text === '' || text.endsWith('.') || /[\s\u200b-\u200f\u2060\ufeff\u00ad]/u.test(text))
    return null;
  const ascii = toASCII(text, {
    checkHyphens: false,
    checkBidi: true,
    checkJoiners: true,
    useSTD3ASCIIRules: true,
    verifyDNSLength: true,
    transitionalProcessing: false,
  });
  if (ascii === null || ascii === '' || ascii.length > domainLengthMax) return null;
  // What normalisation would turn into another spelling (full-width letters, a dot that isn't one) somebody else may
  // not turn: only a plain ASCII name, or a proper international one, has a single reading.
  if (isCompatibilitySpelling(text)) return null;
  const labels = ascii.split('.');
  return labels.every((label) => labelForm.test(label)) && !/^[0-9]+$/.test(labels.at(-1) ?? '')
    ? ascii
    : null;
}

function isCompatibilitySpelling(text: string): boolean {
  return text.normalize('NFC').toLowerCase() !== text.normalize('NFKC').toLowerCase();
}

function parentsOf(domain: string): string[] {
  const labels = domain.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}
