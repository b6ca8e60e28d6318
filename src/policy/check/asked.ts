/** Who is asked, in words. */
import type { Alternative, Approval, Channel, Policy, Tool } from '../model.ts';
import { span } from './describe.ts';

type Asking = Extract<Approval, { type: 'by' }>;

export const ownPerson = "the run's own person";

export function peopleOf(role: string, { users }: Pick<Policy, 'users'>): readonly string[] {
  return [...users.values()].filter(({ roles }) => roles.has(role)).map(({ id }) => id);
}

/** `leads (ann, bob)`; null: nobody can be. `role` null: whom the policy asks by default. */
function askedText(
  role: string | null,
  policy: Pick<Policy, 'users' | 'approvals'>,
): string | null {
  const asked = role ?? policy.approvals.default;
  if (asked === null) return null;
  if (asked === 'user') return ownPerson;
  const people = peopleOf(asked, policy);
  return `${asked} (${people.length === 0 ? 'nobody has it' : people.join(', ')})`;
}

/** What the tier and the approval together mean for a call that meets every constraint. */
export function describeGate(tool: Tool, { approval }: Alternative, policy: Policy): string {
  if (approval.type === 'never') return 'no approval';
  if (approval.type === 'tier') {
    if (tool.tier < 2) return 'no approval (tier)';
    const who = askedText(null, policy);
    return who === null
      ? 'approval (tier), and nobody can be asked: refused'
      : `approval by ${who} (tier)`;
  }
  const who = askedText(approval.role, policy);
  return [
    who === null ? 'approval' : `approval by ${who}`,
    ...askingDetails(approval),
    ...(who === null ? ['and nobody can be asked: refused'] : []),
  ].join(', ');
}

/** The rest of it, each part on its own. */
export function askingDetails({
  quorum,
  freshMs,
  until,
  if: condition,
}: Asking): readonly string[] {
  return [
    ...(quorum === 1 ? [] : [`${quorum} of them`]),
    ...(freshMs === null ? [] : [`signed in within ${span(freshMs)}`]),
    ...(condition === null ? [] : [`if ${condition.source.trim().replace(/\s+/g, ' ')}`]),
    ...(until === null
      ? []
      : [
          `until ${until.approved} were approved and ${until.rejected === 0 ? 'none' : `at most ${until.rejected}`} rejected`,
        ]),
  ];
}

/** `e-mail to ann@company.com (env:SMTP_URL)`. */
export function channelName(channel: Channel): string {
  switch (channel.type) {
    case 'slack':
      return `Slack (${channel.webhook.from})`;
    case 'email':
      return `e-mail to ${channel.to.join(', ')}${channel.from === null ? '' : ` from ${channel.from}`} (${channel.smtp.from})`;
    case 'webhook':
      return `${channel.url} (signed with ${channel.secret.from})`;
  }
}

export function channelText(channel: Channel): string {
  const shows = channel.shows.size === 0 ? '' : `, which shows ${[...channel.shows].join(', ')}`;
  return `${channelName(channel)}${shows}`;
}
