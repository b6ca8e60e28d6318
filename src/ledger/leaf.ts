/** Hashes of the RFC 6962 tree. The prefixes keep a leaf from posing as an inner node, and the other way round. */
import { hash } from 'node:crypto';

export const hashBytes = 32;

/** Hashing is synchronous, so one place serves all: a million leaves make no garbage. */
const leafRoom = new Uint8Array(64 * 1024);
const nodeRoom = new Uint8Array(1 + 2 * hashBytes);
nodeRoom[0] = 1;

export function leafHash(leaf: Uint8Array): Uint8Array {
  const length = 1 + leaf.length;
  const bytes = length > leafRoom.length ? new Uint8Array(length) : leafRoom.subarray(0, length);
  bytes.set(leaf, 1);
  return sha256(bytes);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeRoom.set(left, 1);
  nodeRoom.set(right, 1 + hashBytes);
  return sha256(nodeRoom);
}

/** By way of a string, for Node makes a buffer of its own for each digest otherwise, which takes longer than the hash. */
function sha256(bytes: Uint8Array): Uint8Array {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'binary');
}

/** The root of a tree without leaves. */
export const emptyRoot: Uint8Array = sha256(new Uint8Array());

export function sameHash(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
