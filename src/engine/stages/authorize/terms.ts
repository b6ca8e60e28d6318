/** Whether a value is one that the policy names. Values are compared after parsing, whole, by their keys. */
import type { Kind, Parsed, Unparsable } from '../../../content/kind.ts';
import { parseDomain } from '../../../content/kinds/address.ts';
import { parseKind, plainKind } from '../../../content/kinds.ts';
import type { AddressTerm, Glob, Term } from '../../../policy/model.ts';
import type { CaseValues } from '../../run.ts';

export type AnyTerm = Term | AddressTerm | { readonly type: 'glob'; readonly glob: Glob };

/** A list of terms, arranged so that a value is looked up and not searched for. */
interface Terms {
  /** Keys, by the type of what they are keys of. */
  readonly literals: ReadonlyMap<Parsed['type'], ReadonlySet<string>>;
  readonly addresses: ReadonlySet<string>;
  readonly domains: ReadonlySet<string>;
  readonly parents: ReadonlySet<string>;
  readonly globs: readonly Glob[];
  readonly cases: readonly string[];
}

const arranged = new WeakMap<readonly AnyTerm[], Terms>();

export interface Match {
  readonly case: CaseValues;
  /** How the value was read, so that a case's value is read the same way. Null: as plain text. */
  readonly kind: Kind | null;
  /** A domain also stands for everything below it: for lists of what is forbidden. */
  readonly subdomains?: boolean;
}

export function matches(
  terms: readonly AnyTerm[],
  value: Parsed | Unparsable,
  match: Match,
): boolean {
  if (value.type === 'unparsable') return false;
  // An operator, expansion or redirection equals nothing, not even itself written in the policy.
  if (value.type === 'command' && value.words === null) return false;
  const list = arrange(terms);
  if (list.literals.get(value.type)?.has(value.key) === true) return true;
  for (const glob of list.globs) if (glob.matches(value.key)) return true;
  if (list.addresses.has(value.key)) return true;
  if (value.type === 'address' && inDomains(list, value.domain, value.domainAndParents, match))
    return true;
  for (const name of list.cases) if (equalsCase(name, value, match)) return true;
  return false;
}

function inDomains(
  list: Terms,
  domain: string,
  domainAndParents: readonly string[],
  match: Match,
): boolean {
  if (list.domains.has(domain)) return true;
  const below = domainAndParents.filter((parent) => parent !== domain);
  if (below.some((parent) => list.parents.has(parent))) return true;
  return match.subdomains === true && below.some((parent) => list.domains.has(parent));
}

function equalsCase(name: string, value: Parsed, match: Match): boolean {
  if (!Object.hasOwn(match.case, name)) return false;
  const bound = match.case[name];
  if (bound === undefined) return false;
  if (value.type === 'address' && typeof bound === 'string' && !bound.includes('@')) {
    // An entry without `@` is a domain, also when a case binds it.
    const domain = parseDomain(bound);
    if (domain === null) return false;
    if (domain === value.domain) return true;
    return match.subdomains === true && value.domainAndParents.includes(domain);
  }
  const parsed = parseKind(match.kind ?? plainKind('identifier'), bound);
  return parsed.type === value.type && parsed.key === value.key;
}

function arrange(terms: readonly AnyTerm[]): Terms {
  const known = arranged.get(terms);
  if (known !== undefined) return known;
  const literals = new Map<Parsed['type'], Set<string>>();
  const addresses = new Set<string>();
  const domains = new Set<string>();
  const parents = new Set<string>();
  const globs: Glob[] = [];
  const cases: string[] = [];
  for (const term of terms) {
    switch (term.type) {
      case 'literal': {
        const { type, key } = term.value;
        const keys = literals.get(type) ?? new Set();
        literals.set(type, keys.add(key));
        break;
      }
      case 'address':
        addresses.add(term.key);
        break;
      case 'domain':
        domains.add(term.domain);
        break;
      case 'subdomains':
        parents.add(term.domain);
        break;
      case 'glob':
        globs.push(term.glob);
        break;
      case 'case':
        cases.push(term.name);
        break;
    }
  }
  const list: Terms = { literals, addresses, domains, parents, globs, cases };
  arranged.set(terms, list);
  return list;
}
