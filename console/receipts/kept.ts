/**
 * The newest checkpoint that this browser has verified, kept to compare the next one with: whoever has the ledger's key can
 * sign another past, but not make it agree with what somebody has kept.
 */
import type { ReceiptView } from '../../src/edges/console/views.ts';
import { fromBase64, toBase64 } from './bytes.ts';
import type { Checkpoint } from './note.ts';
import { isConsistent } from './tree.ts';
import { hashesOf } from './verify.ts';

export interface Kept {
  readonly verifierKey: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  readonly atMs: number;
}

export type Comparison =
  | 'first'
  /** It is the same, or begins with it, and that is proven. */
  | 'continues'
  /** It has fewer events than the one that was kept. */
  | 'rollback'
  /** It has other events in their place. */
  | 'fork'
  /** Another key signs: another ledger, or one that poses as it. */
  | 'other_key'
  /** No proof came along: another tab has kept a newer one meanwhile. */
  | 'unproven';

export async function compare(
  kept: Kept | null,
  checkpoint: Checkpoint,
  { verifierKey, consistency }: Pick<ReceiptView, 'verifierKey' | 'consistency'>,
): Promise<Comparison> {
  if (kept === null) return 'first';
  if (kept.verifierKey !== verifierKey) return 'other_key';
  if (checkpoint.size < kept.size) return 'rollback';
  const root = fromBase64(kept.root);
  if (root === null) return 'first';
  if (checkpoint.size === kept.size)
    return (await isConsistent({ size: kept.size, root }, checkpoint, [])) ? 'continues' : 'fork';
  if (consistency === null) return 'unproven';
  const proof = hashesOf(consistency);
  return proof !== null && (await isConsistent({ size: kept.size, root }, checkpoint, proof))
    ? 'continues'
    : 'fork';
}

const place = 'sallyport.checkpoint';

export function readKept(storage: Pick<Storage, 'getItem'>): Kept | null {
  const text = storage.getItem(place);
  if (text === null) return null;
  try {
    const kept: Partial<Kept> | null = JSON.parse(text);
    const { verifierKey, size, root, atMs } = kept ?? {};
    return typeof verifierKey === 'string' &&
      typeof root === 'string' &&
      typeof atMs === 'number' &&
      typeof size === 'number' &&
      size > 0
      ? { verifierKey, size, root, atMs }
      : null;
  } catch {
    return null;
  }
}

/** Only after `first` or `continues`: what doesn't fit must not replace what shows it. */
export function keep(
  storage: Pick<Storage, 'setItem'>,
  { size, root }: Checkpoint,
  verifierKey: string,
  atMs: number,
): void {
  const kept: Kept = { verifierKey, size, root: toBase64(root), atMs };
  storage.setItem(place, JSON.stringify(kept));
}

/** A person said that this ledger is meant to be another one. */
export function forgetKept(storage: Pick<Storage, 'removeItem'>): void {
  storage.removeItem(place);
}
