/** A ledger to audit: written by the real store and sequencer, exported, with what an auditor kept of it meanwhile. */
import { readFileSync } from 'node:fs';
import { canonicalJson } from '../../src/content/json.ts';
import { fold } from '../../src/engine/fold.ts';
import { exportBundle } from '../../src/ledger/export.ts';
import { payloadDigest } from '../../src/ledger/payloads.ts';
import { makeReceipt } from '../../src/ledger/receipt.ts';
import { checkpointFile } from '../../src/ledger/resume.ts';
import { openSequencer } from '../../src/ledger/sequencer.ts';
import { SampleRun, started } from '../../src/store/contract-samples.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';

export interface AuditedLedger {
  readonly vkey: string;
  readonly bundle: string;
  /** Checkpoints over 100, 200, … events. */
  readonly kept: readonly string[];
  /** Of every hundredth event. */
  readonly receipts: readonly string[];
}

/** @param events a multiple of 100. */
export async function auditedLedger(directory: string, events: number): Promise<AuditedLedger> {
  await using store = await openSqliteStore({ directory, foldRun: fold });
  await using sequencer = await openSequencer({
    store,
    directory,
    onFault: (error) => {
      throw error;
    },
  });
  const run = new SampleRun(store, 'audited');
  const kept: string[] = [];
  const receipts: string[] = [];
  await run.open();
  for (let count = 1; count < events; count += 1) {
    const bytes = Buffer.from(canonicalJson({ to: `ann-${count}@"\\}é.example`, n: [count, {}] }));
    const digest = payloadDigest(bytes);
    const call = started(run.id, `call-${count}`, store.nowMs(), { arguments: digest });
    await run.commit([call], { payloads: new Map([[digest, bytes]]) });
    if ((count + 1) % 100 !== 0) continue;
    await sequencer.seal();
    kept.push(readFileSync(checkpointFile(directory), 'utf8'));
    receipts.push(await makeReceipt(store, count));
  }
  const lines: string[] = [];
  for await (const line of exportBundle(store, sequencer.vkey)) lines.push(line);
  return { vkey: sequencer.vkey, bundle: lines.join(''), kept, receipts };
}
