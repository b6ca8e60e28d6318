/** The runtime as edges and the command line see it. Edges translate into these words and decide nothing. */
import type { JsonObject } from '../content/value.ts';
import type { Decision } from '../engine/decision.ts';
import type { OpenerRisk } from '../engine/events.ts';
import type { CaseValues, Run, RunBudget } from '../engine/run.ts';
import type { Principal } from '../identity/principal.ts';
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
  | { readonly type: 'refused'; readonly refusal: Refusal };

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

  /** `signal` says that the client has gone: a call that was started runs to its end all the same. */
  call(
    principal: AgentPrincipal,
    proposal: Proposal,
    signal: ClientSignal,
    onProgress?: (progress: number, total: number | null) => void,
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
