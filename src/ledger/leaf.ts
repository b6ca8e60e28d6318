/** Hashes of the RFC 6962 tree. The prefixes keep a leaf from posing as an inner node, and the other way round. */
import { hash } from 'node:crypto';

export const hashBytes = 32;

export function leafHash(leaf: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + leaf.length);
  bytes.set(leaf, 1);
  return hash('sha256', bytes, 'buffer');
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * hashBytes);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + hashBytes);
  return hash('sha256', bytes, 'buffer');
}

/** The root of a tree without leaves. */
export const emptyRoot: Uint8Array = hash('sha256', new Uint8Array(), 'buffer');

export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
