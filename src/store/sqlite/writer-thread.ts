/**
 * The writing thread: owns the writing connection and the journal, so that a sync holds up nobody but the commits that wait for
 * it. One group at a time: it is applied to the open transaction, then written to the journal, and answered when that is
 * durable. The transaction is committed when it has grown, when it is old, when nobody asks for more, or when a reader asks.
 *
 * What a crash loses: a group that isn't in the journal yet, which was not acknowledged; after its sync, nothing.
 */
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { openForWriting } from './connection.ts';
import { storeFault } from './fault.ts';
import type {
  Flushed,
  GroupMessage,
  GroupWritten,
  WriterFailed,
  WriterMessage,
  WriterStart,
} from './group.ts';
import { Journal } from './journal.ts';
import { checkPlaces, type FilePlace } from './place.ts';
import { Transactions } from './transaction.ts';

/** Whoever waits for the next group waits for a commit of this size too. */
const transactionBytesMax = 1024 * 1024;
/** Readers beside the gateway wait that long at most. */
const transactionMsMax = 50;
const idleMs = 4;

class Writer {
  readonly #db: DatabaseSync;
  readonly #journal: Journal;
  readonly #places: readonly FilePlace[];
  readonly #transactions: Transactions;
  #begunMs = 0;
  #newestMs = 0;

  constructor({ database, journal, places }: WriterStart) {
    // Else this thread would write to other files than the one that the other reads.
    checkPlaces(places);
    this.#places = places;
    this.#db = openForWriting(database);
    this.#transactions = new Transactions(this.#db);
    this.#journal = new Journal(journal);
  }

  /** Whether there is anything to commit. */
  get isBehind(): boolean {
    return this.#journal.bytes > 0;
  }

  get isDue(): boolean {
    const ageMs = performance.now() - this.#begunMs;
    return (
      this.#journal.bytes >= transactionBytesMax || (this.isBehind && ageMs >= transactionMsMax)
    );
  }

  get isIdle(): boolean {
    return performance.now() - this.#newestMs >= idleMs;
  }

  write({ buffer, stepsBytes, bytes }: GroupMessage): GroupWritten {
    const group = { bytes: new Uint8Array(buffer, 0, bytes), stepsBytes };
    const applied = this.#transactions.apply(group);
    if (!this.isBehind) this.#begunMs = performance.now();
    this.#journal.append(this.#transactions.position, group);
    this.#checkPlaces();
    this.#newestMs = performance.now();
    return { type: 'written', buffer, ...applied };
  }

  commit(): void {
    this.#transactions.commit();
    this.#journal.restart();
  }

  /** Where the journal alone is gone, the groups before this one, which were acknowledged, are nowhere but in the open transaction. */
  #checkPlaces(): void {
    try {
      checkPlaces(this.#places);
    } catch (gone) {
      this.#transactions.commit();
      throw gone;
    }
  }

  /** With nothing left undone. */
  end(): void {
    this.commit();
    this.#journal.clear();
    this.close();
  }

  close(): void {
    this.#db.close();
    this.#journal.close();
  }
}

const port = parentPort;
if (port === null) throw new Error('only the store starts this thread');
const start: WriterStart = workerData;
const flushed: Flushed = { type: 'flushed' };

/** Null after a fault: what a failed sync left behind is unknown, so nothing is written on top of it. */
let writer: Writer | null = null;
let timer: NodeJS.Timeout | undefined;
guarded(() => {
  writer = new Writer(start);
});

port.on('message', (message: WriterMessage) => {
  if (message === null) return end();
  guarded(() => {
    if (writer === null) return;
    if (message.type === 'flush') {
      writer.commit();
      port.postMessage(flushed);
      return;
    }
    const written = writer.write(message);
    port.postMessage(written, [written.buffer]);
    if (writer.isDue) writer.commit();
    else timer ??= setTimeout(commitWhenIdle, idleMs);
  });
});

function commitWhenIdle(): void {
  timer = undefined;
  guarded(() => {
    if (writer === null || !writer.isBehind) return;
    if (writer.isIdle) writer.commit();
    else timer = setTimeout(commitWhenIdle, idleMs);
  });
}

function end(): void {
  clearTimeout(timer);
  guarded(() => writer?.end());
  // Whatever became of it: who closes the store waits for this thread to end.
  port?.close();
}

function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    fail(error);
  }
}

/** The connection is closed with the transaction open: SQLite rolls it back, and the next start finds its groups in the journal. */
function fail(error: unknown): void {
  const { code, message, hint = null } = storeFault(error);
  const failed: WriterFailed = { type: 'failed', code, message, hint };
  port?.postMessage(failed);
  const failing = writer;
  writer = null;
  clearTimeout(timer);
  failing?.close();
}
