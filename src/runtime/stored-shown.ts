/** What was taken down of a result, read back. What doesn't have its form was written by somebody else: it isn't believed. */
import { z } from 'zod';
import type { KindName } from '../content/kind.ts';
import type { JsonObject, JsonValue } from '../content/value.ts';
import type { Shown } from '../engine/exchange.ts';

const text = z.string();
/** A kind that was retired since is a name that no argument has. */
const kindName = z.custom<KindName>((value) => typeof value === 'string');
const json = z.custom<JsonValue>((value) => value !== undefined);

const shownShape: z.ZodType<Shown> = z.strictObject({
  v: z.literal(1),
  parse: z.enum(['json', 'yaml']).nullable(),
  flagged: z.array(text).exactOptional(),
  classes: z.array(text).exactOptional(),
  records: z.array(
    z.strictObject({
      at: text,
      object: text.nullable(),
      id: text.nullable(),
      owner: text.nullable(),
      fields: z.record(text, json),
      names: z.array(text),
      order: z.record(text, z.union([text, z.number()])),
      provides: z.array(
        z.strictObject({ kind: kindName, key: text, when: z.enum(['always', 'named']) }),
      ),
    }),
  ),
});

export function parseShown(stored: JsonObject): Shown | null {
  return shownShape.safeParse(stored).data ?? null;
}
