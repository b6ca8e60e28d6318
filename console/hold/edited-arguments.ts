/** Arguments as a form has them, and back. */
import type { JsonObject, JsonValue } from '../../src/content/value.ts';
import { isObject } from '../api/json.ts';

export type Field =
  | { readonly as: 'line' | 'text' | 'number' | 'json'; readonly text: string }
  | { readonly as: 'switch'; readonly on: boolean };

export type Fields = Readonly<Record<string, Field>>;

export function fieldsOf(args: JsonObject): Fields {
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [name, fieldOf(value)]));
}

function fieldOf(value: JsonValue): Field {
  if (typeof value === 'boolean') return { as: 'switch', on: value };
  if (typeof value === 'number') return { as: 'number', text: String(value) };
  if (typeof value !== 'string') return { as: 'json', text: JSON.stringify(value, null, 2) };
  // A field of one line would lose what breaks lines.
  return { as: value.length > 80 || /[\n\r]/.test(value) ? 'text' : 'line', text: value };
}

export type Read =
  | { readonly ok: true; readonly args: JsonObject }
  | { readonly ok: false; readonly problem: string };

export function argumentsOf(fields: Fields): Read {
  const args: [string, JsonValue][] = [];
  for (const [name, field] of Object.entries(fields)) {
    const value = readField(field);
    if (value === undefined) {
      const wanted = field.as === 'number' ? 'a number' : 'JSON';
      return { ok: false, problem: `${name} is not ${wanted}` };
    }
    args.push([name, value]);
  }
  // Not by assignment: an argument may be called `__proto__`.
  return { ok: true, args: Object.fromEntries(args) };
}

function readField(field: Field): JsonValue | undefined {
  if (field.as === 'switch') return field.on;
  if (field.as === 'line' || field.as === 'text') return field.text;
  const value = parsed(field.text);
  return field.as === 'number' && typeof value !== 'number' ? undefined : value;
}

export function readArguments(text: string): Read {
  const args = parsed(text);
  return isObject(args) ? { ok: true, args } : { ok: false, problem: 'this is no JSON object' };
}

function parsed(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
