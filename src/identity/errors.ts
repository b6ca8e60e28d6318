import { SallyportError } from '../content/errors.ts';

export type IdentityErrorCode =
  /** No credential, or none of ours. HTTP 401. */
  | 'identity.credential_missing'
  /** Unknown, altered, expired or revoked: one code, so that nobody learns which. HTTP 401. */
  | 'identity.credential_invalid'
  /** A good credential of the wrong sort for what was asked. HTTP 403. */
  | 'identity.scope'
  | 'identity.unknown_token'
  | 'identity.bad_request';

export class IdentityError extends SallyportError {
  declare readonly code: IdentityErrorCode;

  constructor(code: IdentityErrorCode, message: string, options: { hint?: string } = {}) {
    super(code, message, options);
  }
}
