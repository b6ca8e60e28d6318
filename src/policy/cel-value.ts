import { SallyportError } from '../content/errors.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../content/value.ts';
import type { CelType } from './cel-environment.ts';

/**
 * What an expression computes with. Its static type says how to read it: an int and an amount are a bigint, a double a
 * number, a timestamp and a duration a number of milliseconds. Objects stay the JSON they are.
 */
export type CelValue = bigint | JsonValue | readonly CelValue[];

/** An expression that has no value: a null where one is needed, a division by zero, a list too long to look through. */
export class CelFault extends SallyportError {
  /** `work`: of the bound on work, which no operator absorbs. `unresolved`: nobody knows what an argument names. */
  readonly kind: 'value' | 'work' | 'unresolved';

  constructor(message: string, kind: CelFault['kind'] = 'value') {
    super('policy.cel_fault', message);
    this.kind = kind;
  }
}

/**
 * How much work one evaluation may be: about half a second on the slowest machine we know, whatever the agent sends.
 * Counted, not timed, so that a decision can be replayed. A mebibyte looked through for a word costs 16,384.
 */
const workMax = 5_000_000;

/** Characters that a plain comparison or search gets through in one unit. */
const charactersPerUnit = 64;

export class Meter {
  #left = workMax;

  charge(units: number): void {
    this.#left -= units;
    if (this.#left < 0)
      throw new CelFault('the expression takes too much work on this call', 'work');
  }

  chargeText(characters: number): void {
    this.charge(1 + characters / charactersPerUnit);
  }
}

export function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

export function boundedInt(value: bigint): bigint {
  if (!isInt64(value)) throw new CelFault('an integer overflows 64 bits');
  return value;
}

/** JSON as a value of a declared type. The schema stage has run, but a pin can be loose: nothing is taken on trust. */
export function fromJson(json: JsonValue | undefined, type: CelType, meter: Meter): CelValue {
  if (json === undefined || json === null) return null;
  switch (type.type) {
    case 'bool':
      return typeof json === 'boolean' ? json : mistyped(type);
    case 'string':
      return typeof json === 'string' ? json : mistyped(type);
    case 'double':
      return typeof json === 'number' ? json : mistyped(type);
    case 'int':
    case 'money':
      return Number.isSafeInteger(json) ? BigInt(Number(json)) : mistyped(type);
    case 'list': {
      if (!isJsonArray(json)) return mistyped(type);
      meter.charge(json.length);
      return json.map((element) => fromJson(element, type.element, meter));
    }
    case 'object':
    case 'record':
      return isJsonObject(json) ? json : mistyped(type);
    case 'unknown':
      return json;
    case 'null':
    case 'timestamp':
    case 'duration':
    case 'pair':
      return mistyped(type);
  }
}

/** A value of which nothing was known until it came, where `wanted` is needed. An int also takes a whole number's place. */
export function fromUnknown(value: CelValue, wanted: CelType, meter: Meter): CelValue {
  if (wanted.type === 'unknown') return value;
  if (value === null) return null;
  if (typeof value === 'number') {
    if (wanted.type === 'double') return value;
    if (wanted.type === 'int') return Number.isSafeInteger(value) ? BigInt(value) : value;
  }
  if (typeof value === 'string' && wanted.type === 'string') return value;
  if (typeof value === 'boolean' && wanted.type === 'bool') return value;
  if (Array.isArray(value) && wanted.type === 'list') {
    meter.charge(value.length);
    return value.map((element) => fromUnknown(element, wanted.element, meter));
  }
  if (typeof value === 'object' && !Array.isArray(value) && wanted.type === 'object') return value;
  return mistyped(wanted);
}

function mistyped(type: CelType): never {
  throw new CelFault(`a value isn't the ${typeName(type)} that it is declared to be`);
}

/** With its article, for messages. */
export function aType(type: CelType): string {
  const name = typeName(type);
  return /^[aeio]/.test(name) ? `an ${name}` : `a ${name}`;
}

function typeName(type: CelType): string {
  switch (type.type) {
    case 'list':
      return `list of ${typeName(type.element)}`;
    case 'money':
      return type.currency === null ? 'amount' : `amount in ${type.currency}`;
    case 'unknown':
      return 'value of unknown type';
    case 'record':
      return type.object;
    case 'pair':
      return 'pair';
    case 'bool':
    case 'int':
    case 'double':
    case 'string':
    case 'object':
    case 'null':
    case 'timestamp':
    case 'duration':
      return type.type;
  }
}

/** Equality of two values of one type. Lists are equal element by element. */
export function equalValues(left: CelValue, right: CelValue, meter: Meter): boolean {
  meter.charge(1);
  if (typeof left === 'string' && typeof right === 'string') {
    meter.chargeText(Math.min(left.length, right.length));
    return left === right;
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return (
      left.length === right.length &&
      left.every((element, index) => equalValues(element, right[index] ?? null, meter))
    );
  }
  // A whole number of unknown type may stand beside an int: the two are compared as numbers, which is exact.
  if (isNumeric(left) && isNumeric(right)) return left >= right && left <= right;
  return left === right;
}

export function isNumeric(value: CelValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
