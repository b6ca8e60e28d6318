import type { Finding } from '../../decision.ts';
import { hold } from '../../findings.ts';
import type { Examined } from './examined.ts';

/** Something that the run read, or was opened with, gave orders: what it does from then on is a person's to see first. */
export function holdNext({ context, tool }: Examined): readonly Finding[] {
  if (tool.tier === 0) return [];
  const holder = [context.run, ...context.ancestors].find(({ holdsNext }) => holdsNext);
  return holder === undefined
    ? []
    : [hold('inputs', 'inputs.hold_next', { run: holder.id, tier: tool.tier }, tool.at, null)];
}
