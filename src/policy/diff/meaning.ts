import { canonicalJson } from '../../content/json.ts';
import type { JsonValue } from '../../content/value.ts';

/**
 * What of a compiled policy decides, as plain data: without the places where it was written, and without what was made
 * for speed. It walks whatever is there, so that nothing that is added to the model can be forgotten here.
 */
export function meaningOf(value: unknown): JsonValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return value.map(meaningOf);
  if (value instanceof Set) {
    const entries = [...value].map(meaningOf);
    return entries.toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    entries
      .filter(([key, entry]) => key !== 'at' && typeof entry !== 'function')
      .map(([key, entry]) => [String(key), meaningOf(entry)]),
  );
}

export function meansTheSame(one: unknown, other: unknown): boolean {
  return canonicalJson(meaningOf(one)) === canonicalJson(meaningOf(other));
}
