import { canonicalJson } from '../content/json.ts';
import type { Kind, KindName } from '../content/kind.ts';
import type { Argument, Returns, Tool } from '../policy/model.ts';

export type Attribute = Returns['each'][number];

/** A tool as constraints ask about it: by kind instead of by name. */
export interface ToolShape {
  /** `upstream.action`, by which grants name it. */
  readonly action: string;
  /** `upstream.operation`: a tool and its variants share it. */
  readonly operation: string;
  readonly argumentsOf: ReadonlyMap<KindName, readonly Argument[]>;
  readonly attributesOf: ReadonlyMap<KindName, readonly Attribute[]>;
  readonly attributesNamed: ReadonlyMap<string, readonly Attribute[]>;
  /** The arguments that Sallyport fills with the call's id. */
  readonly idempotencyKeys: readonly string[];
  /** Those whose values an agent writes, and that aren't secrets altogether. */
  readonly writtenArguments: readonly Argument[];
  /** Those of which a part is a secret. */
  readonly secretArguments: readonly string[];
  /** Whether any of its queries is of a language that is read here. */
  readonly hasDialect: boolean;
  /** What the digests of all its calls begin with: its name and its definition, in RFC 8785 form. */
  readonly digestHead: string;
}

const shapes = new WeakMap<Tool, ToolShape>();

/** Made once a tool: this is the hot path, and tools are frozen. */
export function shapeOf(tool: Tool): ToolShape {
  const known = shapes.get(tool);
  if (known !== undefined) return known;
  const shape = makeShape(tool);
  shapes.set(tool, shape);
  return shape;
}

function makeShape(tool: Tool): ToolShape {
  const argumentsOf = new Map<KindName, Argument[]>();
  const idempotencyKeys: string[] = [];
  for (const argument of tool.args.values()) {
    for (const kind of new Set(argument.parts.map((part) => part.kind.name))) {
      append(argumentsOf, kind, argument);
      if (kind === 'idempotency_key') idempotencyKeys.push(argument.name);
    }
  }
  const attributesOf = new Map<KindName, Attribute[]>();
  const attributesNamed = new Map<string, Attribute[]>();
  for (const attribute of tool.returns.items === null ? [] : tool.returns.each) {
    append(attributesNamed, attribute.attribute, attribute);
    if (attribute.kind !== null) append(attributesOf, attribute.kind.name, attribute);
  }
  const writtenArguments = [...tool.args.values()].filter(
    ({ name, parts }) =>
      !Object.hasOwn(tool.fixed, name) &&
      !idempotencyKeys.includes(name) &&
      !parts.every(({ kind, pointer }) => kind.name === 'secret' && pointer.text === ''),
  );
  const hasDialect = [...tool.args.values()].some(({ parts }) =>
    parts.some(({ kind }) => kind.dialect !== null),
  );
  const secretArguments = [...tool.args.values()].flatMap(({ name, parts }) =>
    parts.some(({ kind }) => kind.name === 'secret') ? [name] : [],
  );
  return {
    action: `${tool.upstream}.${tool.action}`,
    operation: `${tool.upstream}.${tool.operation}`,
    argumentsOf,
    attributesOf,
    attributesNamed,
    idempotencyKeys,
    writtenArguments,
    secretArguments,
    hasDialect,
    digestHead: `${canonicalJson(tool.name)},${canonicalJson(tool.pin?.digest ?? null)}`,
  };
}

/** The kind by which this argument's values of that name were read. */
export function declaredKind(tool: Tool, argument: string, name: KindName): Kind | undefined {
  return tool.args.get(argument)?.parts.find((part) => part.kind.name === name)?.kind;
}

function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
