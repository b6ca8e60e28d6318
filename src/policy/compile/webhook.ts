import type { SecretReference } from '../model.ts';
import type { Report } from '../report.ts';
import type { Located } from '../shape/shape.ts';
import type { WebhookSyntax } from '../shape/webhook.ts';
import { compileUrl } from './url.ts';

/** Null: it can't be used, and the report says why. */
export function compileWebhook(
  { url, secret }: WebhookSyntax,
  report: Report,
): { readonly url: string; readonly secret: SecretReference } | null {
  const checked = url === undefined ? null : compilePostUrl(url, 'secret', report);
  const from = secret?.from?.value;
  return checked === null || from === undefined ? null : { url: checked, secret: { from } };
}

/** Names of parameters that carry a secret, as services write them: whoever reads the policy or a log would have it. */
const secretParameter = /key|token|secret|passw|pwd|auth|credential|signature|^sig$/i;

/** Of what is posted to: a secret has a place of its own, and is no part of the URL. */
export function compilePostUrl(
  written: Located<string>,
  secretKey: string,
  report: Report,
): string | null {
  const names = URL.canParse(written.value) ? new URL(written.value).searchParams.keys() : [];
  const secret = [...names].find((name) => secretParameter.test(name));
  if (secret === undefined) return compileUrl(written, secretKey, report);
  report.error('policy.secret', written.at, `the URL carries a secret in \`${secret}\``, {
    mend: `remove it, and name the secret in \`${secretKey}\``,
  });
  return null;
}
