import { StoreError } from '../errors.ts';

/** SQLite's primary result code for a disk without space. */
const fullCode = 13;
/** Its primary result codes for "this file can't be read as a database". */
const corruptCodes: ReadonlySet<number> = new Set([11 /* CORRUPT */, 26 /* NOTADB */]);

/** What SQLite threw, or the system under the journal, in our words. Neither names values. */
export function storeFault(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const detail = error instanceof Error ? error.message : 'unknown fault';
  const corrupt = corruptCodes.has(resultCode(error) & 0xff);
  return new StoreError(
    corrupt ? 'store.corrupt' : 'store.unavailable',
    corrupt ? `the database is damaged: ${detail}` : `the database failed: ${detail}`,
    {
      cause: error,
      ...(isFull(error)
        ? { hint: 'free space on the disk of the data directory, then restart' }
        : {}),
    },
  );
}

function isFull(error: unknown): boolean {
  const ofSystem = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
  return ofSystem || resultCode(error) === fullCode;
}

/** SQLite's extended result code; 0 when the error isn't SQLite's. */
export function resultCode(error: unknown): number {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code : 0;
}
