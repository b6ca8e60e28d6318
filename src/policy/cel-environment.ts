/**
 * What an expression may name at its place, with types: the ground that `compileCel` checks it against at load.
 *
 * `when` and an approval's `if` speak of a call; `returns.success` speaks of a result. An expression of a grant that
 * covers several tools has to make sense for each of them, so the environment keeps them apart.
 */
import type { Kind, KindName } from '../content/kind.ts';
import type { PointerSegment } from '../content/pointer.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import { listedValues } from './field-schema.ts';
import type { Argument, CaseDeclaration, CelListName, Tool } from './model.ts';
import { type ObjectField, type ObjectShape, thingNamed } from './objects.ts';

/** `nullable`: an absent optional argument is null. Using a null where a value is needed is an error at evaluation. */
export type CelType = { readonly nullable: boolean } & (
  | { readonly type: 'bool' | 'int' | 'double' | 'timestamp' | 'duration' | 'null' }
  /** `values`: the only ones that there are, so that comparing with any other is a slip of the pen. */
  | {
      readonly type: 'string';
      readonly values: readonly string[] | null;
      /** Its values stand in the one spelling of this kind: another spelling in the policy would equal none of them. */
      readonly spelledAs?: Kind;
    }
  /** An integer of the currency's smallest unit. Null: no one currency is known, so it can be compared with no other. */
  | { readonly type: 'money'; readonly currency: string | null }
  | { readonly type: 'list'; readonly element: CelType }
  /** `rest`: what fields beyond the named ones hold; null: there are none. */
  | {
      readonly type: 'object';
      readonly fields: ReadonlyMap<string, CelType>;
      readonly rest: CelType | null;
    }
  /** What an argument names. Of a field that wasn't shown nobody knows anything: reading it is a fault, never null. */
  | {
      readonly type: 'record';
      readonly object: string;
      readonly fields: ReadonlyMap<string, CelType>;
    }
  /** An element of `zip`. */
  | { readonly type: 'pair'; readonly left: CelType; readonly right: CelType }
  /** Nothing is known of it until it is there: every use is checked at evaluation. */
  | { readonly type: 'unknown' }
);

export interface CelTool {
  readonly name: string;
  readonly args: ReadonlyMap<string, CelArgument>;
  /** Of arguments that name things. */
  readonly refs: ReadonlyMap<string, CelRef>;
  /** Of every value that a call of it can have; null: of several forms. */
  readonly kinds: ReadonlyMap<KindName, Kind | null>;
  /** Of `call.amounts`: the currency that all of the tool's amounts have; null: none, or several. */
  readonly currency: string | null;
}

export interface CelRef {
  readonly isList: boolean;
  readonly type: Extract<CelType, { type: 'record' }>;
  readonly shape: ObjectShape;
}

interface CelArgument {
  readonly type: CelType;
  /** Of an argument that is an amount: how its value is read, so that `usd(50)` means the same in cents and in dollars. */
  readonly amount: Kind | null;
}

export interface CelEnvironment {
  /** Of `when` and `if`: the tools that the grant covers, at least one. Empty elsewhere. */
  readonly tools: readonly CelTool[];
  readonly caseNames: ReadonlyMap<string, CelType>;
  /** Of `returns.success`; null elsewhere. */
  readonly result: CelType | null;
  /** Of `content.outbound.rules`; null elsewhere. */
  readonly review: CelReview | null;
}

/** One program for every call that leaves, whatever its tool: it sees what all of them have, and what was found in them. */
export interface CelReview {
  readonly toolNames: readonly string[];
  /** As in a tool that has the arguments of all of them. */
  readonly kinds: ReadonlyMap<KindName, Kind | null>;
  readonly currency: string | null;
  /** Case names that don't mean the same to every agent whose calls leave, and why. */
  readonly unshared: ReadonlyMap<string, string>;
  /** What is looked for besides; null: nothing, so that nothing can be found. */
  readonly markers: readonly string[] | null;
  readonly tone: readonly string[] | null;
  readonly attachments: boolean;
  readonly model: boolean;
}

/** The lists that every call has, whatever its tool: the values of each kind, canonical. */
export const celLists: Readonly<Record<CelListName, 'string' | 'money' | 'double' | 'bool'>> = {
  recipients: 'string',
  senders: 'string',
  urls: 'string',
  accounts: 'string',
  amounts: 'money',
  paths: 'string',
  folders: 'string',
  queries: 'string',
  commands: 'string',
  contents: 'string',
  attachments: 'string',
  references: 'string',
  identifiers: 'string',
  numbers: 'double',
  dates: 'string',
  flags: 'bool',
};

/** In which list an argument's values stand, by their kind. */
export const celListOf: Readonly<Partial<Record<KindName, CelListName>>> = {
  recipient: 'recipients',
  sender: 'senders',
  url: 'urls',
  account: 'accounts',
  amount: 'amounts',
  path: 'paths',
  folder: 'folders',
  query: 'queries',
  command: 'commands',
  content: 'contents',
  attachment: 'attachments',
  reference: 'references',
  identifier: 'identifiers',
  number: 'numbers',
  date: 'dates',
  flag: 'flags',
};

const unknownType: CelType = { type: 'unknown', nullable: true };

/** Of `when` and `approval.if`: every tool that the grant covers, and the case names that its agent binds. */
export function callEnvironment(
  tools: readonly Pick<Tool, 'name' | 'args' | 'pin' | 'fixed'>[],
  caseNames: ReadonlyMap<string, CaseDeclaration>,
  objects: ReadonlyMap<string, ObjectShape>,
): CelEnvironment {
  return {
    tools: tools.map((tool) => celTool(tool, objects)),
    caseNames: new Map([...caseNames].map(([name, declared]) => [name, caseType(declared)])),
    result: null,
    review: null,
  };
}

/** Of `returns.success`: the result's own data, typed by the pinned output schema where there is one. */
export function resultEnvironment(outputSchema: JsonObject | null): CelEnvironment {
  const result = outputSchema === null ? unknownType : schemaType(outputSchema);
  return { tools: [], caseNames: new Map(), result: { ...result, nullable: false }, review: null };
}

export function celTool(
  tool: Pick<Tool, 'name' | 'args' | 'pin' | 'fixed'>,
  objects: ReadonlyMap<string, ObjectShape>,
): CelTool {
  const schema = tool.pin?.inputSchema ?? null;
  const declared = schema === null ? null : schemaType(schema);
  const args = new Map<string, CelArgument>();
  const currencies = new Set<string | null>();
  const kinds = new Map<KindName, Kind | null>();
  const refs = new Map<string, CelRef>();
  for (const [name, argument] of tool.args) {
    for (const { kind } of argument.parts) {
      const known = kinds.get(kind.name);
      kinds.set(kind.name, known === undefined || known?.form === kind.form ? kind : null);
    }
    // Of a variant, `fixed` arguments are filled and hidden: nothing that the agent says, nothing to judge.
    if (Object.hasOwn(tool.fixed, name)) continue;
    for (const { kind } of argument.parts)
      if (kind.name === 'amount') currencies.add(kind.currency);
    const bySchema = declared?.type === 'object' ? declared.fields.get(name) : undefined;
    args.set(name, celArgument(argument, bySchema));
    const ref = refOf(argument, schema, objects);
    if (ref !== null) refs.set(name, ref);
  }
  const [currency = null] = currencies;
  return { name: tool.name, args, refs, kinds, currency: currencies.size === 1 ? currency : null };
}

function refOf(
  argument: Argument,
  schema: JsonObject | null,
  objects: ReadonlyMap<string, ObjectShape>,
): CelRef | null {
  const thing = thingNamed(argument, schema);
  const shape = thing === null ? undefined : objects.get(thing.object);
  if (thing === null || shape === undefined) return null;
  const fields = new Map<string, CelType>();
  if (shape.owner !== null) fields.set('owner', valueType(shape.owner));
  for (const [name, field] of shape.fields) fields.set(name, fieldType(field));
  return {
    isList: thing.isList,
    type: { type: 'record', object: thing.object, fields, nullable: !thing.isList },
    shape,
  };
}

function fieldType({ kind, isList, schemas }: ObjectField): CelType {
  const one = kind === null ? returnedType(schemas) : valueType(kind);
  return isList ? { type: 'list', element: one, nullable: false } : one;
}

/** By the pinned output schemas of the tools that return it, where they agree; what is shown is still read as that type. */
function returnedType(schemas: readonly (JsonObject | null)[]): CelType {
  const types = schemas.map((schema) => (schema === null ? unknownType : schemaType(schema)));
  const [first] = types;
  if (first === undefined || types.some(({ type }) => type !== first.type)) return unknownType;
  if (first.type === 'string') return { ...first, values: listedValues(schemas), nullable: true };
  return first.type === 'bool' ? { ...first, nullable: true } : unknownType;
}

function celArgument(argument: Argument, bySchema: CelType | undefined): CelArgument {
  const whole = argument.parts.find((part) => part.pointer.segments.length === 0)?.kind ?? null;
  const nullable = bySchema?.nullable ?? true;
  if (whole?.name === 'amount' && bySchema?.type !== 'list') {
    return { type: { type: 'money', currency: whole.currency, nullable }, amount: whole };
  }
  if (bySchema === undefined)
    return { type: whole === null ? unknownType : kindType(whole), amount: null };
  let type = bySchema;
  for (const { pointer, kind } of argument.parts) type = placed(type, pointer.segments, kind);
  return { type, amount: null };
}

/** The type, where what stands at the pointer is of the kind. */
function placed(type: CelType, segments: readonly PointerSegment[], kind: Kind): CelType {
  const [segment, ...rest] = segments;
  if (segment === undefined) return ofKind(type, kind);
  if (type.type === 'list' && segment.type === 'each')
    return { ...type, element: placed(type.element, rest, kind) };
  if (type.type !== 'object' || segment.type !== 'name') return type;
  const field = type.fields.get(segment.name);
  if (field === undefined) return type;
  return { ...type, fields: new Map(type.fields).set(segment.name, placed(field, rest, kind)) };
}

function ofKind(type: CelType, kind: Kind): CelType {
  if (type.type === 'list') return { ...type, element: ofKind(type.element, kind) };
  if (kind.name !== 'amount') return spelledAs(type, kind);
  return { type: 'money', currency: kind.currency, nullable: type.nullable };
}

/**
 * Kinds of which one value has several spellings: expressions see them as constraints do, or `/srv/../etc` would start
 * with `/srv`, and `CEO@x.example` would be somebody else than `ceo@x.example`.
 */
export const spelledOneWay: ReadonlySet<KindName> = new Set([
  'recipient',
  'sender',
  'url',
  'path',
  'folder',
  'account',
]);

/** The type of a text of the kind, or of a list of them. */
export function spelledAs(type: CelType, kind: Kind): CelType {
  if (type.type === 'list') return { ...type, element: spelledAs(type.element, kind) };
  return type.type === 'string' && spelledOneWay.has(kind.name)
    ? { ...type, spelledAs: kind }
    : type;
}

/** Without a schema a kind says little of the JSON that carries it: a recipient may be a string or a list of them. */
function kindType(kind: Kind): CelType {
  if (kind.name === 'flag') return { type: 'bool', nullable: true };
  if (kind.name === 'number') return { type: 'double', nullable: true };
  return unknownType;
}

export function caseType(declared: CaseDeclaration): CelType {
  return declared.type === 'one_of'
    ? { type: 'string', values: declared.values, nullable: false }
    : valueType(declared.kind);
}

/** Of a value that stands in the one spelling of its kind. */
function valueType(kind: Kind): CelType {
  const { name, currency } = kind;
  if (name === 'flag') return { type: 'bool', nullable: false };
  if (name === 'number') return { type: 'double', nullable: false };
  if (name === 'amount') return { type: 'money', currency, nullable: false };
  return spelledAs({ type: 'string', values: null, nullable: false }, kind);
}

/** Deeper than this nothing is known: a recursive `$ref` ends here. */
const schemaDepthMax = 8;

/** What a JSON Schema says of a value's type. Whatever it says in a way that isn't understood here is `unknown`. */
function schemaType(schema: JsonObject): CelType {
  return typeOf(schema, { schema, known: new Map() }, schemaDepthMax);
}

/** `known`: by depth, for a hundred properties that each refer to the whole are a hundred million types otherwise. */
interface Root {
  readonly schema: JsonObject;
  readonly known: Map<JsonObject, Map<number, CelType>>;
}

function typeOf(value: JsonValue | undefined, root: Root, depth: number): CelType {
  if (!isJsonObject(value) || depth === 0) return unknownType;
  const byDepth = root.known.get(value) ?? new Map<number, CelType>();
  root.known.set(value, byDepth);
  const type = byDepth.get(depth) ?? newTypeOf(value, root, depth);
  byDepth.set(depth, type);
  return type;
}

function newTypeOf(value: JsonObject, root: Root, depth: number): CelType {
  const reference = value['$ref'];
  if (typeof reference === 'string')
    return typeOf(localTarget(reference, root.schema), root, depth - 1);
  const alternatives = value['anyOf'] ?? value['oneOf'];
  if (isJsonArray(alternatives)) return eitherType(alternatives, root, depth);
  if ('allOf' in value) return unknownType;
  const declared = value['type'];
  if (isJsonArray(declared)) {
    const types = declared.filter((type) => type !== 'null');
    const [only] = types;
    if (types.length !== 1 || only === undefined) return unknownType;
    const one = newTypeOf({ ...value, type: only }, root, depth);
    return { ...one, nullable: one.nullable || types.length < declared.length };
  }
  switch (typeof declared === 'string' ? declared : '') {
    case 'string':
      return { type: 'string', values: stringValues(value), nullable: false };
    case 'integer':
      return { type: 'int', nullable: false };
    case 'number':
      return { type: 'double', nullable: false };
    case 'boolean':
      return { type: 'bool', nullable: false };
    case 'null':
      return { type: 'null', nullable: true };
    case 'array':
      return { type: 'list', element: typeOf(value['items'], root, depth - 1), nullable: false };
    case 'object':
      return objectType(value, root, depth);
    default:
      return unknownType;
  }
}

/** `anyOf: [T, null]` is how generated schemas say optional; any other choice is unknown. */
function eitherType(alternatives: readonly JsonValue[], root: Root, depth: number): CelType {
  const types = alternatives.map((alternative) => typeOf(alternative, root, depth - 1));
  const some = types.filter((type) => type.type !== 'null');
  const [only] = some;
  if (some.length !== 1 || only === undefined) return unknownType;
  return { ...only, nullable: only.nullable || some.length < types.length };
}

function objectType(schema: JsonObject, root: Root, depth: number): CelType {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const required = isJsonArray(schema['required']) ? schema['required'] : [];
  const fields = new Map<string, CelType>();
  for (const [name, property] of Object.entries(properties)) {
    const type = typeOf(property, root, depth - 1);
    // A default is filled before anything is decided, so such an argument is never absent.
    const filled = isJsonObject(property) && 'default' in property && property['default'] !== null;
    fields.set(name, required.includes(name) || filled ? type : { ...type, nullable: true });
  }
  const more = schema['additionalProperties'];
  const open = more === true || 'patternProperties' in schema || fields.size === 0;
  const rest = isJsonObject(more)
    ? typeOf(more, root, depth - 1)
    : open && more !== false
      ? unknownType
      : null;
  return {
    type: 'object',
    fields,
    rest: rest === null ? null : { ...rest, nullable: true },
    nullable: false,
  };
}

function stringValues(schema: JsonObject): readonly string[] | null {
  if (typeof schema['const'] === 'string') return [schema['const']];
  const values = schema['enum'];
  if (!isJsonArray(values)) return null;
  const texts = values.filter((value) => typeof value === 'string');
  return texts.length === values.length ? texts : null;
}

function localTarget(reference: string, root: JsonObject): JsonValue | undefined {
  if (!reference.startsWith('#/')) return reference === '#' ? root : undefined;
  let target: JsonValue | undefined = root;
  for (const segment of reference.slice(2).split('/')) {
    if (!isJsonObject(target)) return undefined;
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    target = Object.hasOwn(target, name) ? target[name] : undefined;
  }
  return target;
}
