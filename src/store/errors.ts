import { SallyportError } from '../content/errors.ts';

export type StoreErrorCode =
  /** The medium failed (EIO, full, read-only): every later commit is refused too. */
  | 'store.unavailable'
  /** Another process writes to this store. */
  | 'store.locked'
  /** There is no store where one was to be read. */
  | 'store.missing'
  /** What is there can't be read as ours. */
  | 'store.corrupt';

export class StoreError extends SallyportError {
  declare readonly code: StoreErrorCode;

  constructor(
    code: StoreErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
