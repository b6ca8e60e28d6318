import type { Kind, KindName, RecipientForm } from '../../content/kind.ts';
import { parseKind, plainKind } from '../../content/kinds.ts';
import { defaults } from '../defaults.ts';
import { detectedClasses } from '../detected-classes.ts';
import type { AudienceTerm, Flow, TrustedValues } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { FlowSyntax, TrustedSourceSyntax, TrustedSyntax } from '../shape/flow.ts';
import { kindNamed } from '../shape/kind.ts';
import type { Located } from '../shape/shape.ts';
import type { Compilation } from './context.ts';
import { type CaseNames, caseReference, compileAddressTerm, compileUrlTerm } from './terms.ts';

export function compileFlow(
  syntax: FlowSyntax | undefined,
  caseNames: CaseNames,
  compilation: Compilation,
): Flow {
  if (syntax === undefined) return defaults.flow;
  return {
    when: syntax.when?.value ?? defaults.flow.when,
    external: syntax.external?.value ?? defaults.flow.external,
    unrequested: syntax.unrequested?.value ?? defaults.flow.unrequested,
    delegation: syntax.delegation?.value ?? defaults.flow.delegation,
    trusted:
      syntax.trusted === undefined
        ? defaults.flow.trusted
        : compileTrusted(syntax.trusted, compilation),
    classes: compileClasses(syntax, caseNames, compilation),
  };
}

// ---- destinations that the operator vouches for -----------------------------------------------------------------

function compileTrusted(syntax: TrustedSyntax, compilation: Compilation): TrustedValues {
  const { report } = compilation;
  const nobody: CaseNames = { declared: new Map(), where: '' };
  const own = (entries: readonly Located<string>[] | undefined): readonly Located<string>[] =>
    (entries ?? []).filter((entry) => {
      if (!entry.value.startsWith('case.')) return true;
      report.error(
        'policy.conflict',
        entry.at,
        `\`${entry.value}\` is trusted in its run already`,
        {
          mend: 'remove it: what the case binds may be used without being listed',
        },
      );
      return false;
    });
  const forms = recipientForms(compilation);
  return {
    recipients: new Set(
      own(syntax.recipient?.value).flatMap((entry) => recipientKeys(entry, forms, compilation)),
    ),
    accounts: new Set(
      own(syntax.account?.value).flatMap(
        (entry) => keyOf(entry, plainKind('account'), compilation) ?? [],
      ),
    ),
    urls: own(syntax.url?.value).flatMap((entry) => {
      const term = compileUrlTerm(entry, nobody, report);
      return term === null || 'case' in term ? [] : [term];
    }),
    from: (syntax.from?.value ?? []).flatMap((entry) => compileSource(entry, compilation) ?? []),
  };
}

function recipientForms({ tools }: Compilation): readonly RecipientForm[] {
  const forms = new Set(
    [...tools.values()].flatMap((tool) =>
      [...tool.args.values()].flatMap((argument) =>
        argument.parts.flatMap(({ kind }) => (kind.name === 'recipient' ? [kind.form] : [])),
      ),
    ),
  );
  return forms.size === 0 ? ['email'] : [...forms];
}

/** One entry, as each form in use would read it: `@ann` is a handle to one tool and opaque to another. */
function recipientKeys(
  entry: Located<string>,
  forms: readonly RecipientForm[],
  compilation: Compilation,
): readonly string[] {
  const { report } = compilation;
  const usesMail = forms.includes('email');
  const domain = /^(?:\*?@|\*\.|\.)?((?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*)$/i.exec(entry.value)?.[1];
  if (usesMail && domain !== undefined) {
    report.error(
      'policy.value',
      entry.at,
      `\`${entry.value}\` is a domain, and a domain names nobody`,
      {
        expected: 'one address: `ann@company.com`',
        mend: `a mail domain is a ceiling: use \`allowed_domains: [${domain}]\` in the grant`,
      },
    );
    return [];
  }
  const keys = forms.flatMap((form) => {
    const parsed = parseKind({ ...plainKind('recipient'), form }, entry.value);
    return parsed.type === 'unparsable' ? [] : [parsed.key];
  });
  if (keys.length === 0)
    keyOf(entry, { ...plainKind('recipient'), form: forms[0] ?? 'email' }, compilation);
  return keys;
}

function keyOf(entry: Located<string>, kind: Kind, { report }: Compilation): string | null {
  const parsed = parseKind(kind, entry.value);
  if (parsed.type !== 'unparsable') return parsed.key;
  report.error('policy.value', entry.at, `\`${entry.value}\` ${parsed.reason}`, {
    expected: `a value of the kind \`${kind.name}\``,
  });
  return null;
}

function compileSource(
  { tool: written, provides }: TrustedSourceSyntax,
  { tools, toolNames, report }: Compilation,
): TrustedValues['from'][number] | null {
  const kind = kindNamed(provides.value);
  if (kind === null) return null;
  const tool = tools.get(written.value);
  if (tool === undefined) {
    if (!toolNames.has(written.value)) {
      report.error('policy.unknown', written.at, `unknown tool \`${written.value}\``, {
        mend: didYouMean(written.value, toolNames),
      });
    }
    return null;
  }
  const kinds = new Set<KindName>(tool.returns.provides.map((one) => one.kind.name));
  if (kinds.has(kind)) return { tool: tool.name, provides: kind };
  report.error('policy.unknown', provides.at, `\`${tool.name}\` provides no \`${kind}\``, {
    expected:
      kinds.size === 0
        ? 'a kind in its `returns.provides`, which it has none of'
        : `a kind in its \`returns.provides\`: ${[...kinds].map((one) => `\`${one}\``).join(', ')}`,
    mend: `add \`returns: { provides: { ${kind}: /… } }\` to the tool`,
  });
  return null;
}

// ---- where classes may go ---------------------------------------------------------------------------------------

function compileClasses(
  { classes }: FlowSyntax,
  caseNames: CaseNames,
  compilation: Compilation,
): Flow['classes'] {
  const { tools, brokenUpstreams, report } = compilation;
  const returned = new Set([...tools.values()].flatMap((tool) => tool.returns.classes));
  const compiled = new Map<string, readonly AudienceTerm[]>();
  for (const { name, at, value } of classes?.value ?? []) {
    if (value === undefined) continue;
    // A bound on a misspelt class bounds nothing.
    if (!returned.has(name) && !detectedClasses.includes(name) && brokenUpstreams.size === 0) {
      report.error('policy.unknown', at, `no tool returns the class \`${name}\``, {
        expected: 'a class in the `returns.classes` of a tool',
        mend: didYouMean(name, returned) ?? `add \`returns: { classes: [${name}] }\` to the tool`,
      });
    }
    compiled.set(
      name,
      value.value.flatMap((entry) => audienceOf(entry, caseNames, compilation) ?? []),
    );
  }
  return compiled;
}

function audienceOf(
  entry: Located<string>,
  caseNames: CaseNames,
  { upstreamNames, report }: Compilation,
): AudienceTerm | null {
  const { value, at } = entry;
  if (value === 'subject' || value === 'model') return { type: value };
  const reference = caseReference(entry, caseNames, report);
  if (reference === 'unknown') return null;
  if (reference !== null) return { type: 'case', name: reference.name };
  if (upstreamNames.has(value)) return { type: 'upstream', name: value };
  if (value.includes('://')) {
    const url = compileUrlTerm(entry, caseNames, report);
    return url === null || 'case' in url ? null : { type: 'url', url };
  }
  if (value.includes('@') || value.includes('.'))
    return compileAddressTerm(entry, caseNames, report);
  report.error('policy.unknown', at, `\`${value}\` is no audience`, {
    expected: 'an upstream, an address, a domain, a URL, `case.name`, `subject` or `model`',
    mend: caseNames.declared.has(value)
      ? `did you mean \`case.${value}\`?`
      : didYouMean(value, [...upstreamNames, 'subject', 'model']),
  });
  return null;
}
