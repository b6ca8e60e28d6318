/**
 * How often a validator may look at one value, whatever value comes. Alternatives of alternatives multiply: in one place
 * (`anyOf` of `anyOf`), and level by level, where two alternatives lead to the same member and on to themselves. A schema
 * of a few lines is then looked at a thousand million times, for arguments that an agent can write by hand.
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../content/value.ts';

/** How often one value is looked at. */
const looksMax = 5_000;
/** Steps of this check itself, of which honest schemas need some thousands. */
const stepsMax = 1_000_000;

/** Subschemas that judge the same value as the schema they stand in. */
const inPlace = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'];

/** Where a member's schemas stand, and which others look at the same member: `*` at each of an object, `#` of a list. */
interface Step {
  readonly slot: string;
  readonly to: JsonObject;
  /** Of `additionalProperties` and `items`: what the same schema says more of is not meant. */
  readonly except?: ReadonlySet<string>;
}

/** @param target - what a local reference leads to. */
export function multiplies(
  root: JsonObject,
  target: (reference: string) => JsonValue | undefined,
): boolean {
  try {
    const work = new Work(target);
    work.follow(root);
    return work.hasEndless() || work.looks(root) > looksMax;
  } catch (error) {
    if (error instanceof TooMuch) return true;
    throw error;
  }
}

class TooMuch extends Error {}

class Work {
  readonly #target: (reference: string) => JsonValue | undefined;
  readonly #steps = new Map<JsonObject, readonly Step[]>();
  readonly #order = new Map<JsonObject, number>();
  readonly #rounds = new Map<JsonObject, number>();
  readonly #open: JsonObject[] = [];
  readonly #looks = new Map<JsonObject, number>();
  #left = stepsMax;

  constructor(target: (reference: string) => JsonValue | undefined) {
    this.#target = target;
  }

  /** Every schema below, each with its round: those that lead to one another have one number (Tarjan's algorithm). */
  follow(schema: JsonObject): number {
    const order = this.#order.size;
    let lowest = order;
    this.#order.set(schema, order);
    this.#open.push(schema);
    for (const { to } of this.steps(schema)) {
      this.#charge(1);
      const seen = this.#order.get(to);
      if (seen === undefined) lowest = Math.min(lowest, this.follow(to));
      else if (!this.#rounds.has(to)) lowest = Math.min(lowest, seen);
    }
    if (lowest === order)
      for (let member = this.#open.pop(); member !== undefined; member = this.#open.pop()) {
        this.#rounds.set(member, order);
        if (member === schema) break;
      }
    return lowest;
  }

  #comesRound(from: JsonObject, to: JsonObject): boolean {
    return this.#rounds.get(from) === this.#rounds.get(to);
  }

  hasEndless(): boolean {
    return [...this.#order.keys()].some((schema) => this.#isEndless(schema));
  }

  /** Two ways to one member that both come round to this schema again: each level doubles. */
  #isEndless(schema: JsonObject): boolean {
    const round = this.steps(schema).filter(({ to }) => this.#comesRound(schema, to));
    return [...bySlot(round).values()].some((ways) => ways.length > 1);
  }

  /** Of the most looked-at value below, without the rounds, which `isEndless` judges. */
  looks(schema: JsonObject): number {
    const known = this.#looks.get(schema);
    if (known !== undefined) return known;
    this.#looks.set(schema, 1);
    let most = 1;
    for (const ways of bySlot(this.steps(schema)).values()) {
      let sum = 0;
      for (const { to } of ways) sum += this.#comesRound(schema, to) ? 1 : this.looks(to);
      most = Math.max(most, sum);
    }
    this.#looks.set(schema, most);
    return most;
  }

  /** To the members of a value, from everything that looks at the value in its place. */
  steps(schema: JsonObject): readonly Step[] {
    const known = this.#steps.get(schema);
    if (known !== undefined) return known;
    const steps = [...this.#own(schema)];
    for (const one of this.#beside(schema)) {
      for (const step of this.steps(one)) {
        this.#charge(1);
        steps.push(step);
      }
    }
    this.#steps.set(schema, steps);
    return steps;
  }

  *#beside(schema: JsonObject): Generator<JsonObject> {
    const reference = schema['$ref'];
    const target = typeof reference === 'string' ? this.#target(reference) : undefined;
    if (isJsonObject(target)) yield target;
    for (const keyword of inPlace) {
      const content = schema[keyword];
      for (const one of isJsonArray(content) ? content : [content])
        if (isJsonObject(one)) yield one;
    }
    const dependent = schema['dependentSchemas'];
    for (const one of isJsonObject(dependent) ? Object.values(dependent) : [])
      if (isJsonObject(one)) yield one;
  }

  *#own(schema: JsonObject): Generator<Step> {
    const { properties, patternProperties, items } = schema;
    for (const [name, to] of isJsonObject(properties) ? Object.entries(properties) : [])
      if (isJsonObject(to)) yield { slot: `.${name}`, to };
    for (const to of isJsonObject(patternProperties) ? Object.values(patternProperties) : [])
      if (isJsonObject(to)) yield { slot: '*', to };
    const named = isJsonObject(properties) ? Object.keys(properties) : [];
    for (const keyword of ['additionalProperties', 'unevaluatedProperties']) {
      const to = schema[keyword];
      const except = new Set(named.map((name) => `.${name}`));
      if (isJsonObject(to)) yield { slot: '*', to, except };
    }
    // A name has no members, so `propertyNames` leads no further.
    const counted = [schema['prefixItems'], items].find((list) => isJsonArray(list)) ?? [];
    const except = new Set(Array.from(counted, (_, index) => `#${index}`));
    for (const keyword of ['additionalItems', 'unevaluatedItems']) {
      const to = schema[keyword];
      if (isJsonObject(to)) yield { slot: '#', to, except };
    }
    const { contains } = schema;
    if (isJsonObject(contains)) yield { slot: '#', to: contains };
    if (isJsonObject(items)) yield { slot: '#', to: items, except };
    for (const list of [schema['prefixItems'], items])
      for (const [index, to] of isJsonArray(list) ? list.entries() : [])
        if (isJsonObject(to)) yield { slot: `#${index}`, to };
  }

  #charge(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new TooMuch();
  }
}

/** Ways that may lead to one and the same member. */
function bySlot(steps: readonly Step[]): ReadonlyMap<string, readonly Step[]> {
  const slots = new Map<string, Step[]>();
  for (const step of steps) {
    const slot = slots.get(step.slot) ?? [];
    slot.push(step);
    slots.set(step.slot, slot);
  }
  for (const any of ['*', '#']) {
    const everywhere = slots.get(any) ?? [];
    for (const [slot, ways] of slots)
      if (slot !== any && slot.startsWith(any === '*' ? '.' : '#'))
        ways.push(...everywhere.filter(({ except }) => except?.has(slot) !== true));
  }
  return slots;
}
