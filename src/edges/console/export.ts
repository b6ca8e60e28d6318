/** A search as a download, a leaf a line: no faster than it is read, and for as long as whoever asked is signed in. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { StoreReader } from '../../store/port.ts';
import { consoleLimits } from './limits.ts';
import { type LedgerFilter, stepsOf } from './search.ts';

export async function exportLeaves(
  reader: Pick<StoreReader, 'events' | 'eventRows' | 'eventCount'>,
  filter: LedgerFilter,
  response: ServerResponse,
  isWanted: () => boolean,
): Promise<void> {
  response.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'content-disposition': 'attachment; filename="sallyport-ledger.ndjson"',
  });
  for await (const { events } of stepsOf(reader, filter, null)) {
    if (response.destroyed) return;
    // Half an export that looks like a whole one is worse than none.
    if (!isWanted()) return void response.destroy();
    const lines = events.map(({ leaf }) => `${Buffer.from(leaf).toString('utf8')}\n`).join('');
    if (lines !== '' && !response.write(lines) && !(await drained(response)))
      return void response.destroy();
  }
  response.end();
}

/** False: nobody reads it any more. Nothing of the wait is left on the response, however often one waits. */
async function drained(response: ServerResponse): Promise<boolean> {
  const stop = new AbortController();
  const { signal } = stop;
  const timer = setTimeout(() => stop.abort(), consoleLimits.exportStallMs);
  try {
    await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
    return !response.destroyed;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
}
