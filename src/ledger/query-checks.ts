/**
 * Whether who asks for a run, an agent or a type is shown all of it. A run's events are found along a chain, the others by
 * the blocks that hold one, and the tree covers neither: whoever edits those hides an event without touching it.
 */
import { columnsOf } from '../store/columns.ts';
import { StoreError } from '../store/errors.ts';
import type { EventFilter, EventRow, RunSummary, StoredEvent, StoreReader } from '../store/port.ts';
import type { LedgerProblem } from './findings.ts';
import { tileWidth } from './tiles.ts';

/** Of the runs in memory the newest event is known; of others it is read again. */
const runsInMemoryMax = 50_000;
const runsAtOnce = 1_000;
const problemsMax = 100;

interface Place {
  seq: number;
  version: number;
}

export class QueryChecks {
  readonly #reader: StoreReader;
  readonly #newest = new Map<string, Place>();
  /** A bit an event: whether another one of its run follows. So no two follow the same, and a chain has no branches. */
  #followed = new Uint8Array(64 * 1024);
  #opened = 0;
  /** What the events of one tile are found by. */
  readonly #types = new Set<string>();
  readonly #agents = new Set<string>();
  #tile = 0;
  /** What has to be read for that, which is little. */
  #due: (() => Promise<void>)[] = [];
  readonly problems: LedgerProblem[] = [];

  constructor(reader: StoreReader) {
    this.#reader = reader;
  }

  /** Rows in their order; after some of them, `settled`. */
  event(row: EventRow): void {
    const { seq, type, agent, run } = row;
    const tile = Math.floor(seq / tileWidth);
    if (tile !== this.#tile) {
      // Neighbours are found together or not at all.
      this.#types.clear();
      this.#agents.clear();
      this.#tile = tile;
    }
    if (!this.#types.has(type)) {
      this.#types.add(type);
      this.#due.push(() => this.#found({ type }, type, seq));
    }
    if (agent !== null && !this.#agents.has(agent)) {
      this.#agents.add(agent);
      this.#due.push(() => this.#found({ agent }, agent, seq));
    }
    if (run !== null) this.#linked(row, run);
  }

  async settled(): Promise<void> {
    for (const read of this.#due) await read();
    this.#due = [];
  }

  /** @param events how many were looked at: a gateway at work goes on. */
  async end(events: number): Promise<void> {
    let listed = 0;
    for (let before: string | undefined; ; ) {
      const filter = before === undefined ? {} : { before };
      const runs = await this.#reader.listRuns({ ...filter, limit: runsAtOnce });
      for (const run of runs) await this.#wholeRun(run, events);
      listed += runs.length;
      before = runs.at(-1)?.run;
      if (runs.length < runsAtOnce) break;
    }
    if (listed < this.#opened)
      this.#add(null, `${this.#opened} runs were opened, and ${listed} are listed`);
  }

  async #found(by: Pick<EventFilter, 'type' | 'agent'>, name: string, seq: number): Promise<void> {
    const found = await this.#newestOf({ ...by, fromSeq: seq, beforeSeq: seq + 1 });
    if (found === null) this.#add(seq, `who asks for \`${name}\` isn't shown it`);
  }

  #linked({ seq, runVersion, previousSeq, type }: EventRow, run: string): void {
    const version = runVersion ?? 0;
    const newest = this.#newest.get(run);
    if (type === 'run.opened') {
      this.#opened += 1;
      if (version !== 1 || previousSeq !== null) this.#unlinked(seq);
    } else if (
      previousSeq === null ||
      previousSeq < 0 ||
      previousSeq >= seq ||
      this.#isFollowed(previousSeq)
    ) {
      this.#unlinked(seq);
    } else {
      this.#follow(previousSeq);
      if (newest?.seq !== previousSeq)
        this.#due.push(() => this.#follows(seq, version, previousSeq, run));
      else if (newest.version !== version - 1) this.#unlinked(seq);
    }
    if (newest === undefined) this.#remember(run, { seq, version });
    else {
      newest.seq = seq;
      newest.version = version;
    }
  }

  async #follows(seq: number, version: number, before: number, run: string): Promise<void> {
    const [row] = await this.#reader.eventRows(before, 1);
    const fits = row?.seq === before && row.run === run && row.runVersion === version - 1;
    if (!fits) this.#unlinked(seq);
  }

  #remember(run: string, place: Place): void {
    const [oldest] = this.#newest.size >= runsInMemoryMax ? this.#newest.keys() : [];
    if (oldest !== undefined) this.#newest.delete(oldest);
    this.#newest.set(run, place);
  }

  async #wholeRun({ run, agent }: RunSummary, events: number): Promise<void> {
    const known = this.#newest.get(run)?.seq;
    const end = await this.#newestOf({ run, ...(known === undefined ? {} : { fromSeq: known }) });
    if (end === null || (end.seq < events && this.#isFollowed(end.seq)))
      this.#add(known ?? null, `who asks for run ${run} isn't shown its end`);
    else if (columnsOf(end.event).agent !== agent)
      this.#add(end.seq, `run ${run} is listed as another agent's`);
  }

  /** Null: nothing is found. */
  async #newestOf(filter: Omit<EventFilter, 'limit'>): Promise<StoredEvent | null> {
    try {
      const [newest] = await this.#reader.events({ ...filter, newestFirst: true, limit: 1 });
      return newest ?? null;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      return null;
    }
  }

  #unlinked(seq: number): void {
    this.#add(seq, "it doesn't follow the event of its run before it");
  }

  #add(seq: number | null, detail: string): void {
    if (this.problems.length < problemsMax)
      this.problems.push({ code: 'mislabelled', seq, detail });
  }

  #isFollowed(seq: number): boolean {
    return ((this.#followed[seq >> 3] ?? 0) & (1 << (seq & 7))) !== 0;
  }

  #follow(seq: number): void {
    const at = seq >> 3;
    if (at >= this.#followed.length) {
      const longer = new Uint8Array(2 * (at + 1));
      longer.set(this.#followed);
      this.#followed = longer;
    }
    this.#followed[at] = (this.#followed[at] ?? 0) | (1 << (seq & 7));
  }
}
