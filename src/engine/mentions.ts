import type { Alternative, Constraint, WhereTest } from '../policy/model.ts';

const mentioned = new WeakMap<Alternative, readonly string[]>();

/** The case names that an alternative speaks of outside its expressions: without them it doesn't apply. */
export function caseNamesOf(alternative: Alternative): readonly string[] {
  const known = mentioned.get(alternative);
  if (known !== undefined) return known;
  const names = [...new Set(alternative.constraints.flatMap(namesIn))];
  mentioned.set(alternative, names);
  return names;
}

type AnyTerm = { readonly type: string; readonly name?: string };

function namesIn(constraint: Constraint): readonly string[] {
  switch (constraint.type) {
    case 'recipients':
    case 'senders':
    case 'accounts':
    case 'commands':
      return cases(constraint.only);
    case 'allowed_domains':
    case 'forbidden_domains':
      return cases(constraint.domains);
    case 'folders':
      return cases([...(constraint.only ?? []), ...constraint.except]);
    case 'paths':
      return cases(constraint.under ?? []);
    case 'urls':
      return constraint.only.flatMap((entry) => ('case' in entry ? [entry.case] : []));
    case 'items':
      return cases(constraint.terms);
    case 'where':
      return namesInTest(constraint.test);
    case 'max_recipients':
    case 'tables':
    case 'rows':
    case 'fields':
    case 'max_amount':
    case 'max_total':
    case 'once_per':
    case 'hours':
    case 'rate':
    case 'after':
    case 'not_after':
    case 'novelty':
    case 'when':
      return [];
  }
}

function namesInTest(test: WhereTest): readonly string[] {
  switch (test.type) {
    case 'terms':
      return cases(test.terms);
    case 'record':
      return test.tests.flatMap((one) => namesInTest(one.test));
    case 'range':
    case 'provided':
      return [];
  }
}

function cases(terms: readonly AnyTerm[]): readonly string[] {
  return terms.flatMap((term) =>
    term.type === 'case' && term.name !== undefined ? [term.name] : [],
  );
}
