import type { Agent, Enforcement } from '../policy/model.ts';
import type { Context } from './context.ts';
import type { Finding } from './decision.ts';
import type { JudgedSide } from './pairing.ts';

const strictness = { observe: 0, warn: 1, strict: 2 } as const;

/** What is refused in every mode: who asks, which tool, what was written, our own faults, and what is forbidden by name. */
const always: ReadonlySet<Finding['stage']> = new Set([
  'identity',
  'catalog',
  'schema',
  'engine',
  'store',
]);

export function isAlwaysEnforced({ verdict, stage, code }: Finding): boolean {
  return verdict === 'deny' && (always.has(stage) || code === 'authorize.forbidden');
}

/** The most specific word wins: the grant's, else the agent's, else the file's. Of several grants the strictest. */
export function enforcementOf(context: Context, sides: readonly JudgedSide[]): Enforcement {
  const { policy, run, ancestors } = context;
  const wordOf = (agent: Agent | undefined): Enforcement =>
    agent?.enforcement ?? policy.enforcement;
  if (sides.length === 0) {
    return strictest([run, ...ancestors].map(({ agent }) => wordOf(policy.agents.get(agent))));
  }
  return strictest(
    sides.flatMap((judged) =>
      saidBy(judged, judged.side.of === 'agent' ? wordOf(judged.side.party.agent) : null),
    ),
  );
}

/**
 * Of an alternative that lets the call through, its own word. Of a side that doesn't, the strictest of all its
 * alternatives: else a call could be written so that it fails on the one that only observes.
 */
function saidBy(
  { options, chosen }: JudgedSide,
  fallback: Enforcement | null,
): readonly Enforcement[] {
  const heard = chosen?.verdict === 'allow' ? [chosen] : options;
  const words = heard.flatMap(({ option }) => option.alternative.enforcement ?? fallback ?? []);
  return words.length === 0 ? [] : [strictest(words)];
}

function strictest(words: readonly Enforcement[]): Enforcement {
  return words.reduce((a, b) => (strictness[a] >= strictness[b] ? a : b), 'observe');
}
