/** Reads a whole ledger, in a thread whose memory is bounded: `verify-stored.ts` starts it. */
import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { SallyportError } from '../content/errors.ts';
import { fold } from '../engine/fold.ts';
import { verifyLedger } from '../ledger/verify.ts';
import { storeFiles } from '../store/sqlite/files.ts';
import { openSqliteReader } from '../store/sqlite/open.ts';
import type { StoredLedger, Verified } from './verify-stored.ts';

async function verify({ directory, vkey, keptCheckpoint }: StoredLedger): Promise<Verified> {
  try {
    await using reader = existsSync(storeFiles(directory).database)
      ? await openSqliteReader({ directory, foldRun: fold, settlesOnce: true })
      : null;
    return { type: 'report', report: await verifyLedger({ reader, vkey, keptCheckpoint }) };
  } catch (error) {
    if (!(error instanceof SallyportError)) throw error;
    const { code, message, hint } = error;
    return { type: 'failed', code, message, hint: hint ?? null };
  }
}

const asked: StoredLedger = workerData;
parentPort?.postMessage(await verify(asked));
