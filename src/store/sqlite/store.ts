/**
 * The one writer's main thread. Commits queue; as soon as the writing thread is free, everything queued goes to it as
 * one group, which it applies in order and makes durable with one sync. While one group syncs the next one gathers.
 *
 * Reads go on here meanwhile, on a connection of their own, after what was acknowledged before has got into the database.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { JsonValue } from '../../content/value.ts';
import { StoreError } from '../errors.ts';
import type {
  CommitOutcome,
  GatewayCommit,
  HashTile,
  RunCommit,
  SignedCheckpoint,
  Store,
} from '../port.ts';
import { DrawWindows } from './draw-windows.ts';
import { type Encoded, encodeCheckpoint, encodeGatewayCommit, encodeRunCommit } from './encode.ts';
import { storeFault } from './fault.ts';
import type { StoreFiles } from './files.ts';
import { FreshHashes, hashBytes } from './fresh-hashes.ts';
import type { CommitStep, GroupWritten, Step, StepOutcome } from './group.ts';
import { KnownState } from './known-state.ts';
import { placesOf } from './place.ts';
import { type FoldRun, SqliteReads } from './reads.ts';
import { numberOf } from './rows.ts';
import { Writer } from './writer.ts';

/** Those who wait for a group wait for all of it. */
const groupStepsMax = 512;
const groupBytesMax = 8 * 1024 * 1024;

/** So many are worth a sync of their own while this thread works on the next ones. */
const groupStepsWorthwhile = 16;

interface Queued extends Encoded<Step> {
  readonly resolve: (outcome: CommitOutcome) => void;
  readonly reject: (fault: StoreError) => void;
}

export interface SqliteStoreParts {
  /** For reads: nothing is written on it. */
  readonly db: DatabaseSync;
  readonly files: StoreFiles;
  readonly lock: Disposable;
  readonly foldRun: FoldRun;
  readonly clock: () => number;
  readonly leaseOwner: string;
}

export class SqliteStore extends SqliteReads implements Store {
  readonly #lock: Disposable;
  readonly #clock: () => number;
  readonly #writer: Writer;
  readonly #windows: DrawWindows;
  readonly #state = new KnownState();
  readonly #hashes = new FreshHashes();
  #queue: Queued[] = [];
  #underWay: readonly Queued[] = [];
  #scheduled = false;
  #fault: StoreError | null = null;
  /** Of those acknowledged; the database may have fewer. */
  #eventCount: number;
  #isBehind = false;
  #flushing: PromiseWithResolvers<void> | null = null;
  #closing: Promise<void> | null = null;
  /** Told when nothing is queued or under way any more. */
  #onIdle: () => void = () => undefined;
  /** Highest time handed out or committed. */
  #nowMs: number;
  /** Highest time that a commit bore. */
  #committedMs: number;

  constructor(parts: SqliteStoreParts) {
    super(parts.db, parts.foldRun);
    this.#lock = parts.lock;
    this.#clock = parts.clock;
    this.#windows = new DrawWindows(parts.db);
    const highWater = parts.db.prepare('SELECT high_water_ms FROM clock').get() ?? {};
    this.#committedMs = numberOf(highWater, 'high_water_ms');
    this.#nowMs = this.#committedMs;
    const { db, files, leaseOwner } = parts;
    const count = db.prepare('SELECT coalesce(max(seq) + 1, 0) AS count FROM events').get() ?? {};
    this.#eventCount = numberOf(count, 'count');
    this.#writer = new Writer(
      { database: files.database, journal: files.journal, places: placesOf(files) },
      leaseOwner,
      {
        onWritten: (written) => this.#settle(written),
        onFlushed: () => this.#flushed(),
        onFault: (fault) => this.#poison(fault),
      },
    );
  }

  async commit(commit: RunCommit): Promise<CommitOutcome> {
    return this.#enqueueCommit(encodeRunCommit(commit, this.#committedMs));
  }

  async commitGateway(commit: GatewayCommit): Promise<CommitOutcome> {
    return this.#enqueueCommit(encodeGatewayCommit(commit, this.#committedMs));
  }

  async putCheckpoint(
    checkpoint: SignedCheckpoint & { readonly tiles: readonly HashTile[] },
  ): Promise<void> {
    await this.#enqueue(encodeCheckpoint(checkpoint));
  }

  override async windowSum(key: string, sinceMs: number | null): Promise<number> {
    if (this.#windows.knows(key, sinceMs)) return this.#windows.sum(key, sinceMs);
    await this.settled();
    return this.atOneMoment(() => {
      try {
        return this.#windows.sum(key, sinceMs);
      } catch (error) {
        throw storeFault(error);
      }
    });
  }

  override readState(key: string): Promise<JsonValue | undefined> {
    return this.#state.read(key, () => super.readState(key));
  }

  override async eventCount(): Promise<number> {
    return this.#eventCount;
  }

  freshLeafHashes(fromSeq: number, limit: number): Uint8Array {
    return this.#hashes.from(fromSeq, limit);
  }

  nowMs(): number {
    this.#nowMs = Math.max(this.#nowMs, Math.floor(this.#clock()));
    return this.#nowMs;
  }

  override [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = new StoreError('store.unavailable', 'the store is closed');
    const fault = this.#fault;
    this.#fault ??= closed;
    if (fault === null && this.#underWay.length + this.#queue.length > 0) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
        if (this.#underWay.length === 0) this.#send();
      });
    }
    await this.#writer.close();
    await super[Symbol.asyncDispose]();
    this.#lock[Symbol.dispose]();
  }

  #enqueueCommit(encoded: Encoded<CommitStep>): Promise<CommitOutcome> {
    this.#committedMs = Math.max(this.#committedMs, encoded.step.atMs);
    this.#nowMs = Math.max(this.#nowMs, this.#committedMs);
    const outcome = this.#enqueue(encoded);
    this.#state.writing(keysOf(encoded.step));
    return outcome;
  }

  #enqueue({ step, parts, bytes }: Encoded<Step>): Promise<CommitOutcome> {
    if (this.#fault !== null) return Promise.reject(this.#fault);
    return new Promise((resolve, reject) => {
      this.#queue.push({ step, parts, bytes, resolve, reject });
      if (this.#underWay.length === 0 && this.#queue.length >= groupStepsWorthwhile)
        return this.#send();
      if (this.#scheduled || this.#underWay.length > 0) return;
      this.#scheduled = true;
      // After the I/O callbacks of this turn: every call that arrived together shares the sync.
      setImmediate(() => {
        this.#scheduled = false;
        if (this.#underWay.length === 0) this.#send();
      });
    });
  }

  #send(): void {
    this.#underWay = this.#queue.splice(0, groupLength(this.#queue));
    if (this.#underWay.length === 0) {
      this.#onIdle();
      return;
    }
    this.#writer.send(this.#underWay);
  }

  #settle({ outcomes, firstSeq, leafHashes }: GroupWritten): void {
    this.#isBehind = true;
    this.#eventCount = firstSeq + leafHashes.length / hashBytes;
    this.#hashes.add(firstSeq, leafHashes);
    const written = this.#underWay;
    // First of all, so that the writing thread is never without work while there is some.
    this.#send();
    for (const [at, { step, resolve }] of written.entries()) {
      const outcome = outcomes[at];
      if (outcome !== undefined) resolve(this.#outcomeOf(step, outcome));
    }
  }

  /** What a failed writer held back is seen after the restart. Until then nobody is shown the past for the present. */
  protected override settled(): Promise<void> | void {
    if (!this.#isBehind) return;
    if (this.#fault !== null) return Promise.reject(this.#fault);
    if (this.#flushing === null) {
      this.#flushing = Promise.withResolvers();
      this.#writer.flush();
    }
    return this.#flushing.promise;
  }

  #flushed(): void {
    this.#isBehind = false;
    this.#flushing?.resolve();
    this.#flushing = null;
  }

  #outcomeOf(step: Step, outcome: StepOutcome): CommitOutcome {
    if (step.type === 'commit') this.#state.written(keysOf(step));
    if (outcome.type === 'conflict') return outcome;
    const reservations = step.type === 'commit' ? step.reservations : [];
    if (outcome.type === 'refused') {
      const failed = new Set(outcome.failed);
      return { type: 'refused', reservations: reservations.filter((_, at) => failed.has(at)) };
    }
    const { firstSeq: seq, givenBack } = outcome;
    for (const reservation of reservations) {
      if (reservation.type !== 'window' || step.type !== 'commit') continue;
      const { key, amount } = reservation;
      if (amount > 0) this.#windows.add({ key, atMs: step.atMs, amount, seq });
    }
    for (const { key, atMs, amount } of givenBack) {
      this.#windows.add({ key, atMs, amount: -amount, seq });
    }
    return { type: 'committed', firstSeq: seq };
  }

  /**
   * After a failed sync the kernel may have dropped the pages and called them clean: a retry would succeed and prove
   * nothing. Whether the group was written is unknown until the next start reads the file.
   */
  #poison(fault: StoreError): void {
    this.#fault ??= new StoreError('store.unavailable', fault.message, {
      hint: fault.hint ?? 'mend the disk, then restart: the store accepts nothing more until then',
      cause: fault,
    });
    const lost = [...this.#underWay, ...this.#queue.splice(0)];
    this.#underWay = [];
    for (const { reject } of lost) reject(this.#fault);
    this.#flushing?.reject(this.#fault);
    this.#flushing = null;
    this.#onIdle();
  }
}

/** How many of the queued go together; at least one. */
function groupLength(queue: readonly Queued[]): number {
  let bytes = 0;
  for (const [at, queued] of queue.entries()) {
    bytes += queued.bytes;
    if (at > 0 && (at >= groupStepsMax || bytes > groupBytesMax)) return at;
  }
  return queue.length;
}

function keysOf({ writes }: CommitStep): string[] {
  return writes.map(({ key }) => key);
}
