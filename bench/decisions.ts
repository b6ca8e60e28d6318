/** Decisions as the benchmarks make them: without a store, against facts that are there. */

import type { JsonObject } from '../src/content/value.ts';
import type { Context, Proposed } from '../src/engine/context.ts';
import { decide } from '../src/engine/decide.ts';
import type { Exchange } from '../src/engine/exchange.ts';
import { gather } from '../src/engine/gather.ts';
import { readCall } from '../src/engine/read-call.ts';
import type { Run } from '../src/engine/run.ts';
import { scansOf } from '../src/engine/scans.ts';
import { loadPolicy } from '../src/policy/load.ts';
import type { Lock } from '../src/policy/lock.ts';
import type { Policy } from '../src/policy/model.ts';
import { type BenchOptions, median, quantile } from './bench.ts';

const roundsDefault = 5;
const secondsDefault = 0.4;
/** Together they take long enough for the clock. */
export const decisionsAtOnce = 64;
export const noonMs: number = Date.UTC(2026, 0, 5, 12);
/** After every call of the runs that are measured. */
const nowMs = noonMs + 1_000;

export interface Lane {
  readonly name: string;
  readonly once: () => void;
  /** How many there are in one `once`; a few slow ones are measured one by one, or others' work is measured with them. */
  readonly count?: number;
}

/** Median of the rounds of the p50 of one decision, in microseconds. */
export function interleaved(
  options: BenchOptions,
  lanes: readonly Lane[],
): ReadonlyMap<string, number> {
  const rounds = options.rounds ?? roundsDefault;
  const seconds = options.seconds ?? secondsDefault;
  const p50s = new Map<string, number[]>(lanes.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, once, count = decisionsAtOnce } of lanes) {
      const taken: number[] = [];
      const untilMs = performance.now() + seconds * 1_000;
      for (let now = performance.now(); now < untilMs; ) {
        once();
        const after = performance.now();
        taken.push(((after - now) * 1_000) / count);
        now = after;
      }
      if (round > 0) p50s.get(name)?.push(quantile(taken, 0.5));
    }
  }
  return new Map([...p50s].map(([name, values]) => [name, median(values)]));
}

export function allowed(context: Context): void {
  const decision = decide(context);
  if (decision.effect !== 'allow')
    throw new Error(`refused: ${JSON.stringify(decision.findings.slice(0, 3))}`);
}

export function loaded(text: string, lock: Lock): Policy {
  const result = loadPolicy({
    file: 'bench.yaml',
    readFile: (path) => (path === 'bench.yaml' ? text : null),
    lock,
  });
  if (!result.ok) throw new Error(JSON.stringify(result.errors.slice(0, 3)));
  return result.policy;
}

export function contextOf(
  policy: Policy,
  run: Run,
  name: string,
  args: JsonObject,
  history: readonly Exchange[] | null = null,
): Context {
  const tool = policy.tools.get(name);
  if (tool === undefined) throw new Error(`there is no ${name}`);
  const proposed: Proposed = {
    policy,
    run,
    ancestors: [],
    call: { id: 'call_bench', tool: name, args, step: null, dryRun: false },
    tool,
    reading: readCall(tool, args),
  };
  const request = gather(proposed);
  return {
    ...proposed,
    facts: {
      nowMs,
      suspended: false,
      windows: Object.fromEntries(request.windows.map(({ key }) => [key, 7])),
      once: Object.fromEntries(request.once.map((key) => [key, false])),
      history,
      used: Object.fromEntries(request.used.map((key) => [key, false])),
      scans: scansOf(request),
      breaker: { state: 'closed' },
      definition: 'pinned',
      upstreamUp: true,
    },
  };
}
