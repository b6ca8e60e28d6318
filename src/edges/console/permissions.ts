/** What an agent may do for a person, as far as that can be said before there is a call: both sides' grants, in the policy's own words. */
import { stringify } from 'yaml';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { FindingCode } from '../../engine/codes.ts';
import {
  actionOf,
  agentOptions,
  rolesOf,
  unrestricted,
  userOptions,
} from '../../engine/parties.ts';
import type {
  Agent,
  Alternative,
  Approval,
  Policy,
  SourcePosition,
  Tool,
} from '../../policy/model.ts';
import { sentenceOf } from './events.ts';
import { notFound } from './refusal.ts';
import type { GrantView, PermissionsView } from './views.ts';

type ActionView = PermissionsView['actions'][number];

export function permissionsView(
  policy: Policy,
  agentName: string,
  user: string | null,
): PermissionsView {
  const agent = policy.agents.get(agentName);
  if (agent === undefined) throw notFound('agent');
  if (user !== null && !policy.users.has(user)) throw notFound('person');
  const byAction = new Map<string, Tool[]>();
  for (const tool of policy.tools.values()) {
    const tools = byAction.get(actionOf(tool)) ?? [];
    tools.push(tool);
    byAction.set(actionOf(tool), tools);
  }
  return {
    agent: agentName,
    user,
    actions: [...byAction]
      .map(([action, tools]) => actionView(policy, agent, user, action, tools))
      .filter(({ agentGrants, userGrants }) => agentGrants.length + userGrants.length > 0)
      .sort((a, b) => (a.action < b.action ? -1 : 1)),
  };
}

function actionView(
  policy: Policy,
  agent: Agent,
  user: string | null,
  action: string,
  tools: readonly Tool[],
): ActionView {
  const roles = rolesOf(policy, agent, user);
  const judged = tools.map((tool) => {
    const ofAgent = agentOptions(agent, tool).map(({ alternative }) => alternative);
    const ofUser = userOptions(policy, { agent, user, roles }, tool).map(
      ({ alternative }) => alternative,
    );
    const why = whyNot(agent, user, roles, action, ofAgent, ofUser);
    const asks =
      !ofAgent.some((alternative) => goesAlone(alternative, tool, 'agent')) ||
      !ofUser.some((alternative) => goesAlone(alternative, tool, 'user'));
    return { ofAgent, ofUser, why, allowed: why !== null ? 'no' : asks ? 'asks' : 'yes' } as const;
  });
  const allowed =
    (['yes', 'asks'] as const).find((one) => judged.some((tool) => tool.allowed === one)) ?? 'no';
  const why = allowed === 'no' ? (judged.find((tool) => tool.why !== null)?.why ?? null) : null;
  return {
    action,
    tools: tools.map(({ name }) => name),
    tier: Math.max(...tools.map(({ tier }) => tier)),
    reach: tools.some(({ reach }) => reach === 'external') ? 'external' : 'internal',
    allowed,
    agentGrants: grantsOf(
      policy,
      judged.flatMap(({ ofAgent }) => ofAgent),
    ),
    userGrants: grantsOf(
      policy,
      judged.flatMap(({ ofUser }) => ofUser),
    ),
    why: why === null ? null : sentenceOf(why),
  };
}

function whyNot(
  agent: Agent,
  user: string | null,
  roles: readonly string[],
  action: string,
  ofAgent: readonly Alternative[],
  ofUser: readonly Alternative[],
): FindingCode | null {
  if (user === null && agent.actsFor.length > 0 && agent.unattendedOwner === null)
    return 'identity.user_required';
  if (user !== null && roles.length === 0) return 'identity.user_not_permitted';
  if (agent.forbidden.has(action)) return 'authorize.forbidden';
  if (ofAgent.length === 0) return 'catalog.ungranted';
  return ofUser.length === 0 ? 'authorize.user_grant' : null;
}

/** As `askGate` decides, where that needs no call. An `if` may ask: so it does. */
function goesAlone({ approval }: Alternative, { tier }: Tool, of: 'agent' | 'user'): boolean {
  switch (approval.type) {
    case 'never':
      return true;
    case 'tier':
      return of === 'user' || tier < 2;
    case 'by':
      return false;
  }
}

function grantsOf(policy: Policy, alternatives: readonly Alternative[]): readonly GrantView[] {
  return [...new Set(alternatives)]
    .filter((alternative) => alternative !== unrestricted)
    .map((alternative) => {
      const written = writtenAt(policy.canonical, alternative.key);
      return {
        key: alternative.key,
        at: placeOf(alternative.at),
        constraints: alternative.constraints.map(({ name, at }) => ({
          name,
          at: placeOf(at),
          text: wordsOf(name, written),
        })),
        approval: approvalText(alternative.approval),
      };
    });
}

/** What the policy's text says under a grant's key: `agents.email_agent.gmail.send[1]`. */
function writtenAt(canonical: JsonObject, key: string): JsonValue {
  const [, path = '', index] = /^(.*?)(?:\[(\d+)\])?$/.exec(key) ?? [];
  const [grant = null] = placesOf(canonical, path.split('.'));
  return index === undefined ? grant : isJsonArray(grant) ? (grant[Number(index)] ?? null) : null;
}

/** Names may have dots in them: every way to read the path is tried, the shortest names first. */
function placesOf(canonical: JsonObject, [section = '', ...rest]: readonly string[]): JsonValue[] {
  const holders = member(canonical, section);
  const found: JsonValue[] = [];
  for (const [holder, names] of splits(rest)) {
    const permissions = member(member(holders, holder), 'permissions');
    for (const [upstream, action] of splits(names)) {
      const grant = member(member(permissions, upstream), action.join('.'));
      if (grant !== null) found.push(grant);
    }
  }
  return found;
}

function splits(names: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  return names.slice(1).map((_, at) => [names.slice(0, at + 1).join('.'), names.slice(at + 1)]);
}

function member(value: JsonValue, name: string): JsonValue {
  return isJsonObject(value) && Object.hasOwn(value, name) ? (value[name] ?? null) : null;
}

/** `where.thread_id` stands below `where`. */
function wordsOf(name: string, written: JsonValue): string {
  const whole = member(written, name);
  const [head = '', ...rest] = name.split('.');
  const value =
    whole === null && rest.length > 0 ? member(member(written, head), rest.join('.')) : whole;
  if (value === null) return name;
  return stringify(
    { [name]: value },
    { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 },
  )
    .trim()
    .replace(/^\{\s*|\s*\}$/g, '');
}

function approvalText(approval: Approval): string {
  if (approval.type === 'never') return 'never asked';
  if (approval.type === 'tier') return 'as its tier says';
  const { role, quorum, freshMs, until } = approval;
  return [
    `asks ${role ?? 'the default role'}`,
    ...(quorum > 1 ? [`${quorum} people`] : []),
    ...(approval.if === null ? [] : [`if ${approval.if.source}`]),
    ...(freshMs === null ? [] : [`signed in within ${freshMs / 1_000} s`]),
    ...(until === null ? [] : [`until ${until.approved} were approved`]),
  ].join(', ');
}

function placeOf({ file, line, column }: SourcePosition): string {
  return `${file}:${line}:${column}`;
}
