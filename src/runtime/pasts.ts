/**
 * What runs have done and been shown, as their next decisions look back at it: read from the store's payloads once, and
 * then kept, so that a decision finds the very objects that the one before it found. Each run has its own, also of calls
 * that two runs share (a child sees its parent's): whatever a rule derives from one must not reach another run.
 *
 * Nothing is written here. What a crash or an eviction takes is read again.
 */
import { readJson, StrictJsonError } from '../content/json.ts';
import { isJsonObject, type JsonObject } from '../content/value.ts';
import { type Exchange, nothingShown, type PastCall } from '../engine/exchange.ts';
import type { CallUnderWay, Run } from '../engine/run.ts';
import type { StoreReader } from '../store/port.ts';
import { parseShown } from './stored-shown.ts';

/** Of payloads, for all runs: parsed they take a few times as much. The run used longest ago goes first. */
const bytesMax = 64 * 1_024 * 1_024;
/** More than that of one run isn't looked at: its calls are refused, where they would look back. */
const runBytesMax = 32 * 1_024 * 1_024;
/** As deep as an upstream's answer may be. */
const depthMax = 128;

type Held = Pick<Run, 'history' | 'inFlight'>;

interface Kept {
  readonly exchange: Exchange;
  readonly bytes: number;
}

interface RunPast {
  readonly calls: Map<string, Kept>;
  bytes: number;
  /** What `history` was made of. */
  of: readonly Held[];
  history: readonly Exchange[];
}

export class Pasts {
  readonly #store: Pick<StoreReader, 'payload'>;
  /** The one used longest ago first. */
  readonly #runs = new Map<string, RunPast>();
  #bytes = 0;

  constructor(store: Pick<StoreReader, 'payload'>) {
    this.#store = store;
  }

  /**
   * Of this run and the runs above it, in the order in which calls ended. Null: something of it isn't to be had.
   *
   * @param written - resolves when nothing of the run is on its way to the store any more.
   */
  async of(
    run: Run,
    ancestors: readonly Held[],
    written: () => Promise<void>,
  ): Promise<readonly Exchange[] | null> {
    const past = this.#past(run.id);
    const holders = [run, ...ancestors];
    if (past.of.length === holders.length && past.of.every((one, at) => isSame(one, holders[at])))
      return past.history;
    const history: Exchange[] = [];
    const calls = new Set<string>();
    for (const held of holders) {
      for (const call of callsOf(held)) {
        if (calls.has(call.call)) continue;
        calls.add(call.call);
        const exchange =
          this.#known(past, call) ??
          (await this.#read(past, call)) ??
          // It may be on its way to the store: calls of one run are written while others are decided.
          (await written().then(() => this.#read(past, call)));
        if (exchange === null) return null;
        history.push(exchange);
      }
    }
    for (const [call, { bytes }] of past.calls) if (!calls.has(call)) this.#drop(past, call, bytes);
    past.history = history.sort((a, b) => a.past.atMs - b.past.atMs);
    past.of = holders.map(({ history: lists, inFlight }) => ({ history: lists, inFlight }));
    this.#makeRoom(run.id);
    return past.bytes > runBytesMax ? null : past.history;
  }

  /** Whether `of` would say the same of the run as it stands now. */
  isCurrent(run: Run): boolean {
    return isSame(this.#runs.get(run.id)?.of[0], run);
  }

  #past(run: string): RunPast {
    const past = this.#runs.get(run) ?? { calls: new Map(), bytes: 0, of: [], history: [] };
    this.#runs.delete(run);
    this.#runs.set(run, past);
    return past;
  }

  /** Of a call that was under way and has ended, what is known isn't all any more. */
  #known({ calls }: RunPast, call: PastCall): Exchange | null {
    const known = calls.get(call.call)?.exchange;
    return known !== undefined && isSameCall(known.past, call) ? known : null;
  }

  async #read(past: RunPast, call: PastCall): Promise<Exchange | null> {
    const args = await this.#payload(call.arguments);
    const result = call.released === null ? null : await this.#payload(call.released);
    const shown = call.shown === null ? null : await this.#payload(call.shown);
    if (args === null) return null;
    if ((call.released !== null && result === null) || (call.shown !== null && shown === null))
      return null;
    const said = shown === null ? nothingShown : parseShown(shown.value);
    if (said === null) return null;
    const bytes = args.bytes + (result?.bytes ?? 0) + (shown?.bytes ?? 0);
    const exchange: Exchange = {
      past: call,
      args: args.value,
      result: result?.value ?? null,
      shown: said,
    };
    const old = past.calls.get(call.call);
    if (old !== undefined) this.#drop(past, call.call, old.bytes);
    past.calls.set(call.call, { exchange, bytes });
    past.bytes += bytes;
    this.#bytes += bytes;
    return exchange;
  }

  async #payload(
    digest: string,
  ): Promise<{ readonly value: JsonObject; readonly bytes: number } | null> {
    const stored = await this.#store.payload(digest);
    if (stored === null) return null;
    try {
      const value = readJson(stored, { bytesMax: stored.byteLength, depthMax });
      return isJsonObject(value) ? { value, bytes: stored.byteLength } : null;
    } catch (error) {
      if (error instanceof StrictJsonError) return null;
      throw error;
    }
  }

  #drop(past: RunPast, call: string, bytes: number): void {
    past.calls.delete(call);
    past.bytes -= bytes;
    this.#bytes -= bytes;
  }

  #makeRoom(used: string): void {
    for (const [id, { bytes }] of this.#runs) {
      if (this.#bytes <= bytesMax && this.#runs.size <= runsMax) return;
      if (id === used) continue;
      this.#runs.delete(id);
      this.#bytes -= bytes;
    }
  }
}

/** Of empty ones too. */
const runsMax = 5_000;

function isSame(a: Held | undefined, b: Held | undefined): boolean {
  return a !== undefined && a.history === b?.history && isSameWork(a.inFlight, b.inFlight);
}

/** Reads come and go; what may change something counts from the moment when it was let through. */
function isSameWork(a: readonly CallUnderWay[], b: readonly CallUnderWay[]): boolean {
  if (a === b) return true;
  const [before, now] = [a.filter(mayAct), b.filter(mayAct)];
  return before.length === now.length && before.every(({ id }, at) => id === now[at]?.id);
}

function mayAct({ tier }: CallUnderWay): boolean {
  return tier > 0;
}

function isSameCall(a: PastCall, b: PastCall): boolean {
  return (
    a === b ||
    (a.atMs === b.atMs &&
      a.completed === b.completed &&
      a.released === b.released &&
      a.shown === b.shown)
  );
}

function callsOf({ history, inFlight }: Held): readonly PastCall[] {
  return [...history.flat(), ...inFlight.filter(mayAct).map(underWay)];
}

/** What may be happening to a record at this moment. */
function underWay({ id, tool, tier, atMs, arguments: args, seenByAgent }: CallUnderWay): PastCall {
  return {
    call: id,
    tool,
    tier,
    sinceMs: atMs,
    atMs,
    completed: false,
    seenByAgent,
    arguments: args,
    released: null,
    shown: null,
    trust: 'trusted',
  };
}
