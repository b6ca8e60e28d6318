import type { Agent, Enforcement } from '../policy/model.ts';
import { type Context, holdersOf } from './context.ts';
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
  const { policy } = context;
  const wordOf = (agent: Agent | undefined): Enforcement =>
    agent?.enforcement ?? policy.enforcement;
  let said: Enforcement = 'observe';
  if (sides.length === 0)
    for (const { agent } of holdersOf(context))
      said = stricter(said, wordOf(policy.agents.get(agent)));
  for (const judged of sides) {
    const { of, party } = judged.side;
    said = stricter(said, saidBy(judged, of === 'agent' ? wordOf(party.agent) : null));
  }
  return said;
}

/**
 * Of an alternative that lets the call through, its own word. Of a side that doesn't, the strictest of all its
 * alternatives: else a call could be written so that it fails on the one that only observes.
 */
function saidBy({ options, chosen }: JudgedSide, fallback: Enforcement | null): Enforcement {
  let said: Enforcement = 'observe';
  for (const heard of options) {
    if (chosen?.verdict === 'allow' && heard !== chosen) continue;
    said = stricter(said, heard.option.alternative.enforcement ?? fallback ?? 'observe');
  }
  return said;
}

function stricter(one: Enforcement, other: Enforcement): Enforcement {
  return strictness[one] >= strictness[other] ? one : other;
}
