/**
 * The short way through most texts: those that a program wrote without white space. The platform's reader is several
 * times faster than any of ours, and blind to what has to be refused; but a text that comes out again, unit for unit,
 * when its value is written hides nothing: a second key of one name would be missing, a number that was rounded would be
 * another one. What such a text can still hold is looked for in the value.
 */
import { foldCase } from './fold-case.ts';
import { isJsonObject, type JsonObject, type JsonValue } from './value.ts';

/** Longer texts are few, and reading them twice for nothing would be felt. */
const lengthMax = 65_536;

/** @returns undefined where the text has to be read slowly: whatever is wrong with it is said there. */
export function readCompact(text: string, depthMax: number): JsonValue | undefined {
  // An escape by number may be half of a pair, which is written again just so.
  if (text.length > lengthMax || text.includes('\\u')) return undefined;
  let value: JsonValue;
  try {
    value = JSON.parse(text);
    if (JSON.stringify(value) !== text) return undefined;
  } catch {
    return undefined;
  }
  return isAcceptable(value, depthMax) ? value : undefined;
}

function isAcceptable(value: JsonValue, depthLeft: number): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value) || !Number.isInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depthLeft === 0) return false;
  if (isJsonObject(value)) return isAcceptableObject(value, depthLeft - 1);
  for (const item of value) if (!isAcceptable(item, depthLeft - 1)) return false;
  return true;
}

function isAcceptableObject(fields: JsonObject, depthLeft: number): boolean {
  let folded: Set<string> | null = null;
  for (const key of Object.keys(fields)) {
    if (key === '__proto__') return false;
    const fold = foldCase(key);
    if (fold !== key) {
      if (folded?.has(fold) || Object.hasOwn(fields, fold)) return false;
      folded ??= new Set();
      folded.add(fold);
    }
    const field = fields[key];
    if (field === undefined || !isAcceptable(field, depthLeft)) return false;
  }
  return true;
}
