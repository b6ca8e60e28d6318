/**
 * Loaded into a gateway before its own code: its clock (in every thread) is off by as many milliseconds as the file that
 * `SALLYPORT_CLOCK` names says, and on SIGUSR2 its event loop stands still for `SALLYPORT_BLOCK_MS`.
 */
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { inGateway } from './preloaded.ts';

const file = process.env['SALLYPORT_CLOCK'] ?? '';
const blockMs = Number(process.env['SALLYPORT_BLOCK_MS']);
const readEveryMs = 2;
const now: () => number = Reflect.get(Date, 'now');

let offMs = 0;
let readAtMs = Number.NEGATIVE_INFINITY;

if (inGateway)
  Date.now = () => {
    if (performance.now() - readAtMs >= readEveryMs) {
      readAtMs = performance.now();
      offMs = Number(readFileSync(file, 'utf8'));
    }
    return now() + offMs;
  };

if (inGateway && isMainThread) {
  process.on('SIGUSR2', () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, blockMs);
  });
}
