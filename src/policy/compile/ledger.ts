import type { CheckpointSinks } from '../model.ts';
import type { Report } from '../report.ts';
import type { LedgerSyntax } from '../shape/ledger.ts';
import { compileWebhook } from './webhook.ts';

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
