import { SallyportError } from '../content/errors.ts';

export type LedgerErrorCode =
  /** A note, checkpoint, receipt or key that isn't written as its format asks. */
  | 'ledger.format'
  /** Not signed by the key that was to sign it. */
  | 'ledger.signature'
  /** The signing key is missing, doesn't fit, or lies open to others. */
  | 'ledger.key'
  /** The events contradict a checkpoint that was signed over them. */
  | 'ledger.inconsistent'
  /** Not covered by a checkpoint yet. */
  | 'ledger.not_sealed';

export class LedgerError extends SallyportError {
  declare readonly code: LedgerErrorCode;

  constructor(
    code: LedgerErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
