/**
 * One commit inside the open transaction: everything is checked before anything is written, so a commit that conflicts
 * or is refused leaves nothing behind and the others of its group stand.
 *
 * What it knows in memory (versions of runs, open calls, newest blocks) is what it wrote itself as the only writer. After
 * a fault nothing of it is used again: the writer is poisoned.
 */
import { hash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Reservation } from '../../engine/decision.ts';
import { blockOf } from './blocks.ts';
import { DrawWindows } from './draw-windows.ts';
import type {
  CommitStep,
  DrawnBack,
  EventStep,
  GroupWritten,
  RunStep,
  StepOutcome,
  WriteStep,
} from './group.ts';
import { payloadKey } from './payload-key.ts';
import { numberOf, numberOrNull, textOf } from './rows.ts';

const hashBytes = 32;

/** Runs whose rows needn't be read again. */
const runsInMemoryMax = 4_096;

/** Results that repeat themselves needn't be looked up again. */
const payloadsInMemoryMax = 4_096;

interface KnownRun {
  readonly ordinal: number;
  version: number;
  lastSeq: number | null;
  status: string;
  statusChanged: boolean;
}

/** Hands out the parts of a group's buffer in their order. */
export type TakeBytes = (length: number) => Uint8Array;

export class Append {
  readonly #windows: DrawWindows;
  readonly #sql: Statements;
  readonly #runs = new Map<string, KnownRun>();
  readonly #changedRuns = new Set<KnownRun>();
  readonly #openCalls = new Set<string>();
  /** The newest block of events, and whose it is noted to hold. */
  #block = -1;
  readonly #typesOfBlock = new Set<string>();
  readonly #agentsOfBlock = new Set<string>();
  readonly #payloads = new Set<string>();
  #nextSeq: number;
  /** Of the group's events, a character a byte. */
  #leafHashes = '';

  constructor(db: DatabaseSync) {
    this.#windows = new DrawWindows(db);
    this.#sql = prepare(db);
    this.#nextSeq = numberOf(this.#sql.nextSeq.get() ?? {}, 'next');
    for (const row of this.#sql.openCalls.iterate()) this.#openCalls.add(textOf(row, 'call'));
  }

  /** Takes the bytes of the step in any case, so that the next one finds its own. */
  commit(step: CommitStep, leaseOwner: string, take: TakeBytes): StepOutcome {
    const leaves = step.events.map(({ leafBytes }) => take(leafBytes));
    const snapshotBytes = step.run?.snapshotBytes ?? null;
    const snapshot = snapshotBytes === null ? null : take(snapshotBytes);
    const payloads = step.payloads.map(({ bytes }) => take(bytes));
    const known = step.run === null ? undefined : this.#runOf(step.run.id);
    if (!this.#fits(step, known)) return { type: 'conflict' };
    const failed = this.#failing(step.reservations, step.atMs);
    if (failed.length > 0) return { type: 'refused', failed };

    const firstSeq = this.#nextSeq;
    const run = step.run === null ? null : (known ?? this.#openRun(step.run));
    this.#keepEvents(step, leaves, run);
    if (step.run !== null) this.#trackCalls(step.run.id, leaseOwner, step.events);
    if (run !== null && step.run !== null) this.#advance(run, step.run, snapshot);
    for (const reservation of step.reservations) this.#draw(reservation, step, firstSeq);
    const givenBack = step.releases.flatMap((call) => this.#giveBack(call, firstSeq));
    for (const key of step.marks) this.#sql.mark.run(key);
    for (const [at, { digest }] of step.payloads.entries()) this.#keep(digest, payloads[at]);
    this.#write(step.writes);
    return { type: 'committed', firstSeq, givenBack };
  }

  /** What a group changed in the same row several times is written once. */
  finishGroup(): Pick<GroupWritten, 'leafHashes' | 'firstSeq'> {
    for (const run of this.#changedRuns) {
      this.#sql.advanceRun.run(run.version, run.lastSeq, run.ordinal);
      if (run.statusChanged) this.#sql.setStatus.run(run.status, run.ordinal);
      run.statusChanged = false;
    }
    this.#changedRuns.clear();
    forgetOldest(this.#runs, runsInMemoryMax);
    forgetOldest(this.#payloads, payloadsInMemoryMax);
    const leafHashes = Buffer.from(this.#leafHashes, 'latin1');
    this.#leafHashes = '';
    return { leafHashes, firstSeq: this.#nextSeq - leafHashes.length / hashBytes };
  }

  #fits({ run, writes, events }: CommitStep, known: KnownRun | undefined): boolean {
    if (run !== null && (known?.version ?? 0) !== run.expectedVersion) return false;
    return (
      this.#expected(writes) &&
      !events.some(
        ({ type, call }) => type === 'call.started' && call !== null && this.#openCalls.has(call),
      )
    );
  }

  /** Whether every `expect` holds, seeing earlier writes of the same commit. */
  #expected(writes: readonly WriteStep[]): boolean {
    const written = new Map<string, string | null>();
    return writes.every(({ key, value, expect }) => {
      const stored = written.get(key);
      const now = stored === undefined ? this.#stateOf(key) : stored;
      written.set(key, value);
      return expect === undefined || expect === now;
    });
  }

  #stateOf(key: string): string | null {
    const row = this.#sql.state.get(key);
    return row === undefined ? null : textOf(row, 'value');
  }

  #failing(reservations: readonly Reservation[], atMs: number): number[] {
    const drawnHere = new Map<string, number>();
    const failed: number[] = [];
    for (const [at, reservation] of reservations.entries()) {
      const room =
        reservation.type === 'once'
          ? this.#sql.onceTaken.get(reservation.key) === undefined
          : this.#hasRoom(reservation, atMs, drawnHere);
      if (!room) failed.push(at);
    }
    return failed;
  }

  #hasRoom(
    { key, amount, max, windowMs }: Extract<Reservation, { type: 'window' }>,
    atMs: number,
    drawnHere: Map<string, number>,
  ): boolean {
    // A negative or broken amount would make room for others: it is over any limit. So is one under a broken limit.
    if (!Number.isSafeInteger(amount) || amount < 0 || !Number.isFinite(max)) return false;
    const here = (drawnHere.get(key) ?? 0) + amount;
    drawnHere.set(key, here);
    return this.#windows.sum(key, windowMs === null ? null : atMs - windowMs) + here <= max;
  }

  #draw(reservation: Reservation, { atMs, call }: CommitStep, seq: number): void {
    const { key } = reservation;
    if (reservation.type === 'once') this.#sql.takeOnce.run(key, call);
    else if (reservation.amount > 0) {
      const { amount } = reservation;
      this.#sql.draw.run(key, atMs, amount, call);
      this.#windows.add({ key, atMs, amount, seq });
    }
  }

  #giveBack(call: string, seq: number): DrawnBack[] {
    const given = this.#sql.drawsOfCall.all(call).map((row) => ({
      key: textOf(row, 'key'),
      atMs: numberOf(row, 'at_ms'),
      amount: numberOf(row, 'amount'),
    }));
    for (const { key, atMs, amount } of given) {
      this.#windows.add({ key, atMs, amount: -amount, seq });
    }
    if (given.length > 0) this.#sql.deleteDraws.run(call);
    this.#sql.giveOnceBack.run(call);
    return given;
  }

  #runOf(id: string): KnownRun | undefined {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const row = this.#sql.run.get(id);
    if (row === undefined) return undefined;
    return this.#know(id, {
      ordinal: numberOf(row, 'ordinal'),
      version: numberOf(row, 'version'),
      lastSeq: numberOrNull(row, 'last_seq'),
      status: textOf(row, 'status'),
      statusChanged: false,
    });
  }

  #openRun({ id, opened, status }: RunStep): KnownRun {
    // Without it the table's own constraints refuse the row, and with it the group.
    const { lastInsertRowid } = this.#sql.openRun.run(
      id,
      opened?.agent ?? null,
      opened?.user ?? null,
      opened?.credential ?? null,
      opened?.implicit === true ? 1 : 0,
      status,
      opened?.atMs ?? null,
    );
    const ordinal = Number(lastInsertRowid);
    return this.#know(id, { ordinal, version: 0, lastSeq: null, status, statusChanged: false });
  }

  #know(id: string, run: KnownRun): KnownRun {
    this.#runs.set(id, run);
    return run;
  }

  #advance(run: KnownRun, { id, version, status }: RunStep, snapshot: Uint8Array | null): void {
    run.version = version;
    if (run.status !== status) run.statusChanged = true;
    run.status = status;
    this.#changedRuns.add(run);
    if (snapshot !== null) this.#sql.snapshot.run(id, version, snapshot);
  }

  #keepEvents(step: CommitStep, leaves: readonly Uint8Array[], run: KnownRun | null): void {
    const runEvents = step.run === null ? 0 : step.run.version - step.run.expectedVersion;
    for (const [at, event] of step.events.entries()) {
      const seq = this.#nextSeq;
      const { type, atMs, agent, tool } = event;
      const prefixed = leaves[at] ?? new Uint8Array();
      const leaf = prefixed.subarray(1);
      this.#leafHashes += hash('sha256', prefixed, 'binary');
      if (run === null || step.run === null || at >= runEvents) {
        this.#sql.event.run(seq, null, null, null, atMs, type, agent, tool, leaf);
      } else {
        const version = step.run.expectedVersion + at + 1;
        this.#sql.event.run(seq, step.run.id, version, run.lastSeq, atMs, type, agent, tool, leaf);
        run.lastSeq = seq;
      }
      this.#noteBlock(seq, type, agent);
      this.#nextSeq += 1;
    }
  }

  #noteBlock(seq: number, type: string, agent: string | null): void {
    const block = blockOf(seq);
    if (block !== this.#block) {
      this.#block = block;
      this.#typesOfBlock.clear();
      this.#agentsOfBlock.clear();
    }
    if (!this.#typesOfBlock.has(type)) {
      this.#sql.noteBlock.run(`type:${type}`, block);
      this.#typesOfBlock.add(type);
    }
    if (agent !== null && !this.#agentsOfBlock.has(agent)) {
      this.#sql.noteBlock.run(`agent:${agent}`, block);
      this.#agentsOfBlock.add(agent);
    }
  }

  /** A call that starts and ends in one commit was never open. */
  #trackCalls(run: string, leaseOwner: string, events: readonly EventStep[]): void {
    const started = new Map<string, number>();
    for (const { type, call, atMs } of events) {
      if (call === null) continue;
      if (type === 'call.started') started.set(call, atMs);
      else if (!started.delete(call) && this.#openCalls.delete(call))
        this.#sql.finishCall.run(call);
    }
    for (const [call, atMs] of started) {
      this.#sql.startCall.run(call, run, leaseOwner, atMs);
      this.#openCalls.add(call);
    }
  }

  #keep(digest: string, bytes: Uint8Array | undefined): void {
    if (bytes === undefined || this.#payloads.has(digest)) return;
    this.#payloads.add(digest);
    const key = payloadKey(digest);
    if (this.#sql.payload.get(key, digest) !== undefined) return;
    const { lastInsertRowid } = this.#sql.keepPayload.run(digest, bytes);
    this.#sql.findPayload.run(key, lastInsertRowid);
  }

  #write(writes: readonly WriteStep[]): void {
    for (const { key, value } of writes) {
      if (value === null) this.#sql.deleteState.run(key);
      else this.#sql.writeState.run(key, value);
    }
  }
}

function forgetOldest(known: Map<string, unknown> | Set<string>, max: number): void {
  for (const oldest of known.keys()) {
    if (known.size < max) return;
    known.delete(oldest);
  }
}

type Statements = ReturnType<typeof prepare>;

function prepare(db: DatabaseSync) {
  return {
    nextSeq: db.prepare('SELECT coalesce(max(seq) + 1, 0) AS next FROM events'),
    run: db.prepare('SELECT ordinal, version, last_seq, status FROM runs WHERE run = ?'),
    openRun: db.prepare(
      `INSERT INTO runs (run, agent, user, credential, implicit, status, opened_at_ms, version)
       VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
    ),
    advanceRun: db.prepare('UPDATE runs SET version = ?, last_seq = ? WHERE ordinal = ?'),
    setStatus: db.prepare('UPDATE runs SET status = ? WHERE ordinal = ?'),
    snapshot: db.prepare(
      `INSERT INTO snapshots (run, version, folded) VALUES (?, ?, CAST(? AS TEXT))
       ON CONFLICT (run) DO UPDATE SET version = excluded.version, folded = excluded.folded`,
    ),
    event: db.prepare(
      `INSERT INTO events (seq, run, run_version, previous_seq, at_ms, type, agent, tool, leaf)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    noteBlock: db.prepare('INSERT OR IGNORE INTO event_blocks (name, block) VALUES (?, ?)'),
    openCalls: db.prepare('SELECT call FROM open_calls'),
    startCall: db.prepare(
      'INSERT INTO open_calls (call, run, owner, started_at_ms) VALUES (?, ?, ?, ?)',
    ),
    finishCall: db.prepare('DELETE FROM open_calls WHERE call = ?'),
    draw: db.prepare('INSERT INTO draws (key, at_ms, amount, call) VALUES (?, ?, ?, ?)'),
    drawsOfCall: db.prepare('SELECT key, at_ms, amount FROM draws WHERE call = ?'),
    deleteDraws: db.prepare('DELETE FROM draws WHERE call = ?'),
    onceTaken: db.prepare('SELECT 1 FROM once WHERE key = ?'),
    // The same key twice in one commit is one call doing it once.
    takeOnce: db.prepare('INSERT OR IGNORE INTO once (key, call) VALUES (?, ?)'),
    giveOnceBack: db.prepare('DELETE FROM once WHERE call = ?'),
    mark: db.prepare('INSERT OR IGNORE INTO used (key) VALUES (?)'),
    payload: db.prepare(
      'SELECT 1 FROM payload_ids JOIN payloads USING (id) WHERE key = ? AND digest = ?',
    ),
    keepPayload: db.prepare('INSERT INTO payloads (digest, bytes) VALUES (?, ?)'),
    findPayload: db.prepare('INSERT INTO payload_ids (key, id) VALUES (?, ?)'),
    state: db.prepare('SELECT value FROM state WHERE key = ?'),
    writeState: db.prepare(
      'INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    deleteState: db.prepare('DELETE FROM state WHERE key = ?'),
  };
}
