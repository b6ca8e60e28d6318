/**
 * The one way from JSON text to values. Two readers that disagree on a text let an attacker show one call to the
 * checkpoint and another to the upstream, so whatever readers are known to disagree on is refused: duplicate keys, keys
 * that some readers match without regard to case, `__proto__`, lone surrogates, numbers that a double can't hold.
 */
import { foldCase } from './fold-case.ts';
import { readCompact } from './json-compact.ts';
import { jsonDepthCeiling, StrictJsonError } from './json-error.ts';
import { utf8Bytes } from './utf8.ts';
import type { JsonValue } from './value.ts';

export { canonicalJson } from './canonical.ts';
export { StrictJsonError } from './json-error.ts';

export interface JsonLimits {
  readonly bytesMax: number;
  /** Arrays and objects around a value: `[]` has depth 1. Never more than `jsonDepthCeiling`, whatever is asked. */
  readonly depthMax: number;
}

export const jsonLimits: JsonLimits = {
  // Above the 1 MiB of arguments, so that the engine can say what is too large; below what would stall a gateway.
  bytesMax: 4_194_304,
  // Arguments may have 32, and the message around them a few.
  depthMax: 64,
};

/**
 * Reads one JSON value. `-0` is read as 0; digits of a fraction beyond what a double holds are rounded, as everywhere.
 *
 * @throws {StrictJsonError} for everything else that isn't exactly one value which all readers read alike.
 */
export function readJson(source: string | Uint8Array, limits: Partial<JsonLimits> = {}): JsonValue {
  const { bytesMax, depthMax } = { ...jsonLimits, ...limits };
  const text = typeof source === 'string' ? source : decode(source, bytesMax);
  if (typeof source === 'string') measure(text, bytesMax);
  if (text.charCodeAt(0) === 0xfeff) throw new StrictJsonError('json.bom', 'a byte order mark', 0);
  if (!text.isWellFormed()) {
    const offset = Math.max(0, text.search(/\p{Surrogate}/u));
    throw new StrictJsonError('json.lone_surrogate', 'half of a surrogate pair', offset);
  }
  const depth = Math.min(depthMax, jsonDepthCeiling);
  return readCompact(text, depth) ?? new Reader(text, depth).document();
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array, bytesMax: number): string {
  if (bytes.byteLength > bytesMax) throw tooLarge(bytesMax);
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new StrictJsonError('json.utf8', 'bytes that are no UTF-8', 0, cause);
  }
}

function measure(text: string, bytesMax: number): void {
  if (text.length > bytesMax) throw tooLarge(bytesMax);
  if (text.length * 3 > bytesMax && utf8Bytes(text) > bytesMax) throw tooLarge(bytesMax);
}

function tooLarge(bytesMax: number): StrictJsonError {
  return new StrictJsonError('json.size', `more than ${bytesMax} bytes`, 0);
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const minus = 0x2d;
const plus = 0x2b;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** One pass over the text's units; a string without escapes is a slice of it. Recursion is bounded by `depthMax`. */
class Reader {
  readonly #text: string;
  readonly #depthMax: number;
  #at = 0;
  #depth = 0;

  constructor(text: string, depthMax: number) {
    this.#text = text;
    this.#depthMax = depthMax;
  }

  document(): JsonValue {
    const value = this.#value(this.#next());
    this.#next();
    if (this.#at < this.#text.length) {
      throw new StrictJsonError('json.trailing', 'something after the value', this.#at);
    }
    return value;
  }

  /** Skips white space and looks at what follows; `NaN` at the end. */
  #next(): number {
    const text = this.#text;
    let at = this.#at;
    let unit = text.charCodeAt(at);
    while (unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09) {
      at += 1;
      unit = text.charCodeAt(at);
    }
    this.#at = at;
    return unit;
  }

  #value(unit: number): JsonValue {
    switch (unit) {
      case quote:
        return this.#string();
      case openBrace:
        return this.#object();
      case openBracket:
        return this.#array();
      case 0x74:
        return this.#word('true', true);
      case 0x66:
        return this.#word('false', false);
      case 0x6e:
        return this.#word('null', null);
      default:
        if (unit === minus || isDigit(unit)) return this.#number();
        throw this.#syntax('a value was expected');
    }
  }

  #word(word: string, value: boolean | null): boolean | null {
    if (!this.#text.startsWith(word, this.#at)) throw this.#syntax('a value was expected');
    this.#at += word.length;
    return value;
  }

  #array(): JsonValue {
    this.#enter();
    const items: JsonValue[] = [];
    let unit = this.#next();
    if (unit !== closeBracket) {
      for (;;) {
        items.push(this.#value(unit));
        unit = this.#next();
        if (unit === closeBracket) break;
        if (unit !== comma) throw this.#syntax('`,` or `]` was expected');
        this.#at += 1;
        unit = this.#next();
      }
    }
    this.#leave();
    return items;
  }

  #object(): JsonValue {
    this.#enter();
    const fields: Record<string, JsonValue> = {};
    /** Folded forms of those keys that aren't their own: most objects have none, and pay nothing. */
    let folded: Set<string> | null = null;
    let unit = this.#next();
    if (unit !== closeBrace) {
      for (;;) {
        if (unit !== quote) throw this.#syntax('a key was expected');
        const keyAt = this.#at;
        const key = this.#string();
        if (key === '__proto__') {
          throw new StrictJsonError('json.proto_key', 'the key `__proto__`', keyAt);
        }
        if (Object.hasOwn(fields, key)) {
          throw new StrictJsonError('json.duplicate_key', 'a key for the second time', keyAt);
        }
        const fold = foldCase(key);
        if (folded?.has(fold) || (fold !== key && Object.hasOwn(fields, fold))) {
          throw new StrictJsonError(
            'json.case_duplicate_key',
            'a key that equals an earlier one but for case',
            keyAt,
          );
        }
        if (fold !== key) {
          folded ??= new Set();
          folded.add(fold);
        }
        if (this.#next() !== colon) throw this.#syntax('`:` was expected');
        this.#at += 1;
        fields[key] = this.#value(this.#next());
        unit = this.#next();
        if (unit === closeBrace) break;
        if (unit !== comma) throw this.#syntax('`,` or `}` was expected');
        this.#at += 1;
        unit = this.#next();
      }
    }
    this.#leave();
    return fields;
  }

  #enter(): void {
    this.#depth += 1;
    if (this.#depth > this.#depthMax) {
      throw new StrictJsonError('json.depth', `deeper than ${this.#depthMax}`, this.#at);
    }
    this.#at += 1;
  }

  #leave(): void {
    this.#depth -= 1;
    this.#at += 1;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let at = start;
    for (;;) {
      const unit = text.charCodeAt(at);
      if (unit === quote) {
        this.#at = at + 1;
        return text.slice(start, at);
      }
      if (unit === backslash) return this.#escapedString(start, at);
      // Also false at the end, where the unit is NaN.
      if (!(unit >= 0x20)) throw this.#badCharacter(at);
      at += 1;
    }
  }

  #escapedString(start: number, firstEscapeAt: number): string {
    const text = this.#text;
    let value = text.slice(start, firstEscapeAt);
    let surrogates = false;
    let plainFrom = firstEscapeAt;
    let at = firstEscapeAt;
    for (;;) {
      const unit = text.charCodeAt(at);
      if (unit === quote) break;
      if (unit !== backslash) {
        if (!(unit >= 0x20)) throw this.#badCharacter(at);
        at += 1;
        continue;
      }
      value += text.slice(plainFrom, at);
      const letter = text[at + 1] ?? '';
      if (letter === 'u') {
        const digits = text.slice(at + 2, at + 6);
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) {
          throw new StrictJsonError('json.syntax', 'an escape that JSON has not', at);
        }
        const code = Number.parseInt(digits, 16);
        surrogates ||= code >= 0xd800 && code <= 0xdfff;
        value += String.fromCharCode(code);
        at += 6;
      } else {
        const character = shortEscapes.get(letter);
        if (character === undefined) {
          throw new StrictJsonError('json.syntax', 'an escape that JSON has not', at);
        }
        value += character;
        at += 2;
      }
      plainFrom = at;
    }
    value += text.slice(plainFrom, at);
    if (surrogates && !value.isWellFormed()) {
      throw new StrictJsonError('json.lone_surrogate', 'half of a surrogate pair', start);
    }
    this.#at = at + 1;
    return value;
  }

  #number(): number {
    const text = this.#text;
    const start = this.#at;
    let at = start;
    if (text.charCodeAt(at) === minus) at += 1;
    if (text.charCodeAt(at) === zero) at += 1;
    else at = this.#digits(at);
    if (text.charCodeAt(at) === point) at = this.#digits(at + 1);
    const exponent = text.charCodeAt(at);
    if (exponent === 0x65 || exponent === 0x45) {
      const sign = text.charCodeAt(at + 1);
      at = this.#digits(sign === plus || sign === minus ? at + 2 : at + 1);
    }
    const value = Number(text.slice(start, at));
    // `1e20` and `9007199254740993.0` are integers too, and a reader with big integers sees other ones than we do.
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      throw new StrictJsonError('json.number_range', 'a number that a double cannot hold', start);
    }
    this.#at = at;
    if (value !== 0) return value;
    // A decimal reader sees more than nothing in `1e-400`.
    if (!/^-?0[.0]*(?:[eE]|$)/.test(text.slice(start, at))) {
      throw new StrictJsonError('json.number_range', 'a number that a double cannot hold', start);
    }
    // -0 equals 0 everywhere but in text: the record and the upstream get the same.
    return 0;
  }

  /** At least one digit from `at`; returns where they end. */
  #digits(at: number): number {
    let end = at;
    while (isDigit(this.#text.charCodeAt(end))) end += 1;
    if (end === at) {
      throw new StrictJsonError('json.syntax', 'a digit was expected', at);
    }
    return end;
  }

  #syntax(message: string): StrictJsonError {
    return new StrictJsonError('json.syntax', message, this.#at);
  }

  #badCharacter(at: number): StrictJsonError {
    return at >= this.#text.length
      ? new StrictJsonError('json.syntax', 'a string without an end', at)
      : new StrictJsonError('json.control_character', 'a control character in a string', at);
  }
}

const shortEscapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function isDigit(unit: number): boolean {
  return unit >= zero && unit <= nine;
}
