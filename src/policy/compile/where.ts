import type { Kind } from '../../content/kind.ts';
import type { Constraint, Tool, WhereTest } from '../model.ts';
import type { ConstraintSyntax } from '../shape/constraint.ts';
import type { ConstraintPlace } from './context.ts';
import { compileValueTest } from './value-test.ts';
import { compileRecordTest, isProvidable } from './where-record.ts';

/** What one argument has to be. It is read by the kind that the tool gives it, in each tool that the grant covers. */
export function compileWhere(
  syntax: Extract<ConstraintSyntax, { type: 'where' }>,
  common: Pick<Constraint, 'name' | 'at' | 'otherwise'>,
  place: ConstraintPlace,
): Constraint | null {
  const { argument } = syntax;
  const test = compileTest(syntax, place);
  return test === null ? null : { ...common, type: 'where', argument, test };
}

function compileTest(
  { test, argument, at }: Extract<ConstraintSyntax, { type: 'where' }>,
  place: ConstraintPlace,
): WhereTest | null {
  if (test.type === 'record') return compileRecordTest(test.tests, { argument, at }, place);
  const kinds = place.covered.flatMap((tool) => kindOf(tool, argument) ?? []);
  // Nothing that it could be compared with: that it can't be answered was said for each tool.
  if (kinds.length === 0) return null;
  if (test.type === 'provided')
    return isProvidable(test.at, argument, kinds, place) ? { type: 'provided' } : null;
  return compileValueTest(test, { name: argument, kinds, isArgument: true }, place);
}

/** Of an argument that is one value; one with parts has no single kind. */
export function kindOf(tool: Tool, argument: string): Kind | null {
  const parts = tool.args.get(argument)?.parts ?? [];
  const [part] = parts;
  return part !== undefined && parts.length === 1 && part.pointer.segments.length === 0
    ? part.kind
    : null;
}
