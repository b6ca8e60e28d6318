import type { KindName, Parsed } from '../../../content/kind.ts';
import type { Constraint } from '../../../policy/model.ts';
import type { Context } from '../../context.ts';
import { judgedSides } from '../../pairing.ts';
import { covers } from '../authorize/places.ts';

/**
 * Whether the opener's plan lists this very value, in the entry that lets the call through: then the request chose it.
 * A domain, a glob or an expression is a ceiling, and chooses nothing.
 *
 * @param argument - where the call has it; null: in a text of the call.
 */
export function isPlanned(
  context: Context,
  argument: string | null,
  kind: KindName,
  value: Parsed,
): boolean {
  if (context.run.only === null && context.ancestors.every(({ only }) => only === null))
    return false;
  return judgedSides(context).some(
    ({ side, chosen }) =>
      side.of === 'opener' &&
      chosen?.option.alternative.constraints.some((constraint) =>
        lists(constraint, argument, kind, value),
      ) === true,
  );
}

function lists(
  constraint: Constraint,
  argument: string | null,
  kind: KindName,
  value: Parsed,
): boolean {
  switch (constraint.type) {
    case 'recipients':
      return (
        kind === 'recipient' &&
        constraint.only.some((term) => term.type === 'address' && term.key === value.key)
      );
    case 'accounts':
      return (
        kind === 'account' &&
        constraint.only.some((term) => term.type === 'literal' && term.value.key === value.key)
      );
    case 'urls':
      return (
        value.type === 'url' &&
        constraint.only.some((entry) => !('case' in entry) && covers(entry, value))
      );
    case 'where':
      return (
        constraint.argument === argument &&
        constraint.test.type === 'terms' &&
        constraint.test.terms.some(
          (term) => term.type === 'literal' && term.value.key === value.key,
        )
      );
    default:
      return false;
  }
}
