/** What one person may answer of a hold, by the policy in force and at this moment, and why no more. */
import { canonicalJson } from '../../content/json.ts';
import { approverNamed } from '../../engine/asks.ts';
import { type Ask, type Held, openAsks } from '../../engine/hold.ts';
import { barOf, type Requesters } from '../../engine/may-answer.ts';
import type { ApproverPrincipal } from '../../identity/principal.ts';
import type { Policy } from '../../policy/model.ts';
import { ApprovalError, type ApprovalErrorCode } from './errors.ts';

export interface Standing {
  /** Keys of the asks that they may answer now. */
  readonly asks: readonly string[];
  readonly not: ReadonlyMap<string, ApprovalErrorCode>;
  /** Keys of those that they may say no to: that needs neither a fresh sign-in nor words. */
  readonly mayReject: readonly string[];
  /** Roles to be told that somebody broke the glass. */
  readonly breaksGlass: readonly string[];
}

export interface Requested extends Requesters {
  readonly held: Pick<Held, 'of' | 'asks' | 'agreements'>;
}

/** An agreement between two clocks of one machine: a sign-in can't be later than its answer by more. */
const clockSkewMs = 60_000;

export function standingOf(
  approver: ApproverPrincipal,
  requested: Requested,
  policy: Pick<Policy, 'users' | 'approvals'>,
  nowMs: number,
): Standing {
  const asks: string[] = [];
  const mayReject: string[] = [];
  const breaksGlass: string[] = [];
  const not = new Map<string, ApprovalErrorCode>();
  const open = new Set(openAsks(requested.held).map(({ key }) => key));
  for (const ask of requested.held.asks) {
    const bar = barOf(approver.user, ask.by, requested, policy);
    if (bar !== null) {
      not.set(ask.key, `approval.${bar}`);
      continue;
    }
    mayReject.push(ask.key);
    const answered = requested.held.agreements.some(
      (one) => one.by === approver.user && one.asks.includes(ask.key),
    );
    if (answered || !open.has(ask.key)) not.set(ask.key, 'approval.settled');
    else if (requested.held.of === 'result' && !isNamedStill(ask, policy))
      not.set(ask.key, 'approval.not_yours');
    else if (!isFresh(approver, ask, nowMs)) not.set(ask.key, 'approval.not_fresh');
    else {
      asks.push(ask.key);
      if (ask.by.type === 'break_glass') breaksGlass.push(ask.by.role);
    }
  }
  return { asks, not, mayReject, breaksGlass };
}

/** A call is decided again when people have agreed to it. A result isn't: who releases it is whom the policy of now names. */
function isNamedStill({ by }: Ask, { approvals }: Pick<Policy, 'approvals'>): boolean {
  const { default: named } = approvals;
  return named !== null && canonicalJson(approverNamed(named)) === canonicalJson(by);
}

function isFresh({ signedInAtMs }: ApproverPrincipal, { freshMs }: Ask, nowMs: number): boolean {
  if (freshMs === null) return true;
  const ageMs = nowMs - signedInAtMs;
  return ageMs <= freshMs && ageMs >= -clockSkewMs;
}

/** Of several reasons the one that says most: what somebody could mend comes before what they can't. */
const byWeight: readonly ApprovalErrorCode[] = [
  'approval.not_fresh',
  'approval.settled',
  'approval.requester',
  'approval.not_yours',
];

/** Why somebody who may answer none of it may not. */
export function against(
  { not }: Pick<Standing, 'not'>,
  held: Pick<Held, 'of' | 'asks' | 'agreements'>,
  person: string,
): ApprovalError {
  const reasons = new Set(not.values());
  const code = byWeight.find((one) => reasons.has(one)) ?? 'approval.not_yours';
  const asked = code === 'approval.not_yours' ? askedOf(held) : '';
  const message = sentenceFor(code, held, person);
  return new ApprovalError(code, message, asked === '' ? {} : { hint: `who is asked: ${asked}` });
}

/** Of whoever has agreed: for whom it waits still. */
export function sentenceFor(
  code: ApprovalErrorCode,
  { asks, agreements }: Pick<Held, 'asks' | 'agreements'>,
  person: string,
): string {
  const open = openAsks({ asks, agreements });
  if (code !== 'approval.settled' || open.length === 0) return sentences[code];
  const own = new Set(agreements.flatMap(({ by, asks: keys }) => (by === person ? keys : [])));
  if (own.size === 0) return sentences[code];
  const needed = open.map(({ key, quorum }) => {
    const people = agreements.filter((one) => one.asks.includes(key)).map(({ by }) => by);
    return own.has(key) ? quorum - new Set(people).size : 0;
  });
  const more = Math.max(...needed);
  if (more === 0) return 'you have agreed; somebody else is asked too';
  return `you have agreed; ${more} more ${more === 1 ? 'person is' : 'people are'} needed`;
}

/** Of a result it isn't who was asked that releases it, but whom the policy of now names. */
function askedOf({ of, asks, agreements }: Pick<Held, 'of' | 'asks' | 'agreements'>): string {
  if (of === 'result') return '';
  const names = openAsks({ asks, agreements }).map(({ by }) =>
    by.type === 'role' ? `the role \`${by.role}\`` : 'the person whom the run works for',
  );
  return [...new Set(names)].join(' and ');
}

export const sentences: Readonly<Record<ApprovalErrorCode, string>> = {
  'approval.unknown': 'there is no such hold',
  'approval.settled': 'this was answered already',
  'approval.expired': 'nobody answered in time, so it was refused',
  'approval.changed': 'what is asked is not what was shown',
  'approval.not_yours': 'the policy asks somebody else',
  'approval.requester': 'you can not approve what is done on your own behalf',
  'approval.not_fresh': 'you signed in too long ago for this',
  'approval.reason_needed': 'say why',
  'approval.edit_denied': 'the call with these arguments would be refused',
};
