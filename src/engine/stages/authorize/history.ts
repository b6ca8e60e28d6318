import { noveltyKeys, onceKeys } from '../../counters.ts';
import type { Reservation } from '../../decision.ts';
import { type Answer, type ConstraintOf, met, type Question, unjudged, unmet } from './check.ts';
import { takes } from './values.ts';

/** Equal values at most once, in any run, ever. */
export function checkOncePer(
  constraint: ConstraintOf<'once_per'>,
  { context, option, read }: Question,
): Answer {
  const details = { arguments: constraint.arguments };
  const keys = onceKeys(constraint, option, read);
  if (keys === 'absent') return unmet('authorize.absent', details);
  if (keys === 'too_many') return unjudged('authorize.once_per', { ...details, reason: keys });
  const draws: Reservation[] = [];
  let again = false;
  for (const key of keys) {
    const taken = context.facts.once[key];
    if (taken === undefined) return unjudged('engine.fault', { fact: key });
    if (taken) again = true;
    else draws.push({ type: 'once', key, code: 'authorize.once_per' });
  }
  // Let go on by a person, it claims what nobody has claimed yet: the rest of a list isn't free for a second time.
  return again
    ? unmet('authorize.once_per', details, draws)
    : met('authorize.once_per', () => details, draws);
}

/** Every value was used before, by this agent, in a call that completed. */
export function checkNovelty(
  constraint: ConstraintOf<'novelty'>,
  { context, party, read, tool }: Question,
): Answer {
  if (!takes(tool, constraint.of))
    return unjudged('authorize.absent', { unanswerable: constraint.of });
  const details = { of: constraint.of };
  for (const key of noveltyKeys(party.agent, constraint.of, read)) {
    const used = context.facts.used[key];
    if (used === undefined) return unjudged('engine.fault', { fact: key });
    if (!used) return unmet('authorize.novelty', details);
  }
  return met('authorize.novelty', () => details);
}
