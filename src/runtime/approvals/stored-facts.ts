/** What a person is shown, read back. What doesn't have its form was written by somebody else: it isn't believed. */
import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../content/value.ts';
import type { Approver } from '../../engine/hold.ts';
import type { HoldFacts, ResultOrigin } from '../../engine/hold-facts.ts';

const text = z.string();
const count = z.number();
const json = z.custom<JsonValue>((value) => value !== undefined);
const object = z.record(text, json) satisfies z.ZodType<JsonObject>;
const tier = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);

const approver: z.ZodType<Approver> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('role'), role: text }),
  z.strictObject({ type: z.literal('user') }),
  z.strictObject({ type: z.literal('break_glass'), role: text }),
]);

const resultOrigin = z.strictObject({
  type: z.literal('result'),
  call: text,
  tool: text,
  trust: z.enum(['trusted', 'untrusted']),
  provided: z.boolean(),
  field: text.nullable(),
  sender: text.nullable(),
  spans: z.array(z.strictObject({ start: count, end: count })),
}) satisfies z.ZodType<ResultOrigin>;

const origin = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('policy') }),
  z.strictObject({ type: z.literal('approver'), by: text }),
  z.strictObject({ type: z.literal('case'), name: text }),
  z.strictObject({ type: z.literal('request') }),
  z.strictObject({ type: z.literal('untrusted_request') }),
  resultOrigin,
  z.strictObject({ type: z.literal('agent') }),
  z.strictObject({ type: z.literal('unknown') }),
]);

const finding = { code: text, text, details: object };

const factsShape: z.ZodType<HoldFacts> = z.strictObject({
  v: z.literal(1),
  summary: text,
  outline: text,
  tool: z.strictObject({
    name: text,
    title: text.nullable(),
    action: text,
    tier,
    reach: z.enum(['internal', 'external']),
  }),
  values: z.array(
    z.strictObject({
      pointer: text,
      kind: text.nullable(),
      value: json,
      cut: count,
      origin,
      also: z.array(resultOrigin),
      firstUse: z.boolean().nullable(),
      ascii: text.nullable(),
      disguised: z.array(
        z.strictObject({
          start: count,
          end: count,
          as: z.enum(['invisible', 'bidi', 'confusable']),
        }),
      ),
    }),
  ),
  omitted: count,
  reasons: z.array(
    z.strictObject({
      ...finding,
      key: text,
      pointer: text.nullable(),
      at: text.nullable(),
      by: approver,
      quorum: count,
    }),
  ),
  result: z.strictObject({ found: z.array(z.strictObject(finding)) }).nullable(),
});

export function parseHoldFacts(stored: JsonValue): HoldFacts | null {
  return factsShape.safeParse(stored).data ?? null;
}
