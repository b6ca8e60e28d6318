/**
 * The literals of a text that is JSON, in place: so that what stands in them can be read, and replaced, while the rest of
 * the text stays what its writer wrote, with every second key of a name, every number beyond a double and every space.
 */
import { escapeSegment } from './pointer.ts';

export interface JsonLiteral {
  readonly form: 'key' | 'text' | 'number';
  /** Decoded; of a number as it is written. */
  readonly value: string;
  /** Of the literal with its quotes, half-open. */
  readonly start: number;
  readonly end: number;
  /** RFC 6901: of the value; of a key, that of its member. Of JSON lines, the first segment is the line. */
  readonly pointer: string;
  /** The key that the value stands under; null: none. */
  readonly name: string | null;
}

/** Shorter numbers are counts, amounts and days; from here on they may be a card's, an account's. */
const tellingDigitsMin = 12;

/** Deeper places are told as their surroundings: a pointer of a million segments helps nobody. */
const pointerDepthMax = 32;

const linesMax = 20_000;

/**
 * Strings, keys, and numbers that may stand for something; null: the text is no JSON object, array, or lines of such.
 * What readers may understand differently (a key twice) is JSON here all the same: whoever reads it sees every literal.
 */
export function jsonLiterals(text: string): readonly JsonLiteral[] | null {
  if (!/^\s*[[{]/.test(text)) return null;
  if (isJson(text)) return new LiteralReader(text).read(0, text.length, '');
  return literalsOfLines(text);
}

/** The text with other values in place of some literals; a number's place is taken by a string. */
export function withLiterals(
  text: string,
  literals: readonly JsonLiteral[],
  change: (literal: JsonLiteral) => string,
): string {
  let written = '';
  let at = 0;
  const keys = new DistinctKeys();
  for (const literal of literals) {
    const changed = change(literal);
    const value = literal.form === 'key' ? keys.distinct(literal.value, changed) : changed;
    if (value === literal.value) continue;
    written += text.slice(at, literal.start) + JSON.stringify(value);
    at = literal.end;
  }
  return at === 0 ? text : written + text.slice(at);
}

/** Two keys must not become one: a reader would lose a member, or refuse the text. */
export class DistinctKeys {
  readonly #origin = new Map<string, string>();
  /** Of each name, how often it was wanted: thousands of keys may become the same one. */
  readonly #count = new Map<string, number>();

  distinct(key: string, changed: string): string {
    let name = changed;
    if (this.#isAnother(name, key)) {
      let count = this.#count.get(changed) ?? 1;
      do {
        count += 1;
        name = `${changed} (${count})`;
      } while (this.#isAnother(name, key));
      this.#count.set(changed, count);
    }
    this.#origin.set(name, key);
    return name;
  }

  #isAnother(name: string, key: string): boolean {
    return (this.#origin.get(name) ?? key) !== key;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** One JSON value a line, of which the first was seen to begin like one. */
function literalsOfLines(text: string): readonly JsonLiteral[] | null {
  if (!text.includes('\n')) return null;
  const reader = new LiteralReader(text);
  const literals: JsonLiteral[] = [];
  let start = 0;
  for (let line = 0; start < text.length; line += 1) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found;
    const written = text.slice(start, end);
    if (
      line >= linesMax ||
      (written.trim() !== '' && !(/^\s*[[{]/.test(written) && isJson(written)))
    )
      return null;
    for (const literal of reader.read(start, end, `/${line}`)) literals.push(literal);
    start = end + 1;
  }
  return literals;
}

interface Container {
  readonly pointer: string;
  readonly isList: boolean;
  index: number;
  /** Of a map: the key whose value comes next; null: a key comes next. */
  key: string | null;
}

/** Of text that was seen to be JSON. Without recursion: a hostile text may be all brackets. */
class LiteralReader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  read(from: number, to: number, root: string): readonly JsonLiteral[] {
    const text = this.#text;
    const literals: JsonLiteral[] = [];
    const around: Container[] = [];
    for (let at = from; at < to; ) {
      const container = around.at(-1);
      const unit = text.charAt(at);
      if (unit === '"') {
        const end = this.#stringEnd(at);
        const value = this.#decoded(at, end);
        if (container !== undefined && !container.isList && container.key === null) {
          container.key = value;
          literals.push({
            form: 'key',
            value,
            start: at,
            end,
            ...placeIn(container, root),
            name: null,
          });
        } else literals.push({ form: 'text', value, start: at, end, ...placeIn(container, root) });
        at = end;
      } else if (unit === '{' || unit === '[') {
        const { pointer } = placeIn(container, root);
        around.push({ pointer, isList: unit === '[', index: 0, key: null });
        at += 1;
      } else if (unit === '}' || unit === ']') {
        around.pop();
        at += 1;
      } else if (unit === ',') {
        if (container !== undefined) {
          container.index += 1;
          container.key = null;
        }
        at += 1;
      } else if (unit === '-' || (unit >= '0' && unit <= '9')) {
        const end = this.#numberEnd(at);
        const value = text.slice(at, end);
        if (isTellingNumber(value))
          literals.push({ form: 'number', value, start: at, end, ...placeIn(container, root) });
        at = end;
      } else at += 1;
    }
    return literals;
  }

  #stringEnd(start: number): number {
    const text = this.#text;
    let at = start + 1;
    for (;;) {
      const unit = text.charCodeAt(at);
      if (unit === 0x22 || Number.isNaN(unit)) return at + 1;
      at += unit === 0x5c ? 2 : 1;
    }
  }

  #decoded(start: number, end: number): string {
    const literal = this.#text.slice(start, end);
    return literal.includes('\\') ? String(JSON.parse(literal)) : literal.slice(1, -1);
  }

  #numberEnd(start: number): number {
    let at = start;
    while (/^[-+.0-9eE]$/.test(this.#text.charAt(at))) at += 1;
    return at;
  }
}

function placeIn(
  container: Container | undefined,
  root: string,
): { readonly pointer: string; readonly name: string | null } {
  if (container === undefined) return { pointer: root, name: null };
  const { pointer, isList, index, key } = container;
  return {
    pointer: pointerTo(pointer, isList ? `${index}` : (key ?? '')),
    name: isList ? null : key,
  };
}

/** One step further, as far as places are told apart. */
export function pointerTo(pointer: string, segment: string): string {
  const depth = pointer.split('/').length - 1;
  return depth >= pointerDepthMax ? pointer : `${pointer}/${escapeSegment(segment)}`;
}

export function isTellingNumber(written: string): boolean {
  return (
    written.length >= tellingDigitsMin && (written.match(/\d/g)?.length ?? 0) >= tellingDigitsMin
  );
}
