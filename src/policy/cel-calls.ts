import type { ASTNode } from '@marcbachmann/cel-js';
import type { Kind } from '../content/kind.ts';
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
import { listFunctions, typedListFunction } from './cel-lists.ts';
import { functionMend } from './cel-scan.ts';
import type { Frame } from './cel-scope.ts';
import {
  attempt,
  bool,
  type Checking,
  elementsOf,
  failed,
  type Item,
  int,
  listOf,
  string,
  type Typed,
  textOf,
  truth,
  unknown,
  widened,
} from './cel-typed.ts';
import { aType, CelFault, type CelValue } from './cel-value.ts';
import { didYouMean } from './nearest.ts';

/** A function: `size(x)`, `usd(50)`. */
export function typedCall(checking: Checking, node: ASTNode, item: Item | null): Typed {
  if (node.op !== 'call') return failed;
  const [name, args] = node.args;
  const [only, ...more] = args;
  if (listFunctions.has(name)) {
    return hasTrailingComma(checking, node)
      ? checking.fail('a comma ends the arguments', node, 'remove it')
      : typedListFunction(checking, name, args, node, item);
  }
  const currency = currencyOfFunction(name);
  const known = ['size', 'timestamp', 'duration', ...conversions.keys(), ...listFunctions.keys()];
  if (currency === undefined && !known.includes(name)) {
    const mend =
      functionMend(name) ?? didYouMean(name, [...known, ...currencyFunctions()]) ?? undefined;
    return checking.fail(`no function is called \`${name}\``, node, mend);
  }
  if (only === undefined || more.length > 0)
    return checking.fail(`\`${name}\` takes one argument`, node);
  if (hasTrailingComma(checking, node))
    return checking.fail('a comma ends the arguments', node, 'remove it');
  if (currency !== undefined) return money(checking, name, currency, only, node);
  const operand = checking.typed(only, item);
  if (operand.failed) return failed;
  switch (name) {
    case 'size':
      return size(checking, operand, node);
    case 'timestamp':
    case 'duration':
      return time(checking, name, operand, node);
    default:
      return conversion(checking, name, operand, node);
  }
}

function hasTrailingComma(checking: Checking, node: ASTNode): boolean {
  return /,\s*\)$/.test(checking.source.slice(node.start, node.end));
}

function money(
  checking: Checking,
  name: string,
  currency: string,
  amount: ASTNode,
  node: ASTNode,
): Typed {
  const written = checking.source.slice(amount.start, amount.end);
  const minor = minorUnits(written, currency);
  if (minor === null) {
    return checking.fail(
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

function size(checking: Checking, operand: Typed, node: ASTNode): Typed {
  const { type } = operand.type;
  if (type !== 'string' && type !== 'list' && type !== 'object' && type !== 'unknown') {
    return checking.fail(`${aType(operand.type)} has no size`, node);
  }
  return { type: int, evaluate: (frame) => sizeOf(operand.evaluate(frame), frame.meter) };
}

function time(
  checking: Checking,
  name: 'timestamp' | 'duration',
  operand: Typed,
  node: ASTNode,
): Typed {
  const text = checking.as(string, operand, node, `\`${name}\``);
  if (text.failed) return failed;
  const readTime = name === 'timestamp' ? timestampMs : durationMs;
  if (typeof text.literal === 'string' && readTime(text.literal) === null) {
    const example = name === 'timestamp' ? '2026-01-31T09:00:00Z' : '1h30m';
    return checking.fail(`not a ${name}`, node, `write \`${name}('${example}')\``);
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

function conversion(checking: Checking, name: string, operand: Typed, node: ASTNode): Typed {
  const conversion = conversions.get(name);
  if (conversion === undefined) return failed;
  if (!conversion.from.has(operand.type.type)) {
    return checking.fail(`\`${name}\` can't be made of ${aType(operand.type)}`, node);
  }
  return {
    type: conversion.to,
    evaluate: (frame) => conversion.convert(operand.evaluate(frame)),
  };
}

/** A method, or a comprehension: `text.contains(part)`, `list.exists(x, …)`. */
export function typedMethod(checking: Checking, node: ASTNode, item: Item | null): Typed {
  if (node.op !== 'rcall') return failed;
  const [name, receiverNode, args] = node.args;
  if (hasTrailingComma(checking, node))
    return checking.fail('a comma ends the arguments', node, 'remove it');
  if (comprehensions.has(name))
    return comprehension(checking, name, receiverNode, args, node, item);
  const [only, ...more] = args;
  if (name === 'size' && only === undefined) {
    const receiver = checking.typed(receiverNode, item);
    return receiver.failed ? failed : size(checking, receiver, node);
  }
  if (name !== 'matches' && !textMethods.has(name)) {
    const known = [...textMethods.keys(), 'matches', 'size', ...comprehensions];
    const mend = functionMend(name) ?? didYouMean(name, known) ?? undefined;
    return checking.fail(`no method is called \`${name}\``, node, mend);
  }
  if (only === undefined || more.length > 0)
    return checking.fail(`\`${name}\` takes one argument`, node);
  const text = checking.typed(receiverNode, item);
  const receiver = checking.as(string, text, receiverNode, `\`${name}\``);
  const argument = checking.as(string, checking.typed(only, item), only, `\`${name}\``);
  if (receiver.failed || argument.failed) return failed;
  if (name === 'matches') return matches(checking, receiver, argument, only);
  const kind = text.type.type === 'string' ? text.type.spelledAs : undefined;
  const part = argument.literal;
  if (isAddress(kind) && typeof part === 'string' && part !== part.toLowerCase()) {
    return checking.fail(
      `\`${part}\` is in no address: they are compared in lower case`,
      only,
      `write \`${part.toLowerCase()}\``,
    );
  }
  const method = textMethods.get(name);
  if (method === undefined) return failed;
  return {
    type: bool,
    evaluate: (frame) => method(textOf(receiver, frame), textOf(argument, frame), frame.meter),
  };
}

function isAddress(kind: Kind | undefined): boolean {
  return (kind?.name === 'recipient' || kind?.name === 'sender') && kind.form === 'email';
}

/** The pattern is written in the policy: one that an agent sends could be made to match, or to cost. */
function matches(checking: Checking, receiver: Typed, pattern: Typed, node: ASTNode): Typed {
  if (typeof pattern.literal !== 'string') {
    return checking.fail(
      'the pattern of `matches` has to be written out',
      node,
      'use `contains` for text from elsewhere',
    );
  }
  const compiled = compilePattern(pattern.literal);
  if ('problem' in compiled) return checking.fail(compiled.problem, node);
  return {
    type: bool,
    evaluate: (frame) => compiled.pattern.matches(textOf(receiver, frame), frame.meter),
  };
}

function comprehension(
  checking: Checking,
  name: string,
  rangeNode: ASTNode,
  args: readonly ASTNode[],
  node: ASTNode,
  item: Item | null,
): Typed {
  if (item !== null) {
    return checking.fail(
      `\`${name}\` inside another comprehension: its work would be the product of both lists`,
      node,
    );
  }
  const [variable, body, ...more] = args;
  if (variable?.op !== 'id' || body === undefined || more.length > 0) {
    return checking.fail(
      `\`${name}\` takes a variable and an expression`,
      node,
      `write \`list.${name}(x, …)\``,
    );
  }
  if (checking.names.has(variable.args)) {
    return checking.fail(
      `\`${variable.args}\` already has a meaning here`,
      variable,
      'give the variable another name',
    );
  }
  const range = checking.typed(rangeNode, null);
  if (range.failed) return failed;
  const list =
    range.type.type === 'unknown'
      ? checking.as(listOf(unknown), range, rangeNode, `\`${name}\``)
      : range;
  if (list.type.type !== 'list') {
    return checking.fail(`\`${name}\` needs a list, and this is ${aType(range.type)}`, rangeNode);
  }
  const element = list.type.element;
  const step = checking.typed(body, { name: variable.args, type: element });
  if (name === 'map') {
    if (step.failed) return failed;
    return {
      type: listOf(widened(step.type)),
      evaluate: (frame) => elementsOf(list.evaluate(frame)).map((one) => at(frame, one, step)),
    };
  }
  const test = checking.as(bool, step, body, `\`${name}\``);
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
        elementsOf(list.evaluate(frame)).filter((one) => truth(at(frame, one, test))).length === 1,
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
