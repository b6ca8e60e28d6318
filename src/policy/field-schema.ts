import type { Pointer, PointerSegment } from '../content/pointer.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import type { Tool } from './model.ts';

/**
 * What a pinned output schema says of a field of what its tool returns: a result that breaks it is withheld. Null: there is
 * none, or it says so in a way that isn't understood here.
 */
export function fieldSchema(
  { pin, returns }: Pick<Tool, 'pin' | 'returns'>,
  pointer: Pointer,
): JsonObject | null {
  let at: JsonValue | undefined = pin?.outputSchema ?? undefined;
  if (returns.items !== null) {
    at = below(at, returns.items.segments);
    if (isJsonObject(at) && at['type'] === 'array') at = at['items'];
  }
  const schema = below(at, pointer.segments);
  return isJsonObject(schema) ? schema : null;
}

/** The only values that a field has, whichever tool returned it. Null: any, or one of them doesn't say. */
export function listedValues(schemas: readonly (JsonObject | null)[]): readonly string[] | null {
  const all = new Set<string>();
  for (const schema of schemas) {
    const listed = schema?.['enum'];
    if (!isJsonArray(listed)) return null;
    for (const value of listed) all.add(String(value));
  }
  return all.size === 0 ? null : [...all];
}

function below(
  schema: JsonValue | undefined,
  segments: readonly PointerSegment[],
): JsonValue | undefined {
  let at = schema;
  for (const segment of segments) {
    if (!isJsonObject(at)) return undefined;
    const { items, properties } = at;
    if (segment.type === 'each') at = items;
    else if (segment.type === 'name' && isJsonObject(properties))
      at = Object.hasOwn(properties, segment.name) ? properties[segment.name] : undefined;
    else return undefined;
  }
  return at;
}
