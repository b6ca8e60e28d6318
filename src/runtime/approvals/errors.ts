import { SallyportError } from '../../content/errors.ts';

export type ApprovalErrorCode =
  /** No such hold, or none that waits: the same answer. */
  | 'approval.unknown'
  /** Somebody else was first, or it was withdrawn. */
  | 'approval.settled'
  | 'approval.expired'
  /** The call, its tool or what is asked isn't what was shown. */
  | 'approval.changed'
  /** The policy doesn't ask this person, or not any more. */
  | 'approval.not_yours'
  /** The run works for this very person. */
  | 'approval.requester'
  | 'approval.not_fresh'
  | 'approval.reason_needed'
  /** The call with these arguments would be refused whoever agreed. */
  | 'approval.edit_denied';

/** Why a person's answer doesn't count. */
export class ApprovalError extends SallyportError {
  declare readonly code: ApprovalErrorCode;

  constructor(code: ApprovalErrorCode, message: string, options: { hint?: string } = {}) {
    super(code, message, options);
  }
}
