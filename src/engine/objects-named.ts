/** The things that a call's arguments name by their ids, by the kinds `object.<name>` that the policy gives them. */
import { parseKind } from '../content/kinds.ts';
import { resolvePointer } from '../content/pointer.ts';
import { isJsonArray, type JsonObject, type JsonValue } from '../content/value.ts';
import type { Tool } from '../policy/model.ts';
import { objectPrefix } from '../policy/objects.ts';

export interface NamedObject {
  readonly argument: string;
  /** `order`, of the kind `object.order`. */
  readonly object: string;
  /** The key of the parsed value. */
  readonly id: string;
  /** As it was written: another tool may take nothing but a number. */
  readonly written: JsonValue;
}

export function objectsNamed(tool: Tool, args: JsonObject): readonly NamedObject[] {
  const named: NamedObject[] = [];
  for (const { name, parts } of tool.args.values()) {
    for (const { kind, pointer } of parts) {
      if (!kind.name.startsWith(objectPrefix) || !Object.hasOwn(args, name)) continue;
      const object = kind.name.slice(objectPrefix.length);
      for (const { value } of resolvePointer(args[name] ?? null, pointer)) {
        for (const written of isJsonArray(value) ? value : [value]) {
          const parsed = parseKind(kind, written);
          if (parsed.type !== 'unparsable')
            named.push({ argument: name, object, id: parsed.key, written });
        }
      }
    }
  }
  return named;
}
