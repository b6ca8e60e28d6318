/**
 * What a program says of a run, checked as strictly as what comes over the network: a budget of NaN is a budget that is
 * never used up, and usage below zero would refill one.
 */
import { z } from 'zod';
import type { CaseValues, RunBudget } from '../../engine/run.ts';
import type { PlanEntry } from '../../policy/model.ts';
import type { OpenRun, Proposal, Usage } from '../../runtime/port.ts';
import { GuardError } from './errors.ts';
import { plainEntry } from './plain-json.ts';

export interface RunOptions {
  readonly agent: string;
  readonly user?: string;
  /** Every name that the policy declares for this agent, and no other. */
  readonly case?: CaseValues;
  /** What was asked for; `requestTrusted` where the user wrote it, and nobody else. */
  readonly request?: string;
  readonly requestTrusted?: boolean;
  /** Actions (`upstream.action`), or `{ action, tools, …constraints }` in the grammar of a grant: nothing else may be done. */
  readonly only?: readonly PlanEntry[];
  /** Can only narrow what the policy gives. */
  readonly budget?: RunBudget;
  readonly dryRun?: boolean;
  /** What the model has besides these tools: such a run is untrusted from its first call. */
  readonly outside?: readonly string[];
  /** The id of the run that this one works for: it begins with that run's labels, and never has more than it. */
  readonly parent?: string;
}

const name = z.string().min(1).max(256);
const count = z.int().min(0);
/** Copied: what is decided about must not change under the run. */
const planEntry = z
  .custom<object>((value) => typeof value === 'object' && value !== null && !Array.isArray(value))
  .transform(plainEntry);

const runShape = z.strictObject({
  agent: name,
  user: name.nullable().default(null),
  case: z.record(name, z.union([z.string().max(4_096), z.number(), z.boolean()])).default({}),
  request: z.string().max(65_536).nullable().default(null),
  requestTrusted: z.boolean().default(false),
  only: z
    .array(z.union([name, planEntry]))
    .max(1_000)
    .nullable()
    .default(null),
  budget: z
    .strictObject({
      steps: count.optional(),
      toolCalls: count.optional(),
      durationMs: count.optional(),
      tokens: count.optional(),
      costMicroUsd: count.optional(),
    })
    .default({}),
  outside: z.array(name).max(100).default([]),
  dryRun: z.boolean().default(false),
  parent: name.nullable().default(null),
});

const reasonShape = z.string().max(1_000);

const usageShape = z.strictObject({
  steps: count.default(0),
  tokens: count.default(0),
  costMicroUsd: count.default(0),
  model: name.nullable().default(null),
});

/** @throws {GuardError} `guard.bad_options`, with everything that is wrong. */
export function openRunOf(options: RunOptions): OpenRun {
  const { budget, ...run } = read(runShape, options, 'the options of a run');
  const given = Object.entries(budget).filter(([, max]) => max !== undefined);
  return { ...run, budget: Object.fromEntries(given) };
}

/** @throws {GuardError} `guard.bad_options`, with everything that is wrong. */
export function usageOf(usage: Partial<Usage>): Usage {
  return read(usageShape, usage, 'the usage of a run');
}

/** @throws {GuardError} `guard.bad_options`. */
export function reasonIn(reason: string | undefined): Pick<Proposal, 'reason'> {
  if (reason === undefined) return {};
  return { reason: read(reasonShape, reason, 'the reason of a call') };
}

function read<Shape>(shape: z.ZodType<Shape>, value: unknown, what: string): Shape {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GuardError(
    'guard.bad_options',
    `${what} can't be read: ${z.prettifyError(parsed.error)}`,
  );
}
