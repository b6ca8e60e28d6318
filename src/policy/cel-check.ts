import type { ASTNode } from '@marcbachmann/cel-js';
import type { CelType } from './cel-environment.ts';
import {
  compilePattern,
  conversions,
  currencyFunctions,
  currencyOfFunction,
  durationMs,
  minorUnits,
  sizeOf,
  textMethods,
  timestampMs,
} from './cel-functions.ts';
import { arithmetic, comparison, type Operator } from './cel-operators.ts';
import { checkLiteral, functionMend, type ProblemSink } from './cel-scan.ts';
import { type Evaluate, type Frame, fieldOf, type Named } from './cel-scope.ts';
import { aType, CelFault, type CelValue, equalValues, fromJson, fromUnknown } from './cel-value.ts';
import { didYouMean } from './nearest.ts';

/** A part of an expression whose type is known. `literal`: its value, where it is written in the expression itself. */
export interface Typed {
  readonly type: CelType;
  readonly evaluate: Evaluate;
  readonly literal?: CelValue;
  /** Already reported: whoever meets it says nothing more. */
  readonly failed?: true;
}

const bool: CelType = { type: 'bool', nullable: false };
const int: CelType = { type: 'int', nullable: false };
const unknown: CelType = { type: 'unknown', nullable: true };
const failed: Typed = {
  type: unknown,
  failed: true,
  evaluate: () => {
    throw new CelFault('the expression did not compile');
  },
};

/** The variable of the one comprehension that is open, if any. */
interface Item {
  readonly name: string;
  readonly type: CelType;
}

/** Types a syntax tree against the names at its place, and makes of it what can be evaluated. */
export class CelChecker {
  readonly #source: string;
  readonly #names: ReadonlyMap<string, Named>;
  readonly #report: ProblemSink;

  constructor(source: string, names: ReadonlyMap<string, Named>, report: ProblemSink) {
    this.#source = source;
    this.#names = names;
    this.#report = report;
  }

  /** The whole expression, which has to be a yes or a no. */
  condition(tree: ASTNode): Evaluate {
    return this.#as(bool, this.#typed(tree, null), tree, 'the expression').evaluate;
  }

  #typed(node: ASTNode, item: Item | null): Typed {
    switch (node.op) {
      case 'value':
        return this.#literal(node);
      case 'id':
        return this.#name(node, item);
      case '.':
      case '[]':
        return this.#access(node, item);
      case 'call':
        return this.#call(node, item);
      case 'rcall':
        return this.#method(node, item);
      case 'list':
        return this.#list(node, item);
      case '?:':
        return this.#choice(node, item);
      case '&&':
      case '||':
        return this.#logic(node, item);
      case '!_': {
        const operand = this.#as(bool, this.#typed(node.args, item), node.args, '`!`');
        return { type: bool, evaluate: (frame) => truth(operand.evaluate(frame)) === false };
      }
      case '-_':
        return this.#negated(node, item);
      case 'in':
        return this.#membership(node, item);
      case '==':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.#operator(node, comparison, item);
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
        return this.#operator(node, arithmetic, item);
      case 'map':
        return this.#fail('maps have no use here', node);
      default:
        return this.#fail("this form of CEL isn't used here", node);
    }
  }

  #fail(message: string, node: ASTNode, mend?: string): Typed {
    this.#report(message, node, mend);
    return failed;
  }

  /** `operand` where `wanted` is needed; what is unknown is read as it when it comes. */
  #as(wanted: CelType, operand: Typed, node: ASTNode, where: string): Typed {
    if (operand.failed) return operand;
    if (operand.type.type === 'unknown')
      return { ...operand, type: wanted, evaluate: read(operand, wanted) };
    if (operand.type.type === wanted.type) return operand;
    return this.#fail(`${where} needs ${aType(wanted)}, and this is ${aType(operand.type)}`, node);
  }

  #literal(node: ASTNode): Typed {
    checkLiteral(this.#source, node, this.#report);
    const value = node.op === 'value' ? node.args : null;
    const type = literalType(value);
    if (type === null || (typeof value === 'object' && value !== null)) return failed;
    return { type, literal: value, evaluate: () => value };
  }

  #name(node: ASTNode, item: Item | null): Typed {
    const name = node.op === 'id' ? node.args : '';
    if (item !== null && item.name === name) {
      return { type: item.type, evaluate: (frame) => frame.item };
    }
    const named = this.#names.get(name);
    if (named === undefined) {
      const known = item === null ? this.#names.keys() : [...this.#names.keys(), item.name];
      return this.#fail(`unknown name \`${name}\``, node, this.#knownMend(name, known));
    }
    if (named.type === 'value') return { type: named.of, evaluate: named.evaluate };
    return this.#fail(`\`${name}\` is not a value of its own`, node, `name one ${named.what}`);
  }

  #knownMend(written: string, known: Iterable<string>): string | undefined {
    const names = [...known];
    return (
      didYouMean(written, names) ??
      (names.length > 0 && names.length <= 12 ? `there are: ${names.join(', ')}` : undefined)
    );
  }

  #access(node: ASTNode, item: Item | null): Typed {
    if (node.op !== '.' && node.op !== '[]') return failed;
    const key = this.#key(node, item);
    const target = node.args[0];
    const group = this.#members(target, item);
    if (group !== null) {
      if (group.failed) return failed;
      if (typeof key !== 'string') return this.#fail('a name has to be written out here', node);
      return this.#member(group.named, key, node);
    }
    const of = this.#typed(target, item);
    if (of.failed || key === null) return failed;
    if (typeof key === 'string') return this.#field(of, key, node);
    return this.#element(of, key, target, node);
  }

  /** What stands behind a dot or between brackets: a name, an index, or null when it was already refused. */
  #key(node: ASTNode, item: Item | null): string | Typed | null {
    if (node.op === '.') return node.args[1];
    if (node.op !== '[]') return null;
    const index = this.#typed(node.args[1], item);
    if (index.failed) return null;
    return typeof index.literal === 'string' ? index.literal : index;
  }

  /** `call`, `call.args`, `case` and the like, which only lead to their members. */
  #members(
    node: ASTNode,
    item: Item | null,
  ):
    | { readonly named: Named & { type: 'members' }; readonly failed?: never }
    | { readonly failed: true }
    | null {
    if (node.op === 'id') {
      const named = item?.name === node.args ? undefined : this.#names.get(node.args);
      return named?.type === 'members' ? { named } : null;
    }
    if (node.op !== '.' && node.op !== '[]') return null;
    const outer = this.#members(node.args[0], item);
    if (outer === null || outer.failed) return outer;
    const key = this.#key(node, item);
    const named = typeof key === 'string' ? outer.named.members.get(key) : undefined;
    if (named?.type === 'members') return { named };
    if (named !== undefined) return null;
    if (typeof key === 'string') this.#member(outer.named, key, node);
    return { failed: true };
  }

  #member(group: Named & { type: 'members' }, key: string, node: ASTNode): Typed {
    const named = group.members.get(key);
    if (named === undefined) {
      return this.#fail(
        `no ${group.what} is called \`${key}\``,
        node,
        this.#knownMend(key, group.members.keys()),
      );
    }
    if (named.type === 'value') return { type: named.of, evaluate: named.evaluate };
    return this.#fail(`\`${key}\` is not a value of its own`, node, `name one ${named.what}`);
  }

  #field(of: Typed, key: string, node: ASTNode): Typed {
    const type = of.type;
    if (type.type === 'unknown') {
      return { type: unknown, evaluate: (frame) => fieldOf(of.evaluate(frame), key) ?? null };
    }
    if (type.type !== 'object') return this.#fail(`${aType(type)} has no fields`, node);
    const field = type.fields.get(key) ?? type.rest;
    if (field === undefined || field === null) {
      return this.#fail(
        `no field is called \`${key}\``,
        node,
        this.#knownMend(key, type.fields.keys()),
      );
    }
    return {
      type: field,
      evaluate: (frame) => fromJson(fieldOf(of.evaluate(frame), key), field, frame.meter),
    };
  }

  #element(of: Typed, index: Typed, target: ASTNode, node: ASTNode): Typed {
    const list =
      of.type.type === 'unknown' ? this.#as(listOf(unknown), of, target, 'an index') : of;
    if (list.type.type !== 'list') return this.#fail(`${aType(of.type)} has no elements`, node);
    const at = this.#as(int, index, node, 'an index');
    return {
      type: list.type.element,
      evaluate: (frame) => {
        const elements = elementsOf(list.evaluate(frame));
        const position = at.evaluate(frame);
        if (typeof position !== 'bigint' || position < 0n || position >= BigInt(elements.length)) {
          throw new CelFault('an index is outside its list');
        }
        return elements[Number(position)] ?? null;
      },
    };
  }

  #list(node: ASTNode, item: Item | null): Typed {
    if (node.op !== 'list') return failed;
    const elements = node.args.map((element) => this.#typed(element, item));
    if (elements.some((element) => element.failed)) return failed;
    const [first] = elements;
    if (first === undefined) {
      return { type: listOf(unknown), literal: [], evaluate: () => [] };
    }
    const odd = elements.findIndex((element) => element.type.type !== first.type.type);
    if (odd !== -1)
      return this.#fail('the elements of a list have one type', node.args[odd] ?? node);
    const all = elements.every((element) => element.literal !== undefined);
    return {
      // A value's known alternatives are its own, not those of the list that it stands in.
      type: listOf(first.type.type === 'string' ? { ...first.type, values: null } : first.type),
      ...(all ? { literal: elements.map((element) => element.literal ?? null) } : {}),
      evaluate: (frame) => elements.map((element) => element.evaluate(frame)),
    };
  }

  #choice(node: ASTNode, item: Item | null): Typed {
    if (node.op !== '?:') return failed;
    const [conditionNode, thenNode, elseNode] = node.args;
    const condition = this.#as(
      bool,
      this.#typed(conditionNode, item),
      conditionNode,
      'a condition',
    );
    const yes = this.#typed(thenNode, item);
    const no = this.#typed(elseNode, item);
    if (condition.failed || yes.failed || no.failed) return failed;
    if (yes.type.type !== no.type.type || yes.type.type === 'list') {
      return this.#fail('both outcomes of `?:` have one plain type', node);
    }
    return {
      type: { ...widened(yes.type), nullable: yes.type.nullable || no.type.nullable },
      evaluate: (frame) => (truth(condition.evaluate(frame)) ? yes : no).evaluate(frame),
    };
  }

  #logic(node: ASTNode, item: Item | null): Typed {
    if (node.op !== '&&' && node.op !== '||') return failed;
    const [leftNode, rightNode] = node.args;
    const where = `\`${node.op}\``;
    const left = this.#as(bool, this.#typed(leftNode, item), leftNode, where);
    const right = this.#as(bool, this.#typed(rightNode, item), rightNode, where);
    if (left.failed || right.failed) return failed;
    // Either side that settles it does, whatever the other side's fault: the order of writing has no meaning in CEL.
    const settling = node.op === '||';
    return {
      type: bool,
      evaluate: (frame) => {
        const first = attempt(left, frame);
        if (first === settling) return settling;
        const second = attempt(right, frame);
        if (second === settling) return settling;
        if (first instanceof CelFault) throw first;
        if (second instanceof CelFault) throw second;
        return !settling;
      },
    };
  }

  #negated(node: ASTNode, item: Item | null): Typed {
    if (node.op !== '-_') return failed;
    const operand = this.#typed(node.args, item);
    if (operand.failed) return failed;
    const { type } = operand.type;
    if (type !== 'int' && type !== 'double' && type !== 'money') {
      return this.#fail(`\`-\` needs a number, and this is ${aType(operand.type)}`, node);
    }
    const negate = (value: CelValue): CelValue => {
      if (typeof value === 'bigint' || typeof value === 'number') return -value;
      throw new CelFault('a null is used as a number');
    };
    return {
      type: operand.type,
      ...(operand.literal === undefined ? {} : { literal: negate(operand.literal) }),
      evaluate: (frame) => negate(operand.evaluate(frame)),
    };
  }

  #operator(node: ASTNode, operator: Operator, item: Item | null): Typed {
    if (!isBinary(node)) return failed;
    const left = this.#typed(node.args[0], item);
    const right = this.#typed(node.args[1], item);
    if (left.failed || right.failed) return failed;
    const made = operator(node.op, left, right);
    if (!('problem' in made)) return made;
    return this.#fail(made.problem, node, made.mend);
  }

  #membership(node: ASTNode, item: Item | null): Typed {
    if (!isBinary(node)) return failed;
    const [memberNode, listNode] = node.args;
    const member = this.#typed(memberNode, item);
    const within = this.#typed(listNode, item);
    if (member.failed || within.failed) return failed;
    if (within.type.type === 'object') {
      const key = this.#as(
        { type: 'string', values: null, nullable: false },
        member,
        memberNode,
        '`in`',
      );
      return {
        type: bool,
        evaluate: (frame) => {
          const name = key.evaluate(frame);
          return typeof name === 'string' && fieldOf(within.evaluate(frame), name) !== undefined;
        },
      };
    }
    const list =
      within.type.type === 'unknown'
        ? { ...within, type: listOf(member.type), evaluate: read(within, listOf(member.type)) }
        : within;
    if (list.type.type !== 'list') {
      const mend = list.type.type === 'string' ? 'write `text.contains(part)`' : undefined;
      return this.#fail(`\`in\` needs a list, and this is ${aType(within.type)}`, listNode, mend);
    }
    // One element against the member says whether the two can be equal at all.
    const test = comparison('==', member, {
      type: list.type.element,
      evaluate: (frame) => frame.item,
    });
    if ('problem' in test) return this.#fail(test.problem, node, test.mend);
    const element = list.type.element;
    const memberRead = member.type.type === 'unknown' ? read(member, element) : member.evaluate;
    return {
      type: bool,
      evaluate: (frame) => {
        const wanted = memberRead(frame);
        const elements = elementsOf(list.evaluate(frame));
        return elements.some((one) => equalValues(wanted, one, frame.meter));
      },
    };
  }

  #call(node: ASTNode, item: Item | null): Typed {
    if (node.op !== 'call') return failed;
    const [name, args] = node.args;
    const [only, ...more] = args;
    const currency = currencyOfFunction(name);
    const known = ['size', 'timestamp', 'duration', ...conversions.keys()];
    if (currency === undefined && !known.includes(name)) {
      const mend =
        functionMend(name) ?? didYouMean(name, [...known, ...currencyFunctions()]) ?? undefined;
      return this.#fail(`no function is called \`${name}\``, node, mend);
    }
    if (only === undefined || more.length > 0)
      return this.#fail(`\`${name}\` takes one argument`, node);
    if (this.#hasTrailingComma(node))
      return this.#fail('a comma ends the arguments', node, 'remove it');
    if (currency !== undefined) return this.#money(name, currency, only, node);
    const operand = this.#typed(only, item);
    if (operand.failed) return failed;
    switch (name) {
      case 'size':
        return this.#size(operand, node);
      case 'timestamp':
      case 'duration':
        return this.#time(name, operand, node);
      default:
        return this.#conversion(name, operand, node);
    }
  }

  #hasTrailingComma(node: ASTNode): boolean {
    return /,\s*\)$/.test(this.#source.slice(node.start, node.end));
  }

  #money(name: string, currency: string, amount: ASTNode, node: ASTNode): Typed {
    const written = this.#source.slice(amount.start, amount.end);
    const minor = minorUnits(written, currency);
    if (minor === null) {
      return this.#fail(
        `\`${name}\` takes a number in ${currency}, written out, with no more decimal places than ${currency} has`,
        node,
        `write \`${name}(50)\``,
      );
    }
    return {
      type: { type: 'money', currency, nullable: false },
      literal: minor,
      evaluate: () => minor,
    };
  }

  #size(operand: Typed, node: ASTNode): Typed {
    const { type } = operand.type;
    if (type !== 'string' && type !== 'list' && type !== 'object' && type !== 'unknown') {
      return this.#fail(`${aType(operand.type)} has no size`, node);
    }
    return { type: int, evaluate: (frame) => sizeOf(operand.evaluate(frame), frame.meter) };
  }

  #time(name: 'timestamp' | 'duration', operand: Typed, node: ASTNode): Typed {
    const text = this.#as(
      { type: 'string', values: null, nullable: false },
      operand,
      node,
      `\`${name}\``,
    );
    if (text.failed) return failed;
    const readTime = name === 'timestamp' ? timestampMs : durationMs;
    if (typeof text.literal === 'string' && readTime(text.literal) === null) {
      const example = name === 'timestamp' ? '2026-01-31T09:00:00Z' : '1h30m';
      return this.#fail(`not a ${name}`, node, `write \`${name}('${example}')\``);
    }
    return {
      type: { type: name, nullable: false },
      evaluate: (frame) => {
        const value = text.evaluate(frame);
        const ms = typeof value === 'string' ? readTime(value) : null;
        if (ms === null) throw new CelFault(`a value is no ${name}`);
        return ms;
      },
    };
  }

  #conversion(name: string, operand: Typed, node: ASTNode): Typed {
    const conversion = conversions.get(name);
    if (conversion === undefined) return failed;
    if (!conversion.from.has(operand.type.type)) {
      return this.#fail(`\`${name}\` can't be made of ${aType(operand.type)}`, node);
    }
    return {
      type: conversion.to,
      evaluate: (frame) => conversion.convert(operand.evaluate(frame)),
    };
  }

  #method(node: ASTNode, item: Item | null): Typed {
    if (node.op !== 'rcall') return failed;
    const [name, receiverNode, args] = node.args;
    if (this.#hasTrailingComma(node))
      return this.#fail('a comma ends the arguments', node, 'remove it');
    if (comprehensions.has(name)) return this.#comprehension(name, receiverNode, args, node, item);
    const [only, ...more] = args;
    if (name === 'size' && only === undefined) {
      const receiver = this.#typed(receiverNode, item);
      return receiver.failed ? failed : this.#size(receiver, node);
    }
    if (name !== 'matches' && !textMethods.has(name)) {
      const known = [...textMethods.keys(), 'matches', 'size', ...comprehensions];
      const mend = functionMend(name) ?? didYouMean(name, known) ?? undefined;
      return this.#fail(`no method is called \`${name}\``, node, mend);
    }
    if (only === undefined || more.length > 0)
      return this.#fail(`\`${name}\` takes one argument`, node);
    const string: CelType = { type: 'string', values: null, nullable: false };
    const receiver = this.#as(string, this.#typed(receiverNode, item), receiverNode, `\`${name}\``);
    const argument = this.#as(string, this.#typed(only, item), only, `\`${name}\``);
    if (receiver.failed || argument.failed) return failed;
    if (name === 'matches') return this.#matches(receiver, argument, only);
    const method = textMethods.get(name);
    if (method === undefined) return failed;
    return {
      type: bool,
      evaluate: (frame) => method(textOf(receiver, frame), textOf(argument, frame), frame.meter),
    };
  }

  /** The pattern is written in the policy: one that an agent sends could be made to match, or to cost. */
  #matches(receiver: Typed, pattern: Typed, node: ASTNode): Typed {
    if (typeof pattern.literal !== 'string') {
      return this.#fail(
        'the pattern of `matches` has to be written out',
        node,
        'use `contains` for text from elsewhere',
      );
    }
    const compiled = compilePattern(pattern.literal);
    if ('problem' in compiled) return this.#fail(compiled.problem, node);
    return {
      type: bool,
      evaluate: (frame) => compiled.pattern.matches(textOf(receiver, frame), frame.meter),
    };
  }

  #comprehension(
    name: string,
    rangeNode: ASTNode,
    args: readonly ASTNode[],
    node: ASTNode,
    item: Item | null,
  ): Typed {
    if (item !== null) {
      return this.#fail(
        `\`${name}\` inside another comprehension: its work would be the product of both lists`,
        node,
      );
    }
    const [variable, body, ...more] = args;
    if (variable?.op !== 'id' || body === undefined || more.length > 0) {
      return this.#fail(
        `\`${name}\` takes a variable and an expression`,
        node,
        `write \`list.${name}(x, …)\``,
      );
    }
    if (this.#names.has(variable.args)) {
      return this.#fail(
        `\`${variable.args}\` already has a meaning here`,
        variable,
        'give the variable another name',
      );
    }
    const range = this.#typed(rangeNode, null);
    if (range.failed) return failed;
    const list =
      range.type.type === 'unknown'
        ? this.#as(listOf(unknown), range, rangeNode, `\`${name}\``)
        : range;
    if (list.type.type !== 'list') {
      return this.#fail(`\`${name}\` needs a list, and this is ${aType(range.type)}`, rangeNode);
    }
    const element = list.type.element;
    const step = this.#typed(body, { name: variable.args, type: element });
    if (name === 'map') {
      if (step.failed) return failed;
      return {
        type: listOf(widened(step.type)),
        evaluate: (frame) => elementsOf(list.evaluate(frame)).map((one) => at(frame, one, step)),
      };
    }
    const test = this.#as(bool, step, body, `\`${name}\``);
    if (test.failed) return failed;
    if (name === 'filter') {
      return {
        type: list.type,
        evaluate: (frame) =>
          elementsOf(list.evaluate(frame)).filter((one) => truth(at(frame, one, test))),
      };
    }
    if (name === 'exists_one') {
      return {
        type: bool,
        evaluate: (frame) =>
          elementsOf(list.evaluate(frame)).filter((one) => truth(at(frame, one, test))).length ===
          1,
      };
    }
    const settling = name === 'exists';
    return {
      type: bool,
      evaluate: (frame) => {
        let fault: CelFault | null = null;
        for (const one of elementsOf(list.evaluate(frame))) {
          frame.meter.charge(1);
          frame.item = one;
          const outcome = attempt(test, frame);
          if (outcome === settling) return settling;
          if (outcome instanceof CelFault) fault ??= outcome;
        }
        if (fault !== null) throw fault;
        return !settling;
      },
    };
  }
}

const comprehensions: ReadonlySet<string> = new Set([
  'all',
  'exists',
  'exists_one',
  'filter',
  'map',
]);

function at(frame: Frame, item: CelValue, body: Typed): CelValue {
  frame.meter.charge(1);
  frame.item = item;
  return body.evaluate(frame);
}

/** A yes, a no, or why there is neither. The bound on work is never a mere fault: it ends the evaluation. */
function attempt(test: Typed, frame: Frame): boolean | CelFault {
  try {
    return truth(test.evaluate(frame));
  } catch (error) {
    if (error instanceof CelFault && !error.isFinal) return error;
    throw error;
  }
}

export function truth(value: CelValue): boolean {
  if (typeof value === 'boolean') return value;
  throw new CelFault(
    value === null ? 'a null is used as a condition' : 'a condition is neither true nor false',
  );
}

function textOf(operand: Typed, frame: Frame): string {
  const value = operand.evaluate(frame);
  if (typeof value === 'string') return value;
  throw new CelFault('a null is used as text');
}

function elementsOf(value: CelValue): readonly CelValue[] {
  if (Array.isArray(value)) return value;
  throw new CelFault(value === null ? 'a null is used as a list' : 'a value is no list');
}

function read(operand: Typed, wanted: CelType): Evaluate {
  return (frame) => fromUnknown(operand.evaluate(frame), wanted, frame.meter);
}

function listOf(element: CelType): CelType {
  return { type: 'list', element, nullable: false };
}

function widened(type: CelType): CelType {
  return type.type === 'string' ? { ...type, values: null } : type;
}

function literalType(value: unknown): CelType | null {
  switch (typeof value) {
    case 'boolean':
      return bool;
    case 'bigint':
      return int;
    case 'number':
      return { type: 'double', nullable: false };
    case 'string':
      return { type: 'string', values: null, nullable: false };
    default:
      return value === null ? { type: 'null', nullable: true } : null;
  }
}

type BinaryNode = Extract<
  ASTNode,
  { op: 'in' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' }
>;

function isBinary(node: ASTNode): node is BinaryNode {
  return ['in', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'].includes(node.op);
}
