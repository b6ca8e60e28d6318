import type { Agent, Alternative, Approval, Permissions, Policy, Tool } from '../model.ts';
import { askingDetails, channelText, ownPerson, peopleOf } from './asked.ts';
import { span } from './describe.ts';

/** Who is asked about what, and how. */
export interface ApprovalsCheck {
  /** In the order of the policy; whoever is asked by default comes last. */
  readonly asked: readonly Asked[];
  /** What waits for somebody whom nothing names: it is refused. */
  readonly nobody: readonly string[];
  /** Null: nobody is ever asked. */
  readonly how: string | null;
}

export interface Asked {
  /** A role, or the run's own person. */
  readonly who: string;
  /** Null: that is for the run to say. */
  readonly people: readonly string[] | null;
  readonly about: readonly string[];
}

export function checkApprovals(policy: Policy): ApprovalsCheck {
  const about = new Map<string, string[]>();
  const nobody: string[] = [];
  const byDefault: string[] = [];
  for (const { role, text } of holdsOf(policy)) {
    if (role === null) {
      byDefault.push(text);
      continue;
    }
    about.set(role, [...(about.get(role) ?? []), text]);
  }
  const { default: role } = policy.approvals;
  if (role === null) nobody.push(...byDefault);
  else if (byDefault.length > 0) {
    const own = about.get(role) ?? [];
    about.delete(role);
    about.set(role, [...own, ...byDefault]);
  }
  const asked = [...about].map(
    ([who, texts]): Asked => ({
      who: who === 'user' ? ownPerson : who,
      people: who === 'user' ? null : peopleOf(who, policy),
      about: [...new Set(texts)],
    }),
  );
  return { asked, nobody: [...new Set(nobody)], how: asked.length === 0 ? null : howText(policy) };
}

interface Hold {
  /** Null: whoever is asked by default. */
  readonly role: string | null;
  readonly text: string;
}

function holdsOf(policy: Policy): readonly Hold[] {
  return [
    ...[...policy.agents.values()].flatMap((agent) => [
      ...grantHolds(agent.permissions, policy, agent),
      ...budgetHolds(agent),
    ]),
    ...[...policy.roles.values()].flatMap((one) => grantHolds(one.permissions, policy, null)),
    ...ruleHolds(policy),
  ];
}

/** @param agent null: a role's, whose silence asks nobody */
function grantHolds(
  permissions: Permissions,
  policy: Policy,
  agent: Agent | null,
): readonly Hold[] {
  return [...permissions].flatMap(([action, { alternatives }]) =>
    alternatives.flatMap((alternative): Hold[] => {
      const { key, approval } = alternative;
      const holds: Hold[] = [];
      if (approval.type === 'by') {
        const details = askingDetails(approval);
        holds.push({
          role: approval.role,
          text: `${key}${details.length === 0 ? '' : `: ${details.join(', ')}`}${inWhoseRuns(approval, agent, policy)}`,
        });
      } else if (approval.type === 'tier' && agent !== null) {
        const asked = toolsOf(action, alternative, policy).filter(({ tier }) => tier >= 2);
        if (asked.length > 0) holds.push({ role: null, text: `${key}, by its tier` });
      }
      for (const { name, otherwise } of alternative.constraints) {
        if (otherwise === null) continue;
        holds.push(
          otherwise.type === 'approval'
            ? { role: otherwise.role, text: `${key}: what \`${name}\` doesn't let through` }
            : {
                role: 'user',
                text: `${key}: breaking the glass of \`${name}\`, of which ${otherwise.role} is told`,
              },
        );
      }
      return holds;
    }),
  );
}

function toolsOf(action: string, { tools }: Alternative, policy: Policy): readonly Tool[] {
  return [...policy.tools.values()].filter(
    (tool) => `${tool.upstream}.${tool.action}` === action && (tools?.has(tool.name) ?? true),
  );
}

/** Nobody approves what is done for themselves: in those runs too few are left. */
function inWhoseRuns(
  { role, quorum }: Extract<Approval, { type: 'by' }>,
  agent: Agent | null,
  policy: Policy,
): string {
  const { selfApproval, default: byDefault } = policy.approvals;
  const asked = role ?? byDefault;
  if (selfApproval || agent === null || asked === null || asked === 'user') return '';
  const people = peopleOf(asked, policy);
  if (people.length < quorum) return '';
  const served = [...policy.users.values()].filter(({ roles }) =>
    agent.actsFor.some((one) => roles.has(one)),
  );
  const alone = served
    .map(({ id }) => id)
    .filter((id) => people.includes(id) && people.length - 1 < quorum);
  return alone.length === 0
    ? ''
    : `; too few for runs of ${alone.join(', ')}, since nobody approves for themselves`;
}

function budgetHolds({ name, budget }: Agent): readonly Hold[] {
  const names = {
    steps: 'steps',
    toolCalls: 'tool_calls',
    durationMs: 'duration',
    tokens: 'tokens',
    costMicroUsd: 'cost',
  } as const;
  return Object.entries(budget).flatMap(([key, limit]: [string, Agent['budget']['steps']]) => {
    const written = Object.entries(names).find(([own]) => own === key)?.[1] ?? key;
    return limit?.then === 'hold'
      ? [{ role: null, text: `agents.${name}.budget.${written}: as much again` }]
      : [];
  });
}

/** What the rules hold that belong to nobody's grant. */
function ruleHolds({ flow, content, tools, agents }: Policy): readonly Hold[] {
  const all = [...tools.values()].filter((tool) => isGranted(tool, agents));
  if (all.length === 0) return [];
  const leaving = all.some(({ reach }) => reach === 'external');
  const reviewed =
    content.outbound !== null &&
    [content.outbound, ...content.outbound.rules].some(({ response }) => response === 'hold');
  const rules = [
    leaving && flow.external === 'hold' ? 'what leaves after untrusted data' : '',
    leaving && flow.external === 'provenance'
      ? 'destinations and links that came from untrusted data'
      : '',
    flow.unrequested === 'hold' && all.some(({ tier }) => tier > 0)
      ? 'actions that no clause of a trusted request asked for'
      : '',
    content.secrets.response === 'hold' && content.secrets.in.has('arguments')
      ? 'calls that carry a secret'
      : '',
    leaving && reviewed ? 'what the review of what leaves holds' : '',
    content.injection.response === 'hold_next'
      ? 'what a run does after a result that gives orders'
      : '',
    content.injection.response === 'withhold' ? 'results that give orders' : '',
    all.some(({ tier }) => tier >= 2) ? 'repeats of what was done and had its answer' : '',
  ];
  return rules.flatMap((text) => (text === '' ? [] : [{ role: null, text }]));
}

function isGranted({ upstream, action, name }: Tool, agents: Policy['agents']): boolean {
  return [...agents.values()].some(
    ({ permissions, forbidden }) =>
      !forbidden.has(`${upstream}.${action}`) &&
      permissions
        .get(`${upstream}.${action}`)
        ?.alternatives.some(({ tools }) => tools?.has(name) ?? true) === true,
  );
}

function howText({ approvals }: Policy): string {
  const { timeoutMs, waitMs, notify, selfApproval, execute } = approvals;
  return [
    `a call waits ${span(timeoutMs)}, then it is rejected; its request is ${waitMs === 0 ? 'answered at once' : `kept open for ${span(waitMs)}`}`,
    notify.length === 0
      ? 'nobody is told: whoever is to answer looks into the console or at `sallyport approvals list`'
      : `told by ${notify.map(channelText).join('; ')}`,
    ...(selfApproval ? ['people may approve what is done for themselves'] : []),
    ...(execute === 'on_repeat'
      ? ['what is approved after its request has gone waits for the agent’s repeat']
      : []),
  ].join('\n');
}

export function alertsText({
  alertEvents,
  alertChannels,
}: Pick<Policy, 'alertEvents' | 'alertChannels'>): string | null {
  if (alertEvents.size === 0) return null;
  const where =
    alertChannels.length === 0
      ? 'nobody is told: whoever wants to know looks at `sallyport ledger list --type alert.raised`'
      : `told by ${alertChannels.map(channelText).join('; ')}`;
  return `${[...alertEvents].join(', ')}\n${where}`;
}
