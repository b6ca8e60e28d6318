/** Whether what a page shows of an event is what its verified bytes say: a true receipt beside a false line is no proof. */
import type { JsonObject, JsonValue } from '../../src/content/value.ts';
import type { EventRow } from '../../src/edges/console/views.ts';
import { isObject } from '../api/json.ts';
import { hexOf, sha256, utf8 } from './bytes.ts';

/** Names of what differs. */
export function differences(row: EventRow, event: JsonObject): readonly string[] {
  const { atMs, type, run, agent, user, call, tool } = row;
  return Object.entries({ atMs, type, run, agent, user, call, tool }).flatMap(([name, shown]) => {
    const logged = event[name];
    // What an event doesn't say itself, its line may have from elsewhere.
    return logged === undefined || same(shown, logged) ? [] : [name];
  });
}

export function same(one: JsonValue, other: JsonValue): boolean {
  return canonical(one) === canonical(other);
}

/** Whether a payload is the one that its digest names (`sha256:<hex>` over RFC 8785). */
export async function isPayload(digest: string, payload: JsonValue): Promise<boolean> {
  return digest === `sha256:${hexOf(await sha256(utf8(canonical(payload))))}`;
}

/** RFC 8785: keys by their UTF-16 units, numbers and strings as ECMAScript writes them. */
function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`);
  return `{${entries.join(',')}}`;
}
