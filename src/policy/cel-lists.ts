/** Functions of lists, beyond those of the standard: `sum`, `range` and `zip`. Each costs as much as it looks through. */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { CelType } from './cel-environment.ts';
import type { Frame } from './cel-scope.ts';
import {
  type Checking,
  elementsOf,
  failed,
  type Item,
  int,
  listOf,
  type Typed,
} from './cel-typed.ts';
import { aType, boundedInt, CelFault, type CelValue } from './cel-value.ts';

/** By name, with how many arguments each takes. */
export const listFunctions: ReadonlyMap<string, number> = new Map([
  ['sum', 1],
  ['range', 1],
  ['zip', 2],
]);

/** Each element is a number of its own: a longer list is a mistake, or an attack on memory. */
const rangeMax = 10_000n;

export function typedListFunction(
  checking: Checking,
  name: string,
  args: readonly ASTNode[],
  node: ASTNode,
  item: Item | null,
): Typed {
  const [first, second] = args;
  const wanted = listFunctions.get(name) ?? 0;
  if (first === undefined || args.length !== wanted)
    return checking.fail(`\`${name}\` takes ${wanted === 1 ? 'one argument' : 'two lists'}`, node);
  const operand = checking.typed(first, item);
  if (operand.failed) return failed;
  if (name === 'range') return range(checking, operand, first, node);
  const list = listFrom(checking, name, operand, first);
  if (list === null) return failed;
  if (name === 'sum') return sum(checking, list, node);
  const other = second === undefined ? failed : checking.typed(second, item);
  const right =
    other.failed || second === undefined ? null : listFrom(checking, name, other, second);
  return right === null ? failed : zip(list, right);
}

interface List extends Typed {
  readonly type: Extract<CelType, { type: 'list' }>;
}

function listFrom(checking: Checking, name: string, operand: Typed, node: ASTNode): List | null {
  if (operand.type.type === 'list') return { ...operand, type: operand.type };
  checking.fail(`\`${name}\` needs a list, and this is ${aType(operand.type)}`, node);
  return null;
}

function sum(checking: Checking, list: List, node: ASTNode): Typed {
  const { element } = list.type;
  if (element.type !== 'int' && element.type !== 'double' && element.type !== 'money') {
    const mend =
      element.type === 'unknown' ? 'say what they are: `list.map(x, int(x))`' : undefined;
    return checking.fail(`\`sum\` needs numbers, and these are each ${aType(element)}`, node, mend);
  }
  const isDouble = element.type === 'double';
  return {
    type: { ...element, nullable: false },
    evaluate: (frame) => total(elementsOf(list.evaluate(frame)), isDouble, frame),
  };
}

function total(elements: readonly CelValue[], isDouble: boolean, frame: Frame): CelValue {
  frame.meter.charge(elements.length);
  let ints = 0n;
  let doubles = 0;
  for (const one of elements) {
    if (isDouble && typeof one === 'number') doubles += one;
    else if (!isDouble && typeof one === 'bigint') ints = boundedInt(ints + one);
    else throw new CelFault('a null is used as a number');
  }
  return isDouble ? doubles : ints;
}

function range(checking: Checking, operand: Typed, first: ASTNode, node: ASTNode): Typed {
  const count = checking.as(int, operand, first, '`range`');
  if (count.failed) return failed;
  if (typeof count.literal === 'bigint' && !isLength(count.literal))
    return checking.fail(`\`range\` takes a number from 0 to ${rangeMax}`, node);
  return {
    type: listOf(int),
    evaluate: (frame) => {
      const length = count.evaluate(frame);
      if (typeof length !== 'bigint' || !isLength(length))
        throw new CelFault(`the length of a range isn't from 0 to ${rangeMax}`);
      frame.meter.charge(Number(length));
      return Array.from({ length: Number(length) }, (_, index) => BigInt(index));
    },
  };
}

function isLength(count: bigint): boolean {
  return count >= 0n && count <= rangeMax;
}

/** Of lists of one length: what the longer one has beyond the other would go unjudged. */
function zip(left: List, right: List): Typed {
  return {
    type: listOf({
      type: 'pair',
      left: left.type.element,
      right: right.type.element,
      nullable: false,
    }),
    evaluate: (frame) => {
      const [lefts, rights] = [elementsOf(left.evaluate(frame)), elementsOf(right.evaluate(frame))];
      if (lefts.length !== rights.length) throw new CelFault('the lists of a zip differ in length');
      frame.meter.charge(lefts.length);
      return lefts.map((one, index) => [one, rights[index] ?? null]);
    },
  };
}
