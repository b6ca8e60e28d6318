import type { Policy, Tool } from '../policy/model.ts';
import type { ProposedCall, ReadCall } from './call.ts';
import type { Finding } from './decision.ts';
import type { Facts } from './facts.ts';
import type { Run } from './run.ts';

/** A proposed call with everything that is known before the world is asked. What `gather` reads. */
export interface Proposed {
  readonly policy: Policy;
  readonly run: Run;
  /** The runs above it, parent first: a child never has more than any of them. */
  readonly ancestors: readonly Ancestor[];
  readonly call: ProposedCall;
  /** `policy.tools.get(call.tool)`; null: the policy knows no such tool. */
  readonly tool: Tool | null;
  /** What `readCall` made of the arguments; null exactly when `tool` is. */
  readonly reading: Reading | null;
}

/** What `decide` reads, and all that it reads. */
export interface Context extends Proposed {
  readonly facts: Facts;
}

export type Ancestor = Pick<
  Run,
  'id' | 'agent' | 'user' | 'case' | 'only' | 'dryRun' | 'status' | 'holdsNext'
>;

/** The run itself, and those above it. */
export function holdersOf<Holder extends Ancestor>({
  run,
  ancestors,
}: {
  readonly run: Holder;
  readonly ancestors: readonly Holder[];
}): readonly [Holder, ...Holder[]] {
  return ancestors.length === 0 ? [run] : [run, ...ancestors];
}

export type Reading =
  | { readonly ok: true; readonly read: ReadCall }
  /** `digest` covers what the agent wrote, as far as it could be read: for the record and for loops. */
  | { readonly ok: false; readonly findings: readonly Finding[]; readonly digest: string };

/** A stage of a decision: pure, and never `async`. */
export type Stage = (context: Context) => readonly Finding[];
