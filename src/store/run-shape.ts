/** What a snapshot of a folded run looks like. One that doesn't fit is no fault: the run is folded again from its events. */
import { z } from 'zod';
import type { CallUnderWay, Run } from '../engine/run.ts';
import {
  budgetShape,
  callMemoryShape,
  caseShape,
  heldShape,
  labelsShape,
  pastCallShape,
  planShape,
} from './event-shape.ts';

const text = z.string();

const callUnderWayShape: z.ZodType<CallUnderWay> = z.strictObject({
  id: text,
  tool: text,
  digest: text,
  tier: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]),
  atMs: z.number(),
  arguments: text,
  seenByAgent: z.boolean(),
  editedFrom: text.exactOptional(),
});

export const runShape: z.ZodType<Run> = z.strictObject({
  id: text,
  version: z.number(),
  agent: text,
  user: text.nullable(),
  implicit: z.boolean(),
  credential: text,
  parent: text.nullable(),
  case: caseShape,
  request: text.nullable(),
  requestTrusted: z.boolean(),
  only: planShape,
  budget: budgetShape,
  outside: z.array(text),
  dryRun: z.boolean(),
  openedAtMs: z.number(),
  status: z.enum(['open', 'closing', 'closed', 'abandoned']),
  closedAs: z.enum(['success', 'failure']).nullable(),
  toolCalls: z.number(),
  steps: z.number(),
  tokens: z.number(),
  costMicroUsd: z.number(),
  model: text.nullable(),
  callTimes: z.array(z.strictObject({ atMs: z.number(), sinceMs: z.number(), calls: z.number() })),
  usageTimes: z.array(
    z.strictObject({
      atMs: z.number(),
      steps: z.number(),
      tokens: z.number(),
      costMicroUsd: z.number(),
    }),
  ),
  recent: z.array(z.strictObject({ tool: text, digest: text, resultDigest: text.nullable() })),
  remembered: z.array(z.array(callMemoryShape)),
  inFlight: z.array(callUnderWayShape),
  completedTools: z.array(text),
  history: z.array(z.array(pastCallShape)),
  historyLost: z.boolean(),
  holdsNext: text.nullable(),
  labels: labelsShape,
  held: z.array(heldShape),
  heldSinceMs: z.number().nullable(),
  heldMs: z.number(),
  agreed: z.array(text),
  granted: budgetShape,
});
