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
import { acting, asPastCall, type Held, inOrder, isSameHistory } from '../engine/history.ts';
import { limits } from '../engine/limits.ts';
import { unframed } from '../engine/outputs/unframed.ts';
import type { Run } from '../engine/run.ts';
import type { StoreReader } from '../store/port.ts';
import { parseShown } from './stored-shown.ts';

/** Of payloads, for all runs: parsed they take a few times as much. The run used longest ago goes first. */
const bytesMax = 2 * limits.historyBytesMax;
/** Of runs that read little, too. */
const runsMax = 5_000;
/** As deep as an upstream's answer may be. */
const depthMax = 128;

interface RunPast {
  readonly calls: Map<string, Kept>;
  bytes: number;
  /** False: it had to make room while it was being read. */
  isKept: boolean;
  /** Decisions of one run look one after another, or each would make objects of its own. */
  turn: Promise<unknown>;
  /** What `history` was made of. */
  of: readonly Held[];
  history: readonly Exchange[];
}

interface Kept {
  readonly exchange: Exchange;
  readonly bytes: number;
}

type Payload = StoreReader['payload'];

export class Pasts {
  readonly #payload: Payload;
  /** The one used longest ago first. */
  readonly #runs = new Map<string, RunPast>();
  #bytes = 0;

  constructor(payload: Payload) {
    this.#payload = payload;
  }

  /**
   * Of a run and the runs above it, in the order in which calls ended. Null: something of it isn't to be had.
   *
   * @param written - resolves when nothing of the run is on its way to the store any more.
   */
  async of(
    runs: readonly [Run, ...Held[]],
    written: () => Promise<unknown>,
  ): Promise<readonly Exchange[] | null> {
    const [run] = runs;
    const past = this.#used(run.id);
    const looked = past.turn.then(() => this.#look(past, runs, written));
    past.turn = looked.catch(() => undefined);
    const history = await looked;
    this.#makeRoom(run.id);
    return history;
  }

  /** The same, at once, where nothing has happened since somebody looked. Undefined: something has. */
  known(runs: readonly [Run, ...Held[]]): readonly Exchange[] | null | undefined {
    const [{ id }] = runs;
    const past = this.#runs.get(id);
    return past === undefined || !isMadeOf(past, runs) ? undefined : within(this.#used(id));
  }

  async #look(
    past: RunPast,
    holders: readonly Held[],
    written: () => Promise<unknown>,
  ): Promise<readonly Exchange[] | null> {
    if (isMadeOf(past, holders)) return within(past);
    const added = addedTo(past, holders);
    const more = added === null ? null : await this.#exchanges(past, added);
    const history = more === null ? [] : past.history.concat(more);
    if (more === null) {
      for (const held of holders) {
        for (const calls of [...held.history, acting(held).map(asPastCall)]) {
          const exchanges =
            (await this.#exchanges(past, calls)) ??
            // It may be on its way to the store: calls of one run are written while others are decided.
            (await written().then(() => this.#exchanges(past, calls)));
          if (exchanges === null) return null;
          for (const exchange of exchanges) history.push(exchange);
        }
      }
    }
    past.of = holders.map(({ history: own, inFlight }) => ({ history: own, inFlight }));
    past.history = inOrder(history, more === null ? 0 : past.history.length);
    if (past.calls.size > history.length) this.#forget(past);
    return within(past);
  }

  #used(run: string): RunPast {
    const past = this.#runs.get(run) ?? {
      calls: new Map(),
      bytes: 0,
      isKept: true,
      turn: Promise.resolve(),
      of: [],
      history: [],
    };
    this.#runs.delete(run);
    this.#runs.set(run, past);
    return past;
  }

  async #exchanges(past: RunPast, calls: readonly PastCall[]): Promise<readonly Exchange[] | null> {
    const exchanges: Exchange[] = [];
    for (const call of calls) {
      const known = past.calls.get(call.call)?.exchange;
      // Of a call that was under way and has ended, what is known isn't all any more.
      const exchange =
        known !== undefined && isSameCall(known.past, call) ? known : await this.#read(past, call);
      if (exchange === null) return null;
      exchanges.push(exchange);
    }
    return exchanges;
  }

  async #read(past: RunPast, call: PastCall): Promise<Exchange | null> {
    const args = await this.#stored(call.arguments);
    const result = call.released === null ? nothing : await this.#stored(call.released);
    const shown = call.shown === null ? nothing : await this.#stored(call.shown);
    if (args === null || args.value === null || result === null || shown === null) return null;
    const said = shown.value === null ? nothingShown : parseShown(shown.value);
    if (said === null) return null;
    const bytes = args.bytes + result.bytes + shown.bytes;
    const exchange = {
      past: call,
      args: args.value,
      result: result.value && unframed(result.value),
      shown: said,
    };
    this.#drop(past, call.call);
    past.calls.set(call.call, { exchange, bytes });
    this.#count(past, bytes);
    return exchange;
  }

  async #stored(digest: string): Promise<Stored | null> {
    const stored = await this.#payload(digest);
    if (stored === null) return null;
    try {
      const value = readJson(stored, { bytesMax: stored.byteLength, depthMax });
      return isJsonObject(value) ? { value, bytes: stored.byteLength } : null;
    } catch (error) {
      if (error instanceof StrictJsonError) return null;
      throw error;
    }
  }

  /** What the run itself doesn't remember any more. */
  #forget(past: RunPast): void {
    const remembered = new Set(past.history.map((exchange) => exchange.past.call));
    for (const call of past.calls.keys()) if (!remembered.has(call)) this.#drop(past, call);
  }

  #drop(past: RunPast, call: string): void {
    const bytes = past.calls.get(call)?.bytes ?? 0;
    past.calls.delete(call);
    this.#count(past, -bytes);
  }

  #count(past: RunPast, bytes: number): void {
    past.bytes += bytes;
    if (past.isKept) this.#bytes += bytes;
  }

  #makeRoom(used: string): void {
    for (const [id, past] of this.#runs) {
      if (this.#bytes <= bytesMax && this.#runs.size <= runsMax) return;
      if (id === used) continue;
      this.#runs.delete(id);
      this.#count(past, -past.bytes);
      past.isKept = false;
    }
  }
}

interface Stored {
  readonly value: JsonObject | null;
  readonly bytes: number;
}

const nothing: Stored = { value: null, bytes: 0 };

/** What a run has done since, where it has only gone on: then nothing before it is looked at again. Null: it has not. */
function addedTo({ of }: RunPast, holders: readonly Held[]): readonly PastCall[] | null {
  const [then, now] = [of[0], holders[0]];
  if (then === undefined || now === undefined || of.length + holders.length !== 2) return null;
  if (acting(then).length + acting(now).length > 0) return null;
  const whole = then.history.length - 1;
  const last = then.history[whole];
  const grown = now.history[whole];
  if (last === undefined || grown === undefined) return null;
  for (let at = 0; at < whole; at += 1) if (then.history[at] !== now.history[at]) return null;
  if (grown[last.length - 1] !== last.at(-1)) return null;
  return [...grown.slice(last.length), ...now.history.slice(whole + 1).flat()];
}

/** A run that was shown more does nothing that looks back. */
function within({ bytes, history }: RunPast): readonly Exchange[] | null {
  return bytes > limits.historyBytesMax ? null : history;
}

function isMadeOf({ of }: RunPast, holders: readonly Held[]): boolean {
  return (
    of.length === holders.length &&
    holders.every((now, at) => {
      const then = of[at];
      return then !== undefined && isSameHistory(then, now);
    })
  );
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
