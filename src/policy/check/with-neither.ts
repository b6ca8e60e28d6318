import type { Agent, Flow } from '../model.ts';
import { namesOf } from './describe.ts';
import type { WayOut } from './ways-out.ts';

/** An agent with a case has one in every run; any other may be opened with neither. */
export function costWithNeither(
  agent: Agent,
  ways: readonly WayOut[],
  flow: Flow,
): readonly string[] {
  const out = ways.filter(({ as }) => as !== 'memory');
  if (agent.caseNames.size > 0 || out.length === 0) return [];
  const names = (some: readonly WayOut[]): string => namesOf(some.map(({ tool }) => tool));
  switch (flow.external) {
    case 'allow':
      return [`nothing more is asked of ${names(out)}`];
    case 'deny':
      return [`after the first of these results every call is refused of ${names(out)}`];
    case 'hold':
      return [`after the first of these results every call is held of ${names(out)}`];
    case 'provenance': {
      const going = out.filter(({ destinations }) => destinations.length > 0);
      const free = out.filter(({ destinations }) => destinations.length === 0);
      return [
        ...(going.length === 0
          ? []
          : [
              `after the first of these results, only a known destination is let through of ${names(going)}`,
            ]),
        ...(free.length === 0
          ? []
          : [`only links are looked at of ${names(free)}, which names no destination`]),
      ];
    }
  }
}
