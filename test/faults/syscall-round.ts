/** Every row of `syscalls.ts`, where `strace` works; elsewhere the count of rows that nobody tested, and why. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Round } from './round.ts';
import { installStrace, whyNoStrace } from './strace.ts';
import { performSyscall, syscallRows } from './syscalls.ts';

export const syscallRound: Round = {
  name: 'syscalls',
  says: '`strace` makes syncs, writes, opens and renames fail or kill, one at a time',
  async run({ seed, progress }) {
    installStrace();
    const reason = whyNoStrace();
    if (reason !== null) return skipped('syscalls', syscallRows.length, reason);
    const compileCache = mkdtempSync(join(tmpdir(), 'sallyport-compiled-'));
    const failures: { what: string; repeat: string }[] = [];
    const missed: string[] = [];
    for (const [index, row] of syscallRows.entries()) {
      const verdict = await performSyscall(row, seed + index, compileCache);
      if (verdict.missed) missed.push(row.what);
      for (const wrong of verdict.wrong)
        failures.push({ what: `${row.what}: ${wrong}`, repeat: 'npm run faults -- syscalls' });
      progress(`${index + 1} of ${syscallRows.length}, ${failures.length} violations`);
    }
    rmSync(compileCache, { recursive: true, force: true });
    const faults = syscallRows.length - missed.length;
    return {
      rows: [
        { name: 'syscalls: faults', value: faults, unit: 'faults', target: 'counted', ok: true },
        {
          ...{ name: `syscalls: never reached${missed.map((what) => `; ${what}`).join('')}` },
          ...{ value: missed.length, unit: 'faults', target: '0', ok: missed.length === 0 },
        },
        {
          ...{ name: 'syscalls: violations', value: failures.length, unit: 'violations' },
          ...{ target: '0', ok: failures.length === 0 },
        },
      ],
      failures,
    };
  },
};

/** Never silently: in CI a round that nobody ran is a failure. */
export function skipped(
  name: string,
  count: number,
  reason: string,
): Awaited<ReturnType<Round['run']>> {
  const ok = process.env['CI'] === undefined;
  return {
    rows: [
      { name: `${name}: skipped (${reason})`, value: count, unit: 'faults', target: '0 in CI', ok },
    ],
    failures: [],
  };
}
