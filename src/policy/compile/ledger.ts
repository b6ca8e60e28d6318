import type { CheckpointSinks } from '../model.ts';
import type { Report } from '../report.ts';
import type { LedgerSyntax, WebhookSyntax } from '../shape/ledger.ts';
import { compileUrl } from './url.ts';

export function compileCheckpointSinks(
  ledger: LedgerSyntax | undefined,
  report: Report,
): CheckpointSinks {
  const { file, webhook } = ledger?.checkpoints ?? {};
  return {
    file: file?.value ?? null,
    webhook: webhook === undefined ? null : compileWebhook(webhook, report),
  };
}

function compileWebhook(
  { url, secret }: WebhookSyntax,
  report: Report,
): CheckpointSinks['webhook'] {
  const checked = url === undefined ? null : compileUrl(url, 'secret', report);
  const from = secret?.from?.value;
  return checked === null || from === undefined ? null : { url: checked, secret: { from } };
}
