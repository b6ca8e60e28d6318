/** The writers of the runs in use, one a run. */
import type { HandedOver, RunEvent } from '../engine/events.ts';
import type { Run } from '../engine/run.ts';
import { RuntimeError } from './errors.ts';
import type { RuntimePorts } from './ports.ts';
import { RunWriter } from './writer.ts';

/** Idle writers kept in memory, so that the next call of their run needs no load. */
const writersMax = 5_000;
/** What their runs remember together, in calls: some hundred bytes each. */
const callsRememberedMax = 200_000;

/** Deliveries of one run that wait to be told: their event stays as short as others. */
const deliveriesMax = 64;

type OfRun = Pick<RunEvent, 'v' | 'atMs' | 'run' | 'agent' | 'user' | 'policy'>;

export class RunWriters {
  readonly #ports: RuntimePorts;
  /** The one used longest ago first. */
  readonly #writers = new Map<string, RunWriter>();
  /** Those with deliveries that nobody told the store yet. */
  readonly #telling = new Set<RunWriter>();

  constructor(ports: RuntimePorts) {
    this.#ports = ports;
  }

  /** Of a run that is about to be opened. */
  begin(id: string): RunWriter {
    const writer = new RunWriter(this.#ports.store, id, null);
    this.#keep(writer);
    return writer;
  }

  /** The one in memory. */
  known(id: string): RunWriter | undefined {
    const kept = this.#writers.get(id);
    if (kept === undefined) return undefined;
    this.#writers.delete(id);
    this.#writers.set(id, kept);
    return kept;
  }

  /** Null: there is no such run. */
  async get(id: string): Promise<RunWriter | null> {
    const kept = this.known(id);
    if (kept !== undefined) return kept;
    const run = await this.#ports.store.loadRun(id);
    if (run === null) return null;
    // Somebody else may have loaded it meanwhile: there must never be two writers of one run.
    const raced = this.#writers.get(id);
    if (raced !== undefined) return raced;
    const writer = new RunWriter(this.#ports.store, id, run);
    this.#keep(writer);
    return writer;
  }

  /** The outcome of a call was handed to the network. Told with others of its run, at the latest by the next `tellDelivered`. */
  async delivered(writer: RunWriter, outcome: HandedOver): Promise<void> {
    const { run } = writer;
    if (run === null) return;
    const event = { ...this.ofRun(run), type: 'call.delivered', calls: [outcome] } as const;
    this.#telling.add(writer);
    if (writer.delivered(event) >= deliveriesMax) await this.#tell(writer);
  }

  /** @throws {StoreError} */
  async tellDelivered(): Promise<void> {
    await Promise.all([...this.#telling].map((writer) => this.#tell(writer)));
  }

  async #tell(writer: RunWriter): Promise<void> {
    this.#telling.delete(writer);
    await writer.tellDelivered();
  }

  /**
   * Lets go of runs that have ended, and of those used longest ago when all of them remember too much. Only from a timer:
   * whoever has just got a writer holds it before the next one fires.
   */
  makeRoom(): void {
    let remembered = 0;
    for (const { run } of this.#writers.values()) remembered += run?.toolCalls ?? 0;
    for (const [id, { idle, run }] of this.#writers) {
      if (!idle || (run?.status === 'open' && remembered <= callsRememberedMax)) continue;
      this.#writers.delete(id);
      remembered -= run?.toolCalls ?? 0;
    }
  }

  /** What every event of a run says first. */
  ofRun(run: Run): OfRun {
    return {
      v: 1,
      atMs: this.#ports.store.nowMs(),
      run: run.id,
      agent: run.agent,
      user: run.user,
      policy: this.#ports.policy().hash,
    };
  }

  /** Appends one event. */
  async step(run: Run, make: (now: Run) => RunEvent): Promise<Run> {
    const writer = await this.get(run.id);
    const appended = await writer?.append((now) => (now === null ? null : { events: [make(now)] }));
    if (appended?.type !== 'committed')
      throw new RuntimeError('run.not_found', 'there is no such run');
    return appended.run;
  }

  #keep(writer: RunWriter): void {
    this.#writers.set(writer.id, writer);
    if (this.#writers.size <= writersMax) return;
    for (const [id, old] of this.#writers) {
      if (old.idle && old !== writer) {
        this.#writers.delete(id);
        if (this.#writers.size <= writersMax) return;
      }
    }
  }
}
