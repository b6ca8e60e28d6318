/** Reads beside the one writer, or when none runs: what was acknowledged is seen, wherever it lies. */
import { closeSync, openSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import { openForWriting } from './connection.ts';
import { storeFault } from './fault.ts';
import type { StoreFiles } from './files.ts';
import { type JournalPosition, positionIn } from './journal.ts';
import { lockForWriting } from './lock.ts';
import { type FoldRun, SqliteReads } from './reads.ts';
import { recover } from './recover.ts';

/** A gateway that lives gets it into the database within a twentieth of a second, if its disk isn't slow. */
const looksEveryMs = 5;
const writerMsMax = 250;
const patienceMs = 5_000;

export interface SqliteReaderParts {
  readonly db: DatabaseSync;
  readonly directory: string;
  readonly files: StoreFiles;
  readonly foldRun: FoldRun;
  readonly settlesOnce: boolean;
}

export class SqliteReader extends SqliteReads {
  readonly #directory: string;
  readonly #files: StoreFiles;
  /** Null: a copy of the database alone. */
  #journal: number | null;
  readonly #settlesOnce: boolean;
  #isSettled = false;

  constructor({ db, directory, files, foldRun, settlesOnce }: SqliteReaderParts) {
    super(db, foldRun);
    this.#settlesOnce = settlesOnce;
    this.#directory = directory;
    this.#files = files;
    this.#journal = openIfThere(files.journal);
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    const journal = this.#journal;
    this.#journal = null;
    if (journal !== null) closeSync(journal);
    await super[Symbol.asyncDispose]();
  }

  protected override settled(): Promise<void> | void {
    if (this.#isSettled) return;
    const lacking = this.#lacking();
    if (lacking !== null) return this.#caughtUp(lacking);
    this.#isSettled = this.#settlesOnce;
  }

  /** Under load the journal is always ahead: what follows the transaction that lay there first isn't waited for. */
  async #caughtUp(asked: JournalPosition): Promise<void> {
    const begunMs = performance.now();
    let lacking: JournalPosition | null = asked;
    // A later one is begun once the database has it. The least of them: a header read while it is written could say anything.
    for (let wanted = asked.transaction; lacking !== null && lacking.transaction <= wanted; ) {
      wanted = lacking.transaction;
      const waitedMs = performance.now() - begunMs;
      if (waitedMs > patienceMs) throw heldBack(this.#files.journal);
      if (waitedMs > writerMsMax) this.#recoverUnlessWritten();
      await wait(looksEveryMs);
      lacking = this.#lacking();
    }
    this.#isSettled = this.#settlesOnce;
  }

  /** Where the journal is, when the database isn't there yet. */
  #lacking(): JournalPosition | null {
    const found = this.#found();
    if (found === null) return null;
    const { database, transaction } = this.lastPosition();
    return found.database !== database || found.transaction > transaction ? found : null;
  }

  #found(): JournalPosition | null {
    try {
      return this.#journal === null ? null : positionIn(this.#journal);
    } catch (error) {
      throw storeFault(error);
    }
  }

  /** A writer that holds the lock does it by itself, or will at its next start. */
  #recoverUnlessWritten(): void {
    let lock: Disposable;
    try {
      lock = lockForWriting(this.#directory, this.#files, 0);
    } catch (error) {
      const fault = storeFault(error);
      if (fault.code === 'store.locked') return;
      throw leftByCrash(fault, this.#files.journal);
    }
    try {
      const db = openForWriting(this.#files.database);
      try {
        recover(db, this.#files.journal);
      } finally {
        db.close();
      }
    } catch (error) {
      throw storeFault(error);
    } finally {
      lock[Symbol.dispose]();
    }
  }
}

function openIfThere(file: string): number | null {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function heldBack(journal: string): StoreError {
  return new StoreError('store.unavailable', `${journal} holds what the database lacks`, {
    hint: 'restart the gateway that runs on it: its store has failed, and a start brings both together',
  });
}

function leftByCrash(fault: StoreError, journal: string): StoreError {
  const { code, message, hint } = fault;
  return new StoreError(code, message, {
    cause: fault,
    hint:
      hint ??
      `${journal} holds what the database lacks: read as a user who may write there, or start the gateway`,
  });
}
