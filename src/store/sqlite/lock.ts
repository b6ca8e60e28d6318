/**
 * One writer a data directory. The lock is an exclusive transaction on a file of its own, held for the process's life:
 * the operating system lets go of it however the process ends, so a crash never leaves a stale lock behind, and the
 * main database stays readable for others.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../errors.ts';
import { resultCode } from './fault.ts';
import { createPrivate, type StoreFiles } from './files.ts';

const busy = 5;

/** Whoever reads after a crash holds it for as long as it takes to apply what the journal has. */
export const readersMsMax = 500;

/** @param patienceMs - how long this thread stands still for whoever has it. */
export function lockForWriting(
  directory: string,
  files: StoreFiles,
  patienceMs: number,
): Disposable {
  // Whoever reads in a copy of database and journal comes before any start.
  createPrivate(files.lock);
  const db = new DatabaseSync(files.lock, { timeout: patienceMs });
  try {
    db.exec('BEGIN EXCLUSIVE');
    writeFileSync(files.holder, `${process.pid}\n`, { mode: 0o600 });
  } catch (error) {
    db.close();
    if ((resultCode(error) & 0xff) !== busy) throw error;
    const holder = holderOf(files);
    throw new StoreError(
      'store.locked',
      `another process${holder === null ? '' : ` (pid ${holder})`} writes to ${directory}`,
      { hint: 'stop the other gateway, or give this one a directory of its own', cause: error },
    );
  }
  return { [Symbol.dispose]: () => db.close() };
}

/** The pid that the holder wrote: for people only, nothing depends on it. */
function holderOf(files: StoreFiles): string | null {
  try {
    return /^\d{1,10}(?=\n)/.exec(readFileSync(files.holder, 'utf8'))?.[0] ?? null;
  } catch {
    return null;
  }
}
