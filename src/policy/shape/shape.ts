import type { JsonObject } from '../../content/value.ts';
import type { SourcePosition } from '../model.ts';
import type { Report } from '../report.ts';
import type { Node } from '../source/node.ts';

/**
 * What a place in the policy may hold. One description gives the validator, the published JSON Schema and the
 * reference, so that the three can't differ.
 */
export interface Shape<T> {
  /** Completes "expected: …". */
  readonly expected: string;
  /** Undefined: the value can't be used, and the report says why. */
  readonly read: (node: Node, report: Report) => T | undefined;
  readonly schema: (book: SchemaBook) => JsonObject;
}

/** A value and where it was written. */
export interface Located<T> {
  readonly value: T;
  readonly at: SourcePosition;
}

/** The named definitions of the JSON Schema, each described once. */
export class SchemaBook {
  readonly #definitions = new Map<string, JsonObject>();

  define(name: string, describe: () => JsonObject): JsonObject {
    if (!this.#definitions.has(name)) {
      // Reserved before it is described: a definition may mention itself.
      this.#definitions.set(name, {});
      this.#definitions.set(name, describe());
    }
    return { $ref: `#/definitions/${name}` };
  }

  definitions(): JsonObject {
    return Object.fromEntries(
      [...this.#definitions].toSorted(([left], [right]) => (left < right ? -1 : 1)),
    );
  }
}

/** A shape under a name of its own: one definition in the schema, one section in the reference. */
export function named<T>(name: string, shape: Shape<T>): Shape<T> {
  return { ...shape, schema: (book) => book.define(name, () => shape.schema(book)) };
}

export function describeNode(node: Node): string {
  switch (node.type) {
    case 'list':
      return 'a list';
    case 'map':
      return 'a map';
    case 'refused':
      return 'this';
    case 'scalar':
      if (node.value === null) return 'no value';
      if (typeof node.value === 'string' && node.value.trim() === '') return 'empty text';
      return `\`${shorten(node.quoted ? String(node.value) : node.written)}\``;
  }
}

export function shorten(text: string): string {
  const line = text.split(/\r|\n/, 1)[0] ?? '';
  return line.length > 60 || line.length < text.length ? `${line.slice(0, 60)}…` : line;
}

/** The value has another form than any that fits. */
export function wrongType(
  node: Node,
  expected: string,
  report: Report,
  mend: string | null = null,
): undefined {
  if (node.type !== 'refused') {
    const nothing = node.type === 'scalar' && node.value === null;
    const message = nothing
      ? 'there is no value here'
      : `${describeNode(node)} doesn't belong here`;
    report.error('policy.type', node.at, message, { expected, mend });
  }
  return undefined;
}

/** Chooses by the form of the node, so that an error speaks of the form that was written. */
export function byForm<S = never, L = never, M = never>(
  expected: string,
  forms: {
    readonly scalar?: Shape<S>;
    readonly list?: Shape<L>;
    readonly map?: Shape<M>;
    readonly mend?: string;
  },
): Shape<S | L | M> {
  return {
    expected,
    read: (node, report) => {
      if (node.type === 'scalar' && node.value !== null && forms.scalar !== undefined) {
        return forms.scalar.read(node, report);
      }
      if (node.type === 'list' && forms.list !== undefined) return forms.list.read(node, report);
      if (node.type === 'map' && forms.map !== undefined) return forms.map.read(node, report);
      return wrongType(node, expected, report, forms.mend ?? null);
    },
    schema: (book) => ({
      anyOf: [forms.scalar, forms.list, forms.map].flatMap((shape) =>
        shape === undefined ? [] : [shape.schema(book)],
      ),
    }),
  };
}

export function mapped<T, U>(
  shape: Shape<T>,
  change: (value: T, at: SourcePosition) => U | undefined,
): Shape<U> {
  return {
    ...shape,
    read: (node, report) => {
      const value = shape.read(node, report);
      return value === undefined ? undefined : change(value, node.at);
    },
  };
}
