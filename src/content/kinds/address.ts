import { toASCII } from 'tr46';
import type { Parsed, Unparsable } from '../kind.ts';
import { unparsable } from './unparsable.ts';

type Address = Extract<Parsed, { type: 'address' }>;

/** RFC 5321's limits. */
const addressLengthMax = 320;
const localLengthMax = 64;
const domainLengthMax = 253;

/** A header line is no longer, folded or not, in any mail that is still mail. */
const senderLengthMax = 2_000;

/**
 * RFC 5322 `dot-atom`, ASCII only, without `%` and `!`, by which old relays route on to another domain: look-alike
 * letters, comments, quoting and routing all read differently somewhere.
 */
const localForm = /^[a-z0-9#$&'*+/=?^_`{|}~-]+(?:\.[a-z0-9#$&'*+/=?^_`{|}~-]+)*$/i;
const labelForm = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * One addr-spec and nothing else: no display name, group, list or comment, each of which some mailer reads as more
 * recipients than we counted. The key is local part and domain in lower case; a sub-address (`ann+x@`) is another one.
 */
export function parseAddress(text: string): Address | Unparsable {
  const at = text.lastIndexOf('@');
  const local = text.slice(0, Math.max(at, 0));
  if (
    text.length > addressLengthMax ||
    at < 1 ||
    local.length > localLengthMax ||
    !localForm.test(local)
  )
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
  if (text.length > senderLengthMax) return unparsable('is too long for a sender');
  const [, name, inner] = /^([^<>]*)<([^<>]*)>\s*$/.exec(text) ?? [];
  if (name === undefined || inner === undefined) return parseAddress(text.trim());
  // What a name says is anybody's choice, also when it looks like an address: the one in the brackets counts. But a
  // name must not be something that another reader takes for a second author, a group, or a line of its own.
  const unquoted = name.replace(/"[^"\\]*"/g, '');
  if (/[",:;\\]|\p{Cc}/u.test(unquoted) || /\p{Cc}/u.test(name))
    return unparsable('names its sender in a way that can be read as several');
  return parseAddress(inner);
}

/** IDNA-ASCII, lower case; null for what is no host name (also an address literal, or a name with a trailing dot). */
export function parseDomain(text: string): string | null {
  if (text === '' || text.length > domainLengthMax || text.endsWith('.')) return null;
  // Most names are plain, and the mapping of a plain name is itself.
  const plain = plainForm.test(text) && !encodedForm.test(text);
  const ascii = plain ? text.toLowerCase() : mapped(text);
  if (ascii === null || ascii.length > domainLengthMax) return null;
  const labels = ascii.split('.');
  if (!plain && !hasOneReading(text, labels)) return null;
  return labels.every((label) => labelForm.test(label)) && !/^[0-9]+$/.test(labels.at(-1) ?? '')
    ? ascii
    : null;
}

const plainForm = /^[a-z0-9.-]+$/i;
const encodedForm = /(?:^|\.)xn--/i;

function mapped(text: string): string | null {
  return toASCII(text, {
    checkHyphens: false,
    checkBidi: true,
    checkJoiners: true,
    useSTD3ASCIIRules: true,
    verifyDNSLength: true,
    transitionalProcessing: false,
  });
}

/**
 * Only a plain ASCII name, or a proper international one, reads alike everywhere. Full-width letters, a dot that isn't
 * one, the Kelvin sign, a soft hyphen: the mapping makes plain ASCII of them, and somebody's mailer doesn't.
 */
function hasOneReading(text: string, labels: readonly string[]): boolean {
  // Signs are no letters to newer readers, and one of them looks like a slash.
  if (/[^\x21-\x7e\p{L}\p{M}\p{N}\u00b7\u30fb]/u.test(text)) return false;
  if (text.normalize('NFC').toLowerCase() !== text.normalize('NFKC').toLowerCase()) return false;
  const written = text.split('.');
  return (
    written.length === labels.length &&
    written.every(
      (label, index) => /^[\x21-\x7e]+$/.test(label) || labels[index]?.startsWith('xn--') === true,
    )
  );
}

function parentsOf(domain: string): string[] {
  const labels = domain.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}
