import type { JsonObject } from '../content/value.ts';

/**
 * `sallyport.lock`: the tool definitions that a person accepted, by upstream and operation. Committed beside the
 * policy; JSON, keys sorted, so that its diff is a review.
 */
export interface Lock {
  readonly lockVersion: 1;
  readonly upstreams: Readonly<
    Record<string, { readonly tools: Readonly<Record<string, LockedTool>> }>
  >;
}

export interface LockedTool {
  /** `sha256:<hex>` over the RFC 8785 form of `definition`. Checked at load: a lock edited by hand is refused. */
  readonly digest: string;
  /** The definition exactly as the upstream listed it (MCP `Tool`), all fields. */
  readonly definition: JsonObject;
  /** RFC 3339, when a person accepted it. */
  readonly pinnedAt: string;
}

export const emptyLock: Lock = { lockVersion: 1, upstreams: {} };
