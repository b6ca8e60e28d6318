/**
 * The base of every error that Sallyport throws on purpose.
 *
 * `code` is stable and machine-readable; `message` is for people and never carries a secret;
 * `hint` says what to do about it, where we know.
 */
export class SallyportError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
  }
}
