/** Notices that lie in the ledger: what a restart goes on with. */
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { CommittedEvent } from '../store/feed.ts';
import type { EventRow, Store } from '../store/port.ts';

/** How far a channel has come, and what it hasn't told of what lies before. */
export interface Kept {
  readonly seq: number;
  readonly pending: readonly number[];
  readonly more: number;
}

export const keptPrefix = 'notify:';

const keptShape: z.ZodType<Kept> = z.strictObject({
  seq: z.number().int().min(0),
  pending: z.array(z.number().int().min(0)),
  more: z.number().int().min(0),
});

/** By the channel's name. Of one whose state can't be read nothing is known: it begins with what happens from now on. */
export async function readKept(
  store: Pick<Store, 'listState'>,
): Promise<ReadonlyMap<string, Kept>> {
  const kept = new Map<string, Kept>();
  for (const { key, value } of await store.listState(keptPrefix)) {
    const read = keptShape.safeParse(value);
    if (read.success) kept.set(key.slice(keptPrefix.length), read.data);
  }
  return kept;
}

type PastStore = Pick<Store, 'events' | 'eventRows'>;

const pageEvents = 1_000;

/** Of what was committed from `fromSeq` on and before `endSeq`, what may be a notice, or ends one. */
export async function* past(
  store: PastStore,
  fromSeq: number,
  endSeq: number,
): AsyncGenerator<CommittedEvent, void, undefined> {
  for (let seq = fromSeq; seq < endSeq; ) {
    const rows = await store.eventRows(seq, Math.min(pageEvents, endSeq - seq));
    const last = rows.at(-1);
    if (last === undefined) return;
    for (const row of rows) if (mayMatter(row)) yield* eventAt(store, row.seq);
    seq = last.seq + 1;
    // Calls go on meanwhile.
    await setImmediate();
  }
}

export async function* eventAt(
  store: PastStore,
  seq: number,
): AsyncGenerator<CommittedEvent, void, undefined> {
  const [stored] = await store.events({ fromSeq: seq, limit: 1 });
  if (stored?.seq === seq) yield stored;
}

const withheld = Buffer.from('"withheld":{');

/** Without reading each event: most are calls that nobody has to hear of. */
function mayMatter({ type, leaf }: EventRow): boolean {
  if (type === 'call.finished') return Buffer.from(leaf).includes(withheld);
  return type === 'call.held' || type === 'approval.settled' || type === 'alert.raised';
}
