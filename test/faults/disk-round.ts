/** Every row of `disk.ts`, where a disk can be mounted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskRows, performDisk, whyNoDisk } from './disk.ts';
import type { Round } from './round.ts';
import { skipped } from './syscall-round.ts';

export const diskRound: Round = {
  name: 'disk',
  says: 'a disk that is full, turns read-only, is closed to the gateway or taken away',
  async run({ progress }) {
    const reason = whyNoDisk();
    if (reason !== null) return skipped('disk', diskRows.length, reason);
    const compileCache = mkdtempSync(join(tmpdir(), 'sallyport-compiled-'));
    const failures: { what: string; repeat: string }[] = [];
    for (const row of diskRows) {
      progress(row.what);
      for (const wrong of await performDisk(row, compileCache))
        failures.push({ what: `${row.what}: ${wrong}`, repeat: 'npm run faults -- disk' });
    }
    rmSync(compileCache, { recursive: true, force: true });
    return {
      rows: [
        {
          name: 'disk: faults',
          value: diskRows.length,
          unit: 'faults',
          target: 'counted',
          ok: true,
        },
        {
          ...{ name: 'disk: violations', value: failures.length, unit: 'violations' },
          ...{ target: '0', ok: failures.length === 0 },
        },
      ],
      failures,
    };
  },
};
