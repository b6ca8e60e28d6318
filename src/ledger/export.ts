import type { JsonValue } from '../content/value.ts';
import type { StoreReader } from '../store/port.ts';
import { readEvent } from '../store/upcast.ts';
import { leafHash } from './leaf.ts';
import { payloadsOf } from './payloads.ts';

const rowsAtOnce = 256;

/**
 * The ledger as JSON lines: `{"seq", "leafHash", "event", "payloads"}`, a line an event, in order. `event` is byte for byte the leaf,
 * so whoever hashes it gets the leaf's hash. Payloads are what Sallyport kept, redacted then.
 */
export async function* exportEvents(
  reader: StoreReader,
  span: { readonly fromSeq?: number; readonly beforeSeq?: number } = {},
): AsyncGenerator<string, void, undefined> {
  const end = span.beforeSeq ?? (await reader.eventCount());
  for (let next = span.fromSeq ?? 0; next < end; ) {
    const rows = await reader.eventRows(next, Math.min(rowsAtOnce, end - next));
    if (rows.length === 0) return;
    for (const { seq, leaf } of rows) {
      if (seq >= end) return;
      const payloads: Record<string, JsonValue> = {};
      for (const digest of payloadsOf(readEvent(leaf, seq))) {
        const bytes = await reader.payload(digest);
        if (bytes !== null) payloads[digest] = JSON.parse(Buffer.from(bytes).toString('utf8'));
      }
      const event = Buffer.from(leaf).toString('utf8');
      const leafDigest = Buffer.from(leafHash(leaf)).toString('hex');
      yield `{"seq":${seq},"leafHash":"${leafDigest}","event":${event},"payloads":${JSON.stringify(payloads)}}\n`;
      next = seq + 1;
    }
  }
}
