import { SallyportError } from '../content/errors.ts';

export type UpstreamErrorCode =
  /** It could not be reached, or went away. */
  | 'upstream.unavailable'
  /** It answered, and what it said can't be read as MCP. */
  | 'upstream.protocol'
  /** It answered more than we take. */
  | 'upstream.too_large'
  /** It doesn't accept the credential, or the credential could not be had. */
  | 'upstream.credential'
  /** Functions: wrong use by the program that registers them. */
  | 'upstream.registration';

/** Messages may quote what an upstream said, redacted: for operators, never for agents. */
export class UpstreamError extends SallyportError {
  declare readonly code: UpstreamErrorCode;

  constructor(
    code: UpstreamErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(code, message, options);
  }
}
