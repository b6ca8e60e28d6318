import { record } from './collection.ts';
import { text } from './scalar.ts';
import { type Located, named, type Shape } from './shape.ts';
import { type WebhookSyntax, webhook } from './webhook.ts';

export interface LedgerSyntax {
  readonly checkpoints: CheckpointsSyntax | undefined;
}

export interface CheckpointsSyntax {
  readonly file: Located<string> | undefined;
  readonly webhook: WebhookSyntax | undefined;
}

const checkpoints: Shape<CheckpointsSyntax> = named(
  'checkpoints',
  record(
    '`{ file: /path }`, `{ webhook: … }`, or both',
    (fields) => ({
      file: fields.optional(
        'file',
        text('an absolute path', { pattern: /^\/[^\u0000]*[^/\u0000]$/ }),
        'A file that each is appended to: on storage that the gateway’s operator can’t rewrite.',
      ),
      webhook: fields.optional('webhook', webhook, 'A receiver that each is posted to.'),
    }),
    {
      description:
        'Where signed checkpoints are sent, at least every minute while the ledger grows: whoever keeps one can tell whether the past was changed.',
      min: 1,
      mendEmpty: 'write `file: /path` or `webhook: …`, or leave the key out',
    },
  ),
);

export const ledger: Shape<LedgerSyntax> = named(
  'ledger',
  record(
    '`{ checkpoints: … }`',
    (fields) => {
      fields.later('retain', 'how long records are kept.', '`ledger.retain`');
      fields.later('encrypt', 'payloads that can be forgotten, case by case.', '`ledger.encrypt`');
      fields.later('disclosures', 'an account of who saw whose data.', '`ledger.disclosures`');
      return {
        checkpoints: fields.optional('checkpoints', checkpoints, 'Where checkpoints are sent.'),
      };
    },
    { description: 'The record of everything that happened.' },
  ),
);
