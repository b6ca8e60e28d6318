import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyRoot, leafHash, nodeHash } from './leaf.ts';
import { hashesOf, subtreesOf, TiledTree } from './tiles.ts';
import {
  consistencyProof,
  Frontier,
  inclusionProof,
  isConsistent,
  rootFromInclusion,
  rootOf,
  type Subtree,
} from './tree.ts';

/** The eight leaves and the tree heads that implementations of RFC 6962 are checked with. */
const knownLeaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((text) => leafHash(Buffer.from(text, 'hex')));
const knownRoots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The definition of RFC 6962, 2.1, word by word. */
function definedRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [first] = leaves;
  if (first === undefined) return emptyRoot;
  if (leaves.length === 1) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(definedRoot(leaves.slice(0, split)), definedRoot(leaves.slice(split)));
}

function leavesOf(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => leafHash(Buffer.from(`leaf ${index}`)));
}

/** Subtrees by definition, to tell faults of the proofs from faults of the tiles. */
function definedSubtrees(leaves: readonly Uint8Array[]): Subtree {
  return async (height, index) =>
    definedRoot(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height));
}

/** A tree kept as tiles in a map, the way a store keeps them. */
class Stored {
  readonly tiles = new Map<string, Uint8Array>();
  readonly load = async (level: number, index: number) =>
    this.tiles.get(`${level}/${index}`) ?? null;

  async grow(size: number, leaves: readonly Uint8Array[]): Promise<TiledTree> {
    const tree = await TiledTree.load(size, this.load);
    for (const leaf of leaves) tree.add(leaf);
    for (const { level, index, hashes } of tree.takeChanged())
      this.tiles.set(`${level}/${index}`, hashes);
    return tree;
  }
}

test('the known tree heads', async () => {
  const frontier = new Frontier();
  for (const [size, root] of knownRoots.entries()) {
    expect(hex(frontier.root())).toBe(root);
    expect(hex((await new Stored().grow(0, knownLeaves.slice(0, size))).root())).toBe(root);
    expect(hex(await rootOf(size, definedSubtrees(knownLeaves)))).toBe(root);
    const leaf = knownLeaves[size];
    if (leaf !== undefined) frontier.add(leaf);
  }
});

test('the known proofs', async () => {
  const subtree = definedSubtrees(knownLeaves);
  expect((await inclusionProof(0, 8, subtree)).map(hex)).toEqual([
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]);
  expect((await inclusionProof(2, 3, subtree)).map(hex)).toEqual([
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  ]);
  expect((await consistencyProof(1, 1, subtree)).map(hex)).toEqual([]);
  expect((await consistencyProof(6, 8, subtree)).map(hex)).toEqual([
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
});

test('every leaf of every small tree is proven, and its proof fits no other place', async () => {
  const all = leavesOf(40);
  for (let size = 1; size <= all.length; size += 1) {
    const leaves = all.slice(0, size);
    const root = hex(definedRoot(leaves));
    for (const [index, leaf] of leaves.entries()) {
      const proof = await inclusionProof(index, size, definedSubtrees(leaves));
      const leads = (at: number, of: number, from: Uint8Array, by: readonly Uint8Array[]) => {
        const reached = rootFromInclusion(at, of, from, by);
        return reached !== null && hex(reached) === root;
      };
      expect(leads(index, size, leaf, proof)).toBe(true);
      for (let other = 0; other < size; other += 1) {
        if (other !== index) expect(leads(other, size, leaf, proof)).toBe(false);
      }
      expect(leads(index, size, leafHash(leaf), proof)).toBe(false);
      expect(leads(index, size, leaf, [...proof, leaf])).toBe(false);
      if (proof.length > 0) expect(leads(index, size, leaf, proof.slice(1))).toBe(false);
      if (proof.length > 0) expect(leads(index, size, leaf, proof.slice(0, -1))).toBe(false);
    }
  }
});

test('between all sizes of a small tree, the smaller is proven to begin the larger', async () => {
  const leaves = leavesOf(40);
  const subtree = definedSubtrees(leaves);
  const treeOf = (size: number) => ({ size, root: definedRoot(leaves.slice(0, size)) });
  for (let now = 0; now <= leaves.length; now += 1) {
    for (let old = 0; old <= now; old += 1) {
      const proof = await consistencyProof(old, now, subtree);
      expect(isConsistent(treeOf(old), treeOf(now), proof), `${old} in ${now}`).toBe(true);
      if (old === 0) continue;
      const forged = { size: old, root: leafHash(treeOf(old).root) };
      expect(isConsistent(forged, treeOf(now), proof), `forged ${old} in ${now}`).toBe(false);
      if (old === now) continue;
      expect(isConsistent(treeOf(old), { size: now, root: forged.root }, proof)).toBe(false);
      expect(isConsistent(treeOf(old), treeOf(now), proof.slice(1))).toBe(false);
      expect(isConsistent(treeOf(old), treeOf(now), [...proof, emptyRoot])).toBe(false);
      expect(isConsistent(treeOf(now), treeOf(old), proof)).toBe(false);
    }
  }
});

test('no single bit of leaf or proof can be flipped', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 600 }).chain((size) =>
        fc.record({
          size: fc.constant(size),
          index: fc.nat(size - 1),
          bit: fc.nat(),
          at: fc.nat(),
        }),
      ),
      async ({ size, index, bit, at }) => {
        const leaves = leavesOf(size);
        const stored = new Stored();
        const root = hex((await stored.grow(0, leaves)).root());
        const leaf = leaves[index] ?? emptyRoot;
        const proof = await inclusionProof(index, size, subtreesOf(stored.load));
        expect(hex(rootFromInclusion(index, size, leaf, proof) ?? emptyRoot)).toBe(root);

        const path = [leaf, ...proof].map((hash) => Uint8Array.from(hash));
        const flipped = path[at % path.length] ?? leaf;
        const byte = Math.floor(bit / 8) % flipped.length;
        flipped[byte] = (flipped[byte] ?? 0) ^ (1 << (bit % 8));
        const [first = leaf, ...rest] = path;
        expect(hex(rootFromInclusion(index, size, first, rest) ?? emptyRoot)).not.toBe(root);
      },
    ),
    { numRuns: 60 },
  );
});

test('tiles: grown in steps and reopened between them, the tree is the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 8 }),
      async (steps) => {
        const stored = new Stored();
        const frontier = new Frontier();
        let size = 0;
        for (const step of steps) {
          const leaves = leavesOf(size + step).slice(size);
          for (const leaf of leaves) frontier.add(leaf);
          const tree = await stored.grow(size, leaves);
          size += step;
          expect(hex(tree.root())).toBe(hex(frontier.root()));
          expect(tree.size).toBe(size);
        }
        expect(hex(await rootOf(size, subtreesOf(stored.load)))).toBe(hex(frontier.root()));
      },
    ),
    { numRuns: 40 },
  );
});

test('a tree of three levels of tiles proves its leaves and its past', async () => {
  const size = 256 * 256 + 300;
  const stored = new Stored();
  const leaves = leavesOf(size);
  const root = (await stored.grow(0, leaves)).root();
  const subtree = () => subtreesOf(stored.load);
  for (const index of [0, 1, 255, 256, 65_535, 65_536, 65_792, size - 1]) {
    const proof = await inclusionProof(index, size, subtree());
    expect(
      hex(rootFromInclusion(index, size, leaves[index] ?? emptyRoot, proof) ?? emptyRoot),
    ).toBe(hex(root));
  }
  for (const old of [1, 255, 256, 257, 65_535, 65_536, 65_537, size - 1]) {
    const proof = await consistencyProof(old, size, subtree());
    const before = { size: old, root: await rootOf(old, subtree()) };
    expect(isConsistent(before, { size, root }, proof)).toBe(true);
  }
  expect(hashesOf(await stored.load(0, 256))).toHaveLength(256);
  expect(hashesOf(await stored.load(2, 0))).toHaveLength(1);
});

test('a missing or short tile is named, never guessed', async () => {
  const stored = new Stored();
  await stored.grow(0, leavesOf(300));
  stored.tiles.set('0/1', (stored.tiles.get('0/1') ?? emptyRoot).slice(0, 32));
  const failure = { code: 'ledger.inconsistent', message: expect.stringContaining('0/1') };
  await expect(TiledTree.load(300, stored.load)).rejects.toMatchObject(failure);
  await expect(inclusionProof(0, 300, subtreesOf(stored.load))).rejects.toMatchObject(failure);
});
