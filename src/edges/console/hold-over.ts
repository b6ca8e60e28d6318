/** A hold that is over, as its events tell it: whoever follows a message's link late sees what was asked, and what came of it. */
import { setImmediate } from 'node:timers/promises';
import { readJson } from '../../content/json.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { Event } from '../../engine/events.ts';
import { type Ask, questionOf } from '../../engine/hold.ts';
import { parseHoldFacts } from '../../runtime/approvals/stored-facts.ts';
import type { StoredEvent, StoreReader } from '../../store/port.ts';
import { rowsOf, sentenceOf } from './events.ts';
import { consoleLimits } from './limits.ts';
import type { ConsolePorts } from './ports.ts';
import type { HoldOver } from './views.ts';

type Settled = Extract<Event, { type: 'approval.settled' }>;
type Answered = Extract<Event, { type: 'approval.answered' }>;
type Asking = Extract<Event, { type: 'call.held' | 'call.finished' }>;

/** Those that are no finding's code, or that say another thing of a hold than of a call. */
const withdrawnFor: ReadonlyMap<string, string> = new Map([
  ['run.closed', 'Its run was closed.'],
  ['run.abandoned', 'Its run was left alone for too long.'],
  ['policy.replaced', 'Another policy is in force, by which nobody has to be asked.'],
  ['approval.expired', 'It was approved, and the agent did not repeat the call in time.'],
  ['approval.over', 'The gateway was restarted, and the changed call was not known any more.'],
]);

/** Null: no hold of this name has ended, or so long ago that it isn't found in a moment. */
export async function holdOver(
  ports: Pick<ConsolePorts, 'store' | 'sequencer'>,
  id: string,
): Promise<HoldOver | null> {
  const settled = await lastSettled(ports.store, id);
  if (settled === null) return null;
  const events = await eventsOf(ports.store, settled.event.run, id);
  const before = events.filter(({ seq }) => seq < settled.seq).map(({ event }) => event);
  const asked = before.findLastIndex((event) => askedBy(event) !== null);
  const answers = before.slice(asked + 1).filter((event) => event.type === 'approval.answered');
  const { run, outcome, by, atMs, why } = settled.event;
  return {
    over: {
      run,
      outcome,
      by,
      atMs,
      why: why === null ? null : { code: why, text: withdrawnFor.get(why) ?? sentenceOf(why) },
      answers: answers.map((one) => ({
        by: one.by,
        answer: one.answer,
        atMs: one.atMs,
        reason: one.reason,
      })),
      events: rowsOf(ports, events),
    },
    hold: await askedLast(ports.store, before, answers),
  };
}

/** The newest: what people agreed to may be held once more. */
async function lastSettled(
  store: Pick<StoreReader, 'events' | 'eventCount'>,
  id: string,
): Promise<{ readonly seq: number; readonly event: Settled } | null> {
  const endsAtMs = performance.now() + consoleLimits.searchMs;
  let before = await store.eventCount();
  while (before > 0 && performance.now() < endsAtMs) {
    const from = Math.max(0, before - consoleLimits.searchStepEvents);
    const found = await store.events({
      type: 'approval.settled',
      containing: [JSON.stringify(id)],
      fromSeq: from,
      beforeSeq: before,
      newestFirst: true,
      limit: consoleLimits.searchStepRows,
    });
    for (const { seq, event } of found)
      if (event.type === 'approval.settled' && event.call === id) return { seq, event };
    before = from;
    await setImmediate();
  }
  return null;
}

/** Oldest first, and of very many the newest. */
async function eventsOf(
  store: Pick<StoreReader, 'events'>,
  run: string,
  id: string,
): Promise<readonly StoredEvent[]> {
  const found = await store.events({
    run,
    containing: [JSON.stringify(id)],
    newestFirst: true,
    limit: consoleLimits.pageRowsMax,
  });
  return found.filter(({ event }) => 'call' in event && event.call === id).reverse();
}

interface Asked {
  readonly event: Asking;
  readonly of: 'call' | 'result';
  readonly asks: readonly Ask[];
  readonly expiresAtMs: number;
  /** Digests of payloads. */
  readonly arguments: string;
  readonly facts: string;
  readonly kept: string | null;
}

function askedBy(event: Event): Asked | null {
  if (event.type === 'call.held') {
    const { asks, expiresAtMs, arguments: args, shown } = event;
    return { event, of: 'call', asks, expiresAtMs, arguments: args, facts: shown, kept: null };
  }
  if (event.type !== 'call.finished' || event.withheld === undefined) return null;
  const { asks, expiresAtMs, arguments: args, facts, kept } = event.withheld;
  return { event, of: 'result', asks, expiresAtMs, arguments: args, facts, kept };
}

/** The question that was answered. Null: what people were shown isn't kept any more. */
async function askedLast(
  store: Pick<StoreReader, 'payload'>,
  events: readonly Event[],
  answers: readonly Answered[],
): Promise<HoldOver['hold']> {
  const held = events.map(askedBy).filter((one) => one !== null);
  const last = held.at(-1);
  if (last === undefined) return null;
  const facts = parseHoldFacts(await stored(store, last.facts));
  if (facts === null) return null;
  const { event, of, asks, expiresAtMs } = last;
  const { call, run, agent, user, tool, tier, digest, atMs } = event;
  const edited = events.findLast((one) => one.type === 'call.held' && one.edited !== undefined);
  const by = edited?.type === 'call.held' ? edited.edited : undefined;
  const proposed = held.find((one) => one.event.digest === by?.from);
  return {
    id: call,
    of,
    run,
    agent,
    user,
    tool,
    tier,
    digest: questionOf({ digest, asks }),
    atMs,
    expiresAtMs,
    summary: facts.summary,
    asks,
    facts,
    arguments: asObject(await stored(store, last.arguments)),
    agreements: answers
      .filter(({ answer }) => answer === 'approve')
      .map((one) => ({ by: one.by, atMs: one.atMs, asks: one.asks })),
    result: last.kept === null ? null : asObject(await stored(store, last.kept)),
    edited:
      by === undefined
        ? null
        : {
            by: by.by,
            from: proposed === undefined ? {} : asObject(await stored(store, proposed.arguments)),
          },
    reason: event.type === 'call.held' ? event.reason : null,
    mine: { asks: [], not: {}, mayReject: false, signInAgain: false, reasonNeeded: false },
    editable: false,
  };
}

async function stored(store: Pick<StoreReader, 'payload'>, digest: string): Promise<JsonValue> {
  const bytes = await store.payload(digest);
  return bytes === null ? null : readJson(bytes, { bytesMax: bytes.length, depthMax: 128 });
}

function asObject(value: JsonValue): JsonObject {
  return isJsonObject(value) ? value : {};
}
