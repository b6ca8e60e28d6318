import type { SourcePosition } from '../model.ts';
import { type Fields, record } from './collection.ts';
import { text } from './scalar.ts';
import { type Located, named, type Shape } from './shape.ts';
import { type SecretSyntax, secret } from './upstream.ts';

export interface WebhookSyntax {
  readonly at: SourcePosition;
  readonly url: Located<string> | undefined;
  readonly secret: SecretSyntax | undefined;
}

/** Of every receiver of signed posts, whatever is posted. */
export function webhookFields(fields: Fields): WebhookSyntax {
  return {
    at: fields.at,
    url: fields.required(
      'url',
      text('an `https:` URL (`http:` on loopback)', { pattern: /^https?:\/\/\S+$/ }),
      'Where it is posted to. Redirects are refused.',
    ),
    secret: fields.required(
      'secret',
      secret,
      'What the body is signed with (HMAC-SHA256), so that the receiver knows the sender.',
    ),
  };
}

export const webhook: Shape<WebhookSyntax> = named(
  'webhook',
  record('`{ url: https://…, secret: { from: env:NAME } }`', webhookFields, {
    description: 'A receiver of signed HTTP posts.',
  }),
);
