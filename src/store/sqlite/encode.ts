/** Commits made ready to write before they are sent: what can't be encoded fails alone, not with its group. */
import { canonicalJson } from '../../content/json.ts';
import type { Event } from '../../engine/events.ts';
import { columnsOf } from '../columns.ts';
import { StoreError } from '../errors.ts';
import type { GatewayCommit, HashTile, RunCommit, SignedCheckpoint, StateWrite } from '../port.ts';
import type { CheckpointStep, CommitStep, EventStep, WriteStep } from './group.ts';

/**
 * So many events are folded in about the time in which the snapshot of a long run is read. More often, and the calls of a
 * run would pay more for its snapshots than whoever loads it gains.
 */
const snapshotEveryEvents = 1_000;

/** A step, and what lies in the buffer for it, in this order. */
export interface Encoded<S> {
  readonly step: S;
  readonly parts: readonly Part[];
}

/** A leaf as text, which gets its prefix as it is packed, or bytes as they are. */
export type Part = string | Uint8Array;

/** @param notBeforeMs no commit bears an earlier time than the one before it, so that draws stay in order. */
export function encodeRunCommit(commit: RunCommit, notBeforeMs: number): Encoded<CommitStep> {
  const { run, expectedVersion, events, folded } = commit;
  const fits = folded.id === run && folded.version === expectedVersion + events.length;
  if (!fits || events.length === 0 || events.some((event) => event.run !== run)) {
    throw new StoreError('store.corrupt', `a commit to run ${run} doesn't fit its folded state`);
  }
  const opens = expectedVersion === 0;
  const { agent, user, credential, implicit, openedAtMs, status, version } = folded;
  const encoded = encodeCommit([...events, ...commit.gatewayEvents], commit.writes, notBeforeMs);
  const snapshot = snapshotDue(expectedVersion, version)
    ? Buffer.from(JSON.stringify(folded))
    : null;
  if (snapshot !== null) encoded.parts.push(snapshot);
  const payloads: { digest: string; bytes: number }[] = [];
  for (const [digest, bytes] of commit.payloads) {
    payloads.push({ digest, bytes: bytes.byteLength });
    encoded.parts.push(bytes);
  }
  return {
    parts: encoded.parts,
    step: {
      ...encoded.step,
      run: {
        id: run,
        expectedVersion,
        version,
        status,
        opened: opens ? { agent, user, credential, implicit, atMs: openedAtMs } : null,
        snapshotBytes: snapshot?.byteLength ?? null,
      },
      reservations: commit.reservations,
      call: commit.call,
      releases: commit.releases,
      marks: commit.marks,
      payloads,
    },
  };
}

export function encodeGatewayCommit(
  commit: GatewayCommit,
  notBeforeMs: number,
): Encoded<CommitStep> {
  return encodeCommit(commit.events, commit.writes, notBeforeMs);
}

export function encodeCheckpoint(
  checkpoint: SignedCheckpoint & { readonly tiles: readonly HashTile[] },
): Encoded<CheckpointStep> {
  const { size, note, tiles } = checkpoint;
  return {
    step: {
      type: 'checkpoint',
      size,
      note,
      tiles: tiles.map(({ level, index, hashes }) => ({
        level,
        index,
        bytes: hashes.byteLength,
      })),
    },
    parts: tiles.map(({ hashes }) => hashes),
  };
}

function encodeCommit(
  events: readonly Event[],
  writes: readonly StateWrite[],
  notBeforeMs: number,
): { step: CommitStep; parts: Part[] } {
  const parts: Part[] = [];
  let atMs = notBeforeMs;
  const eventSteps = events.map((event): EventStep => {
    const leaf = canonicalJson(event);
    const { type, agent, tool } = columnsOf(event);
    const tracked = event.type === 'call.started' || event.type === 'call.finished';
    parts.push(leaf);
    atMs = Math.max(atMs, event.atMs);
    return {
      type,
      atMs: event.atMs,
      agent,
      tool,
      call: tracked ? event.call : null,
      leafBytes: 1 + Buffer.byteLength(leaf, 'utf8'),
    };
  });
  return {
    parts,
    step: {
      type: 'commit',
      run: null,
      atMs,
      events: eventSteps,
      reservations: [],
      call: null,
      releases: [],
      marks: [],
      writes: writes.map(encodeWrite),
      payloads: [],
    },
  };
}

function snapshotDue(before: number, version: number): boolean {
  return Math.floor(version / snapshotEveryEvents) > Math.floor(before / snapshotEveryEvents);
}

function encodeWrite({ key, value, expect }: StateWrite): WriteStep {
  const encoded = { key, value: value === null ? null : canonicalJson(value) };
  if (expect === undefined) return encoded;
  return { ...encoded, expect: expect === null ? null : canonicalJson(expect) };
}
