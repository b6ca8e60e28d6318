import { readJson, StrictJsonError } from '../../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { GuardError } from './errors.ts';

/** Deeper than any arguments may be; a cycle ends here too. */
const depthMax = 64;

/**
 * What a value is after a way through JSON, as types: results come back so, whatever the function gave.
 */
export type Plain<T> = 0 extends 1 & T
  ? T
  : T extends { toJSON(): infer Json }
    ? Plain<Json>
    : T extends string | number | boolean | null | undefined
      ? T
      : T extends bigint | symbol | ((...args: never[]) => unknown)
        ? never
        : T extends object
          ? { [Key in keyof T]: Plain<T[Key]> }
          : T;

/**
 * The arguments as JSON says them. What it can't say, or would quietly say otherwise (a date as text, a map as `{}`, NaN
 * as null), is refused: what is decided about has to be what the function gets.
 *
 * @throws {GuardError} `guard.not_json`, naming the place and never the value.
 */
export function plainArguments(args: object): JsonObject {
  return plainObject(args, 'the arguments', 'a guarded function takes one object');
}

/** An entry of a run's `only`. @throws {GuardError} `guard.not_json`. */
export function plainEntry(entry: object): JsonObject {
  return plainObject(entry, 'an entry of `only`', 'an entry of `only` is an action or one object');
}

function plainObject(object: object, what: string, otherwise: string): JsonObject {
  try {
    // Copied by one reading, then read as strictly as the bytes of a network client.
    const value = readJson(JSON.stringify(copied(object, what, 0)), {
      bytesMax: Number.POSITIVE_INFINITY,
    });
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw new GuardError('guard.not_json', `${what}: no strict JSON: ${error.message}`);
  }
  throw new GuardError('guard.not_json', otherwise);
}

function copied(value: unknown, place: string, depth: number): JsonValue {
  if (depth > depthMax) throw notJson(place, 'is nested too deeply, or contains itself');
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw notJson(place, 'is no finite number');
      return value;
    case 'object':
      if (value === null) return null;
      if (Array.isArray(value)) {
        const items: readonly unknown[] = value;
        return items.map((item, index) => copied(item, `${place}[${index}]`, depth + 1));
      }
      return copiedObject(value, place, depth);
    default:
      throw notJson(place, `is of type ${typeof value}`);
  }
}

function copiedObject(value: object, place: string, depth: number): JsonObject {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain objects of other realms have another `Object.prototype`; it has no prototype either.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    throw notJson(place, `is a ${value.constructor?.name ?? 'class instance'}`);
  const members: [string, JsonValue][] = [];
  for (const [key, member] of Object.entries(value)) {
    // Left out is left out: `{ cc: undefined }` is an optional argument that wasn't given.
    if (member !== undefined) members.push([key, copied(member, `${place}.${key}`, depth + 1)]);
  }
  return Object.fromEntries(members);
}

function notJson(place: string, what: string): GuardError {
  return new GuardError('guard.not_json', `${place} ${what}: a guarded function takes plain JSON`, {
    hint: 'pass dates as text, and lists and records as plain arrays and objects',
  });
}
