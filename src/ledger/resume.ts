/**
 * Opening the tree where it was left. A checkpoint once signed is never contradicted: before anything new is signed,
 * what lies here must agree with what was signed last, both in the store and in the file that operators copy away.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventRow, StoreReader } from '../store/port.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { LedgerError } from './errors.ts';
import { leafHash, sameHash } from './leaf.ts';
import type { Verifier } from './note.ts';
import { hashesOf, subtreesOf, TiledTree, tileWidth } from './tiles.ts';
import { rootOf } from './tree.ts';

/** Of the sealed events, the newest are hashed again at every start, in well under a second; all of them by `ledger verify`. */
const recheckedTiles = 400;

export function checkpointFile(directory: string): string {
  return join(directory, 'checkpoint');
}

/** @throws {LedgerError} `ledger.inconsistent` or `ledger.signature`: nothing may be signed then. */
export async function resumeTree(
  store: StoreReader,
  verifier: Verifier,
  directory: string,
): Promise<TiledTree> {
  const stored = await store.checkpoint();
  const size = stored?.size ?? 0;
  const tree = await TiledTree.load(size, (level, index) => store.tile(level, index));
  if (stored !== null) {
    const signed = openCheckpoint(stored.note, verifier);
    if (signed.size !== size || !sameHash(tree.root(), signed.root)) {
      throw inconsistent('its tree is not the one that its newest checkpoint was signed over');
    }
  }
  await checkFile(store, size, verifier, directory);
  await recheckEvents(store, size);
  return tree;
}

/** The file is written after the store: when it knows more, the store was put back to an older state. */
async function checkFile(
  store: StoreReader,
  size: number,
  verifier: Verifier,
  directory: string,
): Promise<void> {
  const kept = readCheckpointFile(directory, verifier);
  if (kept === null) return;
  if (kept.size > size) {
    throw inconsistent(
      `it was rolled back: ${kept.size} events were sealed, and it knows of ${size}`,
    );
  }
  const root = await rootOf(
    kept.size,
    subtreesOf((level, index) => store.tile(level, index)),
  );
  if (!sameHash(root, kept.root)) {
    throw inconsistent(
      `its first ${kept.size} events are not those of the checkpoint in ${checkpointFile(directory)}`,
    );
  }
}

function readCheckpointFile(directory: string, verifier: Verifier): Checkpoint | null {
  let note: string;
  try {
    note = readFileSync(checkpointFile(directory), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  return openCheckpoint(note, verifier);
}

async function recheckEvents(store: StoreReader, size: number): Promise<void> {
  if ((await store.eventCount()) < size) {
    throw inconsistent(
      `events are missing: ${size} were sealed, and ${await store.eventCount()} are there`,
    );
  }
  const lastTile = Math.ceil(size / tileWidth);
  for (let tile = Math.max(0, lastTile - recheckedTiles); tile < lastTile; tile += 1) {
    const first = tile * tileWidth;
    const hashes = hashesOf(await store.tile(0, tile));
    const rows = await store.eventRows(first, Math.min(tileWidth, size - first));
    const wrong = firstWrong(first, rows, hashes);
    if (wrong !== null) throw inconsistent(`event ${wrong} is not the one that was sealed`);
  }
}

function firstWrong(
  first: number,
  rows: readonly EventRow[],
  hashes: readonly Uint8Array[],
): number | null {
  for (const [offset, { seq, leaf }] of rows.entries()) {
    const hash = hashes[offset];
    if (seq !== first + offset || hash === undefined || !sameHash(hash, leafHash(leaf))) {
      return first + offset;
    }
  }
  return null;
}

function inconsistent(what: string): LedgerError {
  return new LedgerError('ledger.inconsistent', `the ledger contradicts what was signed: ${what}`, {
    hint: 'nothing more is signed; `sallyport ledger verify` with a kept checkpoint says what was changed',
  });
}
