/**
 * Autonomy that is earned (`approval.until`): after so many approvals of such calls nobody is asked any more. Such calls are
 * those of one agent, by one grant, of one tool as it is pinned, with one model, under one policy: whatever changes any of
 * these gives the counters another name, and they begin anew.
 */
import { digestOf } from '../content/digest.ts';
import type { Policy, Tool } from '../policy/model.ts';
import type { Reservation } from './decision.ts';
import type { Facts } from './facts.ts';
import type { Held } from './hold.ts';
import type { Option, Party } from './parties.ts';

/** What an answer counts for (`Ask.autonomy`); null: the grant never stops asking. */
export function autonomyOf(
  policy: Policy,
  tool: Tool,
  { alternative }: Option,
  { agent }: Party,
): string | null {
  const { approval } = alternative;
  if (approval.type !== 'by' || approval.until === null) return null;
  return digestOf([
    alternative.key,
    agent.name,
    agent.model?.pin ?? null,
    tool.name,
    tool.pin?.digest ?? null,
    policy.hash,
  ]);
}

export type Answered = 'approved' | 'rejected';

export function autonomyKey(autonomy: string, answered: Answered): string {
  return `autonomy|${answered}|${autonomy}`;
}

/** Null: not enough yet, or nobody could be asked how much it is. */
export function earnedIn(
  { windows }: Pick<Facts, 'windows'>,
  autonomy: string,
  until: { readonly approved: number; readonly rejected: number },
): { readonly approved: number; readonly rejected: number } | null {
  const approved = windows[autonomyKey(autonomy, 'approved')];
  const rejected = windows[autonomyKey(autonomy, 'rejected')];
  if (approved === undefined || rejected === undefined) return null;
  return approved >= until.approved && rejected <= until.rejected ? { approved, rejected } : null;
}

/**
 * What a person's answer draws, in the commit that settles the hold. Of a call that they changed first they have shown that
 * it wasn't right as it was.
 */
export function autonomyDraws(
  { asks, editedFrom }: Pick<Held, 'asks' | 'editedFrom'>,
  answered: Answered,
): readonly Reservation[] {
  const counted = editedFrom === null ? answered : 'rejected';
  return asks.flatMap(({ autonomy }): readonly Reservation[] =>
    autonomy === undefined
      ? []
      : [
          {
            type: 'window',
            key: autonomyKey(autonomy, counted),
            amount: 1,
            max: Number.MAX_SAFE_INTEGER,
            windowMs: null,
            code: 'gate.approval',
          },
        ],
  );
}
