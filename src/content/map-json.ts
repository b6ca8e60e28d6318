/** Changing parts of a JSON value: what holds no change stays the very same object. */
import { DistinctKeys } from './json-literals.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './value.ts';

export function mapList<Item extends JsonValue>(
  list: readonly Item[],
  change: (item: Item, index: number) => Item,
): readonly Item[] {
  let changed: Item[] | null = null;
  for (const [index, item] of list.entries()) {
    const now = change(item, index);
    if (now === item) continue;
    changed ??= [...list];
    changed[index] = now;
  }
  return changed ?? list;
}

/** Two keys that would become one are told apart. */
export function mapMembers(
  object: JsonObject,
  change: (key: string, member: JsonValue) => readonly [key: string, member: JsonValue],
): JsonObject {
  let isChanged = false;
  const keys = new DistinctKeys();
  const members = Object.entries(object).map(([key, member]): [string, JsonValue] => {
    const [name, value] = change(key, member);
    isChanged ||= name !== key || value !== member;
    return [keys.distinct(key, name), value];
  });
  return isChanged ? Object.fromEntries(members) : object;
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
