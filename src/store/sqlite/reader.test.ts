/** Reads beside a writer, and after one that died, where nothing but files says what it did. */
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { fold } from '../../engine/fold.ts';
import { SampleRun } from '../contract-samples.ts';
import { storeFiles } from './files.ts';
import { headerBytes, Journal } from './journal.ts';
import { lockForWriting } from './lock.ts';
import { openSqliteReader, openSqliteStore } from './open.ts';
import { lastPositionOf, lastPositionQuery } from './transaction.ts';

const root = mkdtempSync(join(tmpdir(), 'sallyport-reader-'));
afterAll(() => rmSync(root, { recursive: true }));

async function storeWithARun(name: string): Promise<string> {
  const directory = join(root, name);
  await using store = await openSqliteStore({ directory, foldRun: fold });
  await new SampleRun(store, 'a').open();
  return directory;
}

/** The files of a writer under constant load: whenever a transaction is in the database, the next one has begun. */
class BusyFiles implements Disposable {
  readonly #db: DatabaseSync;
  readonly #journal: Journal;

  constructor(directory: string) {
    const files = storeFiles(directory);
    this.#db = new DatabaseSync(files.database);
    this.#journal = new Journal(files.journal);
  }

  begin(): void {
    const last = lastPositionOf(this.#db.prepare(lastPositionQuery).get() ?? {});
    const steps = JSON.stringify({ leaseOwner: 'a', steps: [] });
    const bytes = Buffer.from('\0'.repeat(headerBytes) + steps);
    const position = { ...last, transaction: last.transaction + 1 };
    this.#journal.append(position, { bytes, stepsBytes: steps.length });
  }

  commit(): void {
    this.#db.exec('UPDATE journal SET last_transaction = last_transaction + 1');
    this.#journal.restart();
  }

  [Symbol.dispose](): void {
    this.#journal.close();
    this.#db.close();
  }
}

test('whoever reads beside a writer that is never idle waits for what it found, not for what follows', async () => {
  const directory = await storeWithARun('busy');
  using _lock = lockForWriting(directory, storeFiles(directory), 0);
  using files = new BusyFiles(directory);
  files.begin();
  await using reader = await openSqliteReader({ directory, foldRun: fold });
  const counted = reader.eventCount();
  files.commit();
  files.begin();
  expect(await counted).toBe(1);
}, 15_000);

test('whoever reads a whole ledger beside such a writer waits once', async () => {
  const directory = await storeWithARun('whole');
  using _lock = lockForWriting(directory, storeFiles(directory), 0);
  using files = new BusyFiles(directory);
  files.begin();
  await using reader = await openSqliteReader({ directory, foldRun: fold, settlesOnce: true });
  const counted = reader.eventCount();
  files.commit();
  files.begin();
  expect(await counted).toBe(1);
  expect(await reader.eventRows(0, 10)).toHaveLength(1);
}, 15_000);

test('a reader that applies what a crash left, in a copy of database and journal alone, makes no file that others can read', async () => {
  const directory = await storeWithARun('copy');
  {
    using files = new BusyFiles(directory);
    files.begin();
  }
  for (const name of ['writer.lock.db', 'writer.pid']) rmSync(join(directory, name));
  {
    await using reader = await openSqliteReader({ directory, foldRun: fold });
    expect(await reader.eventCount()).toBe(1);
  }
  expect(readdirSync(directory)).toContain('writer.lock.db');
  for (const name of readdirSync(directory))
    expect({ name, mode: statSync(join(directory, name)).mode & 0o077 }).toEqual({ name, mode: 0 });
});

test('who may not apply what a crash left is told what would, not shown the past', async () => {
  const directory = await storeWithARun('unwritable');
  {
    using files = new BusyFiles(directory);
    files.begin();
  }
  rmSync(join(directory, 'writer.pid'));
  mkdirSync(join(directory, 'writer.pid'));
  await using reader = await openSqliteReader({ directory, foldRun: fold });
  await expect(reader.eventCount()).rejects.toMatchObject({
    code: 'store.unavailable',
    hint: expect.stringContaining('start the gateway'),
  });
  // Nor is the directory held for the rest of this process's life.
  rmdirSync(join(directory, 'writer.pid'));
  await using store = await openSqliteStore({ directory, foldRun: fold });
  expect(await store.eventCount()).toBe(1);
});
