/** What a crash left in the journal alone gets into the database, before anybody reads it or writes to it again. */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { busyTimeoutMs } from './connection.ts';
import { groupsAfter } from './journal.ts';
import { lastPositionOf, lastPositionQuery, Transactions } from './transaction.ts';

/** One page of a reader takes less. */
const readMsMax = 100;

/**
 * For whoever holds the lock of the one writer. Killed in the middle of it, the next one does it again.
 * @throws when anything of it can't be read, applied or made durable: the journal is then as it was.
 */
export function recover(db: DatabaseSync, journal: string): void {
  const fd = openSync(journal, 'r+');
  try {
    if (fstatSync(fd).size === 0) return;
    const last = lastPositionOf(db.prepare(lastPositionQuery).get() ?? {});
    const transactions = new Transactions(db);
    for (const group of groupsAfter(fd, last, journal)) transactions.apply(group);
    transactions.commit();
    makeDurable(db);
    // Else a group that isn't whole could one day seem to be the next one of another transaction's.
    ftruncateSync(fd, 0);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Of what is found in the write-ahead log nobody knows whether it was synced: a writer can be killed before its sync, or fail
 * in it. A transaction without groups syncs the log as it is; and since the kernel may call pages clean that a failed sync lost,
 * everything gets into the database's own pages too, unless somebody reads there for long.
 */
function makeDurable(db: DatabaseSync): void {
  db.exec('UPDATE journal SET last_transaction = last_transaction + 1');
  db.exec(
    `PRAGMA busy_timeout = ${readMsMax}; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = ${busyTimeoutMs}`,
  );
}
