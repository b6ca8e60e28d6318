import type { Kind } from '../../content/kind.ts';
import { plainKind } from '../../content/kinds.ts';
import type { AddressTerm, Constraint, Term } from '../model.ts';
import type { ConstraintSyntax } from '../shape/constraint.ts';
import type { ConstraintPlace } from './context.ts';
import { all, compileAddressTerm, compileTerm } from './terms.ts';

/** A filter on the items of a result, by one attribute. Its values are compared by the kind that `each` gives. */
export function compileItems(
  syntax: Extract<ConstraintSyntax, { type: 'items' }>,
  common: Pick<Constraint, 'name' | 'at' | 'otherwise'>,
  { covered, caseNames, compilation }: ConstraintPlace,
): Constraint | null {
  const { report } = compilation;
  const kinds = covered.flatMap((tool) =>
    tool.returns.each
      .filter((each) => each.attribute === syntax.attribute)
      .map((each) => each.kind),
  );
  const [first = null, ...others] = kinds;
  const differs = others.find((kind) => kind?.name !== first?.name || kind?.form !== first?.form);
  if (differs !== undefined) {
    report.error(
      'policy.conflict',
      syntax.at,
      `\`${syntax.attribute}\` is of different kinds in the tools that this grant covers`,
      {
        mend: 'make a list of grants, each with its `tools`',
      },
    );
    return null;
  }
  const written = (syntax.only ?? syntax.except)?.value ?? [];
  const terms = all(written, (entry): Term | AddressTerm | null => {
    if (isAddress(first) && typeof entry.value === 'string') {
      return compileAddressTerm({ value: entry.value, at: entry.at }, caseNames, report);
    }
    // An attribute without a kind is compared as text.
    return compileTerm(entry, first ?? plainKind('identifier'), caseNames, report);
  });
  if (terms === null) return null;
  const mode = syntax.only === undefined ? 'except' : 'only';
  return { ...common, type: 'items', attribute: syntax.attribute, mode, terms };
}

function isAddress(kind: Kind | null): boolean {
  return (kind?.name === 'recipient' || kind?.name === 'sender') && kind.form === 'email';
}
