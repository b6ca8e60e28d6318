/** Many inputs against one target, until one breaks a promise. */

import { seededRandom } from '../seeded-random.ts';
import { mutate } from './mutate.ts';
import type { Target } from './target.ts';

export interface Finding {
  readonly input: string;
  readonly problem: string;
}

export interface CampaignResult {
  readonly rounds: number;
  /** The different words that `check` returned. */
  readonly outcomes: readonly string[];
  readonly finding: Finding | null;
}

/** New outcomes are kept to make inputs from, the newest at the cost of the oldest. */
const corpusMax = 1_000;

/** @param before called with each input before it is tried, and asked whether to go on */
export function campaign(
  target: Target,
  seed: number,
  before: (round: number, input: string) => boolean,
): CampaignResult {
  const random = seededRandom(seed);
  const corpus = [...target.seeds];
  const outcomes = new Set<string>();
  for (let round = 0; ; round += 1) {
    const input =
      corpus[round] !== undefined && round < target.seeds.length
        ? (corpus[round] ?? '')
        : mutate(random.oneOf(corpus) ?? '', random.oneOf(corpus) ?? '', target, random);
    if (!before(round, input)) return { rounds: round, outcomes: [...outcomes], finding: null };
    const tried = tryOne(target, input);
    if (tried.problem !== null) {
      const smaller = shrink(target, input, tried.kind);
      return { rounds: round + 1, outcomes: [...outcomes], finding: smaller };
    }
    if (outcomes.has(tried.kind)) continue;
    outcomes.add(tried.kind);
    corpus.push(input);
    if (corpus.length > corpusMax) corpus.shift();
  }
}

type Tried =
  | { readonly problem: null; readonly kind: string }
  | { readonly problem: string; readonly kind: string };

export function tryOne(target: Target, input: string): Tried {
  try {
    return { problem: null, kind: target.check(input) };
  } catch (error) {
    if (!(error instanceof Error)) return { problem: String(error), kind: 'thrown' };
    return { problem: error.stack ?? error.message, kind: `${error.name}: ${error.message}` };
  }
}

const shrinkTriesMax = 2_000;

/** The same problem with less: halves are left out, then quarters, and at last single characters. */
function shrink(target: Target, found: string, kind: string): Finding {
  let input = found;
  let tries = 0;
  for (let size = Math.ceil(input.length / 2); size >= 1 && tries < shrinkTriesMax; ) {
    let smaller = false;
    for (let at = 0; at < input.length && tries < shrinkTriesMax; tries += 1) {
      const without = input.slice(0, at) + input.slice(at + size);
      const tried = tryOne(target, without);
      if (tried.problem !== null && tried.kind === kind) {
        input = without;
        smaller = true;
      } else at += size;
    }
    if (!smaller || size > 1) size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return { input, problem: tryOne(target, input).problem ?? kind };
}
