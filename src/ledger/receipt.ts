/**
 * Receipts: C2SP `tlog-proof`s that one event lies at one place of the ledger. A receipt stands alone: with the
 * ledger's verifier key it proves itself, without the ledger. The event is in its `extra` line, which the proof binds.
 */
import type { JsonObject } from '../content/value.ts';
import type { StoreReader } from '../store/port.ts';
import { openCheckpoint } from './checkpoint.ts';
import { LedgerError } from './errors.ts';
import { hashBytes, leafHash, sameHash } from './leaf.ts';
import { fromBase64, parseVkey } from './note.ts';
import { subtreesOf } from './tiles.ts';
import { inclusionProof, rootFromInclusion } from './tree.ts';

const header = 'c2sp.org/tlog-proof@v1';

/** An event is at most a few hundred kilobytes; what is longer is no receipt of ours. */
const receiptBytesMax = 64 * 1024 * 1024;

/** As deep as a tree of 2^53 leaves is. */
const proofHashesMax = 53;

export interface Receipt {
  readonly seq: number;
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
  /** The signed checkpoint, as it was issued. */
  readonly checkpoint: string;
}

export type ReceiptReport =
  | {
      readonly ok: true;
      readonly seq: number;
      readonly event: JsonObject;
      readonly origin: string;
      readonly size: number;
    }
  | { readonly ok: false; readonly code: string; readonly problem: string };

/** @throws {LedgerError} `ledger.not_sealed` while no checkpoint covers the event: in a moment, one will. */
export async function makeReceipt(reader: StoreReader, seq: number): Promise<string> {
  return formatReceipt(await receiptOf(reader, seq));
}

/** @throws {LedgerError} as `makeReceipt`. */
export async function receiptOf(
  reader: Pick<StoreReader, 'eventRows' | 'checkpoint' | 'tile'>,
  seq: number,
): Promise<Receipt & { readonly size: number }> {
  const [row] = await reader.eventRows(seq, 1);
  if (row?.seq !== seq) throw new LedgerError('ledger.format', `the ledger has no event ${seq}`);
  const checkpoint = await reader.checkpoint(seq + 1);
  if (checkpoint === null)
    throw new LedgerError('ledger.not_sealed', `no checkpoint covers event ${seq} yet`);
  const subtree = subtreesOf((level, index) => reader.tile(level, index));
  const proof = await inclusionProof(seq, checkpoint.size, subtree);
  return { seq, leaf: row.leaf, proof, checkpoint: checkpoint.note, size: checkpoint.size };
}

export function formatReceipt({ seq, leaf, proof, checkpoint }: Receipt): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  return [
    header,
    `extra ${base64(leaf)}`,
    `index ${seq}`,
    ...proof.map(base64),
    '',
    checkpoint,
  ].join('\n');
}

/** @throws {LedgerError} `ledger.format`. */
export function parseReceipt(text: string): Receipt {
  const bad = (why: string) => new LedgerError('ledger.format', `not a receipt: ${why}`);
  if (text.length > receiptBytesMax) throw bad('too long');
  const split = text.indexOf('\n\n');
  if (split < 0) throw bad('no checkpoint');
  const [first, extra = '', index = '', ...hashes] = text.slice(0, split).split('\n');
  if (first !== header) throw bad(`it doesn't begin with \`${header}\``);
  const leaf = extra.startsWith('extra ') ? fromBase64(extra.slice('extra '.length)) : null;
  if (leaf === null) throw bad('no event in its `extra` line');
  const [, seq] = /^index (0|[1-9]\d{0,15})$/.exec(index) ?? [];
  if (seq === undefined || !Number.isSafeInteger(Number(seq))) throw bad('no index');
  if (hashes.length > proofHashesMax) throw bad('too many hashes');
  const proof = hashes.map((hash) => {
    const bytes = fromBase64(hash);
    if (bytes?.length !== hashBytes) throw bad('a broken hash');
    return bytes;
  });
  return { seq: Number(seq), leaf, proof, checkpoint: text.slice(split + 2) };
}

export function verifyReceipt(text: string, vkey: string): ReceiptReport {
  try {
    const receipt = parseReceipt(text);
    const { origin, size, root } = openCheckpoint(receipt.checkpoint, parseVkey(vkey));
    const led = rootFromInclusion(receipt.seq, size, leafHash(receipt.leaf), receipt.proof);
    if (led === null || !sameHash(led, root)) {
      const problem = 'the event is not in the tree that the checkpoint was signed over';
      return { ok: false, code: 'ledger.inconsistent', problem };
    }
    return { ok: true, seq: receipt.seq, event: eventOf(receipt.leaf), origin, size };
  } catch (error) {
    if (error instanceof LedgerError)
      return { ok: false, code: error.code, problem: error.message };
    throw error;
  }
}

function eventOf(leaf: Uint8Array): JsonObject {
  try {
    const event: unknown = JSON.parse(Buffer.from(leaf).toString('utf8'));
    if (isObject(event)) return event;
  } catch {
    // Falls through: a log may hold what isn't ours.
  }
  throw new LedgerError('ledger.format', 'what was logged is no event');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
