import { parseKind } from '../content/kinds.ts';
import type { CelType } from './cel-environment.ts';
import { isDuration, isTimestamp } from './cel-functions.ts';
import { string, type Typed } from './cel-typed.ts';
import {
  aType,
  boundedInt,
  CelFault,
  type CelValue,
  equalValues,
  fromUnknown,
  isNumeric,
  type Meter,
} from './cel-value.ts';
import { nearest } from './nearest.ts';

export type Operator = (op: string, left: Typed, right: Typed) => Typed | OperatorProblem;

export interface OperatorProblem {
  readonly problem: string;
  readonly mend?: string;
}

const bool: CelType = { type: 'bool', nullable: false };

/** `==`, `!=`, `<` and the like: of two values of one type, with no conversion that another implementation lacks. */
export function comparison(op: string, left: Typed, right: Typed): Typed | OperatorProblem {
  const problem = incomparable(op, left, right);
  if (problem !== null) return problem;
  const [first, second] = sameTyped(left, right);
  if (op === '==' || op === '!=') {
    const wanted = op === '==';
    return {
      type: bool,
      evaluate: (frame) => equalValues(first(frame), second(frame), frame.meter) === wanted,
    };
  }
  return {
    type: bool,
    evaluate: (frame) => ordered(op, first(frame), second(frame)),
  };
}

function ordered(op: string, left: CelValue, right: CelValue): boolean {
  if (!isNumeric(left) || !isNumeric(right)) throw new CelFault('a null is compared');
  switch (op) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      throw new CelFault('an operator is not known');
  }
}

const orderedTypes: ReadonlySet<string> = new Set([
  'int',
  'double',
  'money',
  'timestamp',
  'duration',
]);

function incomparable(op: string, left: Typed, right: Typed): OperatorProblem | null {
  const equality = op === '==' || op === '!=';
  const [l, r] = [left.type, right.type];
  if (l.type === 'null' || r.type === 'null') {
    const other = l.type === 'null' ? r : l;
    if (!equality) return { problem: `\`${op}\` doesn't order nulls` };
    if (!other.nullable) return { problem: `this is ${aType(other)}, which is never null` };
    return null;
  }
  if (l.type === 'unknown' && r.type === 'unknown') {
    return {
      problem: 'the types of both sides are unknown',
      mend: 'say what one of them is: `int(…)`, `double(…)` or `string(…)`',
    };
  }
  const known = l.type === 'unknown' ? r : l;
  if (!equality && !orderedTypes.has(known.type)) {
    return {
      problem: `\`${op}\` doesn't order ${aType(known)}: implementations differ in how they do`,
    };
  }
  if (known.type === 'object' || known.type === 'record' || known.type === 'pair')
    return { problem: 'whole objects are not compared', mend: 'compare a field' };
  if (l.type === 'unknown' || r.type === 'unknown') {
    return known.type === 'money' || known.type === 'timestamp' || known.type === 'duration'
      ? { problem: `a value of unknown type can't be compared with ${aType(known)}` }
      : null;
  }
  return (
    mismatch(left, right) ??
    neverEqual(left, right) ??
    neverEqual(right, left) ??
    otherSpelling(left, right) ??
    otherSpelling(right, left)
  );
}

/** Two types that can't stand on both sides of one operator. */
function mismatch(left: Typed, right: Typed): OperatorProblem | null {
  const [l, r] = [left.type, right.type];
  if (l.type === 'list' && r.type === 'list') {
    if (l.element.type === 'unknown' || r.element.type === 'unknown') return null;
    return mismatch({ ...left, type: l.element }, { ...right, type: r.element });
  }
  if (l.type === 'money' || r.type === 'money') return moneyMismatch(left, right);
  if (l.type === r.type) return null;
  const numbers = new Set([l.type, r.type]);
  const mend = numbers.has('int') && numbers.has('double') ? intDoubleMend(left, right) : undefined;
  return {
    problem: `${aType(l)} and ${aType(r)} are never the same type`,
    ...(mend === undefined ? {} : { mend }),
  };
}

function intDoubleMend(left: Typed, right: Typed): string {
  const whole = left.type.type === 'int' ? left.literal : right.literal;
  return typeof whole === 'bigint' ? `write \`${whole}.0\`` : 'write `double(…)` around the int';
}

function moneyMismatch(left: Typed, right: Typed): OperatorProblem | null {
  const [l, r] = [left.type, right.type];
  if (l.type === 'money' && r.type === 'money') {
    if (l.currency === null || r.currency === null) {
      return {
        problem: 'an amount of no known currency is compared',
        mend: 'say `currency` where its kind is declared',
      };
    }
    if (l.currency === r.currency) return null;
    return {
      problem: `${l.currency} and ${r.currency} are not compared`,
      mend: `write \`${l.currency.toLowerCase()}(…)\``,
    };
  }
  const money = l.type === 'money' ? l : r;
  const other = l.type === 'money' ? right : left;
  const problem = `an amount is compared with ${aType(other.type)}, which says neither unit nor currency`;
  const written = other.literal ?? null;
  if (!isNumeric(written)) {
    return { problem, mend: 'use `call.amounts`: its values have a unit and a currency' };
  }
  const named = money.type === 'money' && money.currency !== null ? money.currency : 'USD';
  return {
    problem,
    mend: `write \`${named.toLowerCase()}(${written})\`, in the currency's major unit`,
  };
}

/** A value that is one of a few, compared with what is none of them: the line would never, or always, hold. */
function neverEqual(value: Typed, literal: Typed): OperatorProblem | null {
  if (value.type.type !== 'string' || value.type.values === null) return null;
  const written = literal.literal;
  if (typeof written !== 'string' || value.type.values.includes(written)) return null;
  const near = nearest(written, value.type.values);
  return {
    problem: `\`${written}\` is none of its values`,
    mend:
      near === null
        ? `there are: ${value.type.values.slice(0, 12).join(', ')}`
        : `did you mean \`${near}\`?`,
  };
}

/** A value of a kind, compared with what no value of that kind looks like once it was read. */
function otherSpelling(value: Typed, literal: Typed): OperatorProblem | null {
  const { type } = value;
  if (type.type === 'list' && Array.isArray(literal.literal)) {
    const element = { ...value, type: type.element };
    const odd = literal.literal.map((one) => otherSpelling(element, { ...literal, literal: one }));
    return odd.find((problem) => problem !== null) ?? null;
  }
  const kind = value.type.type === 'string' ? value.type.spelledAs : undefined;
  const written = literal.literal;
  if (kind === undefined || typeof written !== 'string') return null;
  const parsed = parseKind(kind, written);
  if (parsed.type === 'unparsable')
    return { problem: `\`${written}\` is never equal to a \`${kind.name}\`: it ${parsed.reason}` };
  if (parsed.key === written) return null;
  return {
    problem: `\`${written}\` is compared in another spelling`,
    mend: `write \`${parsed.key}\``,
  };
}

/** Both sides, the unknown one read as the other's type. */
function sameTyped(left: Typed, right: Typed): readonly [Typed['evaluate'], Typed['evaluate']] {
  return [reading(left, right.type), reading(right, left.type)];
}

function reading(operand: Typed, as: CelType): Typed['evaluate'] {
  if (operand.type.type !== 'unknown' || as.type === 'null') return operand.evaluate;
  return (frame) => fromUnknown(operand.evaluate(frame), as, frame.meter);
}

/** `+`, `-`, `*`, `/`, `%`. */
export function arithmetic(op: string, left: Typed, right: Typed): Typed | OperatorProblem {
  const [l, r] = [left.type, right.type];
  if (l.type === 'unknown' || r.type === 'unknown') {
    return {
      problem: `\`${op}\` needs to know the type of both sides`,
      mend: 'say what it is: `int(…)`, `double(…)` or `string(…)`',
    };
  }
  const rule = arithmeticRules.find(
    (one) => one.op.includes(op) && one.left === l.type && one.right === r.type,
  );
  if (rule === undefined) {
    const mixed =
      (l.type === 'int' && r.type === 'double') || (l.type === 'double' && r.type === 'int');
    return {
      problem: `\`${op}\` isn't defined for ${aType(l)} and ${aType(r)}`,
      ...(mixed ? { mend: intDoubleMend(left, right) } : {}),
    };
  }
  if (l.type === 'money' && r.type === 'money') {
    const problem = moneyMismatch(left, right);
    if (problem !== null) return problem;
  }
  const type = rule.gives ?? { ...l, nullable: false };
  return {
    type: type.type === 'string' ? string : type,
    evaluate: (frame) => rule.compute(op, left.evaluate(frame), right.evaluate(frame), frame.meter),
  };
}

interface ArithmeticRule {
  readonly op: readonly string[];
  readonly left: CelType['type'];
  readonly right: CelType['type'];
  /** Left out: the type of the left side. */
  readonly gives?: CelType;
  readonly compute: (op: string, left: CelValue, right: CelValue, meter: Meter) => CelValue;
}

const duration: CelType = { type: 'duration', nullable: false };
const timestamp: CelType = { type: 'timestamp', nullable: false };

const arithmeticRules: readonly ArithmeticRule[] = [
  { op: ['+', '-', '*', '/', '%'], left: 'int', right: 'int', compute: integers },
  { op: ['+', '-', '*', '/'], left: 'double', right: 'double', compute: doubles },
  { op: ['+', '-'], left: 'money', right: 'money', compute: integers },
  { op: ['*'], left: 'money', right: 'int', compute: integers },
  { op: ['+'], left: 'string', right: 'string', compute: joined },
  { op: ['+', '-'], left: 'timestamp', right: 'duration', compute: within(isTimestamp) },
  {
    op: ['+'],
    left: 'duration',
    right: 'timestamp',
    gives: timestamp,
    compute: within(isTimestamp),
  },
  {
    op: ['-'],
    left: 'timestamp',
    right: 'timestamp',
    gives: duration,
    compute: within(isDuration),
  },
  { op: ['+', '-'], left: 'duration', right: 'duration', compute: within(isDuration) },
];

function integers(op: string, left: CelValue, right: CelValue): CelValue {
  if (typeof left !== 'bigint' || typeof right !== 'bigint')
    throw new CelFault('a null is used as a number');
  switch (op) {
    case '+':
      return boundedInt(left + right);
    case '-':
      return boundedInt(left - right);
    case '*':
      return boundedInt(left * right);
    default:
      if (right === 0n) throw new CelFault('a division by zero');
      return boundedInt(op === '/' ? left / right : left % right);
  }
}

function doubles(op: string, left: CelValue, right: CelValue): number {
  if (typeof left !== 'number' || typeof right !== 'number')
    throw new CelFault('a null is used as a number');
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    default:
      return left / right;
  }
}

/** Times beyond what every implementation can hold are an error, as an int's overflow is. */
function within(isHeld: (ms: number) => boolean): ArithmeticRule['compute'] {
  return (op, left, right) => {
    const ms = doubles(op, left, right);
    if (!isHeld(ms)) throw new CelFault('a time is out of range');
    return ms;
  };
}

function joined(_op: string, left: CelValue, right: CelValue, meter: Meter): CelValue {
  if (typeof left !== 'string' || typeof right !== 'string')
    throw new CelFault('a null is used as text');
  meter.chargeText(left.length + right.length);
  return left + right;
}
