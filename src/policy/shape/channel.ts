import { policyLimits } from '../defaults.ts';
import type { SourcePosition } from '../model.ts';
import { type Fields, type Listed, listOf, record } from './collection.ts';
import { name, text } from './scalar.ts';
import { type Located, mapped, named, type Shape } from './shape.ts';
import { type SecretSyntax, secret } from './upstream.ts';
import { type WebhookSyntax, webhookFields } from './webhook.ts';

export type ChannelSyntax = {
  readonly at: SourcePosition;
  readonly shows: Listed<Located<string>> | undefined;
} & (
  | { readonly type: 'slack'; readonly webhook: SecretSyntax | undefined }
  | {
      readonly type: 'email';
      readonly to: Listed<Located<string>> | undefined;
      readonly from: Located<string> | undefined;
      readonly smtp: SecretSyntax | undefined;
    }
  | ({ readonly type: 'webhook' } & WebhookSyntax)
);

const shows = (fields: Fields): Listed<Located<string>> | undefined =>
  fields.optional(
    'shows',
    listOf(name('a class of data'), { distinctBy: ({ value }) => value }),
    'Classes of data that a message may hold. Where nothing is said, a message holds the value of no argument.',
  );

const slackByName: Shape<ChannelSyntax> = record(
  '`{ webhook: { from: env:SLACK_WEBHOOK } }`',
  (fields): ChannelSyntax => ({
    type: 'slack',
    at: fields.at,
    webhook: fields.required(
      'webhook',
      secret,
      'An incoming webhook of Slack: whoever has its URL can write there, so it is a secret.',
    ),
    shows: shows(fields),
  }),
  { description: 'A channel of Slack.' },
);

const slack: Shape<ChannelSyntax> = {
  ...slackByName,
  read: (node, report) => {
    if (node.type !== 'scalar' || node.value === null) return slackByName.read(node, report);
    // Likely the webhook itself, which is a secret: what is said of it goes to logs and into the ledger.
    report.error('policy.secret', node.at, 'a secret is named here, never written', {
      expected: slackByName.expected,
      mend: 'write `{ webhook: { from: env:SLACK_WEBHOOK } }`',
    });
    return undefined;
  },
};

const address = text('an address: `ann@company.com`');

const email: Shape<ChannelSyntax> = record(
  '`{ to: [ann@company.com], smtp: { from: env:SMTP_URL } }`',
  (fields): ChannelSyntax => ({
    type: 'email',
    at: fields.at,
    to: fields.required(
      'to',
      listOf(address, {
        max: policyLimits.channelRecipientsMax,
        distinctBy: ({ value }) => value.toLowerCase(),
      }),
      'Who gets the mail.',
    ),
    from: fields.optional(
      'from',
      address,
      'Whom it is from. `sallyport@` and the domain of the first recipient where nothing is said.',
    ),
    smtp: fields.required(
      'smtp',
      secret,
      'The server that takes it: `smtp://user:password@host:port` or `smtps://…`.',
    ),
    shows: shows(fields),
  }),
  { description: 'Mail.' },
);

const signedPost: Shape<ChannelSyntax> = record(
  '`{ url: https://…, secret: { from: env:NAME } }`',
  (fields): ChannelSyntax => ({
    ...webhookFields(fields),
    type: 'webhook',
    shows: shows(fields),
  }),
  { description: 'A receiver of signed HTTP posts.' },
);

const channel: Shape<ChannelSyntax> = named(
  'channel',
  record(
    '`{ slack: … }`, `{ email: … }` or `{ webhook: … }`',
    (fields): ChannelSyntax | undefined => {
      const found = [
        fields.optional('slack', slack, 'A channel of Slack.'),
        fields.optional('email', email, 'Mail to people.'),
        fields.optional('webhook', signedPost, 'A receiver of signed HTTP posts.'),
      ];
      return found.find((one) => one !== undefined);
    },
    {
      description: 'Where people are told. A message holds a link and facts, never a secret.',
      min: 1,
      max: 1,
      mendKey: (key) =>
        key === 'mail' || key === 'smtp'
          ? 'write `email`'
          : key === 'http'
            ? 'write `webhook`'
            : null,
    },
  ),
);

/** Tried in this order, each of them. */
export const channels: Shape<readonly ChannelSyntax[]> = mapped(
  listOf(channel, { max: policyLimits.channelsMax, mendForm: 'write a list: `[{ slack: … }]`' }),
  ({ value }) => value,
);
