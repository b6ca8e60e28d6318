import type { ArgumentValue } from '../../call.ts';
import { declaredKind } from '../../tool-shape.ts';
import {
  type Answer,
  type ConstraintOf,
  met,
  type Question,
  shown,
  unjudged,
  unmet,
} from './check.ts';
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
  const others = values.filter((value) => !fits(constraint, value, question));
  const details = { argument: constraint.argument };
  return others.length === 0
    ? met('authorize.where', { ...details, found: shown(values) })
    : unmet('authorize.where', { ...details, refused: shown(others) });
}

function fits(
  { test }: ConstraintOf<'where'>,
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
  if (!Number.isFinite(found)) return false;
  return (test.min === null || found >= test.min) && (test.max === null || found <= test.max);
}
