/**
 * The tree's hashes, kept 256 a tile: level 0 holds leaf hashes, level n the roots of full tiles of level n-1. So the
 * ledger opens by reading one partial tile a level, and proves anything by reading a few, however long it is.
 */
import type { HashTile } from '../store/port.ts';
import { LedgerError } from './errors.ts';
import { emptyRoot, hashBytes, nodeHash } from './leaf.ts';
import type { Subtree } from './tree.ts';

export const tileWidth = 256;
const tileHeight = 8;

export type LoadTile = (level: number, index: number) => Promise<Uint8Array | null>;

/** The growing edge of the tree, and the tiles that growing it has changed. */
export class TiledTree {
  #size: number;
  /** Of each level, the hashes of its last, not yet full tile. */
  readonly #edge: Uint8Array[][];
  readonly #changed = new Map<string, { level: number; index: number; hashes: Uint8Array[] }>();

  private constructor(size: number, edge: Uint8Array[][]) {
    this.#size = size;
    this.#edge = edge;
  }

  static async load(size: number, loadTile: LoadTile): Promise<TiledTree> {
    const edge: Uint8Array[][] = [];
    for (
      let level = 0, width = size;
      width > 0;
      level += 1, width = Math.floor(width / tileWidth)
    ) {
      const count = width % tileWidth;
      const hashes =
        count === 0 ? [] : hashesOf(await loadTile(level, Math.floor(width / tileWidth)));
      if (hashes.length < count) throw missing(level, Math.floor(width / tileWidth));
      edge.push(hashes.slice(0, count));
    }
    return new TiledTree(size, edge);
  }

  get size(): number {
    return this.#size;
  }

  add(leaf: Uint8Array): void {
    let carried: Uint8Array | undefined = leaf;
    for (let level = 0; carried !== undefined; level += 1) {
      const index = Math.floor(this.#size / tileWidth ** (level + 1));
      let hashes = this.#edge[level];
      if (hashes === undefined) {
        hashes = [];
        this.#edge[level] = hashes;
      }
      hashes.push(carried);
      this.#changed.set(`${level}/${index}`, { level, index, hashes });
      carried = undefined;
      if (hashes.length === tileWidth) {
        carried = perfectRoot(hashes);
        this.#edge[level] = [];
      }
    }
    this.#size += 1;
  }

  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (const hashes of this.#edge) {
      let end = hashes.length;
      // Perfect subtrees of the level from the right: the smallest first.
      for (let width = 1; end > 0; width *= 2) {
        if (end % (2 * width) === 0) continue;
        const subtree = perfectRoot(hashes.slice(end - width, end));
        root = root === undefined ? subtree : nodeHash(subtree, root);
        end -= width;
      }
    }
    return root ?? emptyRoot;
  }

  /** The tiles that changed since this was called last. */
  takeChanged(): HashTile[] {
    const tiles = [...this.#changed.values()].map(({ level, index, hashes }) => ({
      level,
      index,
      hashes: Buffer.concat(hashes),
    }));
    this.#changed.clear();
    return tiles;
  }
}

/** Subtrees out of stored tiles, for proofs. Keeps what it loaded: use one for one proof. */
export function subtreesOf(loadTile: LoadTile): Subtree {
  const loaded = new Map<string, Promise<Uint8Array[]>>();
  return async (height, index) => {
    const level = Math.floor(height / tileHeight);
    const width = 2 ** (height % tileHeight);
    const tile = Math.floor((index * width) / tileWidth);
    const begin = (index * width) % tileWidth;
    const key = `${level}/${tile}`;
    let hashes = loaded.get(key);
    if (hashes === undefined) {
      hashes = loadTile(level, tile).then(hashesOf);
      loaded.set(key, hashes);
    }
    const span = (await hashes).slice(begin, begin + width);
    if (span.length < width) throw missing(level, tile);
    return perfectRoot(span);
  };
}

export function hashesOf(tile: Uint8Array | null): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  if (tile === null) return hashes;
  for (let begin = 0; begin + hashBytes <= tile.length; begin += hashBytes) {
    hashes.push(tile.subarray(begin, begin + hashBytes));
  }
  return hashes;
}

/** Of 1, 2, 4, … 256 neighbours. */
function perfectRoot(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes;
  while (row.length > 1) {
    const above: Uint8Array[] = [];
    for (let index = 0; index + 1 < row.length; index += 2) {
      const [left, right] = [row[index], row[index + 1]];
      if (left !== undefined && right !== undefined) above.push(nodeHash(left, right));
    }
    row = above;
  }
  return row[0] ?? emptyRoot;
}

function missing(level: number, index: number): LedgerError {
  return new LedgerError(
    'ledger.inconsistent',
    `tile ${level}/${index} of the ledger's tree is missing or short`,
    {
      hint: '`sallyport ledger verify` with a kept checkpoint says what was changed',
    },
  );
}
