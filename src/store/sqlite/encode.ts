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
  /** Of all parts. */
  readonly bytes: number;
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
  const leaves = new Leaves(notBeforeMs);
  for (const event of events) leaves.add(event);
  for (const event of commit.gatewayEvents) leaves.add(event);
  const { parts } = leaves;
  let { bytes } = leaves;
  const snapshot = snapshotDue(expectedVersion, version)
    ? Buffer.from(JSON.stringify(folded))
    : null;
  if (snapshot !== null) {
    parts.push(snapshot);
    bytes += snapshot.byteLength;
  }
  const payloads: { digest: string; bytes: number }[] = [];
  for (const [digest, payload] of commit.payloads) {
    payloads.push({ digest, bytes: payload.byteLength });
    parts.push(payload);
    bytes += payload.byteLength;
  }
  return {
    parts,
    bytes,
    step: {
      type: 'commit',
      run: {
        id: run,
        expectedVersion,
        version,
        status,
        opened: opens ? { agent, user, credential, implicit, atMs: openedAtMs } : null,
        snapshotBytes: snapshot?.byteLength ?? null,
      },
      atMs: leaves.atMs,
      events: leaves.steps,
      reservations: commit.reservations,
      call: commit.call,
      releases: commit.releases,
      marks: commit.marks,
      writes: commit.writes.map(encodeWrite),
      payloads,
    },
  };
}

export function encodeGatewayCommit(
  commit: GatewayCommit,
  notBeforeMs: number,
): Encoded<CommitStep> {
  const leaves = new Leaves(notBeforeMs);
  for (const event of commit.events) leaves.add(event);
  return {
    parts: leaves.parts,
    bytes: leaves.bytes,
    step: {
      type: 'commit',
      run: null,
      atMs: leaves.atMs,
      events: leaves.steps,
      reservations: [],
      call: null,
      releases: [],
      marks: [],
      writes: commit.writes.map(encodeWrite),
      payloads: [],
    },
  };
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
    bytes: tiles.reduce((bytes, { hashes }) => bytes + hashes.byteLength, 0),
  };
}

/** Of one commit, in the order in which they are added. */
class Leaves {
  readonly parts: Part[] = [];
  readonly steps: EventStep[] = [];
  bytes = 0;
  atMs: number;

  constructor(notBeforeMs: number) {
    this.atMs = notBeforeMs;
  }

  add(event: Event): void {
    const leaf = canonicalJson(event);
    const leafBytes = 1 + Buffer.byteLength(leaf, 'utf8');
    const { type, atMs, agent, tool } = columnsOf(event);
    const tracked = event.type === 'call.started' || event.type === 'call.finished';
    this.parts.push(leaf);
    this.steps.push({
      type,
      atMs,
      agent,
      tool,
      call: tracked ? event.call : null,
      leafBytes,
    });
    this.bytes += leafBytes;
    this.atMs = Math.max(this.atMs, atMs);
  }
}

function snapshotDue(before: number, version: number): boolean {
  return Math.floor(version / snapshotEveryEvents) > Math.floor(before / snapshotEveryEvents);
}

function encodeWrite({ key, value, expect }: StateWrite): WriteStep {
  const encoded = { key, value: value === null ? null : canonicalJson(value) };
  if (expect === undefined) return encoded;
  return { ...encoded, expect: expect === null ? null : canonicalJson(expect) };
}
