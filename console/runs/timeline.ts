/** A run's events as what happened: each call once, with its events folded below it, and everything else where it stood. */
import type { JsonObject } from '../../src/content/value.ts';
import type { EventRow } from '../../src/edges/console/views.ts';

export interface CallShown {
  readonly call: string;
  readonly tool: string | null;
  readonly atMs: number;
  /** What was decided of it and what came of it, in order: `hold`, `approved`, `completed`. */
  readonly steps: readonly string[];
  readonly codes: readonly string[];
  readonly untrusted: boolean;
  readonly classes: readonly string[];
  /** How long the tool took; null: it wasn't called, or hasn't answered. */
  readonly durationMs: number | null;
  readonly costMicroUsd: number | null;
  /** After the last of it. */
  readonly budgetLeft: JsonObject | null;
  readonly events: readonly EventRow[];
}

export type Line =
  | { readonly type: 'call'; readonly call: CallShown; readonly open: boolean }
  | { readonly type: 'event'; readonly row: EventRow; readonly ofCall: boolean };

/** @param rows - oldest first. @param open - calls whose events are shown. */
export function linesOf(rows: readonly EventRow[], open: ReadonlySet<string>): readonly Line[] {
  const calls = new Map<string, EventRow[]>();
  const places: (EventRow | string)[] = [];
  for (const row of rows) {
    if (row.call === null) {
      places.push(row);
      continue;
    }
    const events = calls.get(row.call);
    if (events !== undefined) events.push(row);
    else {
      calls.set(row.call, [row]);
      places.push(row.call);
    }
  }
  return places.flatMap((place): readonly Line[] => {
    if (typeof place !== 'string') return [{ type: 'event', row: place, ofCall: false }];
    const events = calls.get(place) ?? [];
    const isOpen = open.has(place);
    const line: Line = { type: 'call', call: callOf(place, events), open: isOpen };
    if (!isOpen) return [line];
    return [line, ...events.map((row): Line => ({ type: 'event', row, ofCall: true }))];
  });
}

function callOf(call: string, events: readonly EventRow[]): CallShown {
  const last = <T>(of: (row: EventRow) => T | null): T | null =>
    events.reduce<T | null>((found, row) => of(row) ?? found, null);
  return {
    call,
    tool: last(({ tool }) => tool),
    atMs: events[0]?.atMs ?? 0,
    steps: stepsOf(events),
    codes: [...new Set(events.flatMap(({ codes }) => codes))],
    untrusted: events.some(({ trust }) => trust === 'untrusted'),
    classes: [...new Set(events.flatMap(({ classes }) => classes))],
    durationMs: last(({ durationMs }) => durationMs),
    costMicroUsd: last(({ costMicroUsd }) => costMicroUsd),
    budgetLeft: last(({ budgetLeft }) => budgetLeft),
    events,
  };
}

/** Types whose outcome says how the call went on; what one of several people said isn't yet that. */
const telling = new Set([
  'call.started',
  'call.denied',
  'call.held',
  'call.finished',
  'approval.settled',
]);

function stepsOf(events: readonly EventRow[]): readonly string[] {
  const steps: string[] = [];
  for (const { type, outcome } of events) {
    if (type === 'call.joined') steps.push('joined another');
    if (!telling.has(type) || outcome === null) continue;
    // That it began after people agreed is no other decision.
    if (type === 'call.started' && steps.includes('approved')) continue;
    if (steps.at(-1) !== outcome) steps.push(outcome);
  }
  return steps;
}
