/**
 * Finding events in a ledger of any length. What a column or the blocks of an agent or a type answer, the store answers;
 * for the rest leaves are read, a few at a time, so that calls never wait for a search, and a page ends when it is full, or
 * when so much was looked through: whoever asked goes on from there.
 */
import { setImmediate } from 'node:timers/promises';
import type { EventFilter, StoredEvent, StoreReader } from '../../store/port.ts';
import { codesOf } from './event-row.ts';
import { consoleLimits } from './limits.ts';

export interface LedgerFilter {
  readonly run: string | null;
  readonly agent: string | null;
  readonly user: string | null;
  readonly tool: string | null;
  readonly code: string | null;
  readonly type: string | null;
  /** Inclusive. */
  readonly fromMs: number | null;
  /** Exclusive. */
  readonly untilMs: number | null;
}

export interface FoundPage {
  /** Newest first. */
  readonly events: readonly StoredEvent[];
  /** Older ones are below this number; null: there are none. */
  readonly next: number | null;
}

type Reader = Pick<StoreReader, 'events' | 'eventRows' | 'eventCount'>;

export async function searchPage(
  reader: Reader,
  filter: LedgerFilter,
  beforeSeq: number | null,
  rowsMax: number,
): Promise<FoundPage> {
  const events: StoredEvent[] = [];
  const endsAtMs = performance.now() + consoleLimits.searchMs;
  let looked = 0;
  let next: number | null = null;
  for await (const step of stepsOf(reader, filter, beforeSeq)) {
    for (const event of step.events) {
      events.push(event);
      if (events.length === rowsMax) return { events, next: event.seq > 0 ? event.seq : null };
    }
    next = step.next;
    looked += step.looked;
    if (looked >= consoleLimits.searchEventsMax || performance.now() >= endsAtMs) break;
  }
  return { events, next };
}

interface Step {
  readonly events: readonly StoredEvent[];
  readonly next: number | null;
  /** Events that it went past. */
  readonly looked: number;
}

/** From the newest back, without an end of its own. Calls go on between two of these. */
export async function* stepsOf(
  reader: Reader,
  filter: LedgerFilter,
  beforeSeq: number | null,
): AsyncGenerator<Step, void, undefined> {
  const span = await spanOf(reader, filter, beforeSeq);
  const stored = storeFilterOf(filter);
  let before = span.before;
  while (before > span.from) {
    const from =
      // A run's pages end where the next one begins, however far that is.
      filter.run === null
        ? Math.max(span.from, before - consoleLimits.searchStepEvents)
        : span.from;
    const found = await reader.events({
      ...stored,
      fromSeq: from,
      beforeSeq: before,
      newestFirst: true,
      limit: consoleLimits.searchStepRows,
    });
    const last = found.at(-1);
    const reached =
      last !== undefined && found.length === consoleLimits.searchStepRows ? last.seq : from;
    const looked = filter.run === null ? before - reached : found.length;
    before = reached;
    yield {
      events: found.filter(({ event }) => fits(event, filter)),
      next: before > span.from ? before : null,
      looked,
    };
    await setImmediate();
  }
}

function storeFilterOf({
  run,
  agent,
  user,
  tool,
  code,
  type,
}: LedgerFilter): Omit<EventFilter, 'limit'> {
  if (run !== null) return { run };
  const containing = [
    ...(user === null ? [] : [JSON.stringify(user)]),
    ...(code === null ? [] : [JSON.stringify(code)]),
  ];
  return {
    ...(agent === null ? {} : { agent }),
    ...(tool === null ? {} : { tool }),
    ...(type === null ? {} : { type }),
    ...(containing.length === 0 ? {} : { containing }),
  };
}

/** What the store's filter only narrows down, or wasn't asked for. */
function fits(
  event: StoredEvent['event'],
  { agent, user, tool, code, type, fromMs, untilMs }: LedgerFilter,
): boolean {
  if (type !== null && event.type !== type) return false;
  if (agent !== null && !('agent' in event && event.agent === agent)) return false;
  if (tool !== null && !('tool' in event && event.tool === tool)) return false;
  if (user !== null && !isOf(event, user)) return false;
  if (code !== null && !codesOf(event).includes(code)) return false;
  return (fromMs === null || event.atMs >= fromMs) && (untilMs === null || event.atMs < untilMs);
}

/** On whose behalf it was, or who did it. */
function isOf(event: StoredEvent['event'], user: string): boolean {
  if ('user' in event && event.user === user) return true;
  return (
    'by' in event && (event.by === user || (Array.isArray(event.by) && event.by.includes(user)))
  );
}

/** The numbers between which the events of a time lie. */
async function spanOf(
  reader: Reader,
  { fromMs, untilMs }: LedgerFilter,
  beforeSeq: number | null,
): Promise<{ readonly from: number; readonly before: number }> {
  const count = await reader.eventCount();
  const end = beforeSeq === null ? count : Math.min(beforeSeq, count);
  // Events lie in the order of their commits; their times, taken a moment before, nearly do.
  const from =
    fromMs === null ? 0 : await firstSince(reader, fromMs - consoleLimits.timeSlackMs, end);
  const before =
    untilMs === null ? end : await firstSince(reader, untilMs + consoleLimits.timeSlackMs, end);
  return { from, before };
}

async function firstSince(reader: Reader, atMs: number, count: number): Promise<number> {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [row] = await reader.eventRows(middle, 1);
    if (row !== undefined && row.atMs < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
