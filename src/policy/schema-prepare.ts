/**
 * A pinned JSON Schema, made safe to compile. Its author is the upstream, which may be hostile: only keywords listed
 * here reach the validator, each in the shape that it has to have, and everything else is left out (as JSON Schema
 * says of keywords that nobody knows) or, where leaving it out would loosen the schema, refused.
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import { linearPattern } from './schema-pattern.ts';
import { multiplies } from './schema-work.ts';

export type Draft = '2020-12' | 'draft-07';

export type PreparedSchema =
  | { readonly draft: Draft; readonly schema: JsonObject }
  /** `pointer` is where in the schema. */
  | { readonly error: string; readonly pointer: string };

const schemaLimits: {
  readonly charactersMax: number;
  readonly schemasMax: number;
  readonly depthMax: number;
  readonly inPlaceMax: number;
} = {
  charactersMax: 262_144,
  // Properties, items and alternatives together: the largest definition that we met has 120.
  schemasMax: 2_000,
  depthMax: 32,
  // How often one value is looked at. Alternatives of alternatives by `$ref` multiply: twenty pairs are a million.
  inPlaceMax: 5_000,
};

/** Holds schemas, or is one. */
type Shape = PlainShape | 'schema' | 'schemas' | 'schemaMap' | 'patternMap' | 'items' | 'pattern';

type PlainShape =
  | 'count'
  | 'number'
  | 'positive'
  | 'boolean'
  | 'names'
  | 'namesMap'
  | 'types'
  | 'values'
  | 'value'
  | 'reference'
  | 'text';

const keywords: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['type', 'types'],
  ['enum', 'values'],
  ['const', 'value'],
  ['multipleOf', 'positive'],
  ['maximum', 'number'],
  ['exclusiveMaximum', 'number'],
  ['minimum', 'number'],
  ['exclusiveMinimum', 'number'],
  ['maxLength', 'count'],
  ['minLength', 'count'],
  ['pattern', 'pattern'],
  ['format', 'text'],
  ['items', 'items'],
  ['prefixItems', 'schemas'],
  ['additionalItems', 'schema'],
  ['contains', 'schema'],
  ['minContains', 'count'],
  ['maxContains', 'count'],
  ['maxItems', 'count'],
  ['minItems', 'count'],
  ['uniqueItems', 'boolean'],
  ['maxProperties', 'count'],
  ['minProperties', 'count'],
  ['required', 'names'],
  ['properties', 'schemaMap'],
  ['patternProperties', 'patternMap'],
  ['additionalProperties', 'schema'],
  ['propertyNames', 'schema'],
  ['dependentRequired', 'namesMap'],
  ['dependentSchemas', 'schemaMap'],
  ['unevaluatedItems', 'schema'],
  ['unevaluatedProperties', 'schema'],
  ['allOf', 'schemas'],
  ['anyOf', 'schemas'],
  ['oneOf', 'schemas'],
  ['not', 'schema'],
  ['if', 'schema'],
  ['then', 'schema'],
  ['else', 'schema'],
  ['$ref', 'reference'],
  ['$defs', 'schemaMap'],
  ['definitions', 'schemaMap'],
]);

/** Known, and of no use to a validator. */
const annotations: ReadonlySet<string> = new Set([
  '$schema',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
]);

/** Leaving these out would make the schema say something else; and none has a use in a tool's definition. */
const refused: ReadonlySet<string> = new Set([
  '$async',
  '$data',
  '$dynamicRef',
  '$dynamicAnchor',
  '$recursiveRef',
  '$recursiveAnchor',
  '$anchor',
  'dependencies',
]);

/** Subschemas that judge the same value as the schema they stand in. */
const inPlace: readonly string[] = [
  'allOf',
  'anyOf',
  'oneOf',
  'not',
  'if',
  'then',
  'else',
  'dependentSchemas',
];

/** Those that are checked. Any other says nothing, as JSON Schema has it. */
export const formatNames = [
  'date',
  'time',
  'date-time',
  'duration',
  'hostname',
  'ipv4',
  'ipv6',
  'uri',
  'uuid',
] as const;
const formats: ReadonlySet<string> = new Set(formatNames);

const draft7Only: ReadonlySet<string> = new Set(['additionalItems']);
const draft2020Only: ReadonlySet<string> = new Set([
  'prefixItems',
  'minContains',
  'maxContains',
  'dependentRequired',
  'dependentSchemas',
  'unevaluatedItems',
  'unevaluatedProperties',
]);

class SchemaRefusal extends Error {
  readonly pointer: string;
  constructor(message: string, pointer: string) {
    super(message);
    this.pointer = pointer;
  }
}

export function prepareSchema(schema: JsonObject): PreparedSchema {
  try {
    if (JSON.stringify(schema).length > schemaLimits.charactersMax) {
      throw new SchemaRefusal(`longer than ${schemaLimits.charactersMax} characters`, '');
    }
    const draft = draftOf(schema);
    const prepared = new Preparation(draft).schema(schema, '', 0);
    if (!isJsonObject(prepared)) throw new SchemaRefusal('not an object', '');
    new References(prepared).check();
    if (multiplies(prepared, (reference) => resolveLocal(prepared, reference)))
      throw new SchemaRefusal('its alternatives multiply', '');
    return { draft, schema: prepared };
  } catch (error) {
    if (error instanceof SchemaRefusal) return { error: error.message, pointer: error.pointer };
    return { error: 'it nests too deep to be read', pointer: '' };
  }
}

/** 2020-12 is what MCP says of a schema that names none. */
function draftOf(schema: JsonObject): Draft {
  const named = schema['$schema'];
  if (named === undefined) return '2020-12';
  const text = typeof named === 'string' ? named.replace(/^https?:\/\//, '').replace(/#$/, '') : '';
  switch (text) {
    case 'json-schema.org/draft/2020-12/schema':
    case 'json-schema.org/draft/2019-09/schema':
      return '2020-12';
    case 'json-schema.org/draft-07/schema':
    case 'json-schema.org/draft-06/schema':
      return 'draft-07';
    default:
      throw new SchemaRefusal('`$schema` names no draft that we know', '/$schema');
  }
}

class Preparation {
  readonly #draft: Draft;
  #schemas = 0;

  constructor(draft: Draft) {
    this.#draft = draft;
  }

  schema(value: JsonValue, pointer: string, depth: number): JsonValue {
    this.#schemas += 1;
    if (this.#schemas > schemaLimits.schemasMax) {
      throw new SchemaRefusal(`more than ${schemaLimits.schemasMax} subschemas`, pointer);
    }
    if (depth > schemaLimits.depthMax) throw new SchemaRefusal('it nests too deep', pointer);
    if (typeof value === 'boolean') return value;
    if (!isJsonObject(value))
      throw new SchemaRefusal('a schema is an object, true or false', pointer);
    const kept: [string, JsonValue][] = [];
    for (const [keyword, content] of Object.entries(value)) {
      const at = `${pointer}/${keyword}`;
      if (refused.has(keyword)) throw new SchemaRefusal(`\`${keyword}\` isn't supported`, at);
      // A second base URI would give local references another meaning; the root's own changes nothing.
      if ((keyword === '$id' || keyword === 'id') && depth > 0 && typeof content === 'string') {
        if (keyword === '$id') throw new SchemaRefusal("`$id` below the root isn't supported", at);
        continue;
      }
      const shape = keywords.get(keyword);
      if (shape === undefined || annotations.has(keyword)) continue;
      const foreign = this.#draft === 'draft-07' ? draft2020Only : draft7Only;
      if (foreign.has(keyword)) continue;
      // What the validator looks up by its name: `toString` would find what every object has.
      if (keyword === 'format' && typeof content === 'string' && !formats.has(content)) continue;
      kept.push([keyword, this.#content(shape, content, at, depth)]);
    }
    return Object.fromEntries(kept);
  }

  #content(shape: Shape, value: JsonValue, at: string, depth: number): JsonValue {
    switch (shape) {
      case 'schema':
        return this.schema(value, at, depth + 1);
      case 'items':
        if (!isJsonArray(value)) return this.schema(value, at, depth + 1);
        if (this.#draft === '2020-12') throw new SchemaRefusal('a list of `items` is draft-07', at);
        return this.#schemas_(value, at, depth);
      case 'schemas':
        return this.#schemas_(value, at, depth);
      case 'schemaMap':
      case 'patternMap':
        return this.#schemaMap(shape, value, at, depth);
      case 'pattern':
        return checkedPattern(value, at);
      case 'count':
      case 'number':
      case 'positive':
      case 'boolean':
      case 'names':
      case 'namesMap':
      case 'types':
      case 'values':
      case 'value':
      case 'reference':
      case 'text':
        if (!fits(shape, value)) throw new SchemaRefusal(`not what the keyword takes`, at);
        return value;
    }
  }

  #schemas_(value: JsonValue, at: string, depth: number): JsonValue {
    if (!isJsonArray(value) || value.length === 0)
      throw new SchemaRefusal('not a list of schemas', at);
    return value.map((one, index) => this.schema(one, `${at}/${index}`, depth + 1));
  }

  #schemaMap(
    shape: 'schemaMap' | 'patternMap',
    value: JsonValue,
    at: string,
    depth: number,
  ): JsonValue {
    if (!isJsonObject(value)) throw new SchemaRefusal('not a map of schemas', at);
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => {
        if (name === '__proto__')
          throw new SchemaRefusal('`__proto__` is no name of a property', at);
        if (shape === 'patternMap') checkedPattern(name, at);
        return [name, this.schema(one, `${at}/${escaped(name)}`, depth + 1)];
      }),
    );
  }
}

export function escaped(segment: string): string {
  return segment.replaceAll('~', '~0').replaceAll('/', '~1');
}

function checkedPattern(value: JsonValue, at: string): string {
  if (typeof value !== 'string') throw new SchemaRefusal('a pattern is text', at);
  try {
    linearPattern(value);
  } catch {
    throw new SchemaRefusal("the pattern can't run in linear time (RE2 syntax)", at);
  }
  return value;
}

const typeNames: ReadonlySet<JsonValue> = new Set([
  'null',
  'boolean',
  'object',
  'array',
  'number',
  'string',
  'integer',
]);

function fits(shape: PlainShape, value: JsonValue): boolean {
  switch (shape) {
    case 'count':
      return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
    case 'number':
      return typeof value === 'number';
    case 'positive':
      return typeof value === 'number' && value > 0;
    case 'boolean':
      return typeof value === 'boolean';
    case 'text':
      return typeof value === 'string';
    case 'names':
      return isJsonArray(value) && value.every((name) => typeof name === 'string');
    case 'namesMap':
      return isJsonObject(value) && Object.values(value).every((names) => fits('names', names));
    case 'types':
      if (!isJsonArray(value)) return typeNames.has(value);
      return value.length > 0 && value.every((name) => typeNames.has(name));
    case 'values':
      return isJsonArray(value) && value.length > 0;
    case 'reference':
      return typeof value === 'string' && /^#(?:\/|$)/.test(value);
    case 'value':
      return true;
  }
}

/** Local references: each leads somewhere, none leads round to itself, and all together stay few. */
class References {
  readonly #root: JsonObject;
  readonly #weights = new Map<JsonObject, number | 'open'>();

  constructor(root: JsonObject) {
    this.#root = root;
  }

  check(): void {
    this.#visit(this.#root);
  }

  #visit(value: JsonValue): void {
    if (isJsonArray(value)) {
      for (const one of value) this.#visit(one);
      return;
    }
    if (!isJsonObject(value)) return;
    this.#weight(value);
    for (const [keyword, content] of Object.entries(value)) {
      const shape = keywords.get(keyword);
      if (shape === 'schema' || shape === 'schemas' || shape === 'items') this.#visit(content);
      else if ((shape === 'schemaMap' || shape === 'patternMap') && isJsonObject(content))
        for (const one of Object.values(content)) this.#visit(one);
    }
  }

  /** How many schemas look at a value that this one looks at. */
  #weight(schema: JsonObject): number {
    const known = this.#weights.get(schema);
    if (known === 'open') throw new SchemaRefusal('a `$ref` leads round to itself', '');
    if (known !== undefined) return known;
    this.#weights.set(schema, 'open');
    let weight = 1;
    const reference = schema['$ref'];
    if (typeof reference === 'string') weight += this.#of(this.#target(reference));
    for (const keyword of inPlace) {
      const content = schema[keyword];
      if (content === undefined) continue;
      const all = isJsonArray(content)
        ? content
        : keyword === 'dependentSchemas' && isJsonObject(content)
          ? Object.values(content)
          : [content];
      for (const one of all) weight += this.#of(one);
    }
    if (weight > schemaLimits.inPlaceMax) throw new SchemaRefusal('its alternatives multiply', '');
    this.#weights.set(schema, weight);
    return weight;
  }

  #of(value: JsonValue): number {
    return isJsonObject(value) ? this.#weight(value) : 1;
  }

  #target(reference: string): JsonValue {
    const target = resolveLocal(this.#root, reference);
    if (target === undefined) throw new SchemaRefusal('a `$ref` leads nowhere', '');
    return target;
  }
}

/** Broken escapes name nothing: they stay as they are written. */
function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

/** What a local `$ref` names; undefined: nothing. */
export function resolveLocal(
  root: JsonObject,
  reference: string,
): JsonObject | boolean | undefined {
  let target: JsonValue | undefined = root;
  for (const segment of decoded(reference).split('/').slice(1)) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isJsonArray(target)) target = target[Number(name)];
    else if (isJsonObject(target) && Object.hasOwn(target, name)) target = target[name];
    else return undefined;
  }
  return isJsonObject(target) || typeof target === 'boolean' ? target : undefined;
}
