/** The thread in which long texts are looked at, so that no other call waits for it: `scanning-thread.ts` starts it. */
import { parentPort } from 'node:worker_threads';
import { type Looks, scanText } from '../content/detection/scan.ts';
import type { TextScan } from '../content/detection/sighting.ts';

export interface ScanJob {
  readonly texts: readonly string[];
  /** Null: as for the job before. What is told once is prepared once. */
  readonly looks: Looks | null;
}

/** In the order of the texts. */
export type ScanAnswer = readonly TextScan[];

const port = parentPort;
if (port === null) throw new Error('only the gateway starts this thread');

let told: Looks | null = null;
port.on('message', ({ texts, looks }: ScanJob) => {
  const by = looks ?? told;
  if (by === null) throw new Error('nobody has told what to look for');
  told = by;
  const answer: ScanAnswer = texts.map((text) => scanText(text, by));
  port.postMessage(answer);
});
