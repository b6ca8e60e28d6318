import { defaults } from '../defaults.ts';
import type { Agent, Budget, BudgetLimit, CaseDeclaration } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { AgentSyntax, LimitSyntax } from '../shape/agent.ts';
import type { Named } from '../shape/collection.ts';
import type { Located } from '../shape/shape.ts';
import type { MoneySyntax } from '../shape/value.ts';
import type { Compilation, WorksFor } from './context.ts';
import { warnOfHold } from './holds.ts';
import { compileKind } from './kinds.ts';
import { compilePermissions } from './permissions.ts';

export function compileAgent(entry: Named<AgentSyntax>, compilation: Compilation): Agent | null {
  const syntax = entry.value;
  if (syntax === undefined) return null;
  const caseNames = compileCase(syntax, compilation);
  const forbidden = compileForbidden(syntax, compilation);
  // A role without permissions grants nothing, and the agent could do nothing for its people.
  for (const role of syntax.actsFor?.value ?? []) {
    knowsRole(role, compilation.declaredRoles, 'a role in `roles`', compilation.report);
  }
  const worksFor = worksForOf(syntax, compilation);
  const owner = syntax.unattended?.owner;
  if (owner !== undefined) {
    knowsRole(owner, compilation.roleNames, 'a role in `roles` or of a user', compilation.report);
  }
  return {
    name: entry.name,
    at: entry.at,
    actsFor: [...new Set(syntax.actsFor?.value.map((role) => role.value))],
    unattendedOwner: owner?.value ?? null,
    caseNames,
    model: compileModel(syntax, compilation),
    budget: compileBudget(syntax, worksFor, compilation),
    rate: syntax.rate?.value ?? null,
    loops: {
      sameCall: syntax.loops?.sameCall?.value ?? defaults.loops.sameCall,
      sameTool: syntax.loops?.sameTool?.value ?? defaults.loops.sameTool,
      cycle: syntax.loops?.cycle?.value ?? defaults.loops.cycle,
    },
    parallel: syntax.parallel?.value ?? null,
    enforcement: syntax.enforcement?.value ?? null,
    dryRun: syntax.dryRun?.value ?? false,
    permissions: compilePermissions(
      syntax.permissions,
      {
        key: `agents.${entry.name}`,
        caseNames: { declared: caseNames, where: `the \`case\` of \`${entry.name}\`` },
        decidesAutonomy: true,
        worksFor,
      },
      compilation,
    ),
    forbidden,
  };
}

/** Who acts for nobody works on its own account. */
function worksForOf({ actsFor, unattended }: AgentSyntax, { approvers }: Compilation): WorksFor {
  const roles = actsFor?.value.map(({ value }) => value) ?? [];
  return {
    unattended: unattended !== undefined || roles.length === 0,
    people: new Set(roles.flatMap((role) => [...(approvers.people.get(role) ?? [])])),
  };
}

function knowsRole(
  role: Located<string>,
  known: ReadonlySet<string>,
  expected: string,
  report: Compilation['report'],
): void {
  if (known.has(role.value)) return;
  report.error('policy.unknown', role.at, `unknown role \`${role.value}\``, {
    expected,
    mend: didYouMean(role.value, known),
  });
}

/** Also asked for roles, whose grants may mention what the agents that act for them declare. */
export function compileCase(
  syntax: AgentSyntax,
  { currency, report }: Pick<Compilation, 'currency' | 'report'>,
): ReadonlyMap<string, CaseDeclaration> {
  const names = new Map<string, CaseDeclaration>();
  for (const { name, value } of syntax.case?.value ?? []) {
    if (value === undefined) continue;
    if (value.type === 'one_of') {
      names.set(name, { type: 'one_of', values: value.values.map((one) => one.value) });
      continue;
    }
    const kind = compileKind(value.kind, currency, report);
    if (kind !== null) names.set(name, { type: 'kind', kind });
  }
  return names;
}

function compileForbidden(
  syntax: AgentSyntax,
  { actions, tools, brokenUpstreams, report }: Compilation,
): ReadonlySet<string> {
  const forbidden = new Set<string>();
  for (const written of syntax.forbidden?.value ?? []) {
    if (actions.has(written.value)) {
      forbidden.add(written.value);
      continue;
    }
    // What is forbidden by a wrong name isn't forbidden at all.
    const tool = tools.get(written.value);
    const [upstream = ''] = written.value.split('.');
    if (tool === undefined && brokenUpstreams.has(upstream)) continue;
    report.error('policy.unknown', written.at, `unknown action \`${written.value}\``, {
      expected: '`upstream.action`, of a tool in `tools`',
      mend:
        tool === undefined
          ? didYouMean(written.value, actions.keys())
          : `name its action: \`${tool.upstream}.${tool.action}\``,
    });
  }
  return forbidden;
}

function compileModel({ model }: AgentSyntax, { report }: Compilation): Agent['model'] {
  if (model === undefined) return null;
  if (model.through === undefined) {
    if (!model.hasThrough) {
      report.error(
        'policy.missing',
        model.at,
        'without `through` nobody tells Sallyport which model is used',
        {
          mend: 'write `through: reported`',
        },
      );
    }
    return null;
  }
  return { pin: model.pin?.value ?? null, through: model.through.value };
}

function compileBudget(
  { budget, model }: AgentSyntax,
  worksFor: WorksFor,
  compilation: Compilation,
): Budget {
  const { report } = compilation;
  if (budget === undefined)
    return { steps: null, toolCalls: null, durationMs: null, tokens: null, costMicroUsd: null };
  if (model === undefined || (!model.hasThrough && model.through === undefined)) {
    for (const [name, at] of budget.places) {
      report.error('policy.missing', at, `nobody tells Sallyport of the model's \`${name}\``, {
        mend: 'write `model: { through: reported }` for the agent, or remove the limit',
      });
    }
  }
  const limit = <T>(
    written: LimitSyntax<T> | undefined,
    max: (value: Located<T>) => number | null,
  ): BudgetLimit | null => compileLimit(written, max, worksFor, compilation);
  return {
    steps: limit(budget.steps, (max) => max.value),
    toolCalls: limit(budget.toolCalls, (max) => max.value),
    durationMs: limit(budget.durationMs, (max) => max.value),
    tokens: limit(budget.tokens, (max) => max.value),
    costMicroUsd: limit(budget.cost, (max) => microUsd(max, report)),
  };
}

function compileLimit<T>(
  limit: LimitSyntax<T> | undefined,
  max: (written: Located<T>) => number | null,
  worksFor: WorksFor,
  compilation: Compilation,
): BudgetLimit | null {
  if (limit === undefined) return null;
  const value = max(limit.max);
  if (value === null) return null;
  const then = limit.whenReached?.value ?? 'deny';
  if (then === 'hold') {
    const at = limit.whenReached?.at ?? limit.at;
    warnOfHold({ what: '`then: hold`', by: null, quorum: 1, at }, worksFor, compilation);
  }
  return { max: value, then };
}

/** Millionths: a call of a small model costs less than a cent. */
function microUsd(
  { value, at }: Located<MoneySyntax>,
  report: Compilation['report'],
): number | null {
  const code = value.currency ?? 'USD';
  if (code !== 'USD') {
    report.error('policy.value', at, 'what a model costs is counted in USD', {
      mend: `write \`${value.digits} USD\``,
    });
    return null;
  }
  // An amount has four decimal places at most, so this is exact.
  const [whole = '', fraction = ''] = value.digits.split('.');
  return Number(whole + fraction.padEnd(6, '0'));
}
