/** RFC 6962 proofs. Leaves and inner nodes have prefixes of their own: neither can pose as the other. */
import { type Bytes, joined, same, sha256 } from './bytes.ts';

const leafPrefix = Uint8Array.of(0);
const nodePrefix = Uint8Array.of(1);

export function leafHash(leaf: Bytes): Promise<Bytes> {
  return sha256(joined(leafPrefix, leaf));
}

function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(joined(nodePrefix, left, right));
}

/** The root that a leaf and its proof lead to; null when the proof doesn't have the shape of that place. */
export async function rootOf(
  index: number,
  size: number,
  leaf: Bytes,
  proof: readonly Bytes[],
): Promise<Bytes | null> {
  if (!isSize(index) || !isSize(size) || index >= size) return null;
  let root = leaf;
  let [position, last] = [index, size - 1];
  for (const sibling of proof) {
    if (last === 0) return null;
    if (position % 2 === 1 || position === last) {
      root = await nodeHash(sibling, root);
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else root = await nodeHash(root, sibling);
    [position, last] = [half(position), half(last)];
  }
  return last === 0 ? root : null;
}

export interface Tree {
  readonly size: number;
  readonly root: Bytes;
}

/** Whether the proof shows that `now` begins with all that `old` had. Neither is empty. */
export async function isConsistent(
  old: Tree,
  now: Tree,
  proof: readonly Bytes[],
): Promise<boolean> {
  if (!isSize(old.size) || !isSize(now.size) || old.size < 1 || old.size > now.size) return false;
  if (old.size === now.size) return proof.length === 0 && same(old.root, now.root);
  let [position, last] = [old.size - 1, now.size - 1];
  while (position % 2 === 1) [position, last] = [half(position), half(last)];
  // A perfect old tree is a node of the new one, and its root isn't repeated in the proof.
  const [first, ...rest] = position === 0 ? [old.root, ...proof] : proof;
  if (first === undefined) return false;
  let [oldRoot, newRoot] = [first, first];
  for (const node of rest) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      oldRoot = await nodeHash(node, oldRoot);
      newRoot = await nodeHash(node, newRoot);
      while (position % 2 === 0 && position !== 0) [position, last] = [half(position), half(last)];
    } else newRoot = await nodeHash(newRoot, node);
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && same(oldRoot, old.root) && same(newRoot, now.root);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Not by shifting: sizes go beyond 32 bits. */
function half(value: number): number {
  return Math.floor(value / 2);
}
