import { SallyportError } from '../content/errors.ts';

export type CredentialErrorCode =
  /** The reference itself can't be read: `provider:path#field`. */
  | 'credential.reference'
  /** Nothing is there. */
  | 'credential.missing'
  /** A file that others can read or replace: what is in it is no secret any more. */
  | 'credential.unsafe_file'
  /** There is something, and it can't be used as this secret. */
  | 'credential.unusable';

/** Names the reference, never the value. */
export class CredentialError extends SallyportError {
  declare readonly code: CredentialErrorCode;

  constructor(
    code: CredentialErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
