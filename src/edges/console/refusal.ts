import { SallyportError } from '../../content/errors.ts';

export type ConsoleRefusalCode =
  /** No session, or none any more. */
  | 'console.signed_out'
  /** The token is a good one, and the policy knows nobody of its name any more. */
  | 'console.unknown_person'
  | 'console.too_many_attempts'
  /** From another page than the console's own. */
  | 'console.origin'
  /** Without the header that a page of another origin can't set. */
  | 'console.header'
  /** Only for people of the policy's `approvals.default` role. */
  | 'console.role'
  | 'console.not_found'
  | 'console.query'
  | 'console.busy'
  /** What was shown isn't what is there any more. */
  | 'console.changed'
  /** The policy doesn't load with what was accepted. */
  | 'console.policy';

/** Why the console does not do what was asked. */
export class ConsoleRefusal extends SallyportError {
  declare readonly code: ConsoleRefusalCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ConsoleRefusalCode,
    message: string,
    options: { hint?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(code, message, options);
    this.status = status;
    this.headers = options.headers ?? {};
  }
}

export function signedOut(): ConsoleRefusal {
  return new ConsoleRefusal(401, 'console.signed_out', 'nobody is signed in', {
    hint: 'sign in with a token from `sallyport token --approver`',
  });
}

export function notFound(what: string): ConsoleRefusal {
  return new ConsoleRefusal(404, 'console.not_found', `there is no such ${what}`);
}
