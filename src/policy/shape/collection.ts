import type { JsonObject, JsonValue } from '../../content/value.ts';
import { policyLimits } from '../defaults.ts';
import type { SourcePosition } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Report } from '../report.ts';
import type { MapNode, Node } from '../source/node.ts';
import { mendName, oneOf } from './scalar.ts';
import { describeNode, type Located, type SchemaBook, type Shape, wrongType } from './shape.ts';

export type Listed<T> = Located<readonly T[]>;

export function listOf<T>(
  item: Shape<T>,
  options: {
    readonly min?: number;
    readonly max?: number;
    /** What to write when there is something else instead: that alone, in a list, where nothing is said. */
    readonly mendForm?: string | ((written: string) => string | null);
    /** The same twice is a slip: somebody meant another. */
    readonly distinctBy?: (entry: T) => string;
  } = {},
): Shape<Listed<T>> {
  const { min = 1, max = policyLimits.listEntriesMax } = options;
  const expected = `a list; each entry is ${item.expected}`;
  return {
    expected,
    schema: (book) => ({
      type: 'array',
      items: item.schema(book),
      minItems: min,
      maxItems: max,
      ...(options.distinctBy === undefined ? {} : { uniqueItems: true }),
    }),
    read: (node, report) => {
      if (node.type !== 'list') {
        const { mendForm = (written: string) => `write \`[${written}]\`` } = options;
        const written = node.type === 'scalar' && node.value !== null ? node.written : null;
        const mend =
          typeof mendForm === 'string' ? mendForm : written === null ? null : mendForm(written);
        return wrongType(node, expected, report, mend);
      }
      if (node.items.length < min) {
        report.error('policy.value', node.at, 'the list is empty', {
          expected,
          mend: 'write what belongs in it, or leave the key out',
        });
        return undefined;
      }
      if (node.items.length > max) {
        report.error('policy.value', node.at, 'the list is too long', {
          expected: `at most ${max} entries`,
        });
        return undefined;
      }
      const seen = new Set<string>();
      const value = node.items.flatMap((entry) => {
        const read = item.read(entry, report);
        if (read === undefined) return [];
        const key = options.distinctBy?.(read);
        if (key !== undefined && seen.has(key))
          report.error(
            'policy.duplicate',
            entry.at,
            `${entry.type === 'scalar' ? describeNode(entry) : 'the same'} is there twice`,
            { mend: 'remove one' },
          );
        if (key !== undefined) seen.add(key);
        return [read];
      });
      // An entry that can't be used makes the list mean something else than it says: then nothing of it is used.
      return value.length === node.items.length ? { value, at: node.at } : undefined;
    },
  };
}

/** One name of a map, and its value: undefined when it couldn't be used, though the name is known all the same. */
export interface Named<T> {
  readonly name: string;
  readonly at: SourcePosition;
  readonly value: T | undefined;
}

export type NamedMap<T> = Located<readonly Named<T>[]>;

export interface KeyForm {
  /** Completes "expected: …" for a key. */
  readonly expected: string;
  readonly pattern: RegExp;
  readonly mend: (key: string) => string | null;
}

export function nameKey(what: string): KeyForm {
  return {
    expected: `${what}: small letters, digits, \`_\` and \`-\`, beginning with a letter`,
    pattern: /^[a-z][a-z0-9_-]{0,63}$/,
    mend: mendName,
  };
}

export function mapOf<T>(
  key: KeyForm,
  value: Shape<T>,
  options: { readonly min?: number } = {},
): Shape<NamedMap<T>> {
  const { min = 0 } = options;
  const expected = `a map from ${key.expected} to ${value.expected}`;
  return {
    expected: `a map; each key is ${key.expected}`,
    schema: (book) => ({
      type: 'object',
      propertyNames: { pattern: key.pattern.source },
      additionalProperties: value.schema(book),
      minProperties: min,
    }),
    read: (node, report) => {
      if (node.type !== 'map') return wrongType(node, expected, report);
      if (node.entries.length < min) {
        report.error('policy.value', node.at, 'the map is empty', {
          expected,
          mend: 'write what belongs in it, or leave the key out',
        });
        return undefined;
      }
      const entries = node.entries.map((entry) => {
        const fits = key.pattern.test(entry.key);
        if (!fits) {
          report.error('policy.value', entry.keyAt, `\`${entry.key}\` can't be a key here`, {
            expected: key.expected,
            mend: key.mend(entry.key),
          });
        }
        const read = value.read(entry.value, report);
        return { name: entry.key, at: entry.keyAt, value: fits ? read : undefined };
      });
      return { value: entries, at: node.at };
    },
  };
}

/** How a record asks for its keys: once to read a node, once to describe itself. */
export interface Fields {
  readonly at: SourcePosition;
  readonly required: <T>(key: string, shape: Shape<T>, description: string) => T | undefined;
  readonly optional: <T>(key: string, shape: Shape<T>, description: string) => T | undefined;
  /** The language has this key, and this version doesn't enforce it: an error, never silence. */
  readonly later: (key: string, description: string, what?: string) => void;
  readonly has: (key: string) => boolean;
  /** Where the key stands; the map itself when it isn't there. */
  readonly keyAt: (key: string) => SourcePosition;
}

export interface RecordOptions {
  readonly description?: string;
  /** What a key is called when it is unknown: `constraint`, `key`. */
  readonly keyWord?: string;
  /** What to write when a key looks like something else that we know. */
  readonly mendKey?: (key: string) => string | null;
  readonly mendEmpty?: string;
  /** What to write when there is a scalar or a list instead. */
  readonly mendForm?: string;
  /** How many keys there may be, at least and at most. */
  readonly min?: number;
  readonly max?: number;
}

export function record<T>(
  expected: string,
  build: (fields: Fields) => T | undefined,
  options: RecordOptions = {},
): Shape<T> {
  return {
    expected,
    schema: (book) => describeRecord(build, book, options),
    read: (node, report) => {
      if (node.type !== 'map') return wrongType(node, expected, report, options.mendForm ?? null);
      return readRecord(node, report, build, options);
    },
  };
}

function readRecord<T>(
  node: MapNode,
  report: Report,
  build: (fields: Fields) => T | undefined,
  options: RecordOptions,
): T | undefined {
  const byKey = new Map(node.entries.map((entry) => [entry.key, entry]));
  const known: string[] = [];
  const optional = <V>(key: string, shape: Shape<V>): V | undefined => {
    known.push(key);
    const entry = byKey.get(key);
    return entry === undefined ? undefined : shape.read(entry.value, report);
  };
  const built = build({
    at: node.at,
    has: (key) => byKey.has(key),
    keyAt: (key) => byKey.get(key)?.keyAt ?? node.at,
    optional,
    required: (key, shape) => {
      if (!byKey.has(key)) {
        report.error('policy.missing', node.at, `\`${key}\` is missing`, {
          expected: shape.expected,
          mend: `add \`${key}: …\``,
        });
      }
      return optional(key, shape);
    },
    later: (key, _description, what) => {
      known.push(key);
      const entry = byKey.get(key);
      if (entry !== undefined) notEnforcedYet(entry.keyAt, what ?? `\`${key}\``, report);
    },
  });
  for (const entry of node.entries) {
    if (known.includes(entry.key)) continue;
    report.error(
      'policy.key',
      entry.keyAt,
      `unknown ${options.keyWord ?? 'key'} \`${entry.key}\``,
      {
        expected: oneOf(known),
        mend: options.mendKey?.(entry.key) ?? didYouMean(entry.key, known),
      },
    );
  }
  const { min = 0, max = known.length } = options;
  if (node.entries.length < min) {
    report.error('policy.value', node.at, 'the map is empty', {
      expected: oneOf(known),
      mend: options.mendEmpty ?? null,
    });
  }
  // Of keys that are there: an unknown one is told already, and takes nobody's place.
  const surplus = node.entries.filter(({ key }) => known.includes(key))[max];
  if (surplus !== undefined) {
    report.error(
      'policy.conflict',
      surplus.keyAt,
      `\`${surplus.key}\` can't stand beside the keys before it`,
      {
        expected: `one of ${oneOf(known)}`,
        mend: 'keep one',
      },
    );
  }
  return built;
}

export function notEnforcedYet(at: SourcePosition, what: string, report: Report): void {
  report.error('policy.later', at, `${what} is not enforced yet`, {
    mend: 'remove it, or keep it in a `*.later.yaml` overlay, which is never loaded',
  });
}

const nowhere: SourcePosition = { file: '', line: 0, column: 0 };

function describeRecord<T>(
  build: (fields: Fields) => T | undefined,
  book: SchemaBook,
  options: RecordOptions,
): JsonObject {
  const properties: [string, JsonObject][] = [];
  const later: [string, JsonObject][] = [];
  const required: string[] = [];
  const add = <V>(key: string, shape: Shape<V>, description: string): undefined => {
    properties.push([key, withDescription(shape.schema(book), description)]);
    return undefined;
  };
  build({
    at: nowhere,
    has: () => false,
    keyAt: () => nowhere,
    optional: add,
    required: (key, shape, description) => {
      required.push(key);
      return add(key, shape, description);
    },
    later: (key, description) => {
      later.push([key, { not: {}, description: `Not enforced yet, so refused: ${description}` }]);
    },
  });
  const schema: Record<string, JsonValue> = { type: 'object' };
  if (options.description !== undefined) schema['description'] = options.description;
  schema['properties'] = Object.fromEntries([...properties, ...later]);
  if (required.length > 0) schema['required'] = required;
  if (options.min !== undefined) schema['minProperties'] = options.min;
  if (options.max !== undefined) schema['maxProperties'] = options.max;
  schema['additionalProperties'] = false;
  return schema;
}

/** In draft 7, what stands beside a `$ref` is ignored. */
function withDescription(schema: JsonObject, description: string): JsonObject {
  return '$ref' in schema ? { description, allOf: [schema] } : { description, ...schema };
}

/** Keys of a node, for what depends on which keys are there. */
export function keysOf(node: Node): readonly string[] {
  return node.type === 'map' ? node.entries.map((entry) => entry.key) : [];
}
