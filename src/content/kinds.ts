/**
 * Reads a value by its kind. Comparison is between parsed values, never on substrings: `joann@customer.example` is not
 * `ann@customer.example`, and `https://good.example@evil.example` is no URL of good's.
 */
import type { Kind, KindName, Parsed, Unparsable } from './kind.ts';
import { parseAccount } from './kinds/account.ts';
import { parseAddress, parseSender } from './kinds/address.ts';
import { parseAmount } from './kinds/amount.ts';
import { parseCommand } from './kinds/command.ts';
import { parsePath } from './kinds/path.ts';
import { unparsable } from './kinds/unparsable.ts';
import { parseUrl } from './kinds/url.ts';
import type { JsonValue } from './value.ts';

const textLengthMax = 1024 * 1024;

/** A kind without options, as `args: { to: recipient }` means it. */
export function plainKind(name: KindName): Kind {
  return {
    name,
    form: 'email',
    absentIsNone: false,
    linksIgnored: false,
    dialect: null,
    unitDigits: null,
    currency: null,
  };
}

/** Total. A value that its kind can't read is unparsable, and whoever judges it refuses. */
export function parseKind(kind: Kind, value: JsonValue): Parsed | Unparsable {
  switch (kind.name) {
    case 'recipient':
    case 'sender':
      return parsePerson(kind, value);
    case 'url':
      return typeof value === 'string' ? parseUrl(value) : unparsable('is no text');
    case 'path':
      return typeof value === 'string' ? parsePath(value) : unparsable('is no text');
    case 'command':
      return parseCommand(value);
    case 'account':
      return typeof value === 'string' ? parseAccount(value) : parseText(value);
    case 'amount':
      return parseAmount(kind, value);
    case 'number':
      return typeof value === 'number' && Number.isFinite(value)
        ? { type: 'number', key: String(value), number: value }
        : unparsable('is no number');
    case 'flag':
      return typeof value === 'boolean'
        ? { type: 'flag', key: String(value), flag: value }
        : unparsable('is neither true nor false');
    case 'folder':
      return typeof value === 'string' ? parseFolder(value) : unparsable('is no text');
    case 'attachment':
    case 'content':
    case 'date':
    case 'idempotency_key':
    case 'identifier':
    case 'query':
    case 'reference':
    case 'secret':
    case 'title':
      return parseText(value);
  }
  // What is left are objects: `object.order`.
  return parseText(value);
}

/**
 * Total. A value of a result: there a recipient stands as the mail's header has it, with a name
 * (`Ann Smith <ann@x.example>`), and is read as a sender is. In an argument the same text stays refused.
 */
export function parseReturned(kind: Kind, value: JsonValue): Parsed | Unparsable {
  return parseKind(kind.name === 'recipient' ? { ...kind, name: 'sender' } : kind, value);
}

function parsePerson(kind: Kind, value: JsonValue): Parsed | Unparsable {
  // A chat's id may be a number; the other forms are text to everybody.
  if (typeof value !== 'string')
    return kind.form === 'opaque' ? parseText(value) : unparsable('is no text');
  switch (kind.form) {
    case 'email':
      return kind.name === 'sender' ? parseSender(value) : parseAddress(value);
    case 'phone': {
      const digits = value.replace(/[ ().-]/g, '');
      return /^\+[1-9][0-9]{6,14}$/.test(digits)
        ? { type: 'text', key: digits }
        : unparsable('is no international phone number');
    }
    case 'handle':
      return /^@?[\w.-]{1,128}$/.test(value)
        ? { type: 'text', key: value.replace(/^@/, '').toLowerCase() }
        : unparsable('is no handle');
    case 'opaque':
      return parseText(value);
  }
}

/** RFC 9051: `INBOX` is one folder in any ASCII case; the case of every other name is the server's own. */
function parseFolder(name: string): Parsed | Unparsable {
  // A line break ends the command in which some servers would be given the name.
  if (/\p{Cc}/u.test(name)) return unparsable('has a control character');
  return parseText(/^inbox$/i.test(name) ? 'INBOX' : name);
}

/**
 * Text, exactly. A number or flag where text stands (an id written as 5) is its JSON text: two spellings that an
 * upstream may well take for one must not be two things to a policy that limits one of them.
 */
function parseText(value: JsonValue): Parsed | Unparsable {
  if (typeof value === 'string')
    return value.length > textLengthMax ? unparsable('is too long') : { type: 'text', key: value };
  if (typeof value === 'number' || typeof value === 'boolean')
    return { type: 'text', key: String(value) };
  return unparsable('is no single value');
}
