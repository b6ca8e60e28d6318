import type { Kind, Parsed } from '../../content/kind.ts';
import { parseKind, plainKind } from '../../content/kinds.ts';
import type { AddressTerm, CaseDeclaration, SourcePosition, Term, UrlTerm } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Report } from '../report.ts';
import type { LiteralSyntax } from '../shape/literal.ts';
import type { Located } from '../shape/shape.ts';

/** The case names that a grant may mention. */
export interface CaseNames {
  readonly declared: ReadonlyMap<string, CaseDeclaration>;
  /** Completes "…": `the agent's \`case\``. */
  readonly where: string;
}

export type CaseReference = { readonly name: string } | 'unknown' | null;

/** `case.x`: null when it is no reference at all, `unknown` when it was reported. */
export function caseReference(
  written: Located<string>,
  names: CaseNames,
  report: Report,
): CaseReference {
  const [, name] = /^case\.(.*)$/s.exec(written.value) ?? [];
  if (name === undefined) return null;
  if (names.declared.has(name)) return { name };
  report.error('policy.unknown', written.at, `unknown case name \`${name}\``, {
    expected:
      names.declared.size === 0
        ? `a name declared in ${names.where}, which has none`
        : `a name declared in ${names.where}`,
    mend: didYouMean(name, names.declared.keys()),
  });
  return 'unknown';
}

/** A literal by the kind that it will be compared with, or a case name. */
export function compileTerm(
  written: LiteralSyntax,
  kind: Kind,
  names: CaseNames,
  report: Report,
): Term | null {
  if (typeof written.value === 'string') {
    const reference = caseReference({ value: written.value, at: written.at }, names, report);
    if (reference === 'unknown') return null;
    if (reference !== null) return { type: 'case', name: reference.name };
  }
  const value = compileLiteral(written, kind, report);
  return value === null ? null : { type: 'literal', value };
}

export function compileLiteral(written: LiteralSyntax, kind: Kind, report: Report): Parsed | null {
  const { value } = written;
  if (
    typeof value === 'number' &&
    kind.name !== 'number' &&
    kind.name !== 'amount' &&
    String(value) !== written.written
  ) {
    // YAML has already turned it into another number: `007` would be compared as `7`.
    report.error(
      'policy.value',
      written.at,
      `YAML reads \`${written.written}\` as the number ${value}`,
      {
        mend: `quote it: ${JSON.stringify(written.written)}`,
      },
    );
    return null;
  }
  const parsed = parseKind(kind, value);
  if (parsed.type === 'unparsable') {
    const quotedNumber =
      kind.name === 'number' &&
      typeof value === 'string' &&
      value !== '' &&
      Number.isFinite(Number(value));
    report.error('policy.value', written.at, `\`${written.written}\` ${parsed.reason}`, {
      expected: `a value of the kind \`${kind.name}\`, or \`case.name\``,
      mend: quotedNumber ? `write it without quotes: ${value}` : null,
    });
    return null;
  }
  if (parsed.type === 'command' && parsed.words === null) {
    report.error(
      'policy.value',
      written.at,
      'a command with an operator, expansion or redirection equals nothing',
      {
        mend: 'list each plain command on its own',
      },
    );
    return null;
  }
  return parsed;
}

export function compileTerms(
  entries: readonly Located<string>[],
  kind: Kind,
  names: CaseNames,
  report: Report,
): readonly Term[] | null {
  return all(entries, ({ value, at }) =>
    compileTerm({ value, at, written: value }, kind, names, report),
  );
}

/** One address, a domain's own addresses, `*.` its subdomains, or a case name. */
export function compileAddressTerm(
  written: Located<string>,
  names: CaseNames,
  report: Report,
): AddressTerm | null {
  const { value, at } = written;
  const reference = caseReference(written, names, report);
  if (reference === 'unknown') return null;
  if (reference !== null) return addressCase(reference.name, at, names, report);
  if (value.includes('@') && !value.startsWith('@') && !value.includes('*')) {
    const parsed = parseKind(plainKind('recipient'), value);
    if (parsed.type === 'address') return { type: 'address', key: parsed.key };
    report.error(
      'policy.value',
      at,
      `\`${value}\` ${parsed.type === 'unparsable' ? parsed.reason : 'is no address'}`,
      {
        expected: 'one address: `ann@company.com`',
      },
    );
    return null;
  }
  const below = /^(\*\.|\.)/.test(value);
  const domain = domainOf(value.replace(/^(\*\.|\.|@)/, ''));
  const isPlain = domain?.includes('.') === true && !/^[.@]|@/.test(value);
  if (domain === null || !isPlain) {
    report.error('policy.value', at, `\`${value}\` is no address and no domain`, {
      expected: '`ann@company.com`, `company.com`, `*.company.com` or `case.name`',
      mend: mendDomain(value, domain, names),
    });
    return null;
  }
  return below ? { type: 'subdomains', domain } : { type: 'domain', domain };
}

function mendDomain(value: string, domain: string | null, names: CaseNames): string | null {
  if (names.declared.has(value)) return `did you mean \`case.${value}\`?`;
  if (value.startsWith('.') && domain !== null) return `write \`*${value}\` for its subdomains`;
  if (value.startsWith('@') && domain !== null) return `write \`${domain}\` for a whole domain`;
  if (value.startsWith('*@')) return `write \`${value.slice(2)}\` for a whole domain`;
  return null;
}

function domainOf(value: string): string | null {
  const parsed = parseKind(plainKind('recipient'), `x@${value}`);
  return parsed.type === 'address' ? parsed.domain : null;
}

/** An address list compares whole addresses: a case name of another kind would never equal one. */
function addressCase(
  name: string,
  at: SourcePosition,
  names: CaseNames,
  report: Report,
): AddressTerm | null {
  const declared = names.declared.get(name);
  const kind = declared?.type === 'kind' ? declared.kind : null;
  if (kind !== null && (kind.name === 'recipient' || kind.name === 'sender'))
    return { type: 'case', name };
  report.error('policy.conflict', at, `\`case.${name}\` is no address`, {
    expected: 'a case name of the kind `recipient`',
    mend: `declare it as \`${name}: recipient\``,
  });
  return null;
}

/** For lists of domains, which name nobody in particular. */
export function compileDomainTerm(
  written: Located<string>,
  names: CaseNames,
  report: Report,
): AddressTerm | null {
  const term = compileAddressTerm(written, names, report);
  if (term?.type !== 'address') return term;
  report.error(
    'policy.value',
    written.at,
    `\`${written.value}\` is an address, and this is a list of domains`,
    {
      mend: `write \`${written.value.slice(written.value.lastIndexOf('@') + 1)}\`, or use \`recipients\``,
    },
  );
  return null;
}

export function compileUrlTerm(
  written: Located<string>,
  names: CaseNames,
  report: Report,
): UrlTerm | { readonly case: string } | null {
  const reference = caseReference(written, names, report);
  if (reference === 'unknown') return null;
  if (reference !== null) return { case: reference.name };
  const parsed = parseKind(plainKind('url'), written.value);
  // An entry that leaves the scheme to whoever opens it would cover nothing that names one.
  if (parsed.type !== 'url' || parsed.scheme === '') {
    const bare = /^[a-z0-9.-]+\.[a-z]{2,}(\/\S*)?$/i.test(written.value);
    report.error(
      'policy.value',
      written.at,
      `\`${written.value}\` ${parsed.type === 'unparsable' ? parsed.reason : 'is not an absolute URL'}`,
      {
        expected: 'a URL: `https://help.company.com/docs`',
        mend: bare ? `write \`https://${written.value}\`` : null,
      },
    );
    return null;
  }
  if (/[?#*]/.test(written.value)) {
    report.error(
      'policy.value',
      written.at,
      'an entry is a place, without query, fragment or `*`',
      {
        mend: `write \`${written.value.replace(/\/?[?#*].*$/, '')}\`: it covers everything below it`,
      },
    );
    return null;
  }
  const { scheme, host, port } = parsed;
  return { scheme, host, port, path: parsed.path.replace(/\/$/, '') };
}

/** Null as soon as one can't be used: a list that lost an entry means something else. */
export function all<T, U>(
  entries: readonly T[],
  compile: (entry: T) => U | null,
): readonly U[] | null {
  const compiled = entries.map(compile);
  const usable = compiled.flatMap((one) => (one === null ? [] : [one]));
  return usable.length === entries.length ? usable : null;
}

export function termKey(term: Term): string {
  return term.type === 'case' ? `case.${term.name}` : `=${term.value.key}`;
}
