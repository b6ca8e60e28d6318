import { jsonDepthCeiling, StrictJsonError } from './json-error.ts';
import { isJsonArray, type JsonObject, type JsonValue } from './value.ts';

/**
 * RFC 8785: keys by UTF-16 units, numbers as ECMAScript writes them, no white space. Equal values have equal texts.
 *
 * @throws {StrictJsonError} for what isn't JSON: a value that came past the reader must not share a digest with another.
 */
export function canonicalJson(value: JsonValue): string {
  if (isInOrder(value, 0)) {
    const text = JSON.stringify(value);
    // As half of a surrogate pair is written; where it stands for something else, the slow way tells.
    if (!text.includes('\\ud')) return text;
  }
  return canonical(value, 0);
}

/** Whether the platform's own writer, which is several times as fast, gives the canonical form: keys in order, all of it JSON. */
function isInOrder(value: JsonValue | undefined, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null) return true;
  if (depth >= jsonDepthCeiling) return false;
  if (isJsonArray(value)) {
    for (let at = 0; at < value.length; at += 1) if (!isInOrder(value[at], depth + 1)) return false;
    return true;
  }
  let before = '';
  for (const key in value) {
    if (key <= before || !isInOrder(value[key], depth + 1)) return false;
    before = key;
  }
  return true;
}

function canonical(value: JsonValue | undefined, depth: number): string {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw notJson('a number that is not finite');
    return value === 0 ? '0' : String(value);
  }
  if (typeof value !== 'object') throw notJson(`a value of type ${typeof value}`);
  if (value === null) return 'null';
  if (depth >= jsonDepthCeiling) {
    throw new StrictJsonError('json.depth', `deeper than ${jsonDepthCeiling}`, 0);
  }
  if (isJsonArray(value)) {
    // An index loop: a hole must not vanish, as it would in `map` and `join`.
    let text = '[';
    for (let at = 0; at < value.length; at += 1) {
      text += (at === 0 ? '' : ',') + canonical(value[at], depth + 1);
    }
    return `${text}]`;
  }
  let text = '';
  for (const key of sortedKeys(value)) {
    text += `${text === '' ? '{' : ','}${canonicalString(key)}:${canonical(value[key], depth + 1)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** By UTF-16 units. What was written in this form is sorted already. */
function sortedKeys(value: JsonObject): readonly string[] {
  const keys = Object.keys(value);
  // The platform's sort makes several lists of its own, for ever so few keys.
  if (keys.length > insertedMax) return keys.sort();
  for (let at = 1; at < keys.length; at += 1) {
    const key = keys[at] ?? '';
    let to = at;
    for (; to > 0; to -= 1) {
      const before = keys[to - 1] ?? '';
      if (before <= key) break;
      keys[to] = before;
    }
    keys[to] = key;
  }
  return keys;
}

/** Of more keys than these, one after another would be slow. */
const insertedMax = 32;

/** What can't stand in JSON text as it is. */
const toEscape = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

function canonicalString(text: string): string {
  if (!toEscape.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) {
    throw new StrictJsonError('json.lone_surrogate', 'half of a surrogate pair', 0);
  }
  return JSON.stringify(text);
}

function notJson(what: string): StrictJsonError {
  return new StrictJsonError('json.value', what, 0);
}
