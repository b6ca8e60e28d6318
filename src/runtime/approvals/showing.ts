/** What a person is to be shown beside the decision, looked up when a call is about to be held: most calls never are. */
import type { Reading } from '../../engine/context.ts';
import { firstUseKeys } from '../../engine/counters.ts';
import type { Exchange } from '../../engine/exchange.ts';
import type { Attempt } from '../attempt.ts';
import { writtenDown } from '../opener-texts.ts';
import type { RuntimePorts } from '../ports.ts';

/** More of its own words than this nobody reads. */
const wordsMax = 1_000;

export interface Showing {
  /** The agent's own words, as they are written down; null: it said nothing. */
  readonly words: string | null;
  /** Whether an agent has gone there before, by the keys of `firstUseKeys`. */
  readonly used: Readonly<Record<string, boolean>>;
  /** What the run has been shown; null: that can't be had. */
  readonly history: readonly Exchange[] | null;
}

export async function lookUpShowing(
  ports: RuntimePorts,
  { policy, proposal, resumes, writer, principal }: Attempt,
  reading: Reading | null,
  history: Showing['history'],
): Promise<Showing> {
  const keys = reading?.ok === true ? firstUseKeys(principal.agent, reading.read) : [];
  const used: Record<string, boolean> = {};
  for (const key of keys) used[key] = await ports.store.used(key);
  const said = proposal.reason?.slice(0, wordsMax) ?? null;
  const words =
    resumes === null
      ? said && (await writtenDown(ports, policy, said, writer.id))
      : resumes.now.state.reason;
  return { words, used, history };
}
