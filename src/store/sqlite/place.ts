import { statSync } from 'node:fs';
import { StoreError } from '../errors.ts';

/**
 * Whether the files that are written are still the ones that the next start will read. A file that was removed or
 * replaced under its name takes every write, and every sync of it succeeds; with the process all of it is gone.
 */
export class DatabasePlace {
  readonly #files: readonly string[];
  readonly #inodes = new Map<string, number>();

  constructor(database: string) {
    this.#files = [database, `${database}-wal`];
  }

  /** @throws {StoreError} `store.unavailable` when a file isn't the one that it was at first. */
  check(): void {
    for (const file of this.#files) {
      const inode = statSync(file, { throwIfNoEntry: false })?.ino;
      const known = this.#inodes.get(file) ?? inode;
      if (inode === undefined || inode !== known)
        throw new StoreError('store.unavailable', `${file} was removed or replaced`, {
          hint: 'put the data directory back as it was, then restart: what is acknowledged now would be lost',
        });
      this.#inodes.set(file, inode);
    }
  }
}
