import { digestOf } from '../../content/digest.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { LockedTool } from '../lock.ts';
import type { Argument, PinnedDefinition } from '../model.ts';
import { compileSchema } from '../schema-check.ts';
import { fillDefaults } from '../schema-defaults.ts';
import { type SurfaceOperation, surfaceDefinitions } from '../surfaces.ts';

export type Pinned = { readonly pin: PinnedDefinition } | { readonly error: string };

/** One pinned definition, with its schemas compiled. */
export function compilePin(locked: Pick<LockedTool, 'digest' | 'definition'>): Pinned {
  const { definition, digest } = locked;
  const inputSchema = definition['inputSchema'];
  if (!isJsonObject(inputSchema)) return { error: 'its definition has no input schema' };
  const input = compileSchema(inputSchema);
  if ('error' in input) return { error: `its input schema can't be used: ${input.error}` };
  if (!hasDefaults(inputSchema)) return { error: 'its input schema has defaults without end' };
  const outputSchema = isJsonObject(definition['outputSchema']) ? definition['outputSchema'] : null;
  const output = outputSchema === null ? null : compileSchema(outputSchema);
  if (output !== null && 'error' in output)
    return { error: `its output schema can't be used: ${output.error}` };
  return {
    pin: {
      digest,
      title: text(definition['title']),
      description: text(definition['description']) ?? '',
      inputSchema,
      outputSchema,
      annotations: isJsonObject(definition['annotations']) ? definition['annotations'] : null,
      checkInput: input.check,
      checkOutput: output?.check ?? null,
      fillDefaults: speaksOf(inputSchema, 'default')
        ? (args) => fillDefaults(inputSchema, args)
        : (args) => args,
    },
  };
}

/** Whether a key stands anywhere in it. */
function speaksOf(value: JsonValue, key: string): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (isJsonObject(value) && Object.hasOwn(value, key)) return true;
  return Object.values(value).some((member) => speaksOf(member, key));
}

/** What no call could be filled with is said at load, not at the first call. */
function hasDefaults(schema: JsonObject): boolean {
  try {
    fillDefaults(schema, {});
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** MCP itself defines these calls: what they take is known before anybody has pinned them. */
export function surfacePin(operation: SurfaceOperation): Pinned {
  const definition = surfaceDefinitions[operation];
  return compilePin({ digest: digestOf(definition), definition });
}

/**
 * The definition of a function that brings none: made from the policy's `args`, so accepting the policy is accepting it.
 * Kinds check the values; the schema says which there are.
 */
export function functionDefinition(
  operation: string,
  args: ReadonlyMap<string, Argument>,
): JsonObject {
  const properties = [...args.values()].map(({ name, parts }) => [name, typeOf(parts)]);
  return {
    name: operation,
    inputSchema: {
      type: 'object',
      properties: Object.fromEntries(properties),
      additionalProperties: false,
    },
  };
}

function typeOf(parts: Argument['parts']): JsonObject {
  const kinds = parts.map(({ kind }) => kind.name);
  if (kinds.length === 1 && kinds[0] === 'number') return { type: 'number' };
  if (kinds.length === 1 && kinds[0] === 'flag') return { type: 'boolean' };
  return {};
}

export function functionPin(definition: JsonObject): Pinned {
  return compilePin({ digest: digestOf(definition), definition });
}

/** What a schema says about the names of arguments. */
export interface DeclaredArguments {
  readonly byName: ReadonlyMap<string, JsonObject>;
  /** It lets through names that it doesn't list. */
  readonly isOpen: boolean;
}

export function declaredArguments(schema: JsonObject): DeclaredArguments {
  const byName = new Map<string, JsonObject>();
  collect(schema, schema, byName, 0);
  const more = schema['additionalProperties'];
  return { byName, isOpen: more === true || isJsonObject(more) || 'patternProperties' in schema };
}

/** Names also stand in what a schema is put together from; deeper than this nobody puts together. */
const nestingMax = 8;

function collect(
  schema: JsonValue | undefined,
  root: JsonObject,
  into: Map<string, JsonObject>,
  depth: number,
): void {
  if (!isJsonObject(schema) || depth > nestingMax) return;
  const properties = schema['properties'];
  if (isJsonObject(properties)) {
    for (const [name, property] of Object.entries(properties)) {
      if (!into.has(name)) into.set(name, isJsonObject(property) ? property : {});
    }
  }
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    const members = schema[key];
    if (isJsonArray(members)) for (const member of members) collect(member, root, into, depth + 1);
  }
  for (const key of ['if', 'then', 'else']) collect(schema[key], root, into, depth + 1);
  const reference = schema['$ref'];
  if (typeof reference === 'string') collect(localTarget(reference, root), root, into, depth + 1);
}

function localTarget(reference: string, root: JsonObject): JsonValue | undefined {
  if (!reference.startsWith('#/')) return undefined;
  let target: JsonValue | undefined = root;
  for (const segment of reference.slice(2).split('/')) {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    target = isJsonObject(target) && Object.hasOwn(target, name) ? target[name] : undefined;
  }
  return target;
}
