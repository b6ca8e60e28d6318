import { defaults } from '../defaults.ts';
import type { Lock } from '../lock.ts';
import type { Agent, CaseDeclaration, Policy, UserDeclaration } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import { Report } from '../report.ts';
import type { AgentSyntax } from '../shape/agent.ts';
import type { DocumentSyntax } from '../shape/document.ts';
import type { UpstreamSyntax } from '../shape/upstream.ts';
import type { Steps } from '../steps.ts';
import { compileActionWords } from './action-words.ts';
import { compileAgent, compileCase } from './agents.ts';
import { compileApprovalRules } from './approval-rules.ts';
import { compileChannels } from './channels.ts';
import { compileContent } from './content.ts';
import type { Compilation } from './context.ts';
import { compileFlow } from './flow.ts';
import { compileCheckpointSinks } from './ledger.ts';
import { knownCurrency } from './money.ts';
import { compilePermissions } from './permissions.ts';
import { compileTools } from './tools.ts';
import { compileUpstream } from './upstreams.ts';

export type CompiledPolicy = Omit<Policy, 'hash' | 'canonical' | 'lockDigest'>;

/** Checks every name against what it names, and makes of the text what the engine reads. */
export function* compilePolicy(
  document: DocumentSyntax,
  lock: Lock,
  report: Report,
): Steps<CompiledPolicy> {
  const compilation = yield* prepare(document, lock, report);
  yield;
  const roles = (document.roles?.value ?? []).map((entry) => ({
    name: entry.name,
    permissions: compilePermissions(
      entry.value?.permissions,
      {
        key: `roles.${entry.name}`,
        caseNames: {
          declared: caseNamesOfRole(entry.name, document, compilation),
          where: 'the `case` of an agent that acts for it',
        },
        decidesAutonomy: false,
        worksFor: {
          unattended: (document.agents?.value ?? []).some(
            ({ value }) => value?.unattended !== undefined && actsFor(value, entry.name),
          ),
          people: null,
        },
      },
      compilation,
    ),
  }));
  yield;
  const agents = (document.agents?.value ?? []).flatMap(
    (entry) => compileAgent(entry, compilation) ?? [],
  );
  yield;
  warnOfIdleRoles(document, agents, report);
  return {
    enforcement: document.enforcement?.value ?? defaults.enforcement,
    timezone: compilation.timezone,
    currency: compilation.currency,
    windows: compilation.windows,
    upstreams: compilation.upstreams,
    users: compileUsers(document, report),
    tools: compilation.tools,
    roles: new Map(roles.map((role) => [role.name, role])),
    agents: new Map(agents.map((agent) => [agent.name, agent])),
    breaker: { ...defaults.breaker, ...document.breaker },
    ...compileAlerts(document.alerts, compilation),
    approvals: compileApprovalRules(document.approvals, compilation),
    content: compileContent(document.content, agents, compilation),
    flow: compileFlow(
      document.flow,
      {
        declared: caseNamesOfAgents(document, compilation, () => true),
        where: "an agent's `case`",
      },
      compilation,
    ),
    actionWords: compileActionWords(document.actions, compilation),
    checkpoints: compileCheckpointSinks(document.ledger, report),
  };
}

function compileAlerts(
  alerts: DocumentSyntax['alerts'],
  compilation: Compilation,
): Pick<Policy, 'alertEvents' | 'alertChannels'> {
  const { events, namesEvents, notify } = alerts ?? {};
  if (notify !== undefined && namesEvents === false)
    compilation.report.error('policy.missing', notify.at, 'no event is named, so nothing is sent', {
      mend: 'add `events: [approval_expired, break_glass]`',
    });
  return {
    alertEvents: new Set(events?.value.map((event) => event.value)),
    alertChannels: compileChannels(notify?.value, compilation),
  };
}

/** What a role permits bounds the agents that act for it, and no other: its people may have a good agent without any. */
function warnOfIdleRoles(document: DocumentSyntax, agents: readonly Agent[], report: Report): void {
  if (agents.length === 0) return;
  for (const role of document.roles?.value ?? []) {
    if (role.value?.permissions === undefined) continue;
    if (agents.some((agent) => agent.actsFor.includes(role.name))) continue;
    report.warning(
      'policy.conflict',
      role.at,
      `no agent acts for \`${role.name}\`: what it permits and limits holds for nobody`,
      { mend: `add \`acts_for: [${role.name}]\` to the agents that work for these people` },
    );
  }
}

function* prepare(document: DocumentSyntax, lock: Lock, report: Report): Steps<Compilation> {
  const currency = document.currency?.value ?? null;
  if (document.currency !== undefined)
    knownCurrency(document.currency.value, document.currency.at, report);
  const timezone = document.timezone?.value ?? defaults.timezone;
  const upstreamEntries = document.upstreams?.value ?? [];
  const upstreamNames = new Set(upstreamEntries.map((entry) => entry.name));
  const toolEntries = document.tools?.value ?? [];
  const { tools, brokenUpstreams } = yield* compileTools(toolEntries, {
    report,
    lock,
    currency,
    upstreamNames,
    functionUpstreams: new Set(
      upstreamEntries
        .filter((entry) => entry.value?.functions !== undefined)
        .map((entry) => entry.name),
    ),
    laterUpstreams: new Set(upstreamEntries.filter(isLater).map((entry) => entry.name)),
  });
  const actions = Map.groupBy(tools.values(), (tool) => `${tool.upstream}.${tool.action}`);
  const users = document.users?.value ?? [];
  return {
    report,
    lock,
    currency,
    timezone,
    windows: new Map(
      (document.hours?.value ?? []).flatMap(({ name, value }) =>
        value === undefined ? [] : [[name, { ...value.value, timezone }] as const],
      ),
    ),
    upstreams: new Map(
      upstreamEntries.flatMap((entry) => {
        const upstream = compileUpstream(entry, report);
        return upstream === null ? [] : [[entry.name, upstream] as const];
      }),
    ),
    upstreamNames,
    tools,
    toolNames: new Set(toolEntries.map((entry) => entry.name)),
    actions,
    brokenUpstreams,
    declaredRoles: new Set((document.roles?.value ?? []).map((entry) => entry.name)),
    roleNames: new Set([
      ...(document.roles?.value ?? []).map((entry) => entry.name),
      ...users.flatMap((user) => user.value?.roles?.value.map((role) => role.value) ?? []),
    ]),
    approvers: {
      default: document.approvals?.default?.value ?? defaults.approvals.default,
      people: peopleByRole(users),
      rolesOf: new Map(
        users.map(({ name, value }) => [name, value?.roles?.value.map((role) => role.value) ?? []]),
      ),
      selfApproval: document.approvals?.selfApproval?.value ?? defaults.approvals.selfApproval,
    },
  };
}

function peopleByRole(
  users: NonNullable<DocumentSyntax['users']>['value'],
): Compilation['approvers']['people'] {
  const people = new Map<string, Set<string>>();
  for (const { name, value } of users)
    for (const { value: role } of value?.roles?.value ?? [])
      people.set(role, (people.get(role) ?? new Set<string>()).add(name));
  return people;
}

function isLater({ value }: { readonly value: UpstreamSyntax | undefined }): boolean {
  return value?.ways.some((way) => way === 'http' || way === 'sql') === true;
}

/** A role's grants may mention the case of whoever acts for it: an agent without that name gains nothing by them. */
function caseNamesOfRole(
  role: string,
  document: DocumentSyntax,
  compilation: Compilation,
): ReadonlyMap<string, CaseDeclaration> {
  return caseNamesOfAgents(document, compilation, (agent) => actsFor(agent, role));
}

function actsFor(agent: AgentSyntax, role: string): boolean {
  return agent.actsFor?.value.some((written) => written.value === role) === true;
}

function caseNamesOfAgents(
  document: DocumentSyntax,
  compilation: Compilation,
  isMeant: (agent: AgentSyntax) => boolean,
): ReadonlyMap<string, CaseDeclaration> {
  const names = new Map<string, CaseDeclaration>();
  // Judged where it stands, for the agent: here it is only looked at.
  const unheard = { currency: compilation.currency, report: new Report() };
  for (const { value } of document.agents?.value ?? []) {
    if (value === undefined || !isMeant(value)) continue;
    for (const [name, declared] of compileCase(value, unheard)) names.set(name, declared);
  }
  return names;
}

/** A role that nothing gives permissions to and nothing names is a misspelt one, and its person would be refused everything. */
function compileUsers(document: DocumentSyntax, report: Report): Policy['users'] {
  const declared = new Set((document.roles?.value ?? []).map((entry) => entry.name));
  const meant = namedRoles(document);
  const users = new Map<string, UserDeclaration>();
  const letters = new Map<string, string>();
  for (const { name, at, value } of document.users?.value ?? []) {
    // To a mail server they are one person: who asks as the one could answer as the other.
    const other = letters.get(name.toLowerCase());
    if (other !== undefined && other !== name) {
      report.error('policy.duplicate', at, `\`${name}\` is \`${other}\` in other letters`, {
        mend: 'a person has one id: remove one',
      });
    }
    letters.set(name.toLowerCase(), name);
    const roles = value?.roles?.value ?? [];
    for (const role of roles) {
      if (declared.has(role.value) || meant.has(role.value)) continue;
      report.error('policy.unknown', role.at, `unknown role \`${role.value}\``, {
        expected: 'a role in `roles`, or one that an agent names',
        mend: didYouMean(role.value, [...declared, ...meant]),
      });
    }
    users.set(name, { id: name, roles: new Set(roles.map((role) => role.value)) });
  }
  return users;
}

/** Roles that only approve, or answer for runs, need no entry in `roles`. */
function namedRoles(document: DocumentSyntax): ReadonlySet<string> {
  const named = new Set<string>();
  if (document.approvals?.default !== undefined) named.add(document.approvals.default.value);
  for (const { value } of document.agents?.value ?? []) {
    for (const role of value?.actsFor?.value ?? []) named.add(role.value);
    if (value?.unattended?.owner !== undefined) named.add(value.unattended.owner.value);
  }
  const holders = [...(document.agents?.value ?? []), ...(document.roles?.value ?? [])];
  for (const holder of holders) {
    for (const upstream of holder.value?.permissions?.value ?? []) {
      for (const grant of upstream.value?.value ?? []) {
        for (const alternative of grant.value?.alternatives ?? []) {
          if (alternative.approval?.type === 'by' && alternative.approval.by !== undefined)
            named.add(alternative.approval.by.value);
          for (const { otherwise } of alternative.constraints)
            if (otherwise !== undefined) named.add(otherwise.role.value);
        }
      }
    }
  }
  return named;
}
