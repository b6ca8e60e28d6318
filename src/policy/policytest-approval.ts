/** How people answer a hold in a table of policy tests: as they would answer a gateway, at once. */
import type { RunEvent } from '../engine/events.ts';
import { type Approver, type Held, openAsks } from '../engine/hold.ts';
import { barOf } from '../engine/may-answer.ts';
import type { Run } from '../engine/run.ts';
import type { Policy } from './model.ts';

export interface Answered {
  readonly events: readonly RunEvent[];
  /** Why it isn't enough; null: it is approved. */
  readonly lacks: string | null;
}

/** @param runs the run, and those above it */
export function answer(
  held: Held,
  people: readonly string[],
  runs: readonly [Run, ...Run[]],
  { policy, atMs }: { readonly policy: Policy; readonly atMs: number },
): Answered {
  const [run] = runs;
  const { user } = run;
  const requesters = new Set(runs.flatMap((one) => one.user ?? []));
  const common = { v: 1, atMs, run: run.id, agent: run.agent, user, policy: policy.hash } as const;
  const of = { ...common, call: held.id, digest: held.digest } as const;
  const events: RunEvent[] = [];
  const lacks: string[] = [];
  let answered = held;
  for (const person of people) {
    const bars = held.asks.map((ask) => barOf(person, ask.by, { user, requesters }, policy));
    const asks = held.asks.flatMap(({ key }, index) => (bars[index] === null ? [key] : []));
    if (asks.length === 0) {
      lacks.push(
        bars.includes('requester')
          ? `${person} may not approve what is done on their own behalf`
          : `${person} isn't asked`,
      );
      continue;
    }
    events.push({
      ...of,
      type: 'approval.answered',
      by: person,
      credential: 'policytest',
      signedInAtMs: atMs,
      answer: 'approve',
      asks,
      reason: null,
    });
    answered = { ...answered, agreements: [...answered.agreements, { by: person, atMs, asks }] };
  }
  const open = openAsks(answered);
  lacks.push(...new Set(open.map((ask) => `${askedOf(ask.by)} didn't answer`)));
  const settled = {
    ...of,
    type: 'approval.settled',
    of: 'call',
    by: people,
    why: null,
  } as const;
  events.push({ ...settled, outcome: open.length === 0 ? 'approved' : 'withdrawn' });
  return { events, lacks: lacks.length === 0 ? null : lacks.join('; ') };
}

/** As a table writes it. */
export function askedOf(by: Approver): string {
  switch (by.type) {
    case 'role':
      return by.role;
    case 'user':
      return 'user';
    case 'break_glass':
      return `break_glass: ${by.role}`;
  }
}
