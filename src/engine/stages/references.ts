import type { Context } from '../context.ts';
import type { Finding } from '../decision.ts';
import { deny } from '../findings.ts';
import { isSeen, referencesOf } from '../references.ts';

/** Whether everything that the call points at was looked at: nobody can decide about what nobody has seen. */
export function references({ policy, tool, reading }: Context): readonly Finding[] {
  if (tool === null || tool.resolve.size === 0 || reading?.ok !== true) return [];
  const { read } = reading;
  return referencesOf(policy, read)
    .filter((reference) => !isSeen(read, reference))
    .map(({ argument }) => deny('flow', 'flow.reference', { argument }, tool.at));
}
