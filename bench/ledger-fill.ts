/** A long ledger, written by the real store and sequencer: runs of calls, each with arguments and a result of its own. */
import { canonicalJson } from '../src/content/json.ts';
import type { RunEvent } from '../src/engine/events.ts';
import { fold } from '../src/engine/fold.ts';
import { payloadDigest } from '../src/ledger/payloads.ts';
import { openSequencer } from '../src/ledger/sequencer.ts';
import { finished, SampleRun, started } from '../src/store/contract-samples.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';

const callsPerCommit = 50;
const callsPerRun = 1_000;

/** @returns the verifier key. `events` is what there is at least. */
export async function fillLedger(directory: string, events: number): Promise<string> {
  await using store = await openSqliteStore({ directory, foldRun: fold });
  await using sequencer = await openSequencer({
    store,
    directory,
    onFault: (error) => {
      throw error;
    },
  });
  for (let run = 0; (await store.eventCount()) < events; run += 1) {
    const sample = new SampleRun(store, `run-${run}`);
    const agent = `agent-${run % 10}`;
    await sample.open(store.nowMs(), { agent });
    for (let call = 0; call < callsPerRun; call += callsPerCommit) {
      const payloads = new Map<string, Uint8Array>();
      const keep = (value: string): string => {
        const bytes = Buffer.from(canonicalJson({ about: value }));
        const digest = payloadDigest(bytes);
        payloads.set(digest, bytes);
        return digest;
      };
      const committed: RunEvent[] = [];
      for (let index = call; index < call + callsPerCommit; index += 1) {
        const name = `${sample.id}-${index}`;
        const result = keep(`the order of ${name} has left the house and arrives tomorrow`);
        committed.push(started(sample.id, name, store.nowMs(), { agent, arguments: keep(name) }), {
          ...finished(sample.id, name, store.nowMs()),
          agent,
          result,
          released: result,
        });
      }
      await sample.commit(committed, { payloads });
    }
  }
  await sequencer.seal();
  return sequencer.vkey;
}
