import type { Enforcement } from '../policy/model.ts';
import type { Context } from './context.ts';
import type { Finding } from './decision.ts';
import { type JudgedSide, judgedSides } from './pairing.ts';

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
export function enforcementOf(context: Context): Enforcement {
  const { policy, run, ancestors } = context;
  const fallback = policy.agents.get(run.agent)?.enforcement ?? policy.enforcement;
  const sides = judgedSides(context);
  const said: Enforcement[] = [];
  for (const judged of sides) {
    if (judged.side.of === 'user') said.push(...saidBy(judged, null));
    else said.push(...saidBy(judged, judged.side.party.agent.enforcement ?? policy.enforcement));
  }
  // Without a judgement there is nothing but what stages 1-3 found, which is always enforced.
  for (const { agent } of ancestors)
    said.push(policy.agents.get(agent)?.enforcement ?? policy.enforcement);
  return said.length === 0 ? fallback : strictest(said);
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
