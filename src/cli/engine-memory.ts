/** How the engine keeps the memory of a process that is all gateway. In somebody else's process that is theirs to say. */
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const quietAfterMs = 1_000;
/** Of the time since it was asked for: busier than this, a gateway needs the room, and a pause would be felt. */
const busyShareMax = 0.25;

/**
 * To be said before anything has run for long. Where many objects of a kind lived long once, as under a first load, the
 * engine would from then on make them among the old ones; there a dead one keeps all that it refers to until the next full
 * collection, and of a call that is its whole request and answer.
 */
export function makeObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

/** What loading left behind goes back to the system, a moment after the start: a quarter of what the process holds. */
export function giveBackMemoryOnceQuiet(): void {
  const begun = performance.eventLoopUtilization();
  setTimeout(() => {
    const { utilization } = performance.eventLoopUtilization(begun);
    if (utilization <= busyShareMax) collectEverything();
  }, quietAfterMs).unref();
}

/** Pauses everything for some 20 ms, and leaves the young generation as small as it was at first. */
function collectEverything(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function')
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
