/**
 * The ledger as a bundle for somebody else: JSON lines that `@sallyport/verify` checks, and any program could.
 *
 * The first line is `{"bundle":1,"vkey":…,"checkpoint":…,"events":…}`: the ledger's key, its newest signed checkpoint
 * (null before the first), and how many lines follow. Then an event a line, in order:
 * `{"seq":…,"leafHash":"…","event":{…},"payloads":{"sha256:…":…}}`. `event` is byte for byte the leaf, and a payload
 * byte for byte what its digest is of, so whoever hashes them gets what was signed. Members come in this order, without
 * spaces. What was changed so that it no longer is canonical JSON stands there as a string, and fits no hash.
 */
import { canonicalJson } from '../content/json.ts';
import { isJsonObject, type JsonValue } from '../content/value.ts';
import type { StoreReader } from '../store/port.ts';
import { leafHash } from './leaf.ts';
import { payloadsNamedBy } from './payloads.ts';

const rowsAtOnce = 256;

/** @param vkey null where the ledger has no key yet. */
export async function* exportBundle(
  reader: StoreReader,
  vkey: string | null,
): AsyncGenerator<string, void, undefined> {
  // Before the count: a gateway at work can't sign more than is exported.
  const checkpoint = (await reader.checkpoint())?.note ?? null;
  const events = await reader.eventCount();
  yield `${JSON.stringify({ bundle: 1, vkey, checkpoint, events })}\n`;
  for (let next = 0; next < events; ) {
    const rows = await reader.eventRows(next, Math.min(rowsAtOnce, events - next));
    if (rows.length === 0) return;
    for (const { seq, leaf } of rows) {
      const event = embedded(leaf);
      const payloads: string[] = [];
      for (const digest of isJsonObject(event.value) ? payloadsNamedBy(event.value) : []) {
        const bytes = await reader.payload(digest);
        if (bytes !== null) payloads.push(`${JSON.stringify(digest)}:${embedded(bytes).text}`);
      }
      const leafDigest = Buffer.from(leafHash(leaf)).toString('hex');
      yield `{"seq":${seq},"leafHash":"${leafDigest}","event":${event.text},"payloads":{${payloads.join(',')}}}\n`;
      next = seq + 1;
    }
  }
}

/** Bytes that somebody edited could end the line, or pose as more members of it. */
function embedded(bytes: Uint8Array): { readonly text: string; readonly value: JsonValue } {
  const text = Buffer.from(bytes).toString('utf8');
  try {
    const value: JsonValue = JSON.parse(text);
    if (canonicalJson(value) === text) return { text, value };
  } catch {
    // Not JSON, or not what canonical JSON can say.
  }
  return { text: JSON.stringify(text), value: null };
}
