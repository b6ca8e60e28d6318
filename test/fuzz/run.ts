/** Campaigns under a watch: an input on which a reader hangs is a finding like any other. */
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { CampaignResult } from './campaign.ts';
import { progressMemory, readProgress } from './progress.ts';

export interface TargetResult extends CampaignResult {
  readonly name: string;
}

export interface RunOptions {
  readonly seed: number;
  /** For each target; null: each target's own number of rounds. */
  readonly seconds: number | null;
  readonly onResult?: (result: TargetResult) => void;
}

/** No input of at most a few kilobytes may take a reader this long, on a machine that is as busy as it likes. */
const stuckMs = 20_000;

const resultShape: z.ZodType<TargetResult> = z.object({
  name: z.string(),
  rounds: z.number(),
  outcomes: z.array(z.string()),
  finding: z.object({ input: z.string(), problem: z.string() }).nullable(),
});

export async function runCampaigns(
  names: readonly string[],
  options: RunOptions,
): Promise<readonly TargetResult[]> {
  const results: TargetResult[] = [];
  while (results.length < names.length) {
    const left = names.slice(results.length);
    for (const result of await runWorker(left, options)) {
      results.push(result);
      options.onResult?.(result);
    }
  }
  return results;
}

/** Results of the first of `names`: of all of them, unless one hangs. */
function runWorker(
  names: readonly string[],
  { seed, seconds }: RunOptions,
): Promise<TargetResult[]> {
  const memory = progressMemory();
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    workerData: { names, seed, seconds, memory },
  });
  const results: TargetResult[] = [];
  return new Promise((resolve, reject) => {
    let seen = -1;
    let seenAtMs = performance.now();
    const watch = setInterval(() => {
      const { rounds, place, input } = readProgress(memory);
      if (rounds !== seen) {
        seen = rounds;
        seenAtMs = performance.now();
      } else if (performance.now() - seenAtMs > stuckMs) {
        const finding = { input: input(), problem: `no answer within ${stuckMs} ms` };
        results.push({ name: names[place] ?? '', rounds, outcomes: [], finding });
        void worker.terminate();
      }
    }, 250);
    worker.on('message', (message) => results.push(resultShape.parse(message)));
    worker.on('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
    worker.on('exit', () => {
      clearInterval(watch);
      resolve(results);
    });
  });
}
