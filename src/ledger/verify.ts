/**
 * Reads the whole ledger as an auditor who trusts nothing in it but the key, and a checkpoint kept elsewhere.
 *
 * Without a kept checkpoint, whoever holds the key may have rewritten everything; with one, nothing before it can have
 * changed unseen. Streams: memory doesn't grow with the ledger.
 */
import type { Event } from '../engine/events.ts';
import { columnsOf } from '../store/columns.ts';
import { StoreError } from '../store/errors.ts';
import type { EventRow, StoreReader } from '../store/port.ts';
import { readEvent } from '../store/upcast.ts';
import { type Checkpoint, openCheckpoint } from './checkpoint.ts';
import { LedgerError } from './errors.ts';
import { Findings, type LedgerProblem } from './findings.ts';
import { leafHash, sameHash } from './leaf.ts';
import { parseVkey, splitNotes, type Verifier } from './note.ts';
import { PayloadChecks, type PayloadState } from './payload-checks.ts';
import { payloadsNamedBy } from './payloads.ts';
import { QueryChecks } from './query-checks.ts';
import { hashesOf, tileWidth } from './tiles.ts';
import { Frontier } from './tree.ts';

export interface VerifyOptions {
  /** Null: there is no store any more where one was. */
  readonly reader: StoreReader | null;
  readonly vkey: string;
  /** What was copied away earlier: a signed checkpoint, or many after one another, as a sink's file has them. */
  readonly keptCheckpoint: string | null;
}

export interface LedgerReport {
  readonly ok: boolean;
  /** Events read. */
  readonly events: number;
  /** Covered by the ledger's own newest checkpoint; events after it are recorded and not sealed yet. */
  readonly sealed: number;
  /** Covered by the newest kept checkpoint: nobody can have changed those, not even with the key. */
  readonly kept: number | null;
  /** The first event that isn't what it was. */
  readonly firstBadSeq: number | null;
  readonly problems: readonly LedgerProblem[];
  /** All of them; `problems` holds at most a hundred. */
  readonly problemCount: number;
}

/** Rows of one level-0 tile are read at once. */
const rowsAtOnce = tileWidth;

const columnNames = ['run', 'atMs', 'type', 'agent', 'tool'] as const;

/** @throws {LedgerError} `ledger.format` when `vkey` is none. What is wrong with the ledger is in the report. */
export async function verifyLedger(options: VerifyOptions): Promise<LedgerReport> {
  const verifier = parseVkey(options.vkey);
  const findings = new Findings();
  const kept = readKept(options.keptCheckpoint, verifier, findings);
  const newest = kept.at(-1) ?? null;
  const { reader } = options;
  if (reader === null) {
    findings.add('wiped', (newest?.size ?? 0) === 0 ? null : 0, 'there is no ledger');
    return reportOf(findings, { events: 0, sealed: 0, kept: newest });
  }
  // Read before the events, so that a gateway at work can't seal events that were not read.
  const own = await readOwn(reader, verifier, findings);
  const walk = new Walk(reader, findings, own, kept);
  const events = await walk.run();
  judgeSizes(findings, events, own, newest);
  // Where events themselves are changed or gone, no query can find what was there.
  if (findings.all().count === 0)
    for (const { code, seq, detail } of walk.unfound) findings.add(code, seq, detail);
  return reportOf(findings, { events, sealed: own?.size ?? 0, kept: newest });
}

/** One pass over the events: their place, their hash, their columns, their payloads. */
class Walk {
  readonly #reader: StoreReader;
  readonly #findings: Findings;
  readonly #own: Checkpoint | null;
  /** Those not reached yet begin at `due`, the smallest first. */
  readonly #checkpoints: readonly { readonly of: Checkpoint; readonly whose: string }[];
  #due = 0;
  readonly #frontier = new Frontier();
  readonly #payloads: PayloadChecks;
  readonly #queries: QueryChecks;
  #next = 0;

  constructor(
    reader: StoreReader,
    findings: Findings,
    own: Checkpoint | null,
    kept: readonly Checkpoint[],
  ) {
    this.#reader = reader;
    this.#findings = findings;
    this.#own = own;
    this.#checkpoints = [
      ...(own === null ? [] : [{ of: own, whose: "the ledger's own" }]),
      ...kept.map((of) => ({ of, whose: 'the kept' })),
    ].sort((one, other) => one.of.size - other.of.size);
    this.#payloads = new PayloadChecks(reader);
    this.#queries = new QueryChecks(reader);
  }

  /** @returns how many events there are, up to the last one; missing ones before it count. */
  async run(): Promise<number> {
    await using _payloads = this.#payloads;
    this.#compareRoots();
    for (;;) {
      const rows = await this.#reader.eventRows(this.#next, rowsAtOnce - (this.#next % rowsAtOnce));
      if (rows.length === 0) break;
      const tile = Math.floor(this.#next / tileWidth);
      const sealed = await this.#sealedHashes(tile);
      for (const row of rows) {
        if (row.seq > this.#next) this.#gap(row.seq);
        const named = this.#event(row, sealed[row.seq - tile * tileWidth]);
        for (const digest of named) {
          const state = this.#payloads.known(digest) ?? (await this.#payloads.find(digest));
          this.#payload(digest, state, row.seq);
        }
        this.#queries.event(row);
      }
      await this.#queries.settled();
    }
    for (const digest of await this.#payloads.strays())
      this.#findings.add('payload_edited', null, `something else lies under ${digest} too`);
    await this.#queries.end(this.#next);
    return this.#next;
  }

  /** What queries don't show. */
  get unfound(): readonly LedgerProblem[] {
    return this.#queries.problems;
  }

  async #sealedHashes(tile: number): Promise<readonly Uint8Array[]> {
    const sealed = Math.max(0, (this.#own?.size ?? 0) - tile * tileWidth);
    return hashesOf(await this.#reader.tile(0, tile)).slice(0, sealed);
  }

  /** @returns the payloads that it names. */
  #event(row: EventRow, sealed: Uint8Array | undefined): readonly string[] {
    const hash = leafHash(row.leaf);
    if (sealed !== undefined && !sameHash(sealed, hash))
      this.#findings.mismatch(row.seq, hash, sealed);
    this.#frontier.add(hash);
    this.#next = row.seq + 1;
    this.#compareRoots();
    const event = this.#read(row);
    if (event === null) return [];
    this.#columns(row, event);
    return payloadsNamedBy(event);
  }

  #payload(digest: string, state: PayloadState, seq: number): void {
    if (state === 'missing') this.#findings.add('payload_missing', seq, `${digest} is gone`);
    else if (state === 'edited')
      this.#findings.add('payload_edited', seq, `what lies under ${digest} is something else`);
  }

  #gap(until: number): void {
    const count = until - this.#next;
    this.#findings.add(
      'dropped',
      this.#next,
      `${count} event${count === 1 ? ' is' : 's are'} missing`,
    );
    this.#next = until;
  }

  #read(row: EventRow): Event | null {
    try {
      return readEvent(row.leaf, row.seq);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#findings.add('edited', row.seq, error.message);
      return null;
    }
  }

  /** The tree covers the leaf alone: a query by an altered column would find another history than the true one. */
  #columns(row: EventRow, event: Event): void {
    const said = columnsOf(event);
    const names = columnNames.filter((name) => row[name] !== said[name]);
    if (names.length === 0) return;
    const detail = `its row says otherwise than the event: ${names.join(', ')}`;
    this.#findings.add('mislabelled', row.seq, detail);
  }

  #compareRoots(): void {
    for (; ; this.#due += 1) {
      const due = this.#checkpoints[this.#due];
      if (due === undefined || due.of.size > this.#next) return;
      // After a gap no root can be told.
      if (this.#frontier.size !== due.of.size) continue;
      if (sameHash(due.of.root, this.#frontier.root())) continue;
      this.#findings.add(
        'rewritten',
        null,
        `the first ${due.of.size} events are not those of ${due.whose} checkpoint`,
      );
    }
  }
}

function judgeSizes(
  findings: Findings,
  events: number,
  own: Checkpoint | null,
  kept: Checkpoint | null,
): void {
  const keptSize = kept?.size ?? 0;
  const ownSize = own?.size ?? 0;
  if (events === 0 && Math.max(keptSize, ownSize) > 0) {
    findings.add(
      'wiped',
      0,
      `${Math.max(keptSize, ownSize)} events were sealed, and none is there`,
    );
  } else if (ownSize < keptSize) {
    const detail = `its own checkpoint knows of ${ownSize} events, the kept one of ${keptSize}`;
    findings.add('rolled_back', Math.min(events, ownSize), detail);
  } else if (events < ownSize) {
    findings.add('truncated', events, `${ownSize} events were sealed, and ${events} are there`);
  }
}

async function readOwn(
  reader: StoreReader,
  verifier: Verifier,
  findings: Findings,
): Promise<Checkpoint | null> {
  const stored = await reader.checkpoint();
  if (stored === null) return null;
  return readNote(stored.note, verifier, (why) =>
    findings.add('checkpoint', null, `the ledger's own: ${why}`),
  );
}

/** The smallest first. */
function readKept(text: string | null, verifier: Verifier, findings: Findings): Checkpoint[] {
  if (text === null) return [];
  const notes = splitNotes(text);
  return (notes.length === 0 ? [text] : notes)
    .flatMap(
      (note) =>
        readNote(note, verifier, (why) =>
          findings.add('checkpoint', null, `the kept one: ${why}`),
        ) ?? [],
    )
    .sort((one, other) => one.size - other.size);
}

function readNote(note: string, verifier: Verifier, bad: (why: string) => void): Checkpoint | null {
  try {
    return openCheckpoint(note, verifier);
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    bad(error.message);
    return null;
  }
}

function reportOf(
  findings: Findings,
  { events, sealed, kept }: { events: number; sealed: number; kept: Checkpoint | null },
): LedgerReport {
  const { problems, count } = findings.all();
  return {
    ok: count === 0,
    events,
    sealed,
    kept: kept?.size ?? null,
    firstBadSeq: problems.find(({ seq }) => seq !== null)?.seq ?? null,
    problems,
    problemCount: count,
  };
}
