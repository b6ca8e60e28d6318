import { askingDetails, channelName } from '../check/asked.ts';
import { span } from '../check/describe.ts';
import type { Approval, ApprovalRules, Channel } from '../model.ts';
import {
  byLimit,
  byRank,
  type Change,
  choiceChange,
  type Effect,
  entriesText,
  entryChange,
  limitChange,
  opposite,
  together,
} from './change.ts';

// ---- how people are asked --------------------------------------------------------------------------------------

export function approvalRulesChanges(was: ApprovalRules, is: ApprovalRules): readonly Change[] {
  return [
    ...defaultChange(was.default, is.default),
    ...limitChange('approvals.timeout', was.timeoutMs, is.timeoutMs, span),
    ...(was.waitMs === is.waitMs
      ? []
      : [
          {
            effect: 'changed',
            text: `approvals.wait: ${waitText(is.waitMs)} (was ${waitText(was.waitMs)})`,
          } as const,
        ]),
    ...choiceChange(
      'approvals.remember',
      was.remember,
      is.remember,
      byRank<ApprovalRules['remember']>(['never', 'run']),
    ),
    ...limitChange('approvals.open', was.open, is.open, String),
    ...choiceChange(
      'approvals.self_approval',
      String(was.selfApproval),
      String(is.selfApproval),
      byRank(['false', 'true']),
    ),
    ...choiceChange(
      'approvals.execute',
      was.execute,
      is.execute,
      byRank<ApprovalRules['execute']>(['on_repeat', 'at_once']),
    ),
    ...channelChanges('approvals.notify', was.notify, is.notify),
  ];
}

function defaultChange(was: string | null, is: string | null): readonly Change[] {
  if (was === is) return [];
  const effect = was === null ? 'wider' : is === null ? 'narrower' : 'changed';
  const text = (role: string | null): string => role ?? 'nobody, so it is refused';
  return [{ effect, text: `approvals.default: ${text(is)} (was ${text(was)})` }];
}

function waitText(ms: number): string {
  return ms === 0 ? 'not at all' : span(ms);
}

/** Who is told lets nothing through; what they are told leaves the house. */
export function channelChanges(
  name: string,
  was: readonly Channel[],
  is: readonly Channel[],
): readonly Change[] {
  const [before, after] = [shownBy(was), shownBy(is)];
  const text = entriesText(new Set(before.keys()), new Set(after.keys()));
  return [
    ...(text === '' ? [] : [{ effect: 'changed', text: `${name}: ${text}` } as const]),
    ...[...new Set([...before.keys(), ...after.keys()])].flatMap((channel) =>
      entryChange(
        `${name}, what ${channel} shows`,
        before.get(channel) ?? new Set(),
        after.get(channel) ?? new Set(),
      ),
    ),
  ];
}

function shownBy(channels: readonly Channel[]): ReadonlyMap<string, ReadonlySet<string>> {
  const shown = new Map<string, Set<string>>();
  for (const channel of channels) {
    const name = channelName(channel);
    shown.set(name, new Set([...(shown.get(name) ?? []), ...channel.shows]));
  }
  return shown;
}

// ---- an approval of a grant ------------------------------------------------------------------------------------

export function approvalChange(before: Approval, after: Approval): Change {
  return {
    effect: byApproval(before, after),
    text: `${approvalText(after)} (was ${approvalText(before)})`,
  };
}

function byApproval(before: Approval, after: Approval): Effect {
  if (after.type === 'never') return 'wider';
  if (before.type === 'never') return 'narrower';
  if (before.type !== 'by' || after.type !== 'by') return 'changed';
  const effects: readonly Effect[] = [
    before.role === after.role ? 'same' : 'changed',
    opposite(byLimit(before.quorum, after.quorum)),
    byLimit(before.freshMs, after.freshMs),
    byCondition(before.if?.source ?? null, after.if?.source ?? null),
    byUntil(before.until, after.until),
  ];
  return effects.reduce(together, 'same');
}

/** With one, only those calls wait for which it is true. */
function byCondition(before: string | null, after: string | null): Effect {
  if (before === after) return 'same';
  if (before === null) return 'wider';
  return after === null ? 'narrower' : 'changed';
}

type Until = Extract<Approval, { type: 'by' }>['until'];

function byUntil(before: Until, after: Until): Effect {
  if (before === null || after === null) {
    if (before === after) return 'same';
    return before === null ? 'wider' : 'narrower';
  }
  return together(
    opposite(byLimit(before.approved, after.approved)),
    byLimit(before.rejected, after.rejected),
  );
}

export function approvalText(approval: Approval): string {
  if (approval.type === 'tier') return 'approval: by the tier';
  if (approval.type === 'never') return 'approval: never';
  const who = approval.role ?? 'whoever is asked by default';
  return [`approval: by ${who}`, ...askingDetails(approval)].join(', ');
}
