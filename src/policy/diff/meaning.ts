import { canonicalJson } from '../../content/json.ts';
import type { JsonValue } from '../../content/value.ts';

/** Lists of which any entry counts as much as any other. */
const unordered = new Set([
  'actsFor',
  'classes',
  'domains',
  'except',
  'names',
  'only',
  'order',
  'provides',
  'terms',
  'tools',
  'under',
  'values',
  'windows',
]);

/**
 * What of a compiled policy decides, as plain data: without the places where it was written, and without what was made
 * for speed. It walks whatever is there, so that nothing that is added to the model can be forgotten here.
 */
export function meaningOf(value: unknown): JsonValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return value.map(meaningOf);
  if (value instanceof Set) return sorted([...value].map(meaningOf));
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    entries
      .filter(([, entry]) => !isPlace(entry) && typeof entry !== 'function')
      .map(([key, entry]) => [
        String(key),
        unordered.has(key) && Array.isArray(entry)
          ? sorted(entry.map(meaningOf))
          : meaningOf(entry),
      ]),
  );
}

/** Where something was written, under whatever name. */
function isPlace(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'file' in value &&
    'line' in value &&
    'column' in value
  );
}

function sorted(values: readonly JsonValue[]): JsonValue {
  return values.toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1));
}

export function meansTheSame(one: unknown, other: unknown): boolean {
  return canonicalJson(meaningOf(one)) === canonicalJson(meaningOf(other));
}
