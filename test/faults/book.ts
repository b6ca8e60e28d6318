/** What the ledger says, call by call: read in one pass, event by event, so that a long ledger fits. */
import { readJson } from '../../src/content/json.ts';
import { isJsonObject, type JsonObject } from '../../src/content/value.ts';
import type { Event, RunEvent } from '../../src/engine/events.ts';
import type { Labels } from '../../src/engine/run.ts';
import type { StoreReader } from '../../src/store/port.ts';
import { readEvent } from '../../src/store/upcast.ts';
import { whatOf } from './world.ts';

const rowsAtOnce = 256;

/** A call that was let through. */
export interface CallEntry {
  readonly call: string;
  readonly run: string;
  readonly tier: 0 | 1 | 2 | 3;
  /** Tool and decided arguments, as {@link whatOf} puts them. */
  readonly what: string;
  readonly draws: readonly { readonly key: string; readonly amount: number }[];
  end: {
    readonly outcome: 'completed' | 'failed' | 'indeterminate';
    readonly by: 'upstream' | 'sallyport';
    readonly labels: Labels;
  } | null;
  alerted: boolean;
}

export interface Book {
  readonly calls: ReadonlyMap<string, CallEntry>;
  /** Calls that were refused, with an event of their own. */
  readonly denied: ReadonlySet<string>;
  /** Calls that waited for people, or whose results did. */
  readonly holds: ReadonlyMap<string, HoldEntry>;
  /** Calls whose refusal came home from the spool. */
  readonly spooled: ReadonlySet<string>;
  /** By id: how many events it has, and how many calls were decided in it. */
  readonly runs: ReadonlyMap<string, { readonly version: number; readonly calls: number }>;
  /** How many events of a type a run has, by `stepOf`. */
  readonly steps: ReadonlyMap<string, number>;
  /** What shared counters have to hold at the least: draws that nothing gave back. */
  readonly drawn: ReadonlyMap<string, number>;
}

/** What the record says of a call that waited for people. */
export interface HoldEntry {
  /** Of what was asked last: what became of it. */
  settled: 'approved' | 'rejected' | 'expired' | 'withdrawn' | null;
  /** Everything that people said of it. */
  readonly answers: ('approve' | 'reject')[];
  /** Began though nobody had agreed to it. */
  begunUnasked: boolean;
}

interface Reading {
  readonly holds: Map<string, HoldEntry>;
  readonly calls: Map<string, CallEntry>;
  readonly denied: Set<string>;
  readonly spooled: Set<string>;
  readonly runs: Map<string, { version: number; calls: number; atMs: number }>;
  readonly steps: Map<string, number>;
}

/** @param backwards - told of each event that lies before an earlier one of its run. */
export async function readBook(
  store: StoreReader,
  backwards: (detail: string) => void,
): Promise<Book> {
  const book: Reading = {
    calls: new Map(),
    denied: new Set(),
    holds: new Map(),
    spooled: new Set(),
    runs: new Map(),
    steps: new Map(),
  };
  for (let next = 0; ; ) {
    const rows = await store.eventRows(next, rowsAtOnce);
    for (const { seq, leaf } of rows) {
      const event = readEvent(leaf, seq);
      if (isOfRun(event)) noteRun(book, event, seq, backwards);
      await note(book, event, store);
      next = seq + 1;
    }
    if (rows.length === 0) break;
  }
  return { ...book, drawn: drawnBy(book.calls.values()) };
}

export function stepOf({ run, type }: { readonly run: string; readonly type: string }): string {
  return `${type} of ${run}`;
}

function noteRun(
  { runs, steps }: Reading,
  event: RunEvent,
  seq: number,
  backwards: (detail: string) => void,
): void {
  const run = runs.get(event.run) ?? { version: 0, calls: 0, atMs: 0 };
  runs.set(event.run, run);
  run.version += 1;
  if (event.type === 'run.usage' || event.type === 'run.closed')
    steps.set(stepOf(event), (steps.get(stepOf(event)) ?? 0) + 1);
  if (event.type === 'call.started' || event.type === 'call.denied') run.calls += 1;
  if (event.atMs < run.atMs)
    backwards(
      `event ${seq} of ${event.run} lies ${run.atMs - event.atMs} ms before an earlier one`,
    );
  run.atMs = Math.max(run.atMs, event.atMs);
}

async function note(book: Reading, event: Event, store: StoreReader): Promise<void> {
  switch (event.type) {
    case 'call.held': {
      const hold = book.holds.get(event.call);
      if (hold === undefined)
        book.holds.set(event.call, { settled: null, answers: [], begunUnasked: false });
      else hold.settled = null;
      return;
    }
    case 'approval.answered':
      book.holds.get(event.call)?.answers.push(event.answer);
      return;
    case 'approval.settled': {
      const hold = book.holds.get(event.call);
      if (hold !== undefined) hold.settled = event.outcome;
      return;
    }
    case 'call.started': {
      const hold = book.holds.get(event.call);
      if (hold !== undefined && hold.settled !== 'approved') hold.begunUnasked = true;
      if (event.dryRun) return;
      book.calls.set(event.call, {
        call: event.call,
        run: event.run,
        tier: event.tier,
        what: whatOf(event.tool, await argumentsOf(event.arguments, store)),
        draws: event.reservations.flatMap((reservation) =>
          reservation.type === 'window' ? [reservation] : [],
        ),
        end: null,
        alerted: false,
      });
      return;
    }
    case 'call.finished': {
      const call = book.calls.get(event.call);
      if (call !== undefined) call.end = event;
      return;
    }
    case 'call.denied':
      book.denied.add(event.call);
      return;
    case 'alert.raised': {
      const call = book.calls.get(event.call ?? '');
      if (call !== undefined && event.alert === 'indeterminate_call') call.alerted = true;
      return;
    }
    case 'spool.recovered':
      for (const refusal of event.refusals) {
        const call = isJsonObject(refusal) ? refusal['call'] : undefined;
        if (typeof call === 'string') book.spooled.add(call);
      }
      return;
    default:
      return;
  }
}

async function argumentsOf(digest: string, store: StoreReader): Promise<JsonObject> {
  const bytes = await store.payload(digest);
  if (bytes === null) return { unkept: digest };
  const value = readJson(bytes, { bytesMax: bytes.length, depthMax: 64 });
  return isJsonObject(value) ? value : { unkept: digest };
}

function drawnBy(calls: Iterable<CallEntry>): Map<string, number> {
  const drawn = new Map<string, number>();
  for (const { end, draws } of calls) {
    // Given back only when nothing happened; an upstream's own failure keeps what it drew, or not: it isn't counted.
    if (end?.outcome === 'failed') continue;
    for (const { key, amount } of draws) drawn.set(key, (drawn.get(key) ?? 0) + amount);
  }
  return drawn;
}

function isOfRun(event: Event): event is RunEvent {
  return /^(?:run|call|approval)\./.test(event.type);
}
