/** Changing parts of a JSON value: what holds no change stays the very same object. */
import { DistinctKeys } from './json-literals.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './value.ts';

export function mapList<Item extends JsonValue>(
  list: readonly Item[],
  change: (item: Item, index: number) => Item,
): readonly Item[] {
  let changed: Item[] | null = null;
  let index = 0;
  for (const item of list) {
    const now = change(item, index);
    if (now !== item) {
      changed ??= [...list];
      changed[index] = now;
    }
    index += 1;
  }
  return changed ?? list;
}

/** Two keys that would become one are told apart. */
export function mapMembers(
  object: JsonObject,
  change: (key: string, member: JsonValue) => readonly [key: string, member: JsonValue],
): JsonObject {
  const names = Object.keys(object);
  // Of most objects nothing is changed: they are asked several times a result, and cost no list of members.
  let changed: (readonly [string, JsonValue])[] | null = null;
  let isRenamed = false;
  let at = 0;
  for (const key of names) {
    const member = object[key] ?? null;
    const now = change(key, member);
    at += 1;
    if (changed === null) {
      if (now[0] === key && now[1] === member) continue;
      changed = names.slice(0, at - 1).map((before) => [before, object[before] ?? null]);
    }
    changed.push(now);
    isRenamed ||= now[0] !== key;
  }
  if (changed === null) return object;
  if (!isRenamed) return Object.fromEntries(changed);
  const keys = new DistinctKeys();
  return Object.fromEntries(
    changed.map(([name, value], at) => [keys.distinct(names[at] ?? name, name), value]),
  );
}

/** Every string, and every key. */
export function mapStrings(value: JsonObject, change: (text: string) => string): JsonObject {
  return mapMembers(value, (key, member) => [change(key), mapStringsIn(member, change)]);
}

function mapStringsIn(value: JsonValue, change: (text: string) => string): JsonValue {
  if (typeof value === 'string') return change(value);
  if (isJsonArray(value)) return mapList(value, (item) => mapStringsIn(item, change));
  return isJsonObject(value) ? mapStrings(value, change) : value;
}
