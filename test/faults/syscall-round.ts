/** Every row of `syscalls.ts`, where `strace` works; elsewhere the count of rows that nobody tested, and why. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Round } from './round.ts';
import { performStart, startRows } from './start-syscalls.ts';
import { installStrace, whyNoStrace } from './strace.ts';
import { performSyscall, type SyscallVerdict, syscallRows } from './syscalls.ts';

export const syscallRound: Round = {
  name: 'syscalls',
  says: '`strace` makes syncs, writes, opens and renames fail or kill, one at a time',
  async run({ seed, progress }) {
    installStrace();
    const reason = whyNoStrace();
    const faultsThereAre = syscallRows.length + startRows.length;
    if (reason !== null) return skipped('syscalls', faultsThereAre, reason);
    const compileCache = mkdtempSync(join(tmpdir(), 'sallyport-compiled-'));
    const failures: { what: string; repeat: string }[] = [];
    const missed: string[] = [];
    let done = 0;
    const judge = (what: string, verdict: SyscallVerdict): void => {
      if (verdict.missed) missed.push(what);
      for (const wrong of verdict.wrong)
        failures.push({ what: `${what}: ${wrong}`, repeat: 'npm run faults -- syscalls' });
      done += 1;
      progress(`${done} of ${faultsThereAre}, ${failures.length} violations`);
    };
    for (const row of syscallRows)
      judge(row.what, await performSyscall(row, seed + done, compileCache));
    for (const row of startRows)
      judge(row.what, await performStart(row, seed + done, compileCache));
    rmSync(compileCache, { recursive: true, force: true });
    const faults = faultsThereAre - missed.length;
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
