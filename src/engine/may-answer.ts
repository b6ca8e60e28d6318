import type { Policy } from '../policy/model.ts';
import type { Approver } from './hold.ts';

/** On whose behalf a call is made. */
export interface Requesters {
  /** The run's own person. */
  readonly user: string | null;
  /** They, and those of the runs above it. */
  readonly requesters: ReadonlySet<string>;
}

/**
 * Why a person may not answer, by the policy in force: `not_yours`, the policy asks somebody else; `requester`, it is done
 * on their own behalf. Null: they may.
 */
export function barOf(
  person: string,
  by: Approver,
  { user, requesters }: Requesters,
  { users, approvals }: Pick<Policy, 'users' | 'approvals'>,
): 'not_yours' | 'requester' | null {
  const known = users.get(person);
  if (known === undefined) return 'not_yours';
  if (by.type !== 'role') return person === user ? null : 'not_yours';
  if (!known.roles.has(by.role)) return 'not_yours';
  return requesters.has(person) && !approvals.selfApproval ? 'requester' : null;
}
