/**
 * The defaults of a pinned schema, filled before anything is decided: what is decided is then what is done.
 *
 * Only those that hold whatever else is said: of properties, through `$ref`, `allOf`, the elements of a list, and the one
 * alternative beside `null` that there is. Where several alternatives may be meant, nobody here can say whose default the
 * server will take: such an argument counts as absent.
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';
import { resolveLocal } from './schema-prepare.ts';

/** Looking at a property costs 1, filling it 100: a default in a default, by `$ref`, would fill without end. */
const workMax = 1_000_000;
const fillingCosts = 100;
const depthMax = 32;

/**
 * A copy with the defaults of what is absent.
 *
 * @throws {RangeError} when that is without end: what can't be filled can't be decided.
 */
export function fillDefaults(schema: JsonObject, args: JsonObject): JsonObject {
  return new Filling(schema).object(schema, args, 0);
}

class Filling {
  readonly #root: JsonObject;
  readonly #views = new Map<JsonObject, readonly JsonObject[]>();
  #left = workMax;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  object(schema: JsonObject, value: JsonObject, depth: number): JsonObject {
    const members = new Map(Object.entries(value));
    for (const { properties } of this.#certain(schema)) {
      for (const [name, property] of isJsonObject(properties) ? Object.entries(properties) : []) {
        this.#charge(1);
        if (!isJsonObject(property) || name === '__proto__') continue;
        const present = members.has(name) ? members.get(name) : this.#default(property);
        if (present !== undefined) members.set(name, this.#value(property, present, depth + 1));
      }
    }
    return Object.fromEntries(members);
  }

  #value(schema: JsonObject, value: JsonValue, depth: number): JsonValue {
    if (depth > depthMax) return copied(value);
    if (isJsonObject(value)) return this.object(schema, value, depth);
    if (!isJsonArray(value)) return value;
    const views = this.#certain(schema);
    return value.map((element, index) => {
      let filled = copied(element);
      for (const { items, prefixItems } of views) {
        this.#charge(1);
        const prefix = isJsonArray(prefixItems) ? prefixItems : isJsonArray(items) ? items : [];
        const one = prefix[index] ?? items;
        if (isJsonObject(one)) filled = this.#value(one, filled, depth + 1);
      }
      return filled;
    });
  }

  #default(property: JsonObject): JsonValue | undefined {
    for (const view of this.#certain(property)) {
      if (!Object.hasOwn(view, 'default')) continue;
      this.#charge(fillingCosts);
      return view['default'];
    }
    return undefined;
  }

  /** The schemas that hold for a value whatever it is: itself first. */
  #certain(schema: JsonObject): readonly JsonObject[] {
    const known = this.#views.get(schema);
    if (known !== undefined) return known;
    const views = new Set<JsonObject>();
    const waiting: (JsonValue | undefined)[] = [schema];
    for (const view of waiting) {
      if (!isJsonObject(view) || views.has(view)) continue;
      this.#charge(1);
      views.add(view);
      const { $ref: reference, allOf, anyOf, oneOf } = view;
      if (typeof reference === 'string') waiting.push(resolveLocal(this.#root, reference));
      if (isJsonArray(allOf)) waiting.push(...allOf);
      for (const alternatives of [anyOf, oneOf]) waiting.push(onlyOne(alternatives));
    }
    const certain = [...views];
    this.#views.set(schema, certain);
    return certain;
  }

  #charge(work: number): void {
    this.#left -= work;
    if (this.#left < 0) throw new RangeError('the defaults of a schema have no end');
  }
}

/** `anyOf: [T, null]` is how generated schemas say optional. */
function onlyOne(alternatives: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonArray(alternatives)) return undefined;
  const some = alternatives.filter((one) => !isJsonObject(one) || one['type'] !== 'null');
  return some.length === 1 ? some[0] : undefined;
}

/** A default belongs to every call that lacks it: no two may share it. */
function copied(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(copied);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copied(member)]));
}
