/** What `/v1/runs` accepts, as written on the wire, and how it reads in the runtime's words. Unknown keys are refused. */
import { z } from 'zod';
import type { JsonObject } from '../../content/value.ts';
import type { RunBudget } from '../../engine/run.ts';
import type { OpenRun, Usage } from '../../runtime/port.ts';

export interface CloseRun {
  readonly as: 'success' | 'failure';
  readonly reason: string | null;
}

const name = z.string().min(1).max(256);
const count = z.int().min(0);
/** `{ action, …constraints }`: read when the run is opened, in the grammar of the policy. */
const planEntry = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'an action, or `{ action, … }` with the constraints of a grant',
);

const unitMs: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

const duration = z
  .string()
  .regex(/^[1-9]\d{0,8}(?:ms|s|m|h|d)$/, 'a whole number and a unit: `120s`, `15m`, `1h`')
  .transform(
    (text) => Number.parseInt(text, 10) * (unitMs.get(text.replace(/^\d+/, '')) ?? Number.NaN),
  );

const microUsdPerUsd = 1_000_000;

/** US dollars as a decimal, read digit by digit: `0.1` in binary isn't a tenth. */
const usd = z
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().regex(/^\d{1,9}(?:\.\d{1,6})?$/, 'US dollars with at most six decimals: `1.00`'))
  .transform((text) => {
    const [whole = '0', fraction = ''] = text.split('.');
    return Number(whole) * microUsdPerUsd + Number(fraction.padEnd(6, '0'));
  });

const budgetShape = z.strictObject({
  steps: count.optional(),
  tool_calls: count.optional(),
  duration: duration.optional(),
  tokens: count.optional(),
  cost: usd.optional(),
});

export const openRunShape: z.ZodType<OpenRun> = z
  .strictObject({
    agent: name,
    user: name.nullable().default(null),
    case: z.record(name, z.union([z.string().max(4_096), z.number(), z.boolean()])).default({}),
    request: z.string().max(65_536).nullable().default(null),
    request_trust: z.enum(['trusted', 'untrusted']).default('untrusted'),
    only: z
      .array(z.union([name, planEntry]))
      .max(1_000)
      .nullable()
      .default(null),
    budget: budgetShape.default({}),
    outside: z.array(name).max(100).default([]),
    dry_run: z.boolean().default(false),
    parent: name.nullable().default(null),
  })
  .transform(
    (body): OpenRun => ({
      agent: body.agent,
      user: body.user,
      case: body.case,
      request: body.request,
      requestTrusted: body.request_trust === 'trusted',
      only: body.only,
      budget: budgetOf(body.budget),
      outside: body.outside,
      dryRun: body.dry_run,
      parent: body.parent,
    }),
  );

export const usageShape: z.ZodType<Usage> = z
  .strictObject({
    steps: count.default(0),
    tokens: count.default(0),
    cost: usd.default(0),
    model: name.nullable().default(null),
  })
  .transform(
    (body): Usage => ({
      steps: body.steps,
      tokens: body.tokens,
      costMicroUsd: body.cost,
      model: body.model,
    }),
  );

export const closeShape: z.ZodType<CloseRun> = z.strictObject({
  as: z.enum(['success', 'failure']),
  reason: z.string().max(1_000).nullable().default(null),
});

function budgetOf(budget: z.output<typeof budgetShape>): RunBudget {
  return {
    ...(budget.steps === undefined ? {} : { steps: budget.steps }),
    ...(budget.tool_calls === undefined ? {} : { toolCalls: budget.tool_calls }),
    ...(budget.duration === undefined ? {} : { durationMs: budget.duration }),
    ...(budget.tokens === undefined ? {} : { tokens: budget.tokens }),
    ...(budget.cost === undefined ? {} : { costMicroUsd: budget.cost }),
  };
}
