/**
 * JSON as this project reads it, written a second time: slowly, by the grammar of RFC 8259, one regular expression a
 * token, and one obvious check for each thing that is refused. Shares no line with the reader that it is compared with.
 */
import type { JsonValue } from '../../src/content/value.ts';

export class NotRead extends Error {}

export interface ReferenceLimits {
  readonly bytesMax: number;
  readonly depthMax: number;
}

/** @throws {NotRead} */
export function referenceRead(source: string | Uint8Array, limits: ReferenceLimits): JsonValue {
  const text = typeof source === 'string' ? source : Buffer.from(source).toString('utf8');
  const bytes = Buffer.from(text, 'utf8');
  // What isn't UTF-8 (or has half of a pair) comes back as something else than it was.
  if (typeof source !== 'string' && !bytes.equals(source)) throw new NotRead('no UTF-8');
  if (bytes.toString('utf8') !== text) throw new NotRead('half of a pair');
  if (bytes.length > limits.bytesMax) throw new NotRead('too long');
  if (text.startsWith('\ufeff')) throw new NotRead('a byte order mark');
  const rest = tokens(text);
  const value = readValue(rest, 0, limits.depthMax);
  if (rest.length > 0) throw new NotRead('something after the value');
  return value;
}

const tokenForm =
  /[ \t\n\r]*(?:([[\]{}:,])|(true|false|null)|(-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)|("(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"))/y;

/** In order; the first is taken first. */
function tokens(text: string): string[] {
  const found: string[] = [];
  let at = 0;
  while (!/^[ \t\n\r]*$/.test(text.slice(at))) {
    tokenForm.lastIndex = at;
    const match = tokenForm.exec(text);
    if (match === null) throw new NotRead('no token of JSON');
    found.push(match[0].replace(/^[ \t\n\r]+/, ''));
    at = tokenForm.lastIndex;
  }
  return found;
}

function readValue(rest: string[], around: number, depthMax: number): JsonValue {
  const token = rest.shift();
  if (token === undefined) throw new NotRead('nothing');
  if (token === 'true') return true;
  if (token === 'false') return false;
  if (token === 'null') return null;
  if (token.startsWith('"')) return readString(token);
  if (/^[-0-9]/.test(token)) return readNumber(token);
  if (token !== '[' && token !== '{') throw new NotRead('no value');
  if (around + 1 > depthMax) throw new NotRead('too deep');
  return token === '['
    ? readItems(rest, around + 1, depthMax)
    : readFields(rest, around + 1, depthMax);
}

function readItems(rest: string[], depth: number, depthMax: number): JsonValue[] {
  const items: JsonValue[] = [];
  if (rest[0] === ']') {
    rest.shift();
    return items;
  }
  for (;;) {
    items.push(readValue(rest, depth, depthMax));
    const next = rest.shift();
    if (next === ']') return items;
    if (next !== ',') throw new NotRead('no comma');
  }
}

function readFields(rest: string[], depth: number, depthMax: number): JsonValue {
  const fields: [string, JsonValue][] = [];
  const seen = new Set<string>();
  if (rest[0] === '}') {
    rest.shift();
    return {};
  }
  for (;;) {
    const token = rest.shift();
    if (token === undefined || !token.startsWith('"')) throw new NotRead('no key');
    const key = readString(token);
    if (key === '__proto__') throw new NotRead('__proto__');
    const spelled = spellings(key);
    if (spelled.some((spelling) => seen.has(spelling))) throw new NotRead('a key twice');
    for (const spelling of spelled) seen.add(spelling);
    if (rest.shift() !== ':') throw new NotRead('no colon');
    fields.push([key, readValue(rest, depth, depthMax)]);
    const next = rest.shift();
    if (next === '}') return Object.fromEntries(fields);
    if (next !== ',') throw new NotRead('no comma');
  }
}

/** Whatever some way of changing its case makes of a key. */
function spellings(key: string): string[] {
  const lower = key.toLowerCase();
  const upper = key.toUpperCase();
  const both = [key, lower, upper, upper.toLowerCase(), lower.toUpperCase()];
  return [...both, ...both.map((spelling) => spelling.toUpperCase().toLowerCase())];
}

function readString(token: string): string {
  const text = token
    .slice(1, -1)
    .replace(/\\u([0-9a-fA-F]{4})|\\(.)/g, (_, code: string | undefined, letter: string) =>
      code === undefined
        ? ({ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }[letter] ?? letter)
        : String.fromCharCode(Number.parseInt(code, 16)),
    );
  if (Buffer.from(text).toString() !== text) throw new NotRead('half of a pair');
  return text;
}

function readNumber(token: string): number {
  const value = Number(token);
  if (!Number.isFinite(value)) throw new NotRead('too large');
  if (Number.isInteger(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw new NotRead('an integer that another reader reads otherwise');
  if (value === 0 && /[1-9]/.test(token.replace(/[eE].*/, ''))) throw new NotRead('too small');
  return value === 0 ? 0 : value;
}
