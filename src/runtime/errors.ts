import { SallyportError } from '../content/errors.ts';

export type RuntimeErrorCode =
  /** No such run, or none that this credential may see: the same answer, so that ids can't be probed. */
  | 'run.not_found'
  | 'run.closed'
  /** What was asked for doesn't fit the policy: an unknown agent, an unbound case name, a wider budget. */
  | 'run.bad_request'
  | 'identity.scope';

export class RuntimeError extends SallyportError {
  declare readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, options: { hint?: string } = {}) {
    super(code, message, options);
  }
}
