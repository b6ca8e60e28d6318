/** Tries inputs in a thread of its own, so that one that never ends can be stopped and named. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { campaign } from './campaign.ts';
import { progressWriter } from './progress.ts';
import { targetNamed } from './targets.ts';

const { names, seed, seconds, memory } = z
  .object({
    names: z.array(z.string()),
    seed: z.number(),
    seconds: z.number().nullable(),
    memory: z.instanceof(SharedArrayBuffer),
  })
  .parse(workerData);

const progress = progressWriter(memory);
for (const [place, name] of names.entries()) {
  const target = targetNamed(name);
  const endMs = seconds === null ? null : Date.now() + seconds * 1_000;
  const result = campaign(target, seed, (round, input) => {
    progress(place, input);
    if (endMs === null) return round < target.roundsInTest;
    // The clock is asked now and then: many rounds are shorter than the question.
    return round % 16 !== 0 || Date.now() < endMs;
  });
  parentPort?.postMessage({ name, ...result });
}
