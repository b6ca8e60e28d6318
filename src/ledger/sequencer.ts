/**
 * The one sequencer: makes leaves of committed events, in their order, and signs a checkpoint over them.
 *
 * An event is *recorded* at its commit and *sealed* at the checkpoint that covers it. A crash in between loses nothing:
 * the events are there, and the next start seals them.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { Store } from '../store/port.ts';
import { signCheckpoint } from './checkpoint.ts';
import { LedgerError } from './errors.ts';
import { createLedgerKey, loadLedgerKey } from './key.ts';
import { leafHash } from './leaf.ts';
import { formatVkey, type Signer } from './note.ts';
import { checkpointFile, resumeTree } from './resume.ts';
import { hashesOf, type TiledTree } from './tiles.ts';

/** Twice as often as the 200 ms within which an event is sealed while nothing is in the way. */
const sealEveryMs = 100;

/** After a fault that may pass: a full disk, say. */
const retryAfterMs = 5_000;

/** One checkpoint covers at most this many new events, so that a long backlog is sealed in bounded memory. */
const sealedAtOnceMax = 8_192;
const rowsReadAtOnce = 512;

export interface Sequencer extends AsyncDisposable {
  /** What checkpoints and receipts of this ledger are verified with. */
  readonly vkey: string;
  /** Events with a smaller `seq` are sealed. */
  readonly sealedSize: number;
  /** Seals everything committed so far. */
  seal(): Promise<void>;
  /** Resolves once the event is sealed. */
  sealed(seq: number): Promise<void>;
}

export interface SequencerOptions {
  readonly store: Store;
  /** Holds the key, made when the ledger is new, and receives the newest checkpoint as the file `checkpoint`. */
  readonly directory: string;
  /** Told when sealing fails. Events stay recorded; after `ledger.inconsistent` nothing is sealed any more. */
  readonly onFault: (error: unknown) => void;
}

/** @throws {LedgerError} when the key is missing or open to others, or the events contradict what was signed. */
export async function openSequencer(options: SequencerOptions): Promise<Sequencer> {
  const signer = await signerOf(options);
  const tree = await resumeTree(options.store, signer, options.directory);
  return new StoreSequencer(options, signer, tree);
}

async function signerOf({ store, directory }: SequencerOptions): Promise<Signer> {
  const signer = loadLedgerKey(directory);
  if (signer !== null) return signer;
  if ((await store.checkpoint()) !== null) {
    throw new LedgerError('ledger.key', `the key of the ledger in ${directory} is gone`, {
      hint: 'restore ledger.key.pem from its backup; without it, start a new ledger in an empty directory',
    });
  }
  return createLedgerKey(directory);
}

class StoreSequencer implements Sequencer {
  readonly vkey: string;
  readonly #options: SequencerOptions;
  readonly #signer: Signer;
  /** Null after a fault: what was half done is forgotten, and the tree is read anew. */
  #tree: TiledTree | null;
  #sealedSize: number;
  #work: Promise<void> = Promise.resolve();
  #broken: LedgerError | null = null;
  #waiting: {
    readonly seq: number;
    readonly resolve: () => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: SequencerOptions, signer: Signer, tree: TiledTree) {
    this.#options = options;
    this.#signer = signer;
    this.#tree = tree;
    this.#sealedSize = tree.size;
    this.vkey = formatVkey(signer);
    this.#schedule(sealEveryMs);
  }

  get sealedSize(): number {
    return this.#sealedSize;
  }

  seal(): Promise<void> {
    const sealed = this.#work.then(() => this.#sealAll());
    this.#work = sealed.catch(() => undefined);
    return sealed;
  }

  sealed(seq: number): Promise<void> {
    if (this.#broken !== null) return Promise.reject(this.#broken);
    if (seq < this.#sealedSize) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ seq, resolve, reject }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.seal().catch(this.#options.onFault);
    const gone = new LedgerError('ledger.not_sealed', 'the sequencer was closed');
    for (const { reject } of this.#waiting.splice(0)) reject(gone);
  }

  #schedule(afterMs: number): void {
    if (this.#closed) return;
    // Alone it keeps no process alive: closing seals what is left.
    this.#timer = setTimeout(() => {
      this.seal().then(
        () => this.#schedule(sealEveryMs),
        (error: unknown) => {
          this.#options.onFault(error);
          if (this.#broken === null) this.#schedule(retryAfterMs);
        },
      );
    }, afterMs).unref();
  }

  async #sealAll(): Promise<void> {
    if (this.#broken !== null) throw this.#broken;
    const { store, directory } = this.#options;
    try {
      const size = await store.eventCount();
      if (size === this.#sealedSize) return;
      this.#tree ??= await resumeTree(store, this.#signer, directory);
      while (this.#tree.size < size) await this.#sealNext(this.#tree, size);
    } catch (error) {
      this.#tree = null;
      if (error instanceof LedgerError) this.#break(error);
      throw error;
    }
  }

  async #sealNext(tree: TiledTree, size: number): Promise<void> {
    const { store, directory } = this.#options;
    const end = Math.min(size, tree.size + sealedAtOnceMax);
    while (tree.size < end) {
      const limit = Math.min(rowsReadAtOnce, end - tree.size);
      const fresh = hashesOf(store.freshLeafHashes(tree.size, limit));
      for (const hash of fresh) tree.add(hash);
      if (fresh.length === 0) await this.#addRows(tree, limit);
      // Calls in progress come before a backlog.
      await setImmediate();
    }
    const note = signCheckpoint({ size: tree.size, root: tree.root() }, this.#signer);
    // Nobody sees the note before it is durable: else a crash could leave one in the world that we contradict.
    await store.putCheckpoint({ size: tree.size, note, tiles: tree.takeChanged() });
    replaceFile(checkpointFile(directory), note);
    this.#announce(tree.size);
  }

  async #addRows(tree: TiledTree, limit: number): Promise<void> {
    const rows = await this.#options.store.eventRows(tree.size, limit);
    for (const { seq, leaf } of rows) {
      if (seq !== tree.size) throw missing(tree.size);
      tree.add(leafHash(leaf));
    }
    if (rows.length === 0) throw missing(tree.size);
  }

  #announce(size: number): void {
    this.#sealedSize = size;
    const waiting = this.#waiting;
    this.#waiting = waiting.filter(({ seq }) => seq >= size);
    for (const { seq, resolve } of waiting) if (seq < size) resolve();
  }

  #break(error: LedgerError): void {
    this.#broken = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** Readers see the old checkpoint or the new one, never half of one. */
function replaceFile(file: string, text: string): void {
  const draft = `${file}.next`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}

function missing(seq: number): LedgerError {
  return new LedgerError('ledger.inconsistent', `event ${seq} is missing from the store`);
}
