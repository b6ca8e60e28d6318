/** What the tools of a policy, taken together, say of the things that arguments name: whose they are, and their fields. */
import type { Kind } from '../content/kind.ts';
import { parseReturned, plainKind } from '../content/kinds.ts';
import { plainValue } from '../content/plain-value.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import { fieldSchema } from './field-schema.ts';
import type { Argument, Tool } from './model.ts';

export interface ObjectShape {
  /** Null: no tool says whose one is. */
  readonly owner: Kind | null;
  readonly fields: ReadonlyMap<string, ObjectField>;
  /** Which return one. */
  readonly tools: readonly string[];
}

export interface ObjectField {
  /** Null: as the JSON has it. */
  readonly kind: Kind | null;
  /** Its pointer names several values. */
  readonly isList: boolean;
  /** What the pinned output schema of each tool that returns it says of one value; null: nothing. */
  readonly schemas: readonly (JsonObject | null)[];
}

interface Gathered {
  owner: Kind | null;
  readonly fields: Map<string, ObjectField>;
  readonly tools: string[];
}

/** By name: `order`. Where tools say different things of one field, the loader has refused them. */
export function objectsOf(
  tools: Iterable<Pick<Tool, 'name' | 'pin' | 'returns'>>,
): ReadonlyMap<string, ObjectShape> {
  const objects = new Map<string, Gathered>();
  for (const { name, pin, returns } of tools) {
    if (returns.object === null) continue;
    const known: Gathered = objects.get(returns.object) ?? {
      owner: null,
      fields: new Map(),
      tools: [],
    };
    objects.set(returns.object, known);
    known.tools.push(name);
    if (returns.owner !== null && (known.owner === null || known.owner.name === 'identifier'))
      known.owner = ownerKind(returns);
    for (const [field, { pointer, kind }] of returns.fields) {
      const isList = pointer.segments.some(({ type }) => type !== 'name');
      const before = known.fields.get(field);
      known.fields.set(field, {
        kind: before?.kind ?? kind,
        isList,
        schemas: [...(before?.schemas ?? []), fieldSchema({ pin, returns }, pointer)],
      });
    }
  }
  return objects;
}

/** As `each` reads the same place; an id where nothing is said. */
export function ownerKind({ each, owner }: Tool['returns']): Kind {
  const declared = each.find(({ pointer }) => pointer.text === owner?.text)?.kind;
  return declared ?? plainKind('identifier');
}

/** Whether two kinds read a value alike, so that what one tool returned and what another did can be compared. */
export function readsAlike(one: Kind, other: Kind): boolean {
  return one.name === other.name && one.form === other.form && one.currency === other.currency;
}

/**
 * What was taken down of a field, in the one spelling of its kind: another tool may have returned it without saying what
 * it is. Undefined: it isn't of the kind.
 */
export function spelledField(kind: Kind | null, stored: JsonValue): JsonValue | undefined {
  // An amount was taken down in the smallest unit, whatever its tool counts in.
  if (kind === null || kind.name === 'amount') return stored;
  if (isJsonArray(stored)) {
    const all = stored.map((one) => spelledField(kind, one));
    return all.every((one) => one !== undefined) ? all : undefined;
  }
  const parsed = parseReturned(kind, stored);
  return parsed.type === 'unparsable' ? undefined : plainValue(parsed);
}

export interface Thing {
  /** `order`, of the kind `object.order`. */
  readonly object: string;
  readonly isList: boolean;
}

export const objectPrefix = 'object.';

/** What an argument names, where all that it names is of one sort. */
export function thingNamed(argument: Argument, inputSchema: JsonObject | null): Thing | null {
  const parts = argument.parts.filter(({ kind }) => kind.name.startsWith(objectPrefix));
  const [part, ...others] = parts;
  if (part === undefined || others.some(({ kind }) => kind.name !== part.kind.name)) return null;
  const isList =
    others.length > 0 ||
    part.pointer.segments.some(({ type }) => type !== 'name') ||
    (part.pointer.segments.length === 0 && mayBeList(argument.name, inputSchema));
  return { object: part.kind.name.slice(objectPrefix.length), isList };
}

/** Only what the schema says is a single value is one: of a list, the second would go unjudged. */
function mayBeList(name: string, inputSchema: JsonObject | null): boolean {
  const properties = inputSchema?.['properties'];
  const schema = isJsonObject(properties) ? properties[name] : undefined;
  if (!isJsonObject(schema)) return false;
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  const choices = isJsonArray(alternatives) ? alternatives : [schema];
  return choices.some((one) => {
    const type = isJsonObject(one) ? one['type'] : undefined;
    return isJsonArray(type) ? type.includes('array') : type === 'array';
  });
}
