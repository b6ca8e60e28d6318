/**
 * The RFC 6962 tree over the ledger's leaves: growing it, and proving things about it.
 *
 * The growing end is a *frontier*: the roots of the perfect subtrees that the leaves so far make up, one for each bit
 * set in their number. It is all that a verifier keeps in memory, however long the log is.
 */
import { emptyRoot, nodeHash, sameHash } from './leaf.ts';

export class Frontier {
  /** By height; undefined where the size has no bit. */
  readonly #roots: (Uint8Array | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(leaf: Uint8Array): void {
    let carried = leaf;
    let height = 0;
    for (; ; height += 1) {
      const left = this.#roots[height];
      if (left === undefined) break;
      carried = nodeHash(left, carried);
      this.#roots[height] = undefined;
    }
    this.#roots[height] = carried;
    this.#size += 1;
  }

  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const subtree of this.#roots) {
      if (subtree !== undefined) root = root === undefined ? subtree : nodeHash(subtree, root);
    }
    return root ?? emptyRoot;
  }
}

/** The root of the perfect subtree over the leaves `index * 2^height` up to `(index + 1) * 2^height`. */
export type Subtree = (height: number, index: number) => Promise<Uint8Array>;

export async function rootOf(size: number, subtree: Subtree): Promise<Uint8Array> {
  return size === 0 ? emptyRoot : spanHash(0, size, subtree);
}

/** RFC 6962, 2.1.1: from the leaf's sibling up to the root's child. */
export async function inclusionProof(
  index: number,
  size: number,
  subtree: Subtree,
): Promise<Uint8Array[]> {
  const siblings: Promise<Uint8Array>[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      siblings.push(spanHash(middle, end, subtree));
      end = middle;
    } else {
      siblings.push(spanHash(begin, middle, subtree));
      begin = middle;
    }
  }
  return (await Promise.all(siblings)).reverse();
}

/** RFC 6962, 2.1.2: that the tree of `newSize` begins with the tree of `oldSize`. Empty for 0 and for equal sizes. */
export async function consistencyProof(
  oldSize: number,
  newSize: number,
  subtree: Subtree,
): Promise<Uint8Array[]> {
  if (oldSize === 0 || oldSize === newSize) return [];
  const nodes: Promise<Uint8Array>[] = [];
  let [begin, end] = [0, newSize];
  while (end !== oldSize) {
    const middle = begin + splitOf(end - begin);
    if (oldSize <= middle) {
      nodes.push(spanHash(middle, end, subtree));
      end = middle;
    } else {
      nodes.push(spanHash(begin, middle, subtree));
      begin = middle;
    }
  }
  // The old tree itself is left out when the verifier holds its root already.
  if (begin > 0) nodes.push(spanHash(begin, end, subtree));
  return (await Promise.all(nodes)).reverse();
}

/** The root that a leaf and its proof lead to; null when the proof doesn't have the shape of that place. */
export function rootFromInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
): Uint8Array | null {
  if (!isSize(size) || !isSize(index) || index >= size) return null;
  let root = leaf;
  let [position, last] = [index, size - 1];
  for (const sibling of proof) {
    if (last === 0) return null;
    if (position % 2 === 1 || position === last) {
      root = nodeHash(sibling, root);
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, half(last)];
    } else root = nodeHash(root, sibling);
    [position, last] = [half(position), half(last)];
  }
  return last === 0 ? root : null;
}

/** Whether the proof shows that the second tree begins with the first. */
export function isConsistent(
  old: { readonly size: number; readonly root: Uint8Array },
  now: { readonly size: number; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (!isSize(old.size) || !isSize(now.size) || old.size > now.size) return false;
  if (old.size === now.size) return proof.length === 0 && sameHash(old.root, now.root);
  if (old.size === 0) return proof.length === 0 && sameHash(old.root, emptyRoot);
  const path = isPowerOfTwo(old.size) ? [old.root, ...proof] : [...proof];
  let [position, last] = [old.size - 1, now.size - 1];
  while (position % 2 === 1) [position, last] = [half(position), half(last)];
  const [first, ...rest] = path;
  if (first === undefined) return false;
  let [oldRoot, newRoot] = [first, first];
  for (const node of rest) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      oldRoot = nodeHash(node, oldRoot);
      newRoot = nodeHash(node, newRoot);
      while (position % 2 === 0 && position !== 0) [position, last] = [position / 2, half(last)];
    } else newRoot = nodeHash(newRoot, node);
    [position, last] = [half(position), half(last)];
  }
  return last === 0 && sameHash(oldRoot, old.root) && sameHash(newRoot, now.root);
}

/** The hash over leaves `begin` up to `end`, where `begin` is a multiple of the largest power of two in the span. */
async function spanHash(begin: number, end: number, subtree: Subtree): Promise<Uint8Array> {
  const size = end - begin;
  if (isPowerOfTwo(size)) return subtree(Math.round(Math.log2(size)), begin / size);
  const middle = begin + splitOf(size);
  const [left, right] = await Promise.all([
    spanHash(begin, middle, subtree),
    spanHash(middle, end, subtree),
  ]);
  return nodeHash(left, right);
}

/** The largest power of two smaller than `size`. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

function isPowerOfTwo(size: number): boolean {
  return size === 1 || splitOf(size) * 2 === size;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
