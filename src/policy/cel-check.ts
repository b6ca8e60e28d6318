import type { ASTNode } from '@marcbachmann/cel-js';
import { typedCall, typedMethod } from './cel-calls.ts';
import type { CelType } from './cel-environment.ts';
import { arithmetic, comparison, type Operator } from './cel-operators.ts';
import { checkLiteral, type ProblemSink } from './cel-scan.ts';
import { type Evaluate, fieldOf, type Named } from './cel-scope.ts';
import {
  attempt,
  bool,
  type Checking,
  elementsOf,
  failed,
  type Item,
  int,
  listOf,
  read,
  type Typed,
  truth,
  unknown,
  widened,
} from './cel-typed.ts';
import { aType, CelFault, type CelValue, equalValues, fromJson } from './cel-value.ts';
import { didYouMean } from './nearest.ts';

/** Types a syntax tree against the names at its place, and makes of it what can be evaluated. */
export class CelChecker {
  readonly #source: string;
  readonly #names: ReadonlyMap<string, Named>;
  readonly #report: ProblemSink;
  readonly #checking: Checking;

  constructor(source: string, names: ReadonlyMap<string, Named>, report: ProblemSink) {
    this.#source = source;
    this.#names = names;
    this.#report = report;
    this.#checking = {
      source,
      names,
      typed: (node, item) => this.#typed(node, item),
      as: (wanted, operand, node, where) => this.#as(wanted, operand, node, where),
      fail: (message, node, mend) => this.#fail(message, node, mend),
    };
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
        return typedCall(this.#checking, node, item);
      case 'rcall':
        return typedMethod(this.#checking, node, item);
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
      case '.?':
      case '[?]':
        return this.#fail('optional types have no use here', node);
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
    if (named.type === 'useless')
      return this.#fail(named.why, node, 'remove it: it speaks of nothing in a call');
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
    if (named.type === 'useless')
      return this.#fail(named.why, node, 'remove it: it speaks of nothing in a call');
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
    for (const written of Array.isArray(list.literal) ? list.literal : []) {
      const one = comparison('==', member, { ...test, type: list.type.element, literal: written });
      if ('problem' in one) return this.#fail(one.problem, node, one.mend);
    }
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
}

function literalType(value: unknown): CelType | null {
  if (typeof value === 'boolean') return bool;
  if (typeof value === 'bigint') return int;
  if (typeof value === 'number') return { type: 'double', nullable: false };
  if (typeof value === 'string') return { type: 'string', values: null, nullable: false };
  return value === null ? { type: 'null', nullable: true } : null;
}

type BinaryNode = Extract<
  ASTNode,
  { op: 'in' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' }
>;

function isBinary(node: ASTNode): node is BinaryNode {
  return ['in', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'].includes(node.op);
}
