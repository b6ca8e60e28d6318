import type { Parsed, Unparsable } from '../kind.ts';
import { parseDomain } from './address.ts';
import { unparsable } from './unparsable.ts';

type Url = Extract<Parsed, { type: 'url' }>;

const lengthMax = 8_192;
const defaultPorts: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443 };
const schemeForm = /^[a-z][a-z0-9+.-]*$/;
const plainIpv4 =
  /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])$/;

/**
 * A URL with a host, read so that no other reader finds another host in it: no user-info, no backslash, no control or
 * invisible character, no number that is an address in disguise. The path is normalised; the fragment, which no server
 * sees, is left out of the key. Resource names of MCP servers have schemes of their own: they are read alike.
 */
export function parseUrl(text: string): Url | Unparsable {
  if (text.length > lengthMax) return unparsable('is too long for a URL');
  if (
    /[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\\]/u.test(text)
  )
    return unparsable('has a character that URLs don’t have');
  const [, written = '', authority, rest = ''] =
    /^([^:/?#]+):(?:\/\/([^/?#]*))?(.*)$/su.exec(text) ?? [];
  const scheme = written.toLowerCase();
  if (!schemeForm.test(scheme) || authority === undefined)
    return unparsable('is not an absolute URL');
  if (authority.includes('@')) return unparsable('has user information before the host');
  const place = placeOf(authority, scheme);
  if (place === null) return unparsable('has no plain host');
  const [, path = '', query = ''] = /^([^?#]*)(\?[^#]*)?/su.exec(rest) ?? [];
  // Encoded dots and slashes are a second spelling of a path, and servers differ on which one they follow.
  if (/%(?:2e|2f|5c|00)/i.test(path))
    return unparsable('has an encoded dot, slash or zero in its path');
  const normal = normalPath(path);
  if (normal === null) return unparsable('has a path that climbs above its root');
  const port = place.port === (defaultPorts[scheme] ?? 0) ? '' : `:${place.port}`;
  return {
    type: 'url',
    key: `${scheme}://${place.host}${port}${normal}${query}`,
    scheme,
    host: place.host,
    port: place.port,
    path: normal,
  };
}

function placeOf(authority: string, scheme: string): { host: string; port: number } | null {
  const [, bracketed, name, digits] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*))(?::([0-9]{1,5}))?$/u.exec(authority) ?? [];
  const port = digits === undefined ? (defaultPorts[scheme] ?? 0) : Number(digits);
  if (port > 65_535) return null;
  if (bracketed !== undefined) {
    const canonical = canonicalIpv6(bracketed);
    return canonical === null ? null : { host: canonical, port };
  }
  if (name === undefined || name === '') return null;
  if (plainIpv4.test(name)) return { host: name, port };
  const host = parseDomain(name);
  return host === null || isNumberInDisguise(host) ? null : { host, port };
}

/** `0x7f.1`, `2130706433`, `127.1`: names to us, addresses to a resolver. */
function isNumberInDisguise(host: string): boolean {
  return host.split('.').every((label) => /^(?:0x[0-9a-f]*|[0-9]+)$/.test(label));
}

/** The platform's own spelling, so that one address has one key. */
function canonicalIpv6(text: string): string | null {
  try {
    return new URL(`http://[${text}]/`).hostname;
  } catch {
    return null;
  }
}

function normalPath(path: string): string | null {
  const segments: string[] = [];
  const parts = path.split('/').slice(1);
  for (const [index, part] of parts.entries()) {
    const last = index === parts.length - 1;
    if (part === '..') {
      if (segments.pop() === undefined) return null;
      if (last) segments.push('');
    } else if (part === '.') {
      if (last) segments.push('');
    } else segments.push(encode(part));
  }
  return `/${segments.join('/')}`;
}

/** One spelling for each character: percent-encoded where a URL has to, upper-case digits, nothing else. */
function encode(segment: string): string {
  return segment
    .replace(/%[0-9a-f]{2}/gi, (code) => code.toUpperCase())
    .replace(/[^\x21-\x7e]/gu, (char) => encodeURIComponent(char.toWellFormed()));
}
