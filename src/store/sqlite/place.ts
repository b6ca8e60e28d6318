import { statSync } from 'node:fs';
import { StoreError } from '../errors.ts';
import type { StoreFiles } from './files.ts';

/** A file that is written, as it was when the store was opened. */
export interface FilePlace {
  readonly file: string;
  /** Null: it wasn't there. */
  readonly inode: number | null;
}

/** To be asked while the database is open: its write-ahead log exists then. */
export function placesOf({ database, journal }: StoreFiles): readonly FilePlace[] {
  return [database, `${database}-wal`, journal].map((file) => ({ file, inode: inodeOf(file) }));
}

/**
 * Whether the files that are written are still the ones that the next start will read. A file that was removed or
 * replaced under its name takes every write, and every sync of it succeeds; with the process all of it is gone.
 *
 * @throws {StoreError} `store.unavailable`
 */
export function checkPlaces(places: readonly FilePlace[]): void {
  for (const { file, inode } of places)
    if (inode === null || inodeOf(file) !== inode)
      throw new StoreError('store.unavailable', `${file} was removed or replaced`, {
        hint: 'put the data directory back as it was, then restart: what is acknowledged now would be lost',
      });
}

function inodeOf(file: string): number | null {
  return statSync(file, { throwIfNoEntry: false })?.ino ?? null;
}
