import type { Kind, KindName } from '../content/kind.ts';
import { parseKind } from '../content/kinds.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import {
  type CelEnvironment,
  type CelRef,
  type CelTool,
  type CelType,
  celListOf,
  celLists,
  spelledAs,
} from './cel-environment.ts';
import { CelFault, type CelValue, fromJson, type Meter } from './cel-value.ts';
import type { CelBindings, CelListName, CelRecord } from './model.ts';
import { type ObjectShape, spelledField } from './objects.ts';

/** What one evaluation reads and spends. `item` is the element that a comprehension stands at. */
export interface Frame {
  readonly bindings: CelBindings;
  readonly meter: Meter;
  item: CelValue;
}

export type Evaluate = (frame: Frame) => CelValue;

/** A name that an expression may use at this place: a value, or only a way to its members. */
export type Named =
  | {
      readonly type: 'value';
      readonly of: CelType;
      readonly evaluate: Evaluate;
      /** The argument whose records it is. */
      readonly ref?: string;
    }
  /** One that could only mislead here. */
  | { readonly type: 'useless'; readonly why: string; readonly mend?: string }
  | {
      readonly type: 'members';
      readonly members: ReadonlyMap<string, Named>;
      readonly what: string;
    };

/** The names at one place, for one of the tools that the expression has to hold for. */
export function namesFor(
  environment: CelEnvironment,
  tool: CelTool | null,
): ReadonlyMap<string, Named> {
  if (tool === null) {
    const result = environment.result;
    if (result === null) return new Map();
    return new Map([
      ['result', value(result, (frame) => fromJson(frame.bindings.result, result, frame.meter))],
    ]);
  }
  return new Map<string, Named>([
    ['call', members('member of `call`', callMembers(tool, environment))],
    ['case', members('name in `case`', caseMembers(environment))],
    ['ref', members('argument that names a thing', refMembers(tool))],
    ...circumstances(environment.tools.map((one) => one.name)),
  ]);
}

/** What every call has, whatever its tool. */
export function circumstances(toolNames: readonly string[]): readonly (readonly [string, Named])[] {
  return [
    // Its values are the tools that the expression holds for: `tool == 'mail.sned'` is then a load error.
    ['tool', value(text(toolNames), (frame) => frame.bindings.tool)],
    ['agent', value(text(null), (frame) => frame.bindings.agent)],
    ['user', members('member of `user`', userMembers)],
    ['run', members('member of `run`', runMembers)],
    ['now', value({ type: 'timestamp', nullable: false }, (frame) => frame.bindings.nowMs)],
  ];
}

export function value(of: CelType, evaluate: Evaluate): Named {
  return { type: 'value', of, evaluate };
}

export function members(what: string, named: ReadonlyMap<string, Named>): Named {
  return { type: 'members', members: named, what };
}

export function text(values: readonly string[] | null): CelType {
  return { type: 'string', values, nullable: false };
}

const int: CelType = { type: 'int', nullable: false };

const userMembers: ReadonlyMap<string, Named> = new Map([
  ['id', value({ ...text(null), nullable: true }, (frame) => frame.bindings.user.id)],
  [
    'roles',
    value(
      { type: 'list', element: text(null), nullable: false },
      (frame) => frame.bindings.user.roles,
    ),
  ],
]);

const runMembers: ReadonlyMap<string, Named> = new Map([
  ['id', value(text(null), (frame) => frame.bindings.run.id)],
  ['calls', value(int, (frame) => BigInt(frame.bindings.run.calls))],
  ['steps', value(int, (frame) => BigInt(frame.bindings.run.steps))],
]);

function callMembers(tool: CelTool, { tools }: CelEnvironment): ReadonlyMap<string, Named> {
  const named = new Map<string, Named>();
  const args = new Map<string, Named>();
  for (const [name, argument] of tool.args) {
    args.set(
      name,
      value(argument.type, (frame) => {
        const all = frame.bindings.call.args;
        const json = Object.hasOwn(all, name) ? all[name] : undefined;
        if (argument.amount !== null) return amountOf(json, argument.amount);
        return fromJson(json, argument.type, frame.meter);
      }),
    );
  }
  named.set('args', members(`argument of \`${tool.name}\``, args));
  const anyKinds = tools.flatMap((one) => [...one.kinds.keys()]);
  return new Map([...named, ...listMembers(tool, anyKinds)]);
}

/** The lists of a call; of `anyKinds` some call has a value. */
export function listMembers(
  typed: Pick<CelTool, 'kinds' | 'currency'>,
  anyKinds: Iterable<KindName>,
): readonly (readonly [string, Named])[] {
  const taken = new Set([...anyKinds].map((kind) => celListOf[kind]));
  return listNames.map(
    // `call.urls.all(…)` would be true of every call.
    (name) => [name, taken.has(name) ? listNamed(name, typed) : alwaysEmpty(name)] as const,
  );
}

const listNames: readonly CelListName[] = [
  'recipients',
  'senders',
  'urls',
  'accounts',
  'amounts',
  'paths',
  'folders',
  'queries',
  'commands',
  'contents',
  'attachments',
  'references',
  'identifiers',
  'numbers',
  'dates',
  'flags',
];

function alwaysEmpty(name: CelListName): Named {
  const kind = Object.entries(celListOf).find(([, list]) => list === name)?.[0] ?? name;
  return {
    type: 'useless',
    why: `\`call.${name}\` is always empty: no argument here is of the kind \`${kind}\``,
  };
}

function listNamed(
  name: CelListName,
  { currency, kinds }: Pick<CelTool, 'kinds' | 'currency'>,
): Named {
  const holds = celLists[name];
  const kind = [...kinds.values()].find((one) => one !== null && celListOf[one.name] === name);
  const element: CelType =
    holds === 'money'
      ? { type: 'money', currency, nullable: false }
      : holds === 'string'
        ? text(null)
        : { type: holds, nullable: false };
  const list: CelType = { type: 'list', element, nullable: false };
  const type = kind == null ? list : spelledAs(list, kind);
  return value(type, (frame) => fromJson(frame.bindings.call.lists[name], type, frame.meter));
}

/** What arguments name, as the run was last shown it. */
function refMembers(tool: CelTool): ReadonlyMap<string, Named> {
  const named = new Map<string, Named>();
  for (const name of tool.args.keys()) {
    const ref = tool.refs.get(name);
    named.set(
      name,
      ref === undefined
        ? { type: 'useless', why: `\`${name}\` names no thing that a tool returns` }
        : {
            type: 'value',
            of: ref.isList ? { type: 'list', element: ref.type, nullable: false } : ref.type,
            evaluate: (frame) => recordsOf(frame, name, ref),
            ref: name,
          },
    );
  }
  return named;
}

function recordsOf({ bindings, meter }: Frame, name: string, { isList, shape }: CelRef): CelValue {
  const records = (bindings.records ?? unknownRecords)(name);
  meter.charge(records.length);
  const all = records.map((record) => {
    if (record === null) throw unresolved(`what \`${name}\` names isn't known, or not any more`);
    return recordAsRead(record, shape);
  });
  if (isList) return all;
  if (all.length > 1) throw new CelFault(`\`${name}\` names more than one thing`);
  return all[0] ?? null;
}

const unknownRecords = (): readonly null[] => [null];

/** A field that wasn't shown, or isn't of its kind, is left out: reading it is a fault. */
function recordAsRead({ owner, fields }: CelRecord, shape: ObjectShape): JsonObject {
  const read: Record<string, JsonValue> = {};
  for (const [name, { kind }] of shape.fields) {
    const stored = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const value = stored === undefined ? undefined : spelledField(kind, stored);
    if (value !== undefined) read[name] = value;
  }
  const whose = owner === null ? undefined : spelledField(shape.owner, owner);
  return whose === undefined ? read : { ...read, owner: whose };
}

export function unresolved(message: string): CelFault {
  return new CelFault(message, 'unresolved');
}

/** In the currency's smallest unit, whatever unit the tool counts in: else 100 dollars would be less than `usd(50)`. */
function amountOf(json: JsonValue | undefined, kind: Kind): CelValue {
  if (json === undefined || json === null) return null;
  const parsed = parseKind(kind, json);
  if (parsed.type !== 'amount')
    throw new CelFault("an argument isn't the amount that it is declared to be");
  return BigInt(parsed.minor);
}

export function caseMembers({
  caseNames,
}: Pick<CelEnvironment, 'caseNames'>): ReadonlyMap<string, Named> {
  return new Map(
    [...caseNames].map(([name, type]): [string, Named] => [
      name,
      value(type, (frame) => {
        const bound = frame.bindings.case;
        if (!Object.hasOwn(bound, name)) throw new CelFault('a case name is not bound');
        return fromJson(bound[name], type, frame.meter);
      }),
    ]),
  );
}

/** A field of a value: own properties only, so that no name reaches what JavaScript gives every object. */
export function fieldOf(object: CelValue, name: string): JsonValue | undefined {
  if (object === null) throw new CelFault('a field is asked of null');
  if (typeof object === 'bigint' || !isJson(object) || !isJsonObject(object)) {
    throw new CelFault('a field is asked of something that has none');
  }
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isJson(value: CelValue): value is JsonValue {
  return typeof value !== 'bigint' && !Array.isArray(value);
}
