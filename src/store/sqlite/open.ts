import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../errors.ts';
import type { Store, StoreReader } from '../port.ts';
import { syncDirectory } from '../sync-directory.ts';
import { busyTimeoutMs, openForWriting } from './connection.ts';
import { storeFault } from './fault.ts';
import { prepareFiles, storeFiles } from './files.ts';
import { lockForWriting, readersMsMax } from './lock.ts';
import { SqliteReader } from './reader.ts';
import type { FoldRun } from './reads.ts';
import { recover } from './recover.ts';
import { checkSchema, prepareSchema } from './schema.ts';
import { SqliteStore } from './store.ts';

export interface SqliteStoreOptions {
  /** Made when missing. Holds `sallyport.db` and its journal; must be on a local disk: network file systems lie about locks and syncs. */
  readonly directory: string;
  /** The engine's `fold`. */
  readonly foldRun: FoldRun;
  /** Epoch milliseconds; the machine's by default. */
  readonly clock?: () => number;
  /** Names this process as the owner of calls it starts; random by default, so that a restart is another owner. */
  readonly leaseOwner?: string;
}

export interface SqliteReaderOptions extends Pick<SqliteStoreOptions, 'directory' | 'foldRun'> {
  /**
   * What was acknowledged before the first read is enough: for whoever reads a whole ledger. Beside a gateway that is never
   * idle each read would wait for a transaction of its own.
   */
  readonly settlesOnce?: boolean;
}

/** @throws {StoreError} `store.locked` when another process writes there, else what is wrong with the place. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const directory = resolve(options.directory);
  const files = storeFiles(directory);
  prepareFiles(directory, files);
  let lock: Disposable | null = null;
  let db: DatabaseSync | null = null;
  try {
    lock = lockForWriting(directory, files, readersMsMax);
    db = openForWriting(files.database);
    prepareSchema(db, files.database);
    recover(db, files.journal);
    // SQLite doesn't mind if it can't sync the name of its log: a power cut could take it away, with what lies in it alone.
    syncDirectory(directory);
    db.exec('PRAGMA query_only = ON');
    return new SqliteStore({
      db,
      files,
      lock,
      foldRun: options.foldRun,
      clock: options.clock ?? Date.now,
      leaseOwner: options.leaseOwner ?? randomUUID(),
    });
  } catch (error) {
    db?.close();
    lock?.[Symbol.dispose]();
    throw storeFault(error);
  }
}

/** The read half, beside a gateway that writes or when none runs. Changes nothing but what a crash left undone. */
export async function openSqliteReader(options: SqliteReaderOptions): Promise<StoreReader> {
  const directory = resolve(options.directory);
  const files = storeFiles(directory);
  const { database } = files;
  if (!existsSync(database)) {
    throw new StoreError('store.missing', `there is no ${database}`, {
      hint: '`sallyport init` makes one',
    });
  }
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(database, { readOnly: true, timeout: busyTimeoutMs });
    checkSchema(db, database);
    const { foldRun, settlesOnce = false } = options;
    return new SqliteReader({ db, directory, files, foldRun, settlesOnce });
  } catch (error) {
    db?.close();
    throw storeFault(error);
  }
}
