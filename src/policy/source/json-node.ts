import { isJsonArray, isJsonObject, type JsonValue } from '../../content/value.ts';
import type { SourcePosition } from '../model.ts';
import type { Node } from './node.ts';

/** JSON as a policy's own text is read: what a program sends has one place, whatever stands in it. */
export function nodeOf(value: JsonValue, at: SourcePosition): Node {
  if (isJsonArray(value)) return { type: 'list', at, items: value.map((one) => nodeOf(one, at)) };
  if (isJsonObject(value)) {
    const entries = Object.entries(value).map(([key, one]) => ({
      key,
      keyAt: at,
      value: nodeOf(one, at),
    }));
    return { type: 'map', at, entries };
  }
  return {
    type: 'scalar',
    at,
    value,
    written: String(value),
    quoted: typeof value === 'string',
    placeOf: () => at,
  };
}
