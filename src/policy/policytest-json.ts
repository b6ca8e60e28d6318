import type { JsonObject, JsonValue } from '../content/value.ts';
import { mapOf } from './shape/collection.ts';
import { mapped, type Shape } from './shape/shape.ts';
import type { Node } from './source/node.ts';

/** Arguments, results and plans are JSON, whatever is in them. */
const anything: Shape<{ readonly json: JsonValue } | undefined> = {
  expected: 'a value',
  schema: () => ({}),
  read: (node) => {
    const json = jsonOf(node);
    return json === undefined ? undefined : { json };
  },
};

function jsonOf(node: Node): JsonValue | undefined {
  switch (node.type) {
    case 'scalar':
      return node.value;
    case 'list': {
      const items = node.items.map(jsonOf);
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    case 'map': {
      const entries: [string, JsonValue][] = [];
      for (const { key, value } of node.entries) {
        const json = jsonOf(value);
        if (json === undefined) return undefined;
        entries.push([key, json]);
      }
      return Object.fromEntries(entries);
    }
    case 'refused':
      return undefined;
  }
}

export const members: Shape<JsonObject | undefined> = mapped(
  mapOf({ expected: 'a name', pattern: /^/, mend: () => null }, anything),
  ({ value }) => {
    const entries: [string, JsonValue][] = [];
    for (const member of value) {
      if (member.value === undefined) return undefined;
      entries.push([member.name, member.value.json]);
    }
    return Object.fromEntries(entries);
  },
);
