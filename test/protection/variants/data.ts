/** What stands in a result's text, as data. */
import { parse } from 'yaml';
import { isJsonArray, isJsonObject, type JsonValue } from '../../../src/content/value.ts';

/** Undefined: it is no data. */
export function dataIn(result: string): JsonValue | undefined {
  try {
    return parse(result, { schema: 'core', logLevel: 'silent' });
  } catch {
    return undefined;
  }
}

/** Every text that stands alone in it, keys too; of what is no data, the whole. */
export function textsIn(result: string): readonly string[] {
  const data = dataIn(result);
  return data === undefined ? [result] : textsOf(data);
}

function textsOf(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isJsonArray(value)) return value.flatMap(textsOf);
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...textsOf(member)]);
}
