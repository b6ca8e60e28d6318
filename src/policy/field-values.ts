import type { Pointer, PointerSegment } from '../content/pointer.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../content/value.ts';
import type { Tool } from './model.ts';

/**
 * The only values that a field has, by the pinned output schema: a result that breaks it is withheld, so no other is ever
 * shown. Null: any, or nobody says.
 */
export function fieldValues(
  { pin, returns }: Pick<Tool, 'pin' | 'returns'>,
  pointer: Pointer,
): readonly string[] | null {
  let at: JsonValue | undefined = pin?.outputSchema ?? undefined;
  if (returns.items !== null) {
    at = below(at, returns.items.segments);
    if (isJsonObject(at) && at['type'] === 'array') at = at['items'];
  }
  const schema = below(at, pointer.segments);
  const listed = isJsonObject(schema) ? schema['enum'] : undefined;
  return isJsonArray(listed) ? listed.map(String) : null;
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
