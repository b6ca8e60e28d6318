import type { Channel, Policy } from '../policy/model.ts';

export interface ListedChannel {
  /** As the policy lists it: `approvals.slack.0`, `alerts.email.1`. */
  readonly name: string;
  readonly list: 'approvals' | 'alerts';
  readonly channel: Channel;
  /** What it reaches: two entries of the policy may be one place. */
  readonly target: string;
}

export function channelsOf({
  approvals,
  alertChannels,
}: Policy): ReadonlyMap<string, ListedChannel> {
  const listed = [
    ...approvals.notify.map((channel, index) => listedAs('approvals', channel, index)),
    ...alertChannels.map((channel, index) => listedAs('alerts', channel, index)),
  ];
  return new Map(listed.map((one) => [one.name, one]));
}

function listedAs(list: ListedChannel['list'], channel: Channel, index: number): ListedChannel {
  return { name: `${list}.${channel.type}.${index}`, list, channel, target: targetOf(channel) };
}

function targetOf(channel: Channel): string {
  switch (channel.type) {
    case 'slack':
      return JSON.stringify(['slack', channel.webhook.from]);
    case 'email':
      // The server is what fails, whoever the mail is for.
      return JSON.stringify(['email', channel.smtp.from]);
    case 'webhook':
      return JSON.stringify(['webhook', channel.url]);
  }
}
