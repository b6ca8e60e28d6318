import type { ValueTest, WhereTest } from '../../../policy/model.ts';
import type { ArgumentValue } from '../../call.ts';
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
  const values = read.values.filter((value) => value.argument === constraint.argument);
  // A null in a list may mean "any" as well as a list without anything does.
  const nothing = values.length === 0 || leavesOut(read.args[constraint.argument], []);
  if (nothing && !argument.absentIsNone)
    return unmet('authorize.absent', { arguments: [constraint.argument] });
  return fitting(constraint.argument, constraint.test, values, question);
}

function fitting(
  argument: string,
  test: WhereTest,
  values: readonly ArgumentValue[],
  question: Question,
): Answer {
  switch (test.type) {
    case 'record':
      return checkRecord(argument, test, values, question);
    case 'provided':
      return checkProvided(argument, values, question);
    case 'terms':
    case 'range':
      return answer(
        argument,
        values,
        values.filter((value) => !fits(test, value, question)),
      );
  }
}

/** It came from a field that a tool provides for its kind: what a text says, or the agent makes up, isn't such. */
function checkProvided(
  argument: string,
  values: readonly ArgumentValue[],
  { context }: Question,
): Answer {
  const others: ArgumentValue[] = [];
  for (const one of values) {
    const provided =
      one.value.type === 'unparsable' ? false : isProvided(context, one.kind, one.value.key);
    if (provided === null) return unjudged('authorize.unresolved', { argument, reason: 'history' });
    if (!provided) others.push(one);
  }
  return answer(argument, values, others);
}

function answer(
  argument: string,
  values: readonly ArgumentValue[],
  others: readonly ArgumentValue[],
): Answer {
  return others.length === 0
    ? met('authorize.where', () => ({ argument, found: shown(values) }))
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
