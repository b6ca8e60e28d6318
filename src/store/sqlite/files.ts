/** The data directory holds everything that happened: nobody but its owner reads it. */
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StoreError } from '../errors.ts';
import { syncDirectory } from '../sync-directory.ts';

export interface StoreFiles {
  readonly database: string;
  readonly journal: string;
  readonly lock: string;
  readonly holder: string;
}

export function storeFiles(directory: string): StoreFiles {
  return {
    database: join(directory, 'sallyport.db'),
    journal: join(directory, 'sallyport.journal'),
    lock: join(directory, 'writer.lock.db'),
    holder: join(directory, 'writer.pid'),
  };
}

/** Makes the directory and the database files with modes 0700 and 0600. */
export function prepareFiles(directory: string, files: StoreFiles): void {
  try {
    const made = mkdirSync(directory, { recursive: true, mode: 0o700 });
    keepPrivate(directory);
    createPrivate(files.database);
    createPrivate(files.journal);
    // Else a power cut could take the new names away, and with them what was acknowledged since.
    syncDirectory(directory);
    if (made !== undefined) syncDirectory(dirname(directory));
  } catch (error) {
    if (error instanceof StoreError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const hint = hints[code];
    throw new StoreError(
      'store.unavailable',
      `the data directory ${directory} can't be used${code === '' ? '' : ` (${code})`}`,
      { cause: error, ...(hint === undefined ? {} : { hint }) },
    );
  }
}

const hints: Readonly<Record<string, string>> = {
  EACCES: 'it has to belong to the user that runs the gateway, with mode 700',
  EROFS: 'its file system is read-only: look at the disk before mounting it for writing again',
  ENOSPC: 'free space on its disk',
};

function keepPrivate(directory: string): void {
  // Windows has no such modes: there the directory's access list decides.
  if (process.platform === 'win32' || (statSync(directory).mode & 0o077) === 0) return;
  // Only an empty directory is surely meant for us: narrowing somebody's home or /tmp would break it.
  if (readdirSync(directory).length > 0) {
    throw new StoreError('store.unavailable', `the data directory ${directory} is open to others`, {
      hint: `chmod 700 ${directory}`,
    });
  }
  chmodSync(directory, 0o700);
}

/**
 * Creates the file before SQLite would, with a mode that leaves others out. A file that exists is not even opened:
 * closing any descriptor of a locked file drops this process's locks on it, and with them the one writer.
 */
export function createPrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
      throw new StoreError('store.unavailable', `${file} is open to others`, {
        hint: `chmod 600 ${file}`,
      });
    }
  }
}
