/** The runtime as edges and the command line see it. Edges translate into these words and decide nothing. */
import type { JsonObject } from '../content/value.ts';
import type { Decision } from '../engine/decision.ts';
import type { OpenerRisk } from '../engine/events.ts';
import type { Agreement, Ask, Held } from '../engine/hold.ts';
import type { HoldFacts } from '../engine/hold-facts.ts';
import type { CaseValues, Run, RunBudget } from '../engine/run.ts';
import type { ApproverPrincipal, Principal } from '../identity/principal.ts';
import type { PlanEntry, Tool } from '../policy/model.ts';
import type { ToolResult } from '../upstreams/port.ts';

export type AgentPrincipal = Extract<Principal, { type: 'agent' }>;
export type OpenerPrincipal = Extract<Principal, { type: 'opener' }>;

/** Whoever may open the data directory: the command line and the admin socket. */
export interface OperatorPrincipal {
  readonly type: 'operator';
}

export interface OpenRun {
  readonly agent: string;
  readonly user: string | null;
  readonly case: CaseValues;
  readonly request: string | null;
  readonly requestTrusted: boolean;
  readonly only: readonly PlanEntry[] | null;
  readonly budget: RunBudget;
  readonly outside: readonly string[];
  readonly dryRun: boolean;
  readonly parent: string | null;
}

export interface OpenedRun {
  readonly run: Run;
  /** `spr_<base64url>`: names the run, and is not its id; useless without the agent's own credential. */
  readonly handle: string;
  /** What detectors said of the request and the case; null: there was no text. */
  readonly risk: OpenerRisk | null;
}

export interface Proposal {
  /** Full name, `upstream.operation`. */
  readonly tool: string;
  readonly args: JsonObject;
  /** As presented, in order of precedence; two that differ are refused with `identity.run`. */
  readonly handles: readonly string[];
  readonly step: number | null;
  readonly dryRun: boolean;
  /** Why the agent says that it wants this; a person who is asked sees it last. Absent: it said nothing. */
  readonly reason?: string;
  /**
   * The held call (its id) that this repeats, where its client holds something of ours that says so: it is answered with
   * that call's answer, also one that was handed over before, or refused with `approval.over`. Never a call of its own.
   */
  readonly repeats?: string;
}

export type CallAnswer =
  /** What the model may see. `released` must be called once: true when the bytes reached the client, false when it had gone. */
  | {
      readonly type: 'result';
      readonly call: string;
      readonly run: string;
      readonly result: ToolResult;
      readonly decision: Decision | null;
      readonly released: (delivered: boolean) => Promise<void>;
    }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  /** Waits for people, and its request waited as long as it was to. An edge that knows no better way says the refusal. */
  | { readonly type: 'held'; readonly hold: HoldTicket; readonly refusal: Refusal };

/** What a client may know of its hold. It names the hold and answers nothing: whoever repeats the call picks the answer up. */
export interface HoldTicket {
  /** The call's id. */
  readonly id: string;
  readonly run: string;
  readonly digest: string;
  readonly of: 'call' | 'result';
  readonly expiresAtMs: number;
  /** Only the run's own person is asked: their client may show them our page. */
  readonly byUser: boolean;
}

export interface Refusal {
  readonly code: string;
  /** Begins with the code; complete on its own: many clients show a model nothing else. */
  readonly text: string;
  /** For `_meta["dev.sallyport/decision"]`: `{ verdict, code, codes, remedies, call, run, retry_after? }`. */
  readonly machine: JsonObject;
  /** Unknown and ungranted tools are JSON-RPC -32602 on the MCP edge; the store's failure is 503. */
  readonly as: 'result' | 'invalid_params' | 'unavailable';
}

export interface ListedForAgent {
  /** The name on the wire: `upstream.operation`. */
  readonly name: string;
  readonly title: string | null;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject | null;
  readonly annotations: JsonObject | null;
  readonly tool: Tool;
}

export interface Usage {
  readonly steps: number;
  readonly tokens: number;
  readonly costMicroUsd: number;
  readonly model: string | null;
}

export interface HoldSummary {
  readonly id: string;
  readonly of: Held['of'];
  readonly state: Held['state'];
  readonly run: string;
  readonly agent: string;
  readonly user: string | null;
  readonly tool: string;
  readonly tier: Held['tier'];
  /** Of the call and of all that is asked about it: what an answer is to. */
  readonly digest: string;
  readonly atMs: number;
  readonly expiresAtMs: number;
  /** `HoldFacts.summary`. */
  readonly summary: string;
  readonly asks: readonly Ask[];
}

export interface HoldShown extends HoldSummary {
  readonly facts: HoldFacts;
  /** As recorded: redacted. */
  readonly arguments: JsonObject;
  readonly agreements: readonly Agreement[];
  /** Of a result that waits: as it would be handed over, with what was found marked in it. Others wrote it. */
  readonly result: JsonObject | null;
  /** A person changed it; what the agent proposed. */
  readonly edited: { readonly by: string; readonly from: JsonObject } | null;
  /** The agent's own words. */
  readonly reason: string | null;
  /** What whoever looks may answer. */
  readonly mine: {
    /** Keys of the asks. */
    readonly asks: readonly string[];
    /** Why no others: a sentence each, by the ask's key. */
    readonly not: Readonly<Record<string, string>>;
    /** To say no needs neither a fresh sign-in nor an ask that is still open. */
    readonly mayReject: boolean;
    /** Signed in anew, they could answer more. */
    readonly signInAgain: boolean;
    /** They have to say why (`break_glass`). */
    readonly reasonNeeded: boolean;
  };
  /** Whether its arguments may be changed: in this process, as long as they are known unredacted. */
  readonly editable: boolean;
}

export interface HoldAnswer {
  readonly answer: 'approve' | 'reject';
  /** Of what was shown (`HoldSummary.digest`): an answer to anything else is refused (`approval.changed`). */
  readonly digest: string;
  /** At most 1,000 characters. */
  readonly reason: string | null;
}

/**
 * Holds, for whoever may answer them. Rejects with `ApprovalError`: `approval.unknown`, `approval.settled`,
 * `approval.expired`, `approval.changed`, `approval.not_yours`, `approval.requester`, `approval.not_fresh`,
 * `approval.reason_needed`, `approval.edit_denied`.
 */
export interface Holds {
  /** Waiting, or approved and not begun yet; the one that expires first comes first. From memory. */
  open(): readonly HoldSummary[];
  /** Null: there is no such hold, or it is over. */
  show(who: ApproverPrincipal | OperatorPrincipal, id: string): Promise<HoldShown | null>;
  answer(approver: ApproverPrincipal, id: string, answer: HoldAnswer): Promise<HoldSummary>;
  /** The call with other arguments, decided but not recorded: what would be asked then. */
  preview(approver: ApproverPrincipal, id: string, args: JsonObject): Promise<HoldShown>;
  /**
   * Changes the arguments and agrees to them as `preview` showed them: a new digest, bound anew, for everybody who is
   * asked. Earlier agreements are void.
   *
   * @param digest - what `preview` said.
   */
  edit(
    approver: ApproverPrincipal,
    id: string,
    args: JsonObject,
    digest: string,
    reason: string | null,
  ): Promise<HoldSummary>;
}

/** Whether the client has gone, asked when it matters. */
export type ClientSignal = Pick<AbortSignal, 'aborted'>;

/**
 * Methods that answer for a person or program reject with `RuntimeError` (code, message, hint) on wrong use;
 * `call` never rejects: every fault becomes a refusal.
 */
export interface Runtime {
  openRun(principal: OpenerPrincipal, request: OpenRun): Promise<OpenedRun>;
  getRun(principal: Principal | OperatorPrincipal, run: string): Promise<Run>;
  /** Adds to what was reported; by the run's opener or its agent. Returns the run after it. */
  reportUsage(principal: Principal, run: string, usage: Usage): Promise<Run>;
  closeRun(
    principal: OpenerPrincipal | { readonly type: 'operator' },
    run: string,
    as: 'success' | 'failure',
    reason: string | null,
  ): Promise<Run>;

  readonly holds: Holds;

  /**
   * `signal` says that the client has gone: a call that was started runs to its end all the same. A call that is held waits
   * for `patienceMs` of its hold; without it, or where it is null, for the policy's `approvals.wait`.
   */
  call(
    principal: AgentPrincipal,
    proposal: Proposal,
    signal: ClientSignal,
    onProgress?: (progress: number, total: number | null) => void,
    patienceMs?: (hold: HoldTicket) => number | null,
  ): Promise<CallAnswer>;
  /** From pins, filtered by grant; varies by who asks, never by what a run did. Cheap, and counted nowhere. */
  listTools(principal: AgentPrincipal): readonly ListedForAgent[];
  /** What would be decided, with every finding: no effect, no record, no reservation. */
  explain(
    agent: string,
    user: string | null,
    proposal: {
      readonly tool: string;
      readonly args: JsonObject;
      readonly case: CaseValues;
      readonly atMs: number | null;
    },
  ): Promise<Decision>;
}
