import { DatabaseSync } from 'node:sqlite';

/** A reader that opens at the moment of WAL recovery finds the file busy for that moment. */
export const busyTimeoutMs = 1_000;

/** The journal is cut back to this after a checkpoint. */
const journalBytesMax = 64 * 1024 * 1024;

export function openForWriting(database: string): DatabaseSync {
  const db = new DatabaseSync(database, { timeout: busyTimeoutMs });
  try {
    db.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${journalBytesMax};` +
        // On macOS a plain fsync leaves the data in the drive's cache.
        'PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA trusted_schema = OFF',
    );
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
