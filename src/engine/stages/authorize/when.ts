import { bindingsOf } from '../../bindings.ts';
import { type Answer, type ConstraintOf, met, type Question, unjudged, unmet } from './check.ts';

/** An expression that fails says nothing about the call, so it refuses it: an error must never mean allow. */
export function checkWhen({ program }: ConstraintOf<'when'>, question: Question): Answer {
  const result = program.evaluate(bindingsOf(question));
  const details = { expression: program.source };
  if (!result.ok && result.isUnresolved)
    return unjudged('authorize.unresolved', {
      ...details,
      arguments: [...program.refs],
      error: result.error,
    });
  if (!result.ok) return unjudged('authorize.when_error', { ...details, error: result.error });
  return result.value
    ? met('authorize.when', () => details)
    : unmet('authorize.when', { ...details, failed: result.failed });
}
