import type { Channel, SecretReference } from '../policy/model.ts';
import type { Sender } from './delivery.ts';
import { emailSender } from './email.ts';
import { slackSender } from './slack.ts';
import { webhookSender } from './webhook.ts';

export type ReadSecret = (reference: SecretReference) => Promise<string>;

export function senderOf(channel: Channel, readSecret: ReadSecret): Sender {
  switch (channel.type) {
    case 'slack':
      return slackSender(channel, readSecret);
    case 'email':
      return emailSender(channel, readSecret);
    case 'webhook':
      return webhookSender(channel, readSecret);
  }
}
