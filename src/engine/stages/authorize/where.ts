import type { ValueTest, WhereTest } from '../../../policy/model.ts';
import type { ArgumentValue, ReadCall } from '../../call.ts';
import { declaredKind } from '../../tool-shape.ts';
import { isProvided } from '../flow/provided.ts';
import {
  type Answer,
  type ConstraintOf,
  met,
  type Question,
  shown,
  unjudged,
  unmet,
} from './check.ts';
import { checkRecord, isBetween } from './record.ts';
import { matches } from './terms.ts';
import { leavesOut } from './values.ts';

/** Every value of one argument fits. An absent one fits nothing: it may mean "any". */
export function checkWhere(constraint: ConstraintOf<'where'>, question: Question): Answer {
  const { read, tool } = question;
  const argument = tool.args.get(constraint.argument);
  if (argument === undefined)
    return unjudged('authorize.absent', { unanswerable: constraint.argument });
  const { name } = argument;
  // A null in a list may mean "any" as well as a list without anything does.
  const nothing = !isNamed(read, name) || leavesOut(read.args[name], []);
  if (nothing && !argument.absentIsNone) return unmet('authorize.absent', { arguments: [name] });
  return fitting(name, constraint.test, question);
}

function isNamed({ values }: ReadCall, argument: string): boolean {
  for (const value of values) if (value.argument === argument) return true;
  return false;
}

function valuesOf({ values }: ReadCall, argument: string): readonly ArgumentValue[] {
  return values.filter((value) => value.argument === argument);
}

function fitting(argument: string, test: WhereTest, question: Question): Answer {
  const { read } = question;
  switch (test.type) {
    case 'record':
      return checkRecord(argument, test, valuesOf(read, argument), question);
    case 'provided':
      return checkProvided(argument, valuesOf(read, argument), question);
    case 'terms':
    case 'range':
      return answer(read, argument, unfitting(test, argument, question));
  }
}

const none: readonly ArgumentValue[] = [];

/** Of most calls every value fits: then no list is made. */
function unfitting(
  test: ValueTest,
  argument: string,
  question: Question,
): readonly ArgumentValue[] {
  let others: ArgumentValue[] | null = null;
  for (const value of question.read.values) {
    if (value.argument !== argument || fits(test, value, question)) continue;
    others ??= [];
    others.push(value);
  }
  return others ?? none;
}

/** It came from a field that a tool provides for its kind: what a text says, or the agent makes up, isn't such. */
function checkProvided(
  argument: string,
  values: readonly ArgumentValue[],
  { context, read }: Question,
): Answer {
  const others: ArgumentValue[] = [];
  for (const one of values) {
    const provided =
      one.value.type === 'unparsable' ? false : isProvided(context, one.kind, one.value.key);
    if (provided === null) return unjudged('authorize.unresolved', { argument, reason: 'history' });
    if (!provided) others.push(one);
  }
  return answer(read, argument, others);
}

function answer(read: ReadCall, argument: string, others: readonly ArgumentValue[]): Answer {
  return others.length === 0
    ? met('authorize.where', () => ({ argument, found: shown(valuesOf(read, argument)) }))
    : unmet('authorize.where', { argument, refused: shown(others) });
}

function fits(
  test: ValueTest,
  { argument, kind, value }: ArgumentValue,
  { tool, party }: Question,
): boolean {
  if (test.type === 'terms') {
    return matches(test.terms, value, {
      case: party.case,
      kind: declaredKind(tool, argument, kind) ?? null,
    });
  }
  const found =
    value.type === 'number' ? value.number : value.type === 'amount' ? value.minor : Number.NaN;
  return isBetween(test, found);
}
