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
  const members = Object.entries(object);
  let isChanged = false;
  let isRenamed = false;
  const changed = members.map(([key, member]) => {
    const now = change(key, member);
    isRenamed ||= now[0] !== key;
    isChanged ||= now[1] !== member;
    return now;
  });
  if (!isRenamed) return isChanged ? Object.fromEntries(changed) : object;
  const keys = new DistinctKeys();
  return Object.fromEntries(
    changed.map(([name, value], at) => [keys.distinct(members[at]?.[0] ?? name, name), value]),
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
