/** What requests of the console's pages carry. Unknown keys are refused. */
import { z } from 'zod';
import type { JsonObject } from '../../content/value.ts';
import type { CaseValues } from '../../engine/run.ts';
import type { HoldAnswer } from '../../runtime/port.ts';
import { consoleLimits } from './limits.ts';

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'a digest: `sha256:…`');
const name = z.string().min(1).max(256);
const reason = z
  .string()
  .max(consoleLimits.reasonCharactersMax)
  .nullable()
  .transform((text) => (text === null || text.trim() === '' ? null : text));
/** Read strictly already: whatever is an object is one of JSON. */
const object = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  'an object',
);

export const signInShape: z.ZodType<{ readonly token: string }> = z.strictObject({
  token: z.string().min(1).max(200),
});

export const answerShape: z.ZodType<HoldAnswer> = z.strictObject({
  answer: z.enum(['approve', 'reject']),
  digest,
  reason,
});

export const previewShape: z.ZodType<{ readonly arguments: JsonObject }> = z.strictObject({
  arguments: object,
});

export interface EditRead {
  readonly arguments: JsonObject;
  readonly digest: string;
  readonly reason: string | null;
}

export const editShape: z.ZodType<EditRead> = z.strictObject({
  arguments: object,
  digest,
  reason,
});

export const reasonShape: z.ZodType<{ readonly reason: string | null }> = z.strictObject({
  reason,
});

export const pinShape: z.ZodType<{ readonly digest: string }> = z.strictObject({ digest });

export interface ExplainRead {
  readonly agent: string;
  readonly user: string | null;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly case: CaseValues;
}

export const explainShape: z.ZodType<ExplainRead> = z.strictObject({
  agent: name,
  user: name.nullable(),
  tool: name,
  arguments: object,
  case: z.record(name, z.union([z.string().max(4_096), z.number(), z.boolean()])),
});
