/**
 * The strict JSON reader: one reading of a text, or none. Whatever two readers could understand differently (a key
 * said twice, keys equal but for case, an integer that doesn't fit a double) is refused, because what we decide must be
 * what the other side does.
 */
import { SallyportError } from './errors.ts';
import { isJsonArray, type JsonObject, type JsonValue } from './value.ts';

export interface JsonLimits {
  readonly bytesMax: number;
  readonly depthMax: number;
}

/** Larger than any call or result that we carry; deeper than any sane one, and far from the stack's end. */
const defaultLimits: JsonLimits = { bytesMax: 4 * 1024 * 1024, depthMax: 64 };

export type StrictJsonCode =
  | 'json.too_large'
  | 'json.encoding'
  | 'json.syntax'
  | 'json.depth'
  | 'json.duplicate_key'
  | 'json.case_colliding_key'
  | 'json.forbidden_key'
  | 'json.surrogate'
  | 'json.number';

/** `offset` counts UTF-16 units from the start of the text. The message quotes nothing of it. */
export class StrictJsonError extends SallyportError {
  declare readonly code: StrictJsonCode;
  readonly offset: number;

  constructor(code: StrictJsonCode, message: string, offset: number) {
    super(code, `${message} at offset ${offset}`);
    this.offset = offset;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws {StrictJsonError} */
export function readJson(source: string | Uint8Array, limits: Partial<JsonLimits> = {}): JsonValue {
  const { bytesMax, depthMax } = { ...defaultLimits, ...limits };
  if (source.length > bytesMax)
    throw new StrictJsonError('json.too_large', `more than ${bytesMax} bytes`, 0);
  return new Reader(typeof source === 'string' ? source : decode(source), depthMax).document();
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new StrictJsonError('json.encoding', 'not UTF-8', 0);
  }
}

const numberForm = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const plainRun = /[^"\\\u0000-\u001f\ud800-\udfff]*/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Reader {
  readonly #text: string;
  readonly #depthMax: number;
  #at = 0;

  constructor(text: string, depthMax: number) {
    this.#text = text;
    this.#depthMax = depthMax;
  }

  document(): JsonValue {
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#syntax('something follows the value');
    return value;
  }

  #value(depth: number): JsonValue {
    this.#space();
    const text = this.#text;
    switch (text.charCodeAt(this.#at)) {
      case 0x7b:
        return this.#object(depth + 1);
      case 0x5b:
        return this.#array(depth + 1);
      case 0x22:
        return this.#string();
      case 0x74:
        return this.#word('true', true);
      case 0x66:
        return this.#word('false', false);
      case 0x6e:
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonObject {
    if (depth > this.#depthMax)
      throw this.#fail('json.depth', `nested deeper than ${this.#depthMax}`);
    this.#at += 1;
    const object: Record<string, JsonValue> = {};
    if (this.#ends(0x7d)) return object;
    // Keys of one object, folded: `To` beside `to` is one key to a reader that ignores case, and two to us.
    const folded = new Set<string>();
    do {
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== 0x22) throw this.#syntax('a key is expected');
      const keyAt = this.#at;
      const key = this.#string();
      if (key === '__proto__')
        throw new StrictJsonError('json.forbidden_key', 'the key `__proto__`', keyAt);
      if (Object.hasOwn(object, key))
        throw new StrictJsonError('json.duplicate_key', 'a key said twice', keyAt);
      const fold = foldCase(key);
      if (folded.has(fold))
        throw new StrictJsonError(
          'json.case_colliding_key',
          'two keys that differ only in case',
          keyAt,
        );
      folded.add(fold);
      this.#space();
      if (this.#text.charCodeAt(this.#at) !== 0x3a) throw this.#syntax('a colon is expected');
      this.#at += 1;
      object[key] = this.#value(depth);
    } while (this.#goesOn(0x7d));
    return object;
  }

  #array(depth: number): JsonValue[] {
    if (depth > this.#depthMax)
      throw this.#fail('json.depth', `nested deeper than ${this.#depthMax}`);
    this.#at += 1;
    const array: JsonValue[] = [];
    if (this.#ends(0x5d)) return array;
    do array.push(this.#value(depth));
    while (this.#goesOn(0x5d));
    return array;
  }

  /** Whether the container ends at once. */
  #ends(close: number): boolean {
    this.#space();
    if (this.#text.charCodeAt(this.#at) !== close) return false;
    this.#at += 1;
    return true;
  }

  /** After a member: a comma and another, or the end. */
  #goesOn(close: number): boolean {
    this.#space();
    const code = this.#text.charCodeAt(this.#at);
    if (code !== 0x2c && code !== close) throw this.#syntax('a comma or the end is expected');
    this.#at += 1;
    return code === 0x2c;
  }

  #string(): string {
    const text = this.#text;
    this.#at += 1;
    let read = '';
    for (;;) {
      plainRun.lastIndex = this.#at;
      plainRun.test(text);
      const end = plainRun.lastIndex;
      const code = text.charCodeAt(end);
      if (code === 0x22) {
        read += text.slice(this.#at, end);
        this.#at = end + 1;
        if (!read.isWellFormed())
          throw this.#fail('json.surrogate', 'half a surrogate pair before');
        return read;
      }
      read += text.slice(this.#at, end);
      this.#at = end;
      if (code === 0x5c) read += this.#escape();
      else if (code >= 0xd800 && code <= 0xdfff) {
        read += text.charAt(end);
        this.#at = end + 1;
      } else
        throw this.#syntax(
          Number.isNaN(code) ? 'a string has no end' : 'a control character in a string',
        );
    }
  }

  #escape(): string {
    const letter = this.#text.charAt(this.#at + 1);
    if (letter === 'u') {
      const hex = this.#text.slice(this.#at + 2, this.#at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) throw this.#syntax('four hexadecimal digits are expected');
      this.#at += 6;
      return String.fromCharCode(Number.parseInt(hex, 16));
    }
    const meant = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
    if (meant === undefined) throw this.#syntax('an unknown escape');
    this.#at += 2;
    return meant;
  }

  #number(): number {
    numberForm.lastIndex = this.#at;
    const match = numberForm.exec(this.#text);
    if (match === null) throw this.#syntax('a value is expected');
    const value = Number(match[0]);
    if (!Number.isFinite(value)) throw this.#fail('json.number', 'a number too large for a double');
    // Written with a fraction or an exponent it is still an integer to some: 1e16 must not be two things.
    if (Number.isInteger(value) && !Number.isSafeInteger(value))
      throw this.#fail('json.number', 'an integer beyond 2^53-1');
    this.#at += match[0].length;
    return value === 0 ? 0 : value;
  }

  #word<T extends JsonValue>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#syntax('a value is expected');
    this.#at += word.length;
    return value;
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #syntax(what: string): StrictJsonError {
    return this.#fail('json.syntax', what);
  }

  #fail(code: StrictJsonCode, what: string): StrictJsonError {
    return new StrictJsonError(code, what, this.#at);
  }
}

/** Upper, then lower: folds what lower-casing alone leaves apart (`ſ` and `s`, the Kelvin sign and `k`). */
function foldCase(key: string): string {
  return key.toUpperCase().toLowerCase();
}

/** RFC 8785: keys in order of their UTF-16 units, numbers and strings as ECMAScript writes them. */
export function canonicalJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${members.join(',')}}`;
}
