/** A short round of `npm run faults -- syscalls`. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { whyNoStrace } from './strace.ts';
import { performSyscall, syscallRows } from './syscalls.ts';

const reason = whyNoStrace();
const compileCache = mkdtempSync(join(tmpdir(), 'sallyport-compiled-'));
afterAll(() => rmSync(compileCache, { recursive: true }));

const short = syscallRows.filter(({ what }) =>
  ['sync 2 of the journal: EIO', 'the journal and the spool can’t be synced: ENOSPC'].includes(
    what,
  ),
);

test('there are rows for the short round, and they are not skipped in CI', () => {
  expect(short).toHaveLength(2);
  if (reason !== null) process.stderr.write(`${short.length} faults are not tested: ${reason}\n`);
  expect(process.env['CI'] === undefined || reason === null).toBe(true);
});

test.skipIf(reason !== null).each(short)('$what', { timeout: 60_000 }, async (row) => {
  expect(await performSyscall(row, 1, compileCache)).toEqual({ missed: false, wrong: [] });
});
