import type { Alternative, Constraint, Grant, Permissions, Tool } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Report } from '../report.ts';
import type { Named } from '../shape/collection.ts';
import type { AlternativeSyntax, GrantSyntax, PermissionsSyntax } from '../shape/permission.ts';
import { otherCurrency, unanswerable } from './answerable.ts';
import { compileConstraint } from './constraints.ts';
import type { Compilation, ConstraintPlace, WorksFor } from './context.ts';
import { compileApproval } from './holds.ts';
import type { CaseNames } from './terms.ts';

export interface Holder {
  /** `agents.email_agent`, `roles.support`: what grant keys begin with. */
  readonly key: string;
  readonly caseNames: CaseNames;
  /** An agent's grant decides whether a person is asked; a role's silence asks for nobody. */
  readonly decidesAutonomy: boolean;
  readonly worksFor: WorksFor;
}

export function compilePermissions(
  syntax: PermissionsSyntax | undefined,
  holder: Holder,
  compilation: Compilation,
): Permissions {
  const grants = new Map<string, Grant>();
  for (const upstream of syntax?.value ?? []) {
    if (!compilation.upstreamNames.has(upstream.name)) {
      compilation.report.error(
        'policy.unknown',
        upstream.at,
        `unknown upstream \`${upstream.name}\``,
        {
          mend: didYouMean(upstream.name, compilation.upstreamNames),
        },
      );
      continue;
    }
    for (const entry of upstream.value?.value ?? []) {
      const grant = compileGrant(upstream.name, entry, holder, compilation);
      if (grant !== null) grants.set(`${upstream.name}.${entry.name}`, grant);
    }
  }
  return grants;
}

function compileGrant(
  upstream: string,
  entry: Named<GrantSyntax>,
  holder: Holder,
  compilation: Compilation,
): Grant | null {
  const tools = compilation.actions.get(`${upstream}.${entry.name}`) ?? [];
  if (tools.length === 0 && !compilation.brokenUpstreams.has(upstream)) {
    unknownAction(upstream, entry, compilation);
    return null;
  }
  if (entry.value === undefined || tools.length === 0) return null;
  const key = `${holder.key}.${upstream}.${entry.name}`;
  const { isList } = entry.value;
  const alternatives = entry.value.alternatives.flatMap((alternative, index) => {
    namesTierThree(alternative, { upstream, action: entry.name, tools }, compilation);
    const compiled = compileAlternative(
      alternative,
      isList ? `${key}[${index}]` : key,
      { upstream, action: entry.name, tools },
      holder,
      compilation,
    );
    return compiled ?? [];
  });
  for (const alternative of alternatives)
    warnOfOpenDoor(alternative, alternatives, tools, holder, compilation.report);
  return { key, at: entry.at, alternatives };
}

/**
 * Of a list any one is enough: what one of them restricts and another lets through unrestricted isn't restricted, and
 * whoever wrote both lines thought that it was.
 */
function warnOfOpenDoor(
  open: Alternative,
  all: readonly Alternative[],
  tools: readonly Tool[],
  holder: Holder,
  report: Report,
): void {
  if (open.constraints.length > 0 || open.approval.type === 'by') return;
  const passes = (tool: Tool): boolean =>
    (open.tools?.has(tool.name) ?? true) &&
    (open.approval.type === 'never' || !holder.decidesAutonomy || tool.tier < 2);
  const shut = all.find(
    (other) =>
      other.constraints.length > 0 &&
      tools.some((tool) => (other.tools?.has(tool.name) ?? true) && passes(tool)),
  );
  if (shut === undefined) return;
  report.warning(
    'policy.conflict',
    open.at,
    `any one of a list is enough, and this one lets through what \`${shut.key}\` restricts`,
    { mend: 'write one map, in which all have to hold, or name the `tools` of each' },
  );
}

function unknownAction(
  upstream: string,
  entry: Named<GrantSyntax>,
  { actions, tools, report }: Compilation,
): void {
  const known = [...actions.keys()]
    .filter((name) => name.startsWith(`${upstream}.`))
    .map((name) => name.slice(upstream.length + 1));
  const asTool = tools.get(`${upstream}.${entry.name}`);
  report.error(
    'policy.unknown',
    entry.at,
    `no tool of \`${upstream}\` has the action \`${entry.name}\``,
    {
      expected:
        known.length === 0
          ? 'an action; no tool of this upstream is listed in `tools`'
          : `one of ${known.map((name) => `\`${name}\``).join(', ')}`,
      mend:
        asTool === undefined
          ? didYouMean(entry.name, known)
          : `name its action: \`${asTool.action}\``,
    },
  );
}

interface Covered {
  readonly upstream: string;
  readonly action: string;
  readonly tools: readonly Tool[];
}

/** Also of a run's `only`, which is written in the same grammar. */
export function compileAlternative(
  syntax: AlternativeSyntax,
  key: string,
  of: Covered,
  holder: Holder,
  compilation: Compilation,
): Alternative | null {
  const covered = coveredTools(syntax, of, compilation);
  if (covered === null) return null;
  const place: ConstraintPlace = {
    covered,
    caseNames: holder.caseNames,
    worksFor: holder.worksFor,
    compilation,
  };
  const constraints = syntax.constraints.flatMap((constraint) => {
    const answerable = isAnswerable(constraint, place);
    const compiled = compileConstraint(constraint, place);
    if (compiled === null || !answerable) return [];
    return fitsCurrency(compiled, place) ? [compiled] : [];
  });
  return {
    key,
    at: syntax.at,
    tools: syntax.tools === undefined ? null : new Set(covered.map((tool) => tool.name)),
    constraints,
    approval: compileApproval(syntax.approval, place),
    repeatAllowed: syntax.repeat !== undefined,
    enforcement: syntax.enforcement?.value ?? null,
  };
}

function coveredTools(
  syntax: AlternativeSyntax,
  { upstream, action, tools }: Covered,
  compilation: Compilation,
): readonly Tool[] | null {
  if (syntax.tools === undefined) return tools;
  const { report } = compilation;
  const covered: Tool[] = [];
  for (const written of syntax.tools.value) {
    const tool = compilation.tools.get(`${upstream}.${written.value}`);
    if (tool?.action === action) {
      if (!covered.includes(tool)) covered.push(tool);
      continue;
    }
    const operations = tools.map((one) => one.name.slice(upstream.length + 1));
    if (tool !== undefined) {
      report.error(
        'policy.conflict',
        written.at,
        `\`${tool.name}\` has the action \`${tool.action}\`, not \`${action}\``,
        {
          mend: `grant it below \`${tool.action}\``,
        },
      );
    } else if (compilation.tools.has(written.value)) {
      report.error('policy.value', written.at, `\`${written.value}\` names its upstream twice`, {
        mend: `write \`${written.value.slice(upstream.length + 1)}\``,
      });
    } else if (!compilation.toolNames.has(`${upstream}.${written.value}`)) {
      report.error('policy.unknown', written.at, `unknown tool \`${upstream}.${written.value}\``, {
        expected: `one of ${operations.map((name) => `\`${name}\``).join(', ')}`,
        mend: didYouMean(written.value, operations),
      });
    }
  }
  return covered.length === 0 ? null : covered;
}

/** An irreversible tool among milder ones of the same action must not come along unnamed. */
function namesTierThree(
  syntax: AlternativeSyntax,
  { upstream, action, tools }: Covered,
  { report }: Compilation,
): void {
  if (
    syntax.tools !== undefined ||
    syntax.constraints.length > 0 ||
    tools.every((tool) => tool.tier === 3)
  )
    return;
  for (const tool of tools) {
    if (tool.tier !== 3) continue;
    const operation = tool.name.slice(upstream.length + 1);
    report.error(
      'policy.conflict',
      syntax.at,
      `\`allow\` on \`${upstream}.${action}\` would also open \`${tool.name}\`, which is irreversible`,
      {
        mend: `give \`${operation}\` an action of its own, or name what is meant: \`tools: [${operation}]\``,
      },
    );
  }
}

function isAnswerable(
  constraint: AlternativeSyntax['constraints'][number],
  { covered, compilation }: ConstraintPlace,
): boolean {
  let answerable = true;
  for (const tool of covered) {
    const why = unanswerable(constraint, tool, covered.length === 1);
    if (why === null) continue;
    answerable = false;
    compilation.report.error('policy.unanswerable', constraint.at, why.message, { mend: why.mend });
  }
  return answerable;
}

function fitsCurrency(constraint: Constraint, { covered, compilation }: ConstraintPlace): boolean {
  if (constraint.type !== 'max_amount' && constraint.type !== 'max_total') return true;
  const { currency } = constraint.amount;
  for (const tool of covered) {
    const other = otherCurrency(currency, tool);
    if (other === null) continue;
    compilation.report.error(
      'policy.unanswerable',
      constraint.at,
      `\`${tool.name}\` can't answer \`${constraint.name}\`: its amounts are in ${other}, the limit in ${currency}`,
      {
        mend: `write the limit in ${other}`,
      },
    );
    return false;
  }
  return true;
}
