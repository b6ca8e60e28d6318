/**
 * Groups applied to the database, many in one transaction: by the writing thread as they come, and by whoever opens the
 * store with those that a crash left in the journal. The same groups on the same database have the same outcomes.
 */
import type { DatabaseSync } from 'node:sqlite';
import { Append, type TakeBytes } from './append.ts';
import type { CheckpointStep, GroupSteps, GroupWritten, StepOutcome } from './group.ts';
import { type Group, headerBytes, type JournalPosition } from './journal.ts';
import { numberOf, type Row } from './rows.ts';

const checkpointsKept = 1_000;

export const lastPositionQuery = 'SELECT database, last_transaction FROM journal';

export function lastPositionOf(row: Row): JournalPosition {
  return {
    database: numberOf(row, 'database'),
    transaction: numberOf(row, 'last_transaction'),
  };
}

export class Transactions {
  readonly #append: Append;
  readonly #begin;
  readonly #commit;
  readonly #setLast;
  readonly #setClock;
  readonly #putCheckpoint;
  readonly #dropCheckpoints;
  readonly #putTile;
  #last: JournalPosition;
  #isOpen = false;
  #highWaterMs: number;

  constructor(db: DatabaseSync) {
    this.#append = new Append(db);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#setLast = db.prepare('UPDATE journal SET last_transaction = ?');
    this.#setClock = db.prepare('UPDATE clock SET high_water_ms = ?');
    this.#putCheckpoint = db.prepare('INSERT INTO checkpoints (size, note) VALUES (?, ?)');
    this.#dropCheckpoints = db.prepare('DELETE FROM checkpoints WHERE id <= ?');
    this.#putTile = db.prepare(
      'INSERT OR REPLACE INTO tiles (level, idx, hashes) VALUES (?, ?, ?)',
    );
    this.#last = lastPositionOf(db.prepare(lastPositionQuery).get() ?? {});
    const clock = db.prepare('SELECT high_water_ms FROM clock').get() ?? {};
    this.#highWaterMs = numberOf(clock, 'high_water_ms');
  }

  /** Of the groups that are applied now. */
  get position(): JournalPosition {
    return { ...this.#last, transaction: this.#last.transaction + 1 };
  }

  apply({ bytes, stepsBytes }: Group): GroupApplied {
    if (!this.#isOpen) this.#begin.run();
    this.#isOpen = true;
    let taken = headerBytes + stepsBytes;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + headerBytes, stepsBytes);
    const { leaseOwner, steps }: GroupSteps = JSON.parse(text.toString());
    const take: TakeBytes = (length) => {
      const part = bytes.subarray(taken, taken + length);
      taken += length;
      return part;
    };
    const outcomes = steps.map((step): StepOutcome => {
      if (step.type === 'checkpoint') return this.#checkpoint(step, take);
      this.#highWaterMs = Math.max(this.#highWaterMs, step.atMs);
      return this.#append.commit(step, leaseOwner, take);
    });
    return { outcomes, ...this.#append.finishGroup() };
  }

  /** Durable when it returns, with everything applied before. */
  commit(): void {
    if (!this.#isOpen) return;
    const { transaction } = this.position;
    this.#setClock.run(this.#highWaterMs);
    this.#setLast.run(transaction);
    this.#commit.run();
    this.#last = { ...this.#last, transaction };
    this.#isOpen = false;
  }

  #checkpoint({ size, note, tiles }: CheckpointStep, take: TakeBytes): StepOutcome {
    const { lastInsertRowid } = this.#putCheckpoint.run(size, note);
    this.#dropCheckpoints.run(Number(lastInsertRowid) - checkpointsKept);
    for (const { level, index, bytes } of tiles) this.#putTile.run(level, index, take(bytes));
    return { type: 'committed', firstSeq: size, givenBack: [] };
  }
}

type GroupApplied = Pick<GroupWritten, 'outcomes' | 'leafHashes' | 'firstSeq'>;
