/**
 * Loaded into a gateway before its own code: on SIGUSR2 every thread of it collects its garbage, and the process says
 * what it holds, as one line of the file that `SALLYPORT_CENSUS` names.
 */
import { createHook } from 'node:async_hooks';
import { appendFileSync } from 'node:fs';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { inGateway } from './preloaded.ts';

const file = process.env['SALLYPORT_CENSUS'] ?? '';
/** For threads to answer in; one that stands still is left out. */
const answersWithinMs = 300;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');
function heapUsed(): number {
  // Twice: what finalizers let go of in the first pass goes in the second.
  collect();
  collect();
  return getHeapStatistics().used_heap_size;
}

if (inGateway) watch();

function watch(): void {
  const channel = new BroadcastChannel('sallyport-census');
  channel.unref();

  /** All that were set and neither fired nor were cleared: those that keep no process alive are in no other list. */
  const timers = new Set<number>();
  createHook({
    init(id, type) {
      if (type === 'Timeout') timers.add(id);
    },
    destroy: (id) => void timers.delete(id),
    trackPromises: false,
  }).enable();

  if (isMainThread) {
    let ofThreads = 0;
    channel.onmessage = ({ data }) => {
      if (typeof data === 'number') ofThreads += data;
    };
    process.on('SIGUSR2', () => {
      ofThreads = 0;
      channel.postMessage('count');
      setTimeout(() => {
        const ofMain = heapUsed();
        const { rss, external } = process.memoryUsage();
        const resources: Record<string, number> = {};
        for (const type of process.getActiveResourcesInfo())
          resources[type] = (resources[type] ?? 0) + 1;
        const heaps = { heapUsed: ofMain, threadsHeapUsed: ofThreads };
        const counted = { rss, external, ...heaps, timers: timers.size, resources };
        appendFileSync(file, `${JSON.stringify(counted)}\n`);
      }, answersWithinMs);
    });
  } else {
    channel.onmessage = ({ data }) => {
      if (data === 'count') channel.postMessage(heapUsed());
    };
  }
}
