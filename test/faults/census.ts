/**
 * Loaded into a gateway before its own code: on SIGUSR2 it collects garbage and says what the process holds, as one line
 * of the file that `SALLYPORT_CENSUS` names.
 */
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const file = process.env['SALLYPORT_CENSUS'] ?? '';
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

process.on('SIGUSR2', () => {
  // Twice: what finalizers let go of in the first pass goes in the second.
  collect();
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const type of process.getActiveResourcesInfo()) resources[type] = (resources[type] ?? 0) + 1;
  appendFileSync(file, `${JSON.stringify({ rss, heapUsed, external, resources })}\n`);
});
