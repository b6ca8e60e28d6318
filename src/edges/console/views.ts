/**
 * What the console's server and its pages say to each other: JSON over the console's own origin. Every request but those
 * marked `open` needs the session's cookie; every one that changes something is a POST or DELETE from the same origin with
 * the header `Sallyport-Console: 1`. Errors are `{ error: { code, message, hint? } }` with a status.
 *
 * | request | body | answer |
 * |---|---|---|
 * | `POST /api/session` (open) | `{ token }` | `SessionView` and the cookie |
 * | `GET /api/session` (open) | | `SessionView`, or 401 |
 * | `DELETE /api/session` | | 204 |
 * | `GET /api/now` | | `NowView` |
 * | `GET /api/stream` | | server-sent events: `StreamMessage`, named by its `type` |
 * | `GET /api/holds/{id}` | | `HoldShown`; of one that is over `HoldOver`; or 404 |
 * | `POST /api/holds/{id}/answer` | `HoldAnswer` | `HoldSummary` |
 * | `POST /api/holds/{id}/preview` | `{ arguments }` | `HoldShown` |
 * | `POST /api/holds/{id}/edit` | `{ arguments, digest, reason }` | `HoldSummary` |
 * | `GET /api/runs?agent=&status=&before=&limit=` | | `Page<RunRow>` |
 * | `GET /api/runs/{id}` | | `RunPage` |
 * | `GET /api/runs/{id}/timeline?after=&limit=` | | `Page<EventRow>`, oldest first |
 * | `GET /api/events/{seq}` | | `EventPage` |
 * | `GET /api/events/{seq}/receipt?since=` | | `ReceiptView`; 409 until it is sealed |
 * | `GET /api/ledger?run=&agent=&user=&tool=&code=&type=&from=&until=&before=&limit=` | | `Page<EventRow>`, newest first |
 * | `GET /api/ledger/export?…` (same filters) | | `application/x-ndjson`, a leaf a line, newest first |
 * | `GET /api/agents` | | `AgentRow[]` |
 * | `GET /api/agents/{name}/permissions?user=` | | `PermissionsView` |
 * | `POST /api/agents/{name}/suspend`, `/resume` | `{ reason }` | `AgentRow` |
 * | `POST /api/explain` | `ExplainRequest` | `ExplainView` |
 * | `GET /api/policy` | | `PolicyView` |
 * | `GET /api/tools` | | `ToolRow[]` |
 * | `POST /api/tools/{name}/pin` | `{ digest }` | `ToolRow` |
 */
import type { JsonObject, JsonValue } from '../../content/value.ts';
import type { RecordedFinding } from '../../engine/events.ts';
import type { HoldShown, HoldSummary } from '../../runtime/port.ts';

export interface SessionView {
  readonly user: string;
  readonly roles: readonly string[];
  /** May lift a suspension and pin definitions: has the policy's `approvals.default` role. */
  readonly operates: boolean;
  readonly signedInAtMs: number;
  readonly expiresAtMs: number;
}

export interface Page<Row> {
  /** May be fewer than were asked for, or none, where there is more: a search ends a page after so much was looked through. */
  readonly rows: readonly Row[];
  /** Given back as `before` (or `after`) it goes on from here; null: that is all. */
  readonly next: string | null;
}

export interface NowView {
  readonly nowMs: number;
  /** Open and closing, newest first, at most 200. */
  readonly runs: readonly RunRow[];
  readonly runsOpen: number;
  readonly holds: readonly HoldSummary[];
  readonly breakers: readonly {
    readonly tool: string;
    readonly state: 'open' | 'half_open';
    readonly untilMs: number;
  }[];
  readonly suspensions: readonly {
    readonly agent: string;
    readonly by: string;
    readonly reason: string | null;
  }[];
  /** Of the last day, newest first, at most 100. */
  readonly alerts: readonly EventRow[];
}

/** A hold that waits for nobody any more. */
export interface HoldOver {
  readonly over: {
    readonly run: string;
    readonly outcome: 'approved' | 'rejected' | 'expired' | 'withdrawn';
    /** The people whose answers it rests on; empty: nobody's. */
    readonly by: readonly string[];
    readonly atMs: number;
    /** Why Sallyport settled it; null: people did, or time. */
    readonly why: { readonly code: string; readonly text: string } | null;
    /** To what was asked last, in order. */
    readonly answers: readonly {
      readonly by: string;
      readonly answer: 'approve' | 'reject';
      readonly atMs: number;
      readonly reason: string | null;
    }[];
    /** Of the call, oldest first: also what came of it afterwards. */
    readonly events: readonly EventRow[];
  };
  /** As it was asked last; null: that isn't kept any more. */
  readonly hold: Omit<HoldShown, 'state'> | null;
}

export type StreamMessage =
  /** First of all, and again after a gap: fetch `/api/now` anew. */
  | { readonly type: 'hello'; readonly nowMs: number }
  | { readonly type: 'hold'; readonly hold: HoldSummary }
  | {
      readonly type: 'settled';
      readonly id: string;
      readonly outcome: string;
      readonly by: readonly string[];
    }
  | { readonly type: 'event'; readonly row: EventRow }
  /** The session is over. */
  | { readonly type: 'signed_out' };

export interface RunRow {
  readonly id: string;
  readonly agent: string;
  readonly user: string | null;
  readonly status: 'open' | 'closing' | 'closed' | 'abandoned';
  readonly implicit: boolean;
  readonly openedAtMs: number;
  readonly events: number;
}

export interface RunPage extends RunRow {
  /** As `GET /v1/runs/{id}` shows it. */
  readonly run: JsonObject;
  readonly budgetLeft: JsonObject;
  readonly parent: string | null;
  readonly request: string | null;
  readonly holds: readonly HoldSummary[];
}

/** One event, in a line. */
export interface EventRow {
  readonly seq: number;
  readonly atMs: number;
  readonly type: string;
  readonly run: string | null;
  readonly agent: string | null;
  readonly user: string | null;
  readonly call: string | null;
  readonly tool: string | null;
  /** Of a decision its effect, of an end its outcome, of an alert what it is about. */
  readonly outcome: string | null;
  /** Codes of what was held or denied. */
  readonly codes: readonly string[];
  readonly durationMs: number | null;
  readonly costMicroUsd: number | null;
  readonly trust: 'trusted' | 'untrusted' | null;
  readonly classes: readonly string[];
  readonly budgetLeft: JsonObject | null;
  readonly sealed: boolean;
}

export interface EventPage {
  readonly row: EventRow;
  readonly event: JsonObject;
  /** Without a text: a check that was passed. */
  readonly findings: readonly (RecordedFinding & { readonly text: string | null })[];
  /** By digest, as kept: redacted. A text where it is longer than is shown. */
  readonly payloads: Readonly<Record<string, JsonValue>>;
}

/** What a browser verifies an event with: its leaf, the way to the root, and the checkpoint that signs it. */
export interface ReceiptView {
  readonly seq: number;
  /** Base64, the bytes that are hashed. */
  readonly leaf: string;
  /** Hashes, base64, from the leaf up (RFC 6962). */
  readonly proof: readonly string[];
  readonly treeSize: number;
  /** The signed note (C2SP tlog-checkpoint). */
  readonly checkpoint: string;
  /** The verifier's key (C2SP signed-note). */
  readonly verifierKey: string;
  /**
   * That the tree begins with its first `since` leaves, the size of a checkpoint that the browser has kept: hashes, base64
   * (RFC 6962, 2.1.2). Null where nothing was asked, or the tree has fewer leaves.
   */
  readonly consistency: readonly string[] | null;
}

export interface AgentRow {
  readonly name: string;
  readonly actsFor: readonly string[];
  readonly suspended: { readonly by: string; readonly reason: string | null } | null;
  readonly enforcement: 'observe' | 'warn' | 'strict';
}

/** What an agent may do for a person, or unattended. */
export interface PermissionsView {
  readonly agent: string;
  readonly user: string | null;
  readonly actions: readonly {
    readonly action: string;
    readonly tools: readonly string[];
    readonly tier: number;
    readonly reach: 'internal' | 'external';
    readonly allowed: 'yes' | 'asks' | 'no';
    /** Constraints of both sides, as the policy writes them, with their place. */
    readonly agentGrants: readonly GrantView[];
    readonly userGrants: readonly GrantView[];
    /** Why not: a code's sentence. */
    readonly why: string | null;
  }[];
}

export interface GrantView {
  readonly key: string;
  readonly at: string;
  readonly constraints: readonly {
    readonly name: string;
    readonly at: string;
    readonly text: string;
  }[];
  readonly approval: string;
}

export interface ExplainRequest {
  readonly agent: string;
  readonly user: string | null;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly case: JsonObject;
}

export interface ExplainView {
  readonly verdict: 'allow' | 'hold' | 'deny';
  readonly effect: 'allow' | 'hold' | 'deny';
  /** Without a text: a check that was passed. */
  readonly findings: readonly (RecordedFinding & { readonly text: string | null })[];
  readonly remedies: readonly { readonly code: string; readonly text: string }[];
  /** Who would be asked. */
  readonly asks: readonly { readonly code: string; readonly by: string; readonly quorum: number }[];
}

export interface PolicyView {
  readonly hash: string;
  readonly enforcement: 'observe' | 'warn' | 'strict';
  readonly lock: string;
  /** As loaded, by file name; secrets are only named in it. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly users: readonly { readonly name: string; readonly roles: readonly string[] }[];
}

export interface ToolRow {
  readonly name: string;
  readonly upstream: string;
  readonly title: string | null;
  readonly description: string;
  readonly tier: number | null;
  readonly action: string | null;
  /** `changed` is quarantined: its calls are refused. `new`: listed, and not accepted. */
  readonly state: 'pinned' | 'changed' | 'new' | 'missing' | 'unknown';
  readonly pinned: string | null;
  readonly listed: string | null;
  /** From the accepted definition to the listed one, a change a line; empty where nothing differs. */
  readonly diff: readonly {
    readonly pointer: string;
    readonly from: string | null;
    readonly to: string | null;
  }[];
}
