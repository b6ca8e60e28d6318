import type { Finding } from '../../decision.ts';
import { hold } from '../../findings.ts';
import type { Examined } from './examined.ts';

/** Something that the run read, or was opened with, gave orders: what it does from then on is a person's to see first. */
export function holdNext({ context, tool }: Examined): readonly Finding[] {
  if (tool.tier === 0) return [];
  const holder = [context.run, ...context.ancestors].find(({ holdsNext }) => holdsNext !== null);
  if (holder === undefined) return [];
  const details = { run: holder.id, askedBy: holder.holdsNext, tier: tool.tier };
  return [hold('inputs', 'inputs.hold_next', details, tool.at, null)];
}
