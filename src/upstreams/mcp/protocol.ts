/** What Sallyport says of itself to an upstream, and how it writes a request in each era. */
import type { JsonObject, JsonValue } from '../../content/value.ts';

export const modernVersion = '2026-07-28';

/** Newest first: the first is offered, all are accepted. */
export const legacyVersions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;

/** What both sides hold to, once negotiated. */
export interface Agreement {
  readonly era: 'modern' | 'legacy';
  readonly version: string;
  readonly serverInfo: JsonObject | null;
  readonly capabilities: JsonObject;
}

export interface ClientInfo {
  readonly name: string;
  readonly version: string;
}

/**
 * None, for every upstream and every client alike: a catalogue may depend on what a client can do, and pins must not.
 * `roots` would let a client replace the directories that a server was started with; sampling and elicitation would
 * let an upstream speak to the model and the user past the policy.
 */
export const clientCapabilities: JsonObject = {};

export interface RpcRequest {
  readonly jsonrpc: '2.0';
  readonly id: number;
  readonly method: string;
  readonly params: JsonObject;
}

export const metaKeys = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
} as const;

export const rpcCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
} as const;

/** Errors that only a server of the modern era sends. */
const modernCodes: ReadonlySet<number> = new Set([
  rpcCodes.headerMismatch,
  rpcCodes.missingCapability,
  rpcCodes.unsupportedVersion,
]);

export function isModernError(code: number): boolean {
  return modernCodes.has(code);
}

/**
 * Refusals before anything was performed. Not among them: -32602, which SDKs also send when a tool's *result* doesn't
 * fit its output schema, and -32603, which says nothing about what happened.
 */
const refusalCodes: ReadonlySet<number> = new Set([
  rpcCodes.parse,
  rpcCodes.invalidRequest,
  rpcCodes.methodNotFound,
  ...modernCodes,
]);

export function isCertainRefusal(code: number): boolean {
  return refusalCodes.has(code);
}

/**
 * The request as it is sent. `_meta` is built here from nothing: what a client put there (run handles, trace ids,
 * tokens) never reaches an upstream.
 */
export function buildRequest(
  id: number,
  method: string,
  params: JsonObject,
  options: {
    readonly modernAs: string | null;
    readonly clientInfo: ClientInfo;
    readonly progress: boolean;
  },
): RpcRequest {
  const meta: Record<string, JsonValue> = {};
  if (options.progress) meta['progressToken'] = id;
  if (options.modernAs !== null) {
    meta[metaKeys.protocolVersion] = options.modernAs;
    meta[metaKeys.clientInfo] = {
      name: options.clientInfo.name,
      version: options.clientInfo.version,
    };
    meta[metaKeys.clientCapabilities] = clientCapabilities;
  }
  return {
    jsonrpc: '2.0',
    id,
    method,
    params: Object.keys(meta).length === 0 ? params : { ...params, _meta: meta },
  };
}
