/**
 * Makes JSON and text shorter, visibly: what is left is valid, and says in its place what is missing. A model that takes
 * a part for the whole draws conclusions from what it wasn't shown.
 */
import { isHighSurrogate, isLowSurrogate, utf8Bytes, utf8Start } from './utf8.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './value.ts';

/**
 * `marked`: a list or map that lost members gets one more that says so. `shaped`: it gets none that could break a
 * schema, so only strings, and lists of strings, are marked.
 */
export type ShortenMode = 'marked' | 'shaped';

/** A string shorter than this isn't worth a marker: it is kept or left out whole. */
const shortenedBytesMin = 48;
const moreKey = '…';

/** Text whose UTF-8 takes at most `bytesMax`, which must have room for the marker alone. */
export function shortenText(text: string, bytesMax: number): string {
  const bytes = utf8Bytes(text);
  if (bytes <= bytesMax) return text;
  const room = bytesMax - utf8Bytes(textMarker(bytes));
  const start = utf8Start(text, Math.max(0, room));
  return start + textMarker(bytes - utf8Bytes(start));
}

/** The value so that `JSON.stringify` of it takes at most `bytesMax` of UTF-8; undefined: not even a rest of it would. */
export function shortenJson(
  value: JsonValue,
  bytesMax: number,
  mode: ShortenMode,
): JsonValue | undefined {
  return new Shortener(mode).fit(value, bytesMax);
}

/** What is always possible of an object: `{}`. */
export function shortenObject(value: JsonObject, bytesMax: number, mode: ShortenMode): JsonObject {
  const shortened = shortenJson(value, bytesMax, mode);
  return isJsonObject(shortened) ? shortened : {};
}

class Shortener {
  readonly #mode: ShortenMode;
  /** Each container is measured once, however deep it lies. */
  readonly #sizes = new Map<JsonValue, number>();

  constructor(mode: ShortenMode) {
    this.#mode = mode;
  }

  fit(value: JsonValue, room: number): JsonValue | undefined {
    if (this.#size(value) <= room) return value;
    if (typeof value === 'string') return fitString(value, room);
    if (isJsonArray(value)) return this.#fitArray(value, room);
    return isJsonObject(value) ? this.#fitObject(value, room) : undefined;
  }

  /** The first members, whole as long as they fit; what is cut off is the end. */
  #fitArray(items: readonly JsonValue[], room: number): JsonValue | undefined {
    const marks = this.#mode === 'marked' || items.every((item) => typeof item === 'string');
    const markerSize = marks ? this.#size(membersMarker(items.length, items.length)) + 1 : 0;
    let left = room - 2 - markerSize;
    if (left < 0) return room >= 2 ? [] : undefined;
    const kept: JsonValue[] = [];
    for (const item of items) {
      const fitted = this.fit(item, left - 1);
      if (fitted === undefined) break;
      kept.push(fitted);
      left -= this.#size(fitted) + 1;
      // Whatever stands behind a shortened member would look as if it followed a whole one.
      if (fitted !== item) break;
    }
    const missing = items.length - kept.length;
    return missing > 0 && marks ? [...kept, membersMarker(missing, items.length)] : kept;
  }

  /** All members as far as possible: the small ones whole, the large ones an equal share of what those leave. */
  #fitObject(object: JsonObject, room: number): JsonValue | undefined {
    const members = Object.entries(object);
    const marks = this.#mode === 'marked' && !Object.hasOwn(object, moreKey);
    const markerSize = marks
      ? this.#size({ [moreKey]: membersMarker(members.length, members.length) })
      : 0;
    let left = room - 2 - markerSize;
    if (left < 0) return room >= 2 ? {} : undefined;
    const fitted = new Map<string, JsonValue>();
    const bySize = members
      .map(([key, value]) => ({ key, value, size: this.#size(value) }))
      .sort((a, b) => a.size - b.size);
    for (const [index, { key, value }] of bySize.entries()) {
      const share = Math.floor(left / (bySize.length - index));
      const overhead = this.#size(key) + 2;
      const rest = this.fit(value, share - overhead);
      if (rest === undefined) continue;
      fitted.set(key, rest);
      left -= this.#size(rest) + overhead;
    }
    // In the order that they came in: a reader who knows the tool finds them there.
    const kept = members.flatMap(([key]): [string, JsonValue][] => {
      const rest = fitted.get(key);
      return rest === undefined ? [] : [[key, rest]];
    });
    const missing = members.length - kept.length;
    if (missing > 0 && marks) kept.push([moreKey, membersMarker(missing, members.length)]);
    return Object.fromEntries(kept);
  }

  #size(value: JsonValue): number {
    if (typeof value === 'string') return utf8Bytes(JSON.stringify(value));
    if (typeof value !== 'object' || value === null) return String(value).length;
    const known = this.#sizes.get(value);
    if (known !== undefined) return known;
    let size = 2;
    if (isJsonArray(value)) {
      for (const item of value) size += this.#size(item) + 1;
      if (value.length > 0) size -= 1;
    } else {
      const members = Object.entries(value);
      for (const [key, member] of members) size += this.#size(key) + this.#size(member) + 2;
      if (members.length > 0) size -= 1;
    }
    this.#sizes.set(value, size);
    return size;
  }
}

function fitString(text: string, room: number): string | undefined {
  if (room < shortenedBytesMin) return undefined;
  const bytes = utf8Bytes(text);
  const start = jsonStart(text, room - 2 - utf8Bytes(stringMarker(bytes)));
  return start + stringMarker(bytes - utf8Bytes(start));
}

/** The longest start of a text that takes at most `bytesMax` between the quotes of JSON. */
function jsonStart(text: string, bytesMax: number): string {
  let bytes = 0;
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const pair = isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(at + 1));
    const width = pair ? 4 : jsonWidth(unit);
    if (bytes + width > bytesMax) break;
    bytes += width;
    at += pair ? 2 : 1;
  }
  return text.slice(0, at);
}

function jsonWidth(unit: number): number {
  if (unit === 0x22 || unit === 0x5c) return 2;
  if (unit < 0x20) return 6;
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  // Half a pair is written as an escape.
  return unit >= 0xd800 && unit <= 0xdfff ? 6 : 3;
}

function textMarker(bytes: number): string {
  return `\n[… ${bytes} more bytes, cut]`;
}

function stringMarker(bytes: number): string {
  return `[… ${bytes} more bytes, cut]`;
}

function membersMarker(missing: number, of: number): string {
  return `[… ${missing} of ${of} left out]`;
}
