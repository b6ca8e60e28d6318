/** Names, and what is reached through them: `call.args.to`, `case.customer`, `recipients[0]`, a field of a value. */
import type { ASTNode } from '@marcbachmann/cel-js';
import type { CelType } from './cel-environment.ts';
import { fieldOf, type Named, unresolved } from './cel-scope.ts';
import {
  type Checking,
  elementsOf,
  failed,
  type Item,
  int,
  listOf,
  type Typed,
  unknown,
} from './cel-typed.ts';
import { aType, CelFault, fromJson } from './cel-value.ts';
import { didYouMean } from './nearest.ts';

type Members = Named & { readonly type: 'members' };

export function typedName(checking: Checking, node: ASTNode, item: Item | null): Typed {
  const name = node.op === 'id' ? node.args : '';
  if (item !== null && item.name === name) {
    return { type: item.type, evaluate: (frame) => frame.item };
  }
  const named = checking.names.get(name);
  if (named === undefined) {
    const known = item === null ? checking.names.keys() : [...checking.names.keys(), item.name];
    return checking.fail(`unknown name \`${name}\``, node, knownMend(name, known));
  }
  return valueNamed(checking, named, name, node);
}

function valueNamed(checking: Checking, named: Named, written: string, node: ASTNode): Typed {
  if (named.type === 'value') {
    if (named.ref !== undefined) checking.refs.add(named.ref);
    return { type: named.of, evaluate: named.evaluate };
  }
  if (named.type === 'useless')
    return checking.fail(
      named.why,
      node,
      named.mend ?? 'remove it: it speaks of nothing in a call',
    );
  return checking.fail(`\`${written}\` is not a value of its own`, node, `name one ${named.what}`);
}

function knownMend(written: string, known: Iterable<string>): string | undefined {
  const names = [...known];
  return (
    didYouMean(written, names) ??
    (names.length > 0 && names.length <= 12 ? `there are: ${names.join(', ')}` : undefined)
  );
}

export function typedAccess(checking: Checking, node: ASTNode, item: Item | null): Typed {
  if (node.op !== '.' && node.op !== '[]') return failed;
  const key = keyOf(checking, node, item);
  const target = node.args[0];
  const group = membersOf(checking, target, item);
  if (group !== null) {
    if (group.failed) return failed;
    if (typeof key !== 'string') return checking.fail('a name has to be written out here', node);
    return typedMember(checking, group.named, key, node);
  }
  const of = checking.typed(target, item);
  if (of.failed || key === null) return failed;
  if (typeof key === 'string') return typedField(checking, of, key, node);
  return typedElement(checking, of, key, target, node);
}

/** What stands behind a dot or between brackets: a name, an index, or null when it was already refused. */
function keyOf(checking: Checking, node: ASTNode, item: Item | null): string | Typed | null {
  if (node.op === '.') return node.args[1];
  if (node.op !== '[]') return null;
  const index = checking.typed(node.args[1], item);
  if (index.failed) return null;
  return typeof index.literal === 'string' ? index.literal : index;
}

/** `call`, `call.args`, `case` and the like, which only lead to their members. */
function membersOf(
  checking: Checking,
  node: ASTNode,
  item: Item | null,
): { readonly named: Members; readonly failed?: never } | { readonly failed: true } | null {
  if (node.op === 'id') {
    const named = item?.name === node.args ? undefined : checking.names.get(node.args);
    return named?.type === 'members' ? { named } : null;
  }
  if (node.op !== '.' && node.op !== '[]') return null;
  const outer = membersOf(checking, node.args[0], item);
  if (outer === null || outer.failed) return outer;
  const key = keyOf(checking, node, item);
  const named = typeof key === 'string' ? outer.named.members.get(key) : undefined;
  if (named?.type === 'members') return { named };
  if (named !== undefined) return null;
  if (typeof key === 'string') typedMember(checking, outer.named, key, node);
  else if (key !== null) checking.fail('a name has to be written out here', node);
  return { failed: true };
}

function typedMember(checking: Checking, group: Members, key: string, node: ASTNode): Typed {
  const named = group.members.get(key);
  if (named === undefined) {
    return checking.fail(
      `no ${group.what} is called \`${key}\``,
      node,
      knownMend(key, group.members.keys()),
    );
  }
  return valueNamed(checking, named, key, node);
}

function typedField(checking: Checking, of: Typed, key: string, node: ASTNode): Typed {
  const type = of.type;
  if (type.type === 'unknown') {
    return { type: unknown, evaluate: (frame) => fieldOf(of.evaluate(frame), key) ?? null };
  }
  if (type.type === 'record') return typedRecordField(checking, of, type, key, node);
  if (type.type === 'pair') return typedSide(checking, of, type, key, node);
  if (type.type !== 'object') return checking.fail(`${aType(type)} has no fields`, node);
  const field = type.fields.get(key) ?? type.rest;
  if (field === undefined || field === null) {
    return checking.fail(`no field is called \`${key}\``, node, knownMend(key, type.fields.keys()));
  }
  return {
    type: field,
    evaluate: (frame) => fromJson(fieldOf(of.evaluate(frame), key), field, frame.meter),
  };
}

function typedRecordField(
  checking: Checking,
  of: Typed,
  { object, fields }: Extract<CelType, { type: 'record' }>,
  key: string,
  node: ASTNode,
): Typed {
  const type = fields.get(key);
  if (type === undefined) {
    return checking.fail(
      `no tool returns the field \`${key}\` of \`${object}\``,
      node,
      knownMend(key, fields.keys()),
    );
  }
  return {
    type,
    evaluate: (frame) => {
      const value = fieldOf(of.evaluate(frame), key);
      // What nobody was shown may be anything: null would be a value to compare with.
      if (value === undefined) throw unresolved(`the field \`${key}\` wasn't shown`);
      return fromJson(value, type, frame.meter);
    },
  };
}

function typedSide(
  checking: Checking,
  of: Typed,
  pair: Extract<CelType, { type: 'pair' }>,
  key: string,
  node: ASTNode,
): Typed {
  if (key !== 'left' && key !== 'right') {
    return checking.fail(`a pair has no \`${key}\``, node, knownMend(key, ['left', 'right']));
  }
  return {
    type: pair[key],
    evaluate: (frame) => elementsOf(of.evaluate(frame))[key === 'left' ? 0 : 1] ?? null,
  };
}

function typedElement(
  checking: Checking,
  of: Typed,
  index: Typed,
  target: ASTNode,
  node: ASTNode,
): Typed {
  const list =
    of.type.type === 'unknown' ? checking.as(listOf(unknown), of, target, 'an index') : of;
  if (list.type.type !== 'list') return checking.fail(`${aType(of.type)} has no elements`, node);
  const at = checking.as(int, index, node, 'an index');
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
