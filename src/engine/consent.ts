/** What people have agreed to of a call that waits, and who has still to be asked. */
import { digestOf } from '../content/digest.ts';
import { askOf } from './asks.ts';
import type { Context } from './context.ts';
import type { Finding } from './decision.ts';
import { isLapsed } from './held.ts';
import type { Ask, Held } from './hold.ts';
import { openAsks } from './hold.ts';
import { barOf } from './may-answer.ts';

export interface Consent {
  /** Of the findings that hold the call: each reason once, but those that an earlier answer speaks for. */
  readonly asks: readonly Ask[];
  /** Some reason is nobody's to answer. */
  readonly unanswerable: boolean;
  readonly isAnswered: (finding: Finding) => boolean;
  /** Every reason is answered. */
  readonly given: boolean;
  /** Whose answers these are; empty where all of them speak for values that the run was asked about before. */
  readonly by: readonly string[];
  /** How many reasons earlier answers speak for. */
  readonly remembered: number;
}

/** An approval is of exactly one call: of that id, with those arguments, by those who were shown this very reason. */
export function consentTo(context: Context, found: readonly Finding[]): Consent {
  const own = ownHold(context);
  const approved = own?.state === 'approved' && !isLapsed(own, context.facts.nowMs) ? own : null;
  const asks = new Map<string, Ask>();
  const answered = new Set<Finding>();
  const by = new Set<string>();
  let remembered = 0;
  let unanswerable = false;
  for (const finding of found) {
    if (finding.verdict !== 'hold') continue;
    const asked = askOf(context, finding);
    const ask = asked && askedAnew(context, asked, own);
    if (ask === null) {
      unanswerable = true;
      continue;
    }
    if (approved !== null && openAsks({ ...approved, asks: [ask] }).length === 0) {
      asks.set(ask.key, spokenFor(ask));
      answered.add(finding);
      for (const one of approved.agreements) if (one.asks.includes(ask.key)) by.add(one.by);
    } else if (ask.remember !== null && context.run.agreed.includes(ask.remember)) {
      answered.add(finding);
      remembered += 1;
    } else {
      asks.set(ask.key, ask);
    }
  }
  const given = !unanswerable && found.every((one) => one.verdict !== 'hold' || answered.has(one));
  return {
    asks: [...asks.values()],
    unanswerable,
    isAnswered: (finding) => answered.has(finding),
    given,
    by: [...by],
    remembered,
  };
}

/** Asked beside others once more: what the answer gave and counted for, it gave and counted for already. */
function spokenFor(ask: Ask): Ask {
  const { autonomy: _, ...once } = ask;
  return { ...once, grants: null };
}

/**
 * Whoever may not answer any more, by the policy in force, has not answered: what they agreed to is asked about once more,
 * under another key, or the hold would wait for an answer that seems to be there.
 */
function askedAnew(context: Context, ask: Ask, own: Held | null): Ask {
  const { policy, run, ancestors } = context;
  const { user } = run;
  const requesters = new Set([run, ...ancestors].flatMap((holder) => holder.user ?? []));
  let { key } = ask;
  for (let tries = 0; tries < (own?.agreements.length ?? 0); tries += 1) {
    const barred = (own?.agreements ?? [])
      .filter(({ asks }) => asks.includes(key))
      .filter(({ by }) => barOf(by, ask.by, { user, requesters }, policy) !== null);
    if (barred.length === 0) break;
    key = digestOf([key, barred.map(({ by }) => by)]);
  }
  return key === ask.key ? ask : { ...ask, key };
}

/** Bound to this call and these arguments. */
function ownHold({ run, call, reading }: Context): Held | null {
  if (reading?.ok !== true) return null;
  const { digest } = reading.read;
  return (
    run.held.find((held) => held.id === call.id && held.of === 'call' && held.digest === digest) ??
    null
  );
}

/** Who may release what came back; nobody, where the run waits for so many answers already or nobody can be asked. */
export function asksToRelease(
  context: Pick<Context, 'policy' | 'run'>,
  call: string,
  findings: readonly Finding[],
): readonly Ask[] {
  const reason = findings.find(({ verdict }) => verdict === 'deny');
  if (reason === undefined || isFlooding(context, call)) return [];
  const ask = askOf(context, reason);
  return ask === null ? [] : [ask];
}

/** A run that waits for so many answers isn't asking any more. What waits already may go on. */
export function isFlooding(
  { policy, run }: Pick<Context, 'policy' | 'run'>,
  call: string,
): boolean {
  const waiting = run.held.filter(({ state }) => state === 'waiting').length;
  return waiting >= policy.approvals.open && !run.held.some(({ id }) => id === call);
}
