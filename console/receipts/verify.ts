/**
 * Whether an event stands in the ledger, found out in this browser: from its bytes, the way to the root, and the
 * signature over the root. Nothing that the server says about it is believed.
 */
import type { JsonObject, JsonValue } from '../../src/content/value.ts';
import type { ReceiptView } from '../../src/edges/console/views.ts';
import { isObject } from '../api/json.ts';
import { type Bytes, fromBase64, same } from './bytes.ts';
import { type Checkpoint, openCheckpoint, parseVerifier } from './note.ts';
import { leafHash, rootOf } from './tree.ts';

export type Verdict =
  | {
      readonly ok: true;
      /** As its bytes say it. */
      readonly event: JsonObject;
      readonly checkpoint: Checkpoint;
    }
  | { readonly ok: false; readonly problem: string };

export async function verifyReceipt(receipt: ReceiptView): Promise<Verdict> {
  const bad = (problem: string): Verdict => ({ ok: false, problem });
  const verifier = await parseVerifier(receipt.verifierKey);
  if (verifier === null) return bad('the verifier’s key is malformed, or its id is another key’s');
  const checkpoint = await openCheckpoint(receipt.checkpoint, verifier);
  if (checkpoint === null) return bad('the checkpoint isn’t signed by the ledger’s key');
  const leaf = fromBase64(receipt.leaf);
  const proof = hashesOf(receipt.proof);
  if (leaf === null || proof === null) return bad('the receipt’s bytes are malformed');
  const root = await rootOf(receipt.seq, checkpoint.size, await leafHash(leaf), proof);
  if (root === null || !same(root, checkpoint.root))
    return bad('the event isn’t in the tree that the checkpoint was signed over');
  const event = eventOf(leaf);
  return event === null ? bad('what was logged is no event') : { ok: true, event, checkpoint };
}

/** Null: one of them is no hash. */
export function hashesOf(encoded: readonly string[]): readonly Bytes[] | null {
  const hashes = encoded.flatMap((one) => fromBase64(one) ?? []);
  return hashes.length === encoded.length && hashes.every(({ length }) => length === 32)
    ? hashes
    : null;
}

function eventOf(leaf: Bytes): JsonObject | null {
  try {
    const event: JsonValue = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(leaf));
    return isObject(event) ? event : null;
  } catch {
    return null;
  }
}
