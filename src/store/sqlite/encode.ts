/** Commits made ready to write before the transaction: what can't be encoded fails alone, not with its group. */
import { canonicalJson } from '../../content/json.ts';
import type { Reservation } from '../../engine/decision.ts';
import type { Event, GatewayEvent, RunEvent } from '../../engine/events.ts';
import type { Run } from '../../engine/run.ts';
import { columnsOf, type EventColumns } from '../columns.ts';
import { StoreError } from '../errors.ts';
import type { GatewayCommit, RunCommit, StateWrite } from '../port.ts';

export interface EncodedEvent<E extends Event = Event> {
  readonly event: E;
  readonly leaf: Uint8Array;
  readonly columns: EventColumns;
}

export interface EncodedWrite {
  readonly key: string;
  /** RFC 8785 form; null deletes. */
  readonly value: string | null;
  /** RFC 8785 form; null: there must be none. */
  readonly expect?: string | null;
}

export interface EncodedGatewayCommit {
  readonly gatewayEvents: readonly EncodedEvent<GatewayEvent>[];
  readonly writes: readonly EncodedWrite[];
  /** The newest time that any of its events bears; 0 without events. */
  readonly atMs: number;
}

export interface EncodedRunCommit extends EncodedGatewayCommit {
  readonly run: string;
  readonly expectedVersion: number;
  readonly runEvents: readonly EncodedEvent<RunEvent>[];
  readonly reservations: readonly Reservation[];
  readonly call: string | null;
  readonly releases: readonly string[];
  readonly marks: readonly string[];
  readonly payloads: ReadonlyMap<string, Uint8Array>;
  readonly folded: Run;
}

export function encodeRunCommit(commit: RunCommit): EncodedRunCommit {
  const { run, expectedVersion, events, folded } = commit;
  const fits = folded.id === run && folded.version === expectedVersion + events.length;
  if (!fits || folded.version === 0 || events.some((event) => event.run !== run)) {
    throw new StoreError('store.corrupt', `a commit to run ${run} doesn't fit its folded state`);
  }
  return {
    ...encodeGatewayCommit({ events: commit.gatewayEvents, writes: commit.writes }),
    atMs: newest([...events, ...commit.gatewayEvents]),
    run,
    expectedVersion,
    runEvents: events.map(encodeEvent),
    reservations: commit.reservations,
    call: commit.call,
    releases: commit.releases,
    marks: commit.marks,
    payloads: commit.payloads,
    folded,
  };
}

export function encodeGatewayCommit(commit: GatewayCommit): EncodedGatewayCommit {
  return {
    gatewayEvents: commit.events.map(encodeEvent),
    writes: commit.writes.map(encodeWrite),
    atMs: newest(commit.events),
  };
}

export function encodeEvent<E extends Event>(event: E): EncodedEvent<E> {
  return { event, leaf: Buffer.from(canonicalJson(event), 'utf8'), columns: columnsOf(event) };
}

function encodeWrite({ key, value, expect }: StateWrite): EncodedWrite {
  const encoded = { key, value: value === null ? null : canonicalJson(value) };
  if (expect === undefined) return encoded;
  return { ...encoded, expect: expect === null ? null : canonicalJson(expect) };
}

function newest(events: readonly Event[]): number {
  return events.reduce((atMs, event) => Math.max(atMs, event.atMs), 0);
}
