import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { SallyportError } from '../content/errors.ts';
import type { LedgerReport } from '../ledger/verify.ts';

/** What a thread is asked. */
export interface StoredLedger {
  readonly directory: string;
  readonly vkey: string;
  readonly keptCheckpoint: string | null;
}

export type Verified =
  | { readonly type: 'report'; readonly report: LedgerReport }
  | {
      readonly type: 'failed';
      readonly code: string;
      readonly message: string;
      readonly hint: string | null;
    };

/**
 * A million events make gigabytes of garbage. Left alone, V8 makes room for it as the machine allows; bounded, it takes
 * no longer.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 64, maxOldGenerationSizeMb: 512 };

/** The same file, run as it was written or as it was built. */
const script = new URL(
  `./verify-thread${extname(fileURLToPath(import.meta.url))}`,
  import.meta.url,
);

/** @throws {SallyportError} where it can't be read at all. What is wrong with the ledger is in the report. */
export async function verifyStored(stored: StoredLedger): Promise<LedgerReport> {
  const thread = new Worker(script, { workerData: stored, resourceLimits, execArgv: [] });
  const answer = once(thread, 'message');
  const [verified]: Verified[] = await answer;
  if (verified?.type === 'report') return verified.report;
  const { code = 'cli.fault', message = 'nothing was verified', hint = null } = verified ?? {};
  throw new SallyportError(code, message, hint === null ? {} : { hint });
}
