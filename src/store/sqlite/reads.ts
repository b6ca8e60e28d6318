import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { JsonValue } from '../../content/value.ts';
import type { RunEvent } from '../../engine/events.ts';
import type { Run, RunStatus } from '../../engine/run.ts';
import { isRunEvent } from '../columns.ts';
import { StoreError } from '../errors.ts';
import type {
  EventFilter,
  EventRow,
  KeptPayload,
  OpenCall,
  RunSummary,
  SignedCheckpoint,
  StoredEvent,
  StoreReader,
} from '../port.ts';
import { runShape } from '../run-shape.ts';
import { readEvent } from '../upcast.ts';
import { chainQuery, eventQuery, eventsAfterQuery, whereOf } from './event-query.ts';
import { storeFault } from './fault.ts';
import type { JournalPosition } from './journal.ts';
import { payloadKey } from './payload-key.ts';
import { bytesOf, numberOf, numberOrNull, type Row, textOf, textOrNull } from './rows.ts';
import { lastPositionOf, lastPositionQuery } from './transaction.ts';

const payloadsAtOnce = 256;
const payloadBytesAtOnce = 1024 * 1024;

export type FoldRun = (run: Run | null, event: RunEvent) => Run;

/** The read half: works in the one writer's process, and beside it. */
export abstract class SqliteReads implements StoreReader {
  readonly #db: DatabaseSync;
  readonly #foldRun: FoldRun;
  readonly #statements = new Map<string, StatementSync>();

  constructor(db: DatabaseSync, foldRun: FoldRun) {
    this.#db = db;
    this.#foldRun = foldRun;
  }

  /** Resolves when the database has everything that was acknowledged before it was asked. */
  protected abstract settled(): Promise<void> | void;

  async loadRun(run: string): Promise<Run | null> {
    await this.settled();
    return this.atOneMoment(() => this.#loadRun(run));
  }

  async listRuns(filter: Parameters<StoreReader['listRuns']>[0]): Promise<readonly RunSummary[]> {
    await this.settled();
    const conditions: [string, SQLInputValue | undefined][] = [
      ['agent = ?', filter.agent],
      ['status = ?', filter.status],
      ['ordinal < (SELECT ordinal FROM runs WHERE run = ?)', filter.before],
    ];
    const { where, values } = whereOf(conditions);
    const sql = `SELECT * FROM runs ${where} ORDER BY ordinal DESC LIMIT ?`;
    return this.#all(sql, ...values, filter.limit).map(summaryOf);
  }

  async countRuns(status: RunStatus): Promise<number> {
    await this.settled();
    const row = this.#get('SELECT count(*) AS count FROM runs WHERE status = ?', status);
    return numberOf(row ?? {}, 'count');
  }

  async findImplicitRun(
    agent: string,
    user: string | null,
    credential: string,
  ): Promise<Run | null> {
    await this.settled();
    const row = this.#get(
      `SELECT run FROM runs WHERE implicit = 1 AND agent = ? AND user IS ?
       AND credential = ? ORDER BY ordinal DESC LIMIT 1`,
      agent,
      user,
      credential,
    );
    return row === undefined ? null : this.loadRun(textOf(row, 'run'));
  }

  async windowSum(key: string, sinceMs: number | null): Promise<number> {
    await this.settled();
    const row = this.#get(
      'SELECT coalesce(sum(amount), 0) AS total FROM draws WHERE key = ? AND at_ms > ?',
      key,
      sinceMs ?? -1,
    );
    return numberOf(row ?? {}, 'total');
  }

  async onceTaken(key: string): Promise<boolean> {
    await this.settled();
    return this.#get('SELECT 1 FROM once WHERE key = ?', key) !== undefined;
  }

  async used(key: string): Promise<boolean> {
    await this.settled();
    return this.#get('SELECT 1 FROM used WHERE key = ?', key) !== undefined;
  }

  async readState(key: string): Promise<JsonValue | undefined> {
    await this.settled();
    const row = this.#get('SELECT value FROM state WHERE key = ?', key);
    return row === undefined ? undefined : JSON.parse(textOf(row, 'value'));
  }

  async listState(prefix: string): Promise<readonly { key: string; value: JsonValue }[]> {
    await this.settled();
    const rows = this.#all(
      'SELECT key, value FROM state WHERE key >= ?1 AND key < ?1 || char(0x10ffff) ORDER BY key',
      prefix,
    );
    return rows.map((row) => ({
      key: textOf(row, 'key'),
      value: JSON.parse(textOf(row, 'value')),
    }));
  }

  async openCalls(limit: number): Promise<readonly OpenCall[]> {
    await this.settled();
    const rows = this.#all('SELECT * FROM open_calls ORDER BY started_at_ms, call LIMIT ?', limit);
    return rows.map((row) => ({
      call: textOf(row, 'call'),
      run: textOf(row, 'run'),
      owner: textOf(row, 'owner'),
      startedAtMs: numberOf(row, 'started_at_ms'),
    }));
  }

  async events(filter: EventFilter): Promise<readonly StoredEvent[]> {
    await this.settled();
    const { sql, values } =
      filter.run === undefined ? eventQuery(filter) : chainQuery(filter, this.#isOfRun(filter));
    return this.#all(sql, ...values).map((row) => {
      const { seq, run, runVersion, leaf } = eventRowOf(row);
      return { seq, run, runVersion, leaf, event: readEvent(leaf, seq) };
    });
  }

  async eventRows(fromSeq: number, limit: number): Promise<readonly EventRow[]> {
    await this.settled();
    const { sql, values } = eventQuery({ fromSeq, limit });
    return this.#all(sql, ...values).map(eventRowOf);
  }

  async payload(digest: string): Promise<Uint8Array | null> {
    await this.settled();
    const row = this.#get(
      'SELECT bytes FROM payload_ids JOIN payloads USING (id) WHERE key = ? AND digest = ?',
      payloadKey(digest),
      digest,
    );
    return row === undefined ? null : bytesOf(row, 'bytes');
  }

  async *payloads(): AsyncGenerator<readonly KeptPayload[], void, undefined> {
    await this.settled();
    let page = this.#payloadsAfter(0);
    while (page.payloads.length > 0) {
      yield page.payloads;
      page = this.#payloadsAfter(page.last);
    }
  }

  async eventCount(): Promise<number> {
    await this.settled();
    const row = this.#get('SELECT coalesce(max(seq) + 1, 0) AS count FROM events');
    return numberOf(row ?? {}, 'count');
  }

  async checkpoint(atLeast = 0): Promise<SignedCheckpoint | null> {
    await this.settled();
    const row = this.#get('SELECT size, note FROM checkpoints ORDER BY id DESC LIMIT 1');
    if (row === undefined || numberOf(row, 'size') < atLeast) return null;
    return { size: numberOf(row, 'size'), note: textOf(row, 'note') };
  }

  async tile(level: number, index: number): Promise<Uint8Array | null> {
    await this.settled();
    const row = this.#get('SELECT hashes FROM tiles WHERE level = ? AND idx = ?', level, index);
    return row === undefined ? null : bytesOf(row, 'hashes');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#db.isOpen) this.#db.close();
  }

  protected lastPosition(): JournalPosition {
    return lastPositionOf(this.#get(lastPositionQuery) ?? {});
  }

  /** The writer goes on meanwhile: what is read with several statements has to be of one commit. */
  protected atOneMoment<T>(read: () => T): T {
    try {
      this.#db.exec('BEGIN');
    } catch (error) {
      throw storeFault(error);
    }
    try {
      return read();
    } finally {
      this.#db.exec('COMMIT');
    }
  }

  #loadRun(id: string): Run | null {
    const row = this.#get('SELECT version FROM runs WHERE run = ?', id);
    if (row === undefined) return null;
    let run = this.#snapshot(id);
    const { sql, values } = eventsAfterQuery(id, run?.version ?? 0);
    for (const { seq, runVersion, leaf } of this.#all(sql, ...values).map(eventRowOf)) {
      const event = readEvent(leaf, seq);
      const follows = runVersion === (run?.version ?? 0) + 1;
      if (!follows || !isRunEvent(event) || event.run !== id) {
        throw new StoreError('store.corrupt', `event ${seq} is not the next one of run ${id}`);
      }
      run = this.#foldRun(run, event);
    }
    // Events that are missing would give back budget, and wash labels off: the run is unusable rather than cleaner.
    if (run?.version !== numberOf(row, 'version')) {
      throw new StoreError('store.corrupt', `events of run ${id} are missing`);
    }
    return run;
  }

  #isOfRun({ run = '', beforeSeq = -1 }: EventFilter): boolean {
    return (
      this.#get('SELECT 1 FROM events WHERE seq = ? AND run = ?', beforeSeq, run) !== undefined
    );
  }

  #snapshot(id: string): Run | null {
    const row = this.#get('SELECT folded FROM snapshots WHERE run = ?', id);
    if (row === undefined) return null;
    const read = runShape.safeParse(JSON.parse(textOf(row, 'folded')));
    return read.success ? read.data : null;
  }

  /** A read of its own: one left half-way would show all others the past, and keep the journal from being reset. */
  #payloadsAfter(id: number): { readonly payloads: readonly KeptPayload[]; readonly last: number } {
    const payloads: KeptPayload[] = [];
    let last = id;
    let bytes = 0;
    try {
      const rows = this.#statement(
        'SELECT id, digest, bytes FROM payloads WHERE id > ? ORDER BY id LIMIT ?',
      ).iterate(id, payloadsAtOnce);
      for (const row of rows) {
        const payload = { digest: textOf(row, 'digest'), bytes: bytesOf(row, 'bytes') };
        payloads.push(payload);
        last = numberOf(row, 'id');
        bytes += payload.bytes.length;
        if (bytes >= payloadBytesAtOnce) break;
      }
    } catch (error) {
      throw storeFault(error);
    }
    return { payloads, last };
  }

  #get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    try {
      return this.#statement(sql).get(...values);
    } catch (error) {
      throw storeFault(error);
    }
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    try {
      return this.#statement(sql).all(...values);
    } catch (error) {
      throw storeFault(error);
    }
  }

  /** The texts are few: every one is written in this file. */
  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function eventRowOf(row: Row): EventRow {
  return {
    seq: numberOf(row, 'seq'),
    run: textOrNull(row, 'run'),
    runVersion: numberOrNull(row, 'run_version'),
    previousSeq: numberOrNull(row, 'previous_seq'),
    atMs: numberOf(row, 'at_ms'),
    type: textOf(row, 'type'),
    agent: textOrNull(row, 'agent'),
    tool: textOrNull(row, 'tool'),
    leaf: bytesOf(row, 'leaf'),
  };
}

function summaryOf(row: Row): RunSummary {
  return {
    run: textOf(row, 'run'),
    agent: textOf(row, 'agent'),
    user: textOrNull(row, 'user'),
    status: statusOf(textOf(row, 'status')),
    implicit: numberOf(row, 'implicit') === 1,
    openedAtMs: numberOf(row, 'opened_at_ms'),
    version: numberOf(row, 'version'),
  };
}

function statusOf(text: string): RunStatus {
  if (text === 'open' || text === 'closing' || text === 'closed' || text === 'abandoned')
    return text;
  throw new StoreError('store.corrupt', `unknown run status \`${text}\``);
}
