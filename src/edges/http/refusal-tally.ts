/**
 * Requests that were refused for their form or their credential, as events. Whoever can reach the port can be refused as
 * often as they like, and must not fill the ledger by it: so refusals are counted, and the counts are recorded.
 */
import type { EdgeLog } from './credentials.ts';
import { httpLimits } from './limits.ts';

export interface RefusalCount {
  readonly code: string;
  /** Null: from somebody who has shown none that is good. */
  readonly credential: string | null;
  readonly count: number;
}

export interface RefusalSummary {
  readonly refusals: readonly RefusalCount[];
  /** Those for which there was no line left. */
  readonly others: number;
}

/** Makes a summary durable. */
export type RecordRefusals = (summary: RefusalSummary) => Promise<void>;

export interface RefusalTally {
  readonly note: (code: string, credential: string | null) => void;
  /** Records what has been counted. */
  readonly close: () => Promise<void>;
}

/**
 * The first refusal after a quiet time is recorded at once, further ones together when `refusalsEveryMs` are over. A
 * crash loses the counts of that time, never a call's refusal: those are the runtime's, and events of their own.
 */
export function refusalTally(record: RecordRefusals, log: EdgeLog): RefusalTally {
  let counts = new Map<string, { code: string; credential: string | null; count: number }>();
  let others = 0;
  let waiting: NodeJS.Timeout | null = null;
  let recorded: Promise<void> = Promise.resolve();

  function flush(): void {
    waiting = null;
    if (counts.size === 0) return;
    const refusals = [...counts.values()];
    const summary = { refusals, others };
    counts = new Map();
    others = 0;
    log({ level: 'warn', event: 'edge.refused', ...summary });
    waiting = setTimeout(flush, httpLimits.refusalsEveryMs).unref();
    recorded = recorded
      .then(() => record(summary))
      .catch((error: unknown) =>
        log({
          level: 'error',
          event: 'edge.refused.unrecorded',
          error: error instanceof Error ? error.message : String(error),
        }),
      );
  }

  return {
    note(code, credential) {
      const key = `${code} ${credential ?? ''}`;
      const line = counts.get(key);
      if (line !== undefined) line.count += 1;
      else if (counts.size < httpLimits.refusalLinesMax)
        counts.set(key, { code, credential, count: 1 });
      else others += 1;
      if (waiting === null) flush();
    },
    close() {
      if (waiting !== null) clearTimeout(waiting);
      flush();
      if (waiting !== null) clearTimeout(waiting);
      return recorded;
    },
  };
}
