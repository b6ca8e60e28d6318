import type { ASTNode } from '@marcbachmann/cel-js';
import { typedAccess, typedName } from './cel-access.ts';
import { typedCall, typedMethod } from './cel-calls.ts';
import type { CelType } from './cel-environment.ts';
import { typedMembership } from './cel-membership.ts';
import { arithmetic, comparison, type Operator } from './cel-operators.ts';
import { checkLiteral, isReadTwoWays, type ProblemSink } from './cel-scan.ts';
import type { Evaluate, Named } from './cel-scope.ts';
import {
  attempt,
  bool,
  type Checking,
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
import { aType, boundedInt, CelFault, type CelValue, isInt64 } from './cel-value.ts';

/** Types a syntax tree against the names at its place, and makes of it what can be evaluated. */
export class CelChecker {
  readonly #source: string;
  readonly #report: ProblemSink;
  readonly #checking: Checking;

  constructor(
    source: string,
    names: ReadonlyMap<string, Named>,
    refs: Set<string>,
    report: ProblemSink,
  ) {
    this.#source = source;
    this.#report = report;
    this.#checking = {
      source,
      names,
      refs,
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
        return typedName(this.#checking, node, item);
      case '.':
      case '[]':
        return typedAccess(this.#checking, node, item);
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
        if (node.args.op === '!_') return this.#fail('`!` twice says nothing', node, 'remove both');
        const operand = this.#as(bool, this.#typed(node.args, item), node.args, '`!`');
        return { type: bool, evaluate: (frame) => truth(operand.evaluate(frame)) === false };
      }
      case '-_':
        return this.#negated(node, item);
      case 'in':
        if (isReadTwoWays(this.#source, node)) return this.#fail(twoWays, node, 'write brackets');
        return typedMembership(this.#checking, node, item);
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
    if (isReadTwoWays(this.#source, node))
      return this.#fail('a choice within a choice is read in two ways', node, 'write brackets');
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
    if (node.args.op === '-_') return this.#fail('`-` twice says nothing', node, 'remove both');
    const operand = this.#typed(node.args, item);
    if (operand.failed) return failed;
    const { type } = operand.type;
    if (type !== 'int' && type !== 'double' && type !== 'money') {
      return this.#fail(`\`-\` needs a number, and this is ${aType(operand.type)}`, node);
    }
    const negate = (value: CelValue): CelValue => {
      if (typeof value === 'bigint') return boundedInt(-value);
      if (typeof value === 'number') return -value;
      throw new CelFault('a null is used as a number');
    };
    if (typeof operand.literal === 'bigint' && !isInt64(-operand.literal))
      return this.#fail('the integer overflows 64 bits', node);
    return {
      type: operand.type,
      ...(operand.literal === undefined ? {} : { literal: negate(operand.literal) }),
      evaluate: (frame) => negate(operand.evaluate(frame)),
    };
  }

  #operator(node: ASTNode, operator: Operator, item: Item | null): Typed {
    if (!isBinary(node)) return failed;
    if (isReadTwoWays(this.#source, node)) return this.#fail(twoWays, node, 'write brackets');
    const left = this.#typed(node.args[0], item);
    const right = this.#typed(node.args[1], item);
    if (left.failed || right.failed) return failed;
    const made = operator(node.op, left, right);
    if (!('problem' in made)) return made;
    return this.#fail(made.problem, node, made.mend);
  }
}

const twoWays = 'a comparison beside a comparison is read in two ways';

function literalType(value: unknown): CelType | null {
  if (typeof value === 'boolean') return bool;
  if (typeof value === 'bigint') return int;
  if (typeof value === 'number') return { type: 'double', nullable: false };
  if (typeof value === 'string') return { type: 'string', values: null, nullable: false };
  return value === null ? { type: 'null', nullable: true } : null;
}

type BinaryNode = Extract<
  ASTNode,
  { op: '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' }
>;

function isBinary(node: ASTNode): node is BinaryNode {
  return ['==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%'].includes(node.op);
}
