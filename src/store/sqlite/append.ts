/**
 * One commit inside the open transaction: everything is checked before anything is written, so a commit that conflicts
 * or is refused leaves nothing behind and the others of its group stand.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Reservation } from '../../engine/decision.ts';
import type { RunEvent } from '../../engine/events.ts';
import type { CommitOutcome } from '../port.ts';
import type { Draws } from './draws.ts';
import type {
  EncodedEvent,
  EncodedGatewayCommit,
  EncodedRunCommit,
  EncodedWrite,
} from './encode.ts';
import { numberOf, textOf } from './rows.ts';

const snapshotEveryEvents = 200;

export class Append {
  readonly #draws: Draws;
  readonly #leaseOwner: string;
  readonly #sql: Statements;
  #nextSeq: number;

  constructor(db: DatabaseSync, draws: Draws, leaseOwner: string) {
    this.#draws = draws;
    this.#leaseOwner = leaseOwner;
    this.#sql = prepare(db);
    this.#nextSeq = numberOf(this.#sql.nextSeq.get() ?? {}, 'next');
  }

  /** @param atMs the commit's time: not before any earlier commit's. */
  run(commit: EncodedRunCommit, atMs: number): CommitOutcome {
    const stored = this.#sql.version.get(commit.run);
    const version = stored === undefined ? 0 : numberOf(stored, 'version');
    const fits =
      version === commit.expectedVersion &&
      this.#expected(commit.writes) &&
      !commit.runEvents.some(({ event }) => this.#alreadyOpen(event));
    if (!fits) return { type: 'conflict' };
    const refused = this.#refused(commit.reservations, atMs);
    if (refused.length > 0) return { type: 'refused', reservations: refused };

    const firstSeq = this.#nextSeq;
    this.#keepRun(commit);
    commit.runEvents.forEach((encoded, index) => {
      this.#keepEvent(encoded, version + index + 1);
      this.#trackCall(encoded.event);
    });
    for (const encoded of commit.gatewayEvents) this.#keepEvent(encoded, null);
    for (const reservation of commit.reservations) this.#draw(reservation, atMs, commit.call);
    for (const call of commit.releases) {
      this.#draws.giveBack(call);
      this.#sql.giveOnceBack.run(call);
    }
    for (const key of commit.marks) this.#sql.mark.run(key);
    for (const [digest, bytes] of commit.payloads) this.#sql.payload.run(digest, bytes);
    this.#write(commit.writes);
    return { type: 'committed', firstSeq };
  }

  gateway(commit: EncodedGatewayCommit): CommitOutcome {
    if (!this.#expected(commit.writes)) return { type: 'conflict' };
    const firstSeq = this.#nextSeq;
    for (const encoded of commit.gatewayEvents) this.#keepEvent(encoded, null);
    this.#write(commit.writes);
    return { type: 'committed', firstSeq };
  }

  /** Whether every `expect` holds, seeing earlier writes of the same commit. */
  #expected(writes: readonly EncodedWrite[]): boolean {
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

  #refused(reservations: readonly Reservation[], atMs: number): Reservation[] {
    const drawnHere = new Map<string, number>();
    return reservations.filter((reservation) => {
      if (reservation.type === 'once')
        return this.#sql.onceTaken.get(reservation.key) !== undefined;
      const { key, amount, max, windowMs } = reservation;
      // A negative or broken amount would make room for others: it is over any limit.
      if (!Number.isSafeInteger(amount) || amount < 0) return true;
      const here = (drawnHere.get(key) ?? 0) + amount;
      drawnHere.set(key, here);
      const sum = this.#draws.sum(key, windowMs === null ? null : atMs - windowMs) + here;
      return !(sum <= max);
    });
  }

  #draw(reservation: Reservation, atMs: number, call: string | null): void {
    if (reservation.type === 'once') this.#sql.takeOnce.run(reservation.key, call);
    else if (reservation.amount > 0) {
      this.#draws.add(reservation.key, atMs, reservation.amount, call);
    }
  }

  #keepRun(commit: EncodedRunCommit): void {
    const { folded, expectedVersion } = commit;
    if (expectedVersion === 0) {
      this.#sql.openRun.run(
        folded.id,
        folded.agent,
        folded.user,
        folded.credential,
        folded.implicit ? 1 : 0,
        folded.status,
        folded.openedAtMs,
        folded.version,
      );
    } else this.#sql.advanceRun.run(folded.status, folded.version, folded.id);
    const due =
      Math.floor(folded.version / snapshotEveryEvents) >
      Math.floor(expectedVersion / snapshotEveryEvents);
    if (due) this.#sql.snapshot.run(folded.id, folded.version, JSON.stringify(folded));
  }

  #keepEvent({ leaf, columns }: EncodedEvent, runVersion: number | null): void {
    const { run, atMs, type, agent, tool } = columns;
    this.#sql.event.run(this.#nextSeq, run, runVersion, atMs, type, agent, tool, leaf);
    this.#nextSeq += 1;
  }

  #alreadyOpen(event: RunEvent): boolean {
    return event.type === 'call.started' && this.#sql.callOpen.get(event.call) !== undefined;
  }

  #trackCall(event: RunEvent): void {
    if (event.type === 'call.started') {
      this.#sql.startCall.run(event.call, event.run, this.#leaseOwner, event.atMs);
    } else if (event.type === 'call.finished') this.#sql.finishCall.run(event.call);
  }

  #write(writes: readonly EncodedWrite[]): void {
    for (const { key, value } of writes) {
      if (value === null) this.#sql.deleteState.run(key);
      else this.#sql.writeState.run(key, value);
    }
  }
}

type Statements = ReturnType<typeof prepare>;

function prepare(db: DatabaseSync) {
  return {
    nextSeq: db.prepare('SELECT coalesce(max(seq) + 1, 0) AS next FROM events'),
    version: db.prepare('SELECT version FROM runs WHERE run = ?'),
    openRun: db.prepare(
      `INSERT INTO runs (run, agent, user, credential, implicit, status, opened_at_ms, version)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    advanceRun: db.prepare('UPDATE runs SET status = ?, version = ? WHERE run = ?'),
    snapshot: db.prepare(
      `INSERT INTO snapshots (run, version, folded) VALUES (?, ?, ?)
       ON CONFLICT (run) DO UPDATE SET version = excluded.version, folded = excluded.folded`,
    ),
    event: db.prepare(
      `INSERT INTO events (seq, run, run_version, at_ms, type, agent, tool, leaf)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    callOpen: db.prepare('SELECT 1 FROM open_calls WHERE call = ?'),
    startCall: db.prepare(
      'INSERT INTO open_calls (call, run, owner, started_at_ms) VALUES (?, ?, ?, ?)',
    ),
    finishCall: db.prepare('DELETE FROM open_calls WHERE call = ?'),
    onceTaken: db.prepare('SELECT 1 FROM once WHERE key = ?'),
    // The same key twice in one commit is one call doing it once.
    takeOnce: db.prepare('INSERT OR IGNORE INTO once (key, call) VALUES (?, ?)'),
    giveOnceBack: db.prepare('DELETE FROM once WHERE call = ?'),
    mark: db.prepare('INSERT OR IGNORE INTO used (key) VALUES (?)'),
    payload: db.prepare('INSERT OR IGNORE INTO payloads (digest, bytes) VALUES (?, ?)'),
    state: db.prepare('SELECT value FROM state WHERE key = ?'),
    writeState: db.prepare(
      'INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    ),
    deleteState: db.prepare('DELETE FROM state WHERE key = ?'),
  };
}
