/**
 * What the policy of this moment says of a result that is released: which records it holds, whose they are, what they are
 * called, and which values of theirs later calls may use. It is taken down with the result, so that no reload can make a
 * past of its own. Everything in here *permits*, so what doesn't fit its bounds is left out: fewer values, never more.
 *
 * Made of the data as the filters let it through, before it was cut to its size: what a model was spared for its length is
 * the upstream's word all the same, and a value cut in half would be a value that nobody wrote.
 */
import { canonicalJson } from '../../content/json.ts';
import type { Kind } from '../../content/kind.ts';
import { parseReturned, plainKind } from '../../content/kinds.ts';
import { plainValue } from '../../content/plain-value.ts';
import { type Found, type Pointer, resolvePointer } from '../../content/pointer.ts';
import { isJsonArray, type JsonValue } from '../../content/value.ts';
import type { Provided, Returns } from '../../policy/model.ts';
import { ownerKind } from '../../policy/objects.ts';
import type { Shown, ShownRecord } from '../exchange.ts';
import { limits } from '../limits.ts';
import type { ResultData } from './data.ts';

type ProvidedValue = ShownRecord['provides'][number];

/** What is still to be taken down of one result. */
interface Room {
  values: number;
}

/** Null: the policy says nothing of such a result but its labels. */
export function shownOf(returns: Returns, data: ResultData | null): Shown | null {
  if (data === null || !saysMore(returns)) return null;
  const room: Room = { values: limits.shownValuesMax };
  const found = recordsIn(returns, data.value);
  // What records are comes before what they provide, where there isn't room for all.
  const said = found.map((record) => recordOf(returns, record, room));
  const values = new Map(found.map(({ pointer, value }) => [pointer, value]));
  const provided = new Map<string, ProvidedValue[]>();
  for (const one of returns.provides) provide(one, data.value, values, provided, room);
  const beside = values.has('') ? undefined : provided.get('');
  return {
    v: 1,
    parse: data.from === 'text' ? returns.parse : null,
    records: [
      ...said.map((record) => ({ ...record, provides: provided.get(record.at) ?? [] })),
      // A value that stands in none of them belongs to the result as a whole.
      ...(beside === undefined ? [] : [{ ...nameless, at: '', provides: beside }]),
    ],
  };
}

const nameless = { object: null, id: null, owner: null, fields: {}, names: [], order: {} } as const;

function saysMore(returns: Returns): boolean {
  return (
    returns.items !== null ||
    returns.object !== null ||
    returns.id !== null ||
    returns.owner !== null ||
    returns.provides.length > 0 ||
    returns.fields.size > 0 ||
    returns.names.length > 0 ||
    returns.order.length > 0
  );
}

function recordsIn({ items }: Returns, root: JsonValue): readonly Found[] {
  if (items === null) return [{ pointer: '', value: root }];
  return resolvePointer(root, items)
    .flatMap(({ pointer, value }) =>
      isJsonArray(value)
        ? value.map((item, index) => ({ pointer: `${pointer}/${index}`, value: item }))
        : [{ pointer, value }],
    )
    .slice(0, limits.shownRecordsMax);
}

function recordOf(
  returns: Returns,
  { pointer, value }: Found,
  room: Room,
): Omit<ShownRecord, 'provides'> {
  const { object } = returns;
  return {
    at: pointer,
    object,
    id: object === null ? null : keyAt(value, returns.id, plainKind(`object.${object}`), room),
    owner: keyAt(value, returns.owner, ownerKind(returns), room),
    fields: fieldsOf(returns, value, room),
    names: returns.names
      .flatMap((name) => textsAt(value, name))
      .filter((name) => fits(name) && take(room)),
    order: orderOf(returns, value, room),
  };
}

/** Of two values nobody can say which is the one. */
function keyAt(record: JsonValue, pointer: Pointer | null, kind: Kind, room: Room): string | null {
  if (pointer === null) return null;
  const [found, ...others] = resolvePointer(record, pointer);
  if (found === undefined || others.length > 0) return null;
  const parsed = parseReturned(kind, found.value);
  return parsed.type !== 'unparsable' && fits(parsed.key) && take(room) ? parsed.key : null;
}

/** A field that isn't there is left out: an expression that reads it fails, and permits nothing. */
function fieldsOf(returns: Returns, record: JsonValue, room: Room): ShownRecord['fields'] {
  const fields: Record<string, JsonValue> = {};
  for (const [name, { pointer, kind }] of returns.fields) {
    const found: JsonValue[] = [];
    for (const { value } of resolvePointer(record, pointer)) {
      const parsed = kind === null ? null : parseReturned(kind, value);
      if (parsed?.type !== 'unparsable') found.push(parsed === null ? value : plainValue(parsed));
    }
    const several = pointer.segments.some(({ type }) => type !== 'name');
    const value = several ? found : found[0];
    if (value !== undefined && canonicalJson(value).length <= textMax && take(room))
      fields[name] = value;
  }
  return fields;
}

function orderOf(returns: Returns, record: JsonValue, room: Room): ShownRecord['order'] {
  const order: Record<string, string | number> = {};
  for (const pointer of returns.order) {
    const value = resolvePointer(record, pointer)[0]?.value;
    const orders = typeof value === 'number' || (typeof value === 'string' && fits(value));
    if (orders && take(room)) order[pointer.text] = value;
  }
  return order;
}

/** Each value goes to the record that it stands in, if that record's own fields meet the condition. */
function provide(
  { kind, at, when }: Provided,
  root: JsonValue,
  records: ReadonlyMap<string, JsonValue>,
  provided: Map<string, ProvidedValue[]>,
  room: Room,
): void {
  for (const { pointer, value } of resolvePointer(root, at)) {
    const record = recordAround(pointer, records);
    if (when.type === 'fields' && !meets(records.get(record) ?? root, when.equal)) continue;
    for (const one of isJsonArray(value) ? value : [value]) {
      const parsed = parseReturned(kind, one);
      if (parsed.type === 'unparsable' || !fits(parsed.key) || !take(room)) continue;
      const list = provided.get(record) ?? [];
      list.push({
        kind: kind.name,
        key: parsed.key,
        when: when.type === 'named' ? 'named' : 'always',
      });
      provided.set(record, list);
    }
  }
}

/** The pointer of the record that a value stands in; of one beside them all, the whole. */
function recordAround(pointer: string, records: ReadonlyMap<string, JsonValue>): string {
  let at = pointer;
  while (at !== '' && !records.has(at)) at = at.slice(0, at.lastIndexOf('/'));
  return at;
}

function meets(
  record: JsonValue,
  equal: readonly { readonly pointer: Pointer; readonly value: JsonValue }[],
): boolean {
  return equal.every(({ pointer, value }) => {
    const found = resolvePointer(record, pointer);
    return (
      found.length > 0 && found.every((one) => canonicalJson(one.value) === canonicalJson(value))
    );
  });
}

function textsAt(record: JsonValue, pointer: Pointer): readonly string[] {
  return resolvePointer(record, pointer)
    .flatMap(({ value }) => (isJsonArray(value) ? value : [value]))
    .filter((value) => typeof value === 'string');
}

/** Longer is no name, no id and no address: it would be a text that permits. */
const textMax = 4_096;

function fits(text: string): boolean {
  return text.length <= textMax;
}

function take(room: Room): boolean {
  room.values -= 1;
  return room.values >= 0;
}
