/**
 * The one writer. Commits queue; one drain applies everything queued, in order, in one transaction with one sync.
 *
 * What a crash loses: before the sync, the whole group, none of which was acknowledged; after it, nothing.
 */
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../errors.ts';
import type {
  CommitOutcome,
  GatewayCommit,
  HashTile,
  RunCommit,
  SignedCheckpoint,
  Store,
} from '../port.ts';
import { Append } from './append.ts';
import { Draws } from './draws.ts';
import { encodeGatewayCommit, encodeRunCommit } from './encode.ts';
import { storeFault } from './fault.ts';
import { type FoldRun, SqliteReads } from './reads.ts';
import { numberOf } from './rows.ts';

/** A larger group would hold the event loop for longer than a sync takes. */
const groupCommitsMax = 512;

const checkpointsKept = 1_000;

interface Queued {
  /** Runs inside the transaction; what it returns runs after the sync. */
  readonly apply: () => () => void;
  readonly reject: (fault: StoreError) => void;
}

export interface SqliteStoreParts {
  readonly db: DatabaseSync;
  readonly lock: Disposable;
  readonly foldRun: FoldRun;
  readonly clock: () => number;
  readonly leaseOwner: string;
}

export class SqliteStore extends SqliteReads implements Store {
  readonly #db: DatabaseSync;
  readonly #lock: Disposable;
  readonly #clock: () => number;
  readonly #append: Append;
  readonly #draws: Draws;
  #queue: Queued[] = [];
  #scheduled = false;
  #fault: StoreError | null = null;
  /** Highest time handed out or committed. */
  #nowMs: number;
  /** Highest time that a commit bore; what lies in the clock table. */
  #committedMs: number;

  constructor(parts: SqliteStoreParts) {
    super(parts.db, parts.foldRun);
    this.#db = parts.db;
    this.#lock = parts.lock;
    this.#clock = parts.clock;
    this.#draws = new Draws(parts.db);
    this.#append = new Append(parts.db, this.#draws, parts.leaseOwner);
    const highWater = parts.db.prepare('SELECT high_water_ms FROM clock').get() ?? {};
    this.#committedMs = numberOf(highWater, 'high_water_ms');
    this.#nowMs = this.#committedMs;
  }

  async commit(commit: RunCommit): Promise<CommitOutcome> {
    const encoded = encodeRunCommit(commit);
    return this.#enqueue(() => this.#append.run(encoded, this.#advance(encoded.atMs)));
  }

  async commitGateway(commit: GatewayCommit): Promise<CommitOutcome> {
    const encoded = encodeGatewayCommit(commit);
    return this.#enqueue(() => {
      this.#advance(encoded.atMs);
      return this.#append.gateway(encoded);
    });
  }

  async putCheckpoint(
    checkpoint: SignedCheckpoint & { readonly tiles: readonly HashTile[] },
  ): Promise<void> {
    return this.#enqueue(() => {
      const { lastInsertRowid } = this.#db
        .prepare('INSERT INTO checkpoints (size, note) VALUES (?, ?)')
        .run(checkpoint.size, checkpoint.note);
      this.#db
        .prepare('DELETE FROM checkpoints WHERE id <= ?')
        .run(Number(lastInsertRowid) - checkpointsKept);
      const put = this.#db.prepare(
        'INSERT OR REPLACE INTO tiles (level, idx, hashes) VALUES (?, ?, ?)',
      );
      for (const { level, index, hashes } of checkpoint.tiles) put.run(level, index, hashes);
    });
  }

  override async windowSum(key: string, sinceMs: number | null): Promise<number> {
    try {
      return this.#draws.sum(key, sinceMs);
    } catch (error) {
      throw storeFault(error);
    }
  }

  nowMs(): number {
    this.#nowMs = Math.max(this.#nowMs, Math.floor(this.#clock()));
    return this.#nowMs;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    while (this.#queue.length > 0) this.#drain();
    this.#fault ??= new StoreError('store.unavailable', 'the store is closed');
    await super[Symbol.asyncDispose]();
    this.#lock[Symbol.dispose]();
  }

  #enqueue<T>(apply: () => T): Promise<T> {
    if (this.#fault !== null) return Promise.reject(this.#fault);
    return new Promise((resolve, reject) => {
      this.#queue.push({
        apply: () => {
          const outcome = apply();
          return () => resolve(outcome);
        },
        reject,
      });
      if (this.#scheduled) return;
      this.#scheduled = true;
      // After the I/O callbacks of this turn: every call that arrived together shares the sync.
      setImmediate(() => this.#drain());
    });
  }

  #drain(): void {
    this.#scheduled = false;
    const group = this.#queue.splice(0, groupCommitsMax);
    if (group.length === 0 || this.#fault !== null) return;
    try {
      const committedMs = this.#committedMs;
      this.#db.exec('BEGIN IMMEDIATE');
      const settle = group.map(({ apply }) => apply());
      if (this.#committedMs > committedMs) {
        this.#db.prepare('UPDATE clock SET high_water_ms = ?').run(this.#committedMs);
      }
      this.#db.exec('COMMIT');
      for (const resolve of settle) resolve();
    } catch (error) {
      this.#poison(storeFault(error), group);
    }
    if (this.#queue.length > 0 && !this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#drain());
    }
  }

  /** The time of the commit at hand: its events', but never before an earlier commit's, so that draws stay in order. */
  #advance(atMs: number): number {
    this.#committedMs = Math.max(this.#committedMs, atMs);
    this.#nowMs = Math.max(this.#nowMs, atMs);
    return this.#committedMs;
  }

  /**
   * After a failed sync the kernel may have dropped the pages and called them clean: a retry would succeed and prove
   * nothing. Whether the group was written is unknown until the next start reads the file.
   */
  #poison(fault: StoreError, group: readonly Queued[]): void {
    this.#fault = new StoreError('store.unavailable', fault.message, {
      hint: 'mend the disk, then restart: the store accepts nothing more until then',
      cause: fault,
    });
    try {
      this.#db.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself.
    }
    for (const { reject } of [...group, ...this.#queue.splice(0)]) reject(this.#fault);
  }
}
