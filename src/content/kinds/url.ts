import type { Parsed, Unparsable } from '../kind.ts';
import { parseDomain } from './address.ts';
import { hidesStep } from './hidden-step.ts';
import { unparsable } from './unparsable.ts';

type Url = Extract<Parsed, { type: 'url' }>;

interface Place {
  readonly host: string;
  readonly port: number;
}

const lengthMax = 8_192;

/** The schemes whose host is a name of the network. */
const defaultPorts: ReadonlyMap<string, number> = new Map([
  ['ftp', 21],
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
]);

/** White space, controls, invisible characters and backslashes: readers drop them, or turn them into slashes. */
const foreign = /[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}\\]/u;

/**
 * A URL with an authority, read so that no other reader finds another host in it: no user-info, no backslash, no
 * invisible character, no number that is an address in disguise. The path is normalised; the fragment, which no server
 * sees, is left out of the key. `www.company.com/help` names its host and leaves the scheme to whoever opens it: that is a
 * place of its own (its key has no scheme either), covered by no entry that names a scheme. Names of MCP resources have schemes of their own, and may have no host
 * (`file:///srv/report`, `memo://notes/1`).
 */
export function parseUrl(text: string): Url | Unparsable {
  if (text.length > lengthMax) return unparsable('is too long for a URL');
  if (foreign.test(text)) return unparsable('has a character that URLs do not have');
  return wwwForm.test(text) ? withoutScheme(text) : withScheme(text);
}

/** Nothing else without a scheme: `good.example/a` is a file's path to many, and `good.example:80` a scheme. */
const wwwForm = /^www\.[^./?#:]+\.[^/?#:]+(?:[/?#]|$)/i;

function withoutScheme(text: string): Url | Unparsable {
  const parsed = withScheme(`https://${text}`);
  return parsed.type === 'unparsable'
    ? parsed
    : { ...parsed, key: parsed.key.slice('https://'.length), scheme: '', port: 0 };
}

function withScheme(text: string): Url | Unparsable {
  const [, written = '', authority, path = '', query = ''] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?/i.exec(text) ?? [];
  if (authority === undefined) return unparsable('is not an absolute URL');
  if (authority.includes('@')) return unparsable('has user information before the host');
  const scheme = written.toLowerCase();
  const place = defaultPorts.has(scheme) ? networkPlace(authority, scheme) : otherPlace(authority);
  if (place === null) return unparsable('has no plain host');
  // Encoded dots and slashes are a second spelling of a path, and servers differ on which one they follow.
  if (/%(?:2e|2f|5c|00)/i.test(path) || path.split('/').some(hidesStep))
    return unparsable('has an encoded dot, slash or zero in its path');
  const normal = normalPath(path);
  if (normal === null) return unparsable('has a path that servers read differently');
  if (defaultPorts.has(scheme) && !agrees(text, place, scheme))
    return unparsable('has a host that readers find differently');
  const port = place.port === defaultPort(scheme) ? '' : `:${place.port}`;
  return {
    type: 'url',
    key: `${scheme}://${place.host}${port}${normal}${onePercentSpelling(query)}`,
    scheme,
    host: place.host,
    port: place.port,
    path: normal,
  };
}

function defaultPort(scheme: string): number {
  return defaultPorts.get(scheme) ?? 0;
}

function networkPlace(authority: string, scheme: string): Place | null {
  const [, name = '', digits] =
    /^(\[[0-9a-f:]+\]|[^:[\]]+)(?::([0-9]{1,5}))?$/iu.exec(authority) ?? [];
  const port = digits === undefined ? defaultPort(scheme) : Number(digits);
  const host = name.startsWith('[') ? plainIpv6(name) : (plainIpv4(name) ?? parseDomain(name));
  return host === null || port > 65_535 ? null : { host, port };
}

/** A scheme that isn't the network's says itself what its host means: it is taken exactly, and may be empty. */
function otherPlace(authority: string): Place | null {
  const [, host, digits] = /^([a-z0-9._~-]*)(?::([0-9]{1,5}))?$/i.exec(authority) ?? [];
  const port = Number(digits ?? 0);
  return host === undefined || port > 65_535 ? null : { host, port };
}

/** Four decimal numbers without leading zeros. Other spellings (`127.1`, `0x7f.1`, `2130706433`) are no domain either. */
function plainIpv4(name: string): string | null {
  const numbers = name.split('.');
  const plain = numbers.every((number) => /^(?:0|[1-9][0-9]{0,2})$/.test(number) && +number < 256);
  return numbers.length === 4 && plain ? name : null;
}

/** Only as RFC 5952 spells it, and no IPv4 address in an IPv6 one: that is another way to write it. */
function plainIpv6(bracketed: string): string | null {
  const spelled = bracketed.toLowerCase();
  const url = URL.parse(`http://${spelled}/`);
  if (url === null || url.hostname !== spelled) return null;
  return /^\[(?:::ffff:|::[0-9a-f]+:[0-9a-f]+\]|64:ff9b:)/.test(spelled) ? null : spelled;
}

/** What the platform's own reader finds, which is what most clients go by. */
function agrees(text: string, { host, port }: Place, scheme: string): boolean {
  const url = URL.parse(text);
  if (url === null || url.hostname !== host || url.username !== '' || url.password !== '')
    return false;
  return port === (url.port === '' ? defaultPort(scheme) : Number(url.port));
}

/** Null: the path climbs above its root, or does so to some server. */
function normalPath(path: string): string | null {
  const segments: string[] = [];
  const parts = path.split('/').slice(1);
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === '..') {
      // `/a//..` is `/a/` to one server, and `/` to one that merges slashes first.
      if ((segments.pop() ?? '') === '') return null;
      if (last) segments.push('');
    } else if (part === '.') {
      if (last) segments.push('');
    } else if (/^\.\.?(?:;|%3b)/i.test(part)) {
      // Some servers cut parameters off (`..;x`) before they climb.
      return null;
    } else segments.push(onePercentSpelling(part));
  }
  return `/${segments.join('/')}`;
}

/** One spelling for each character: letters and digits plain, what a URL has to encode encoded, upper-case digits. */
function onePercentSpelling(segment: string): string {
  return segment
    .replace(/%[0-9a-f]{2}/gi, (code) => {
      const character = String.fromCharCode(Number.parseInt(code.slice(1), 16));
      return /[a-z0-9_~-]/i.test(character) ? character : code.toUpperCase();
    })
    .replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character.toWellFormed()));
}
