/** What the disk does to the journal at the worst moment: in an orderly end, and between two crashes. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { fold } from '../../engine/fold.ts';
import { SampleRun } from '../contract-samples.ts';
import { openForWriting } from './connection.ts';
import { openSqliteReader, openSqliteStore } from './open.ts';
import { recover } from './recover.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-journal-faults-'));
afterAll(() => rmSync(root, { recursive: true }));

const source = (path: string) => new URL(path, import.meta.url).href;
const files = ['sallyport.db', 'sallyport.db-wal', 'sallyport.journal'];

function copyOf(directory: string, name: string, those = files): string {
  const copy = join(root, name);
  mkdirSync(copy, { mode: 0o700 });
  for (const file of those)
    if (existsSync(join(directory, file))) copyFileSync(join(directory, file), join(copy, file));
  return copy;
}

/** Says what a commit was told that failed. */
const script = `
import { fold } from '${source('../../engine/fold.ts')}';
import { SampleRun } from '${source('../contract-samples.ts')}';
import { openSqliteStore } from '${source('./open.ts')}';
const store = await openSqliteStore({ directory: process.argv[1], foldRun: fold });
const opened = await Promise.allSettled([1, 2, 3].map((n) => new SampleRun(store, 'run-' + n).open()));
await store[Symbol.asyncDispose]();
const told = opened.flatMap(({ reason }) => (reason === undefined ? [] : [reason.message + ': ' + reason.hint]));
console.log(JSON.stringify([...new Set(told)]));
`;

/** Loaded into every thread: in the writing one, what is written to the journal, ends a transaction or clears the journal fails. */
const failing = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { StatementSync } from 'node:sqlite';
import { isMainThread } from 'node:worker_threads';
const fail = (code) => { throw Object.assign(new Error(code + ': said the system'), { code }); };
const fails = isMainThread ? null : process.env.FAILS;
if (fails === 'truncation') fs.ftruncateSync = () => fail('EIO');
if (fails === 'write') fs.writeSync = () => fail('ENOSPC');
const run = StatementSync.prototype.run;
if (fails === 'commit')
  StatementSync.prototype.run = function (...values) {
    return this.sourceSQL === 'COMMIT' ? fail('EIO') : run.apply(this, values);
  };
syncBuiltinESMExports();
`;

function live(directory: string, fails: 'truncation' | 'commit' | 'write'): unknown {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script, directory],
    {
      timeout: 30_000,
      env: {
        ...process.env,
        FAILS: fails,
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(failing)}`,
      },
    },
  );
  if (stdout.length === 0) throw new Error(`it said nothing: ${String(stderr)}`);
  return JSON.parse(String(stdout));
}

test.each(['truncation', 'commit'] as const)(
  'a store whose %s fails as it is closed is closed all the same, and loses nothing',
  async (fails) => {
    const directory = join(root, fails);
    expect(live(directory, fails)).toEqual([]);
    await using reader = await openSqliteReader({ directory, foldRun: fold });
    expect(await reader.eventCount()).toBe(3);
  },
);

test('a journal that the disk has no space for is told as what it is', () => {
  expect(live(join(root, 'full'), 'write')).toEqual([
    expect.stringMatching(/ENOSPC.*: free space on the disk of the data directory, then restart$/),
  ]);
});

/**
 * A transaction that was written and never synced is there for whoever looks next, and gone with the power: the journal has it until
 * the database itself does.
 */
test('what an unsynced transaction holds outlives the power cut after the next start', async () => {
  const directory = join(root, 'unsynced');
  await using store = await openSqliteStore({ directory, foldRun: fold });
  await new SampleRun(store, 'old').open();
  await store.listRuns({ limit: 1 });
  const synced = copyOf(directory, 'synced', ['sallyport.db-wal']);
  await new SampleRun(store, 'new').open();
  await store.listRuns({ limit: 1 });
  const killed = copyOf(directory, 'killed');

  const db = openForWriting(join(killed, 'sallyport.db'));
  recover(db, join(killed, 'sallyport.journal'));
  const after = copyOf(killed, 'after', ['sallyport.db', 'sallyport.journal']);
  // The log has what was synced, unless it was begun anew.
  if (statSync(join(killed, 'sallyport.db-wal')).size > 0)
    copyFileSync(join(synced, 'sallyport.db-wal'), join(after, 'sallyport.db-wal'));
  db.close();

  await using last = await openSqliteReader({ directory: after, foldRun: fold });
  expect((await last.listRuns({ limit: 10 })).map(({ run }) => run)).toEqual(['new', 'old']);
});

test('a start isn’t held up by a program that reads the database meanwhile', async () => {
  const directory = join(root, 'read');
  await using store = await openSqliteStore({ directory, foldRun: fold });
  await new SampleRun(store, 'a').open();
  await store.listRuns({ limit: 1 });
  const killed = copyOf(directory, 'read-killed');
  const reading = new DatabaseSync(join(killed, 'sallyport.db'), { readOnly: true });
  reading.exec('BEGIN');
  reading.prepare('SELECT count(*) FROM runs').get();
  await using opened = await openSqliteStore({ directory: killed, foldRun: fold });
  expect(await opened.eventCount()).toBe(1);
  reading.close();
});
