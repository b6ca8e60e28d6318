/**
 * The writing thread: owns the writing connection, so that a sync holds up nobody but the commits that wait for it.
 * One group at a time, one transaction with one sync; nothing is answered before the sync.
 *
 * What a crash loses: before the sync, the whole group, none of which was acknowledged; after it, nothing.
 */
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { Append, type TakeBytes } from './append.ts';
import { openForWriting } from './connection.ts';
import { storeFault } from './fault.ts';
import type {
  CheckpointStep,
  GroupMessage,
  GroupWritten,
  Step,
  StepOutcome,
  WriterFailed,
  WriterStart,
} from './group.ts';
import { checkPlaces, type FilePlace } from './place.ts';
import { numberOf } from './rows.ts';

const checkpointsKept = 1_000;

class Writer {
  readonly #db: DatabaseSync;
  readonly #places: readonly FilePlace[];
  readonly #append: Append;
  readonly #begin;
  readonly #commit;
  readonly #setClock;
  readonly #putCheckpoint;
  readonly #dropCheckpoints;
  readonly #putTile;
  /** What lies in the clock table. */
  #highWaterMs: number;

  constructor({ database, places, leaseOwner }: WriterStart) {
    // Else this thread would write to another file than the one that the other reads.
    checkPlaces(places);
    this.#places = places;
    this.#db = openForWriting(database);
    const db = this.#db;
    this.#append = new Append(db, leaseOwner);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#setClock = db.prepare('UPDATE clock SET high_water_ms = ?');
    this.#putCheckpoint = db.prepare('INSERT INTO checkpoints (size, note) VALUES (?, ?)');
    this.#dropCheckpoints = db.prepare('DELETE FROM checkpoints WHERE id <= ?');
    this.#putTile = db.prepare(
      'INSERT OR REPLACE INTO tiles (level, idx, hashes) VALUES (?, ?, ?)',
    );
    const clock = db.prepare('SELECT high_water_ms FROM clock').get() ?? {};
    this.#highWaterMs = numberOf(clock, 'high_water_ms');
  }

  write({ steps, bytes }: GroupMessage): GroupWritten {
    let taken = 0;
    const take: TakeBytes = (length) => {
      const part = new Uint8Array(bytes, taken, length);
      taken += length;
      return part;
    };
    this.#begin.run();
    let newestMs = this.#highWaterMs;
    const parsed: Step[] = JSON.parse(steps);
    const outcomes = parsed.map((step): StepOutcome => {
      if (step.type === 'checkpoint') return this.#checkpoint(step, take);
      newestMs = Math.max(newestMs, step.atMs);
      return this.#append.commit(step, take);
    });
    const hashed = this.#append.finishGroup();
    if (newestMs > this.#highWaterMs) this.#setClock.run(newestMs);
    this.#highWaterMs = newestMs;
    this.#commit.run();
    checkPlaces(this.#places);
    return { type: 'written', outcomes, bytes, ...hashed };
  }

  close(): void {
    this.#db.close();
  }

  #checkpoint({ size, note, tiles }: CheckpointStep, take: TakeBytes): StepOutcome {
    const { lastInsertRowid } = this.#putCheckpoint.run(size, note);
    this.#dropCheckpoints.run(Number(lastInsertRowid) - checkpointsKept);
    for (const { level, index, bytes } of tiles) this.#putTile.run(level, index, take(bytes));
    return { type: 'committed', firstSeq: size, givenBack: [] };
  }
}

/** Null: the group before was the last one. */
type Message = GroupMessage | null;

const port = parentPort;
if (port === null) throw new Error('only the store starts this thread');
const start: WriterStart = workerData;

/** Null after a fault: what a failed sync left behind is unknown, so nothing is written on top of it. */
let writer: Writer | null = null;
try {
  writer = new Writer(start);
} catch (error) {
  fail(error);
}

port.on('message', (message: Message) => {
  if (message === null) {
    writer?.close();
    port.close();
    return;
  }
  if (writer === null) return;
  try {
    const written = writer.write(message);
    port.postMessage(written, [written.bytes]);
  } catch (error) {
    fail(error);
  }
});

/** The connection is closed with the transaction open: SQLite rolls it back. */
function fail(error: unknown): void {
  const { code, message, hint = null } = storeFault(error);
  const failed: WriterFailed = { type: 'failed', code, message, hint };
  port?.postMessage(failed);
  writer?.close();
  writer = null;
}
