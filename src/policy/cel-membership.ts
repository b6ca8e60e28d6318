/** `member in list`, and `key in object`. */
import type { ASTNode } from '@marcbachmann/cel-js';
import { comparison } from './cel-operators.ts';
import { fieldOf } from './cel-scope.ts';
import {
  bool,
  type Checking,
  elementsOf,
  failed,
  type Item,
  listOf,
  read,
  string,
  type Typed,
} from './cel-typed.ts';
import { aType, equalValues } from './cel-value.ts';

export function typedMembership(checking: Checking, node: ASTNode, item: Item | null): Typed {
  if (node.op !== 'in') return failed;
  const [memberNode, listNode] = node.args;
  const member = checking.typed(memberNode, item);
  const within = checking.typed(listNode, item);
  if (member.failed || within.failed) return failed;
  if (within.type.type === 'object') {
    const key = checking.as(string, member, memberNode, '`in`');
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
    return checking.fail(`\`in\` needs a list, and this is ${aType(within.type)}`, listNode, mend);
  }
  // One element against the member says whether the two can be equal at all.
  const test = comparison('==', member, {
    type: list.type.element,
    evaluate: (frame) => frame.item,
  });
  if ('problem' in test) return checking.fail(test.problem, node, test.mend);
  for (const written of Array.isArray(list.literal) ? list.literal : []) {
    const one = comparison('==', member, { ...test, type: list.type.element, literal: written });
    if ('problem' in one) return checking.fail(one.problem, node, one.mend);
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
