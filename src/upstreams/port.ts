/** An upstream as the runtime sees it: whatever speaks behind it, it lists definitions and performs operations. */
import type { JsonObject, JsonValue } from '../content/value.ts';

/**
 * An MCP `CallToolResult`, read strictly; unknown fields kept. Other surfaces are brought into this shape, so that one
 * inspection covers them: each of a resource's `contents` is a block `{ type: 'resource', resource }`, each of a
 * prompt's `messages` is its content block with the message's `role` beside its `type`. The edge undoes it.
 */
export interface ToolResult {
  readonly content: readonly JsonObject[];
  readonly structuredContent?: JsonObject;
  readonly isError?: boolean;
  readonly [key: string]: JsonValue | undefined;
}

export type UpstreamOutcome =
  /** The upstream answered. `isError: true` is its own refusal: relayed untouched, recorded as the upstream's. */
  | { readonly type: 'result'; readonly result: ToolResult }
  /** The upstream answered with a JSON-RPC error: the call certainly had no effect only when `refused`. */
  | {
      readonly type: 'error';
      readonly code: number;
      readonly message: string;
      readonly refused: boolean;
    }
  /** Certainly no effect: it never left Sallyport, or was turned away at the upstream's door (HTTP 401, 429, a forgotten session). */
  | { readonly type: 'not_sent'; readonly reason: FailureReason }
  /** Sent, and no trustworthy answer: may have happened. */
  | { readonly type: 'unknown'; readonly reason: FailureReason };

export type FailureReason =
  | 'down'
  | 'timeout'
  | 'connection_lost'
  | 'server_error'
  | 'rate_limited'
  | 'bad_answer'
  | 'too_large'
  | 'credential'
  | 'redirect';

export interface ListedTool {
  readonly operation: string;
  /** MCP `Tool`, all fields as listed. */
  readonly definition: JsonObject;
}

export interface UpstreamStatus {
  readonly state: 'starting' | 'up' | 'down';
  /** For operators; redacted. */
  readonly reason: string | null;
  readonly serverInfo: JsonObject | null;
  readonly protocolVersion: string | null;
}

export interface Upstream extends AsyncDisposable {
  readonly name: string;
  status(): UpstreamStatus;
  /** All pages. Rejects with UpstreamError when it can't be had. */
  listTools(signal: AbortSignal): Promise<readonly ListedTool[]>;
  /** Total: resolves whatever happens. `retryAfterMs` of a 429 arrives in the outcome's breaker fact. */
  call(request: UpstreamCall): Promise<UpstreamOutcome & { readonly retryAfterMs?: number }>;
  /** Called when the upstream says that its list changed, or after it was restarted. */
  onCatalogChanged(listener: () => void): void;
}

export interface UpstreamCall {
  readonly surface: 'tool' | 'resource' | 'prompt';
  readonly operation: string;
  readonly args: JsonObject;
  /** The call's random id: also what an `idempotency_key` was filled with. */
  readonly callId: string;
  /** Numbers only: an upstream's progress texts are dropped. */
  readonly onProgress?: (progress: number, total: number | null) => void;
  readonly timeoutMs: number;
}
