import { isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import type { RpcRequest } from './message.ts';
import { modernVersion } from './versions.ts';

export const versionKey = 'io.modelcontextprotocol/protocolVersion';
export const capabilitiesKey = 'io.modelcontextprotocol/clientCapabilities';
export const serverInfoKey = 'io.modelcontextprotocol/serverInfo';
export const subscriptionKey = 'io.modelcontextprotocol/subscriptionId';

/** How results are dressed in an era. */
export interface Era {
  readonly name: 'modern' | 'legacy';
  /** The HTTP status of a method that isn't there. */
  readonly unknownMethodStatus: 200 | 404;
  readonly result: (fields: JsonObject) => JsonObject;
  /** The same for a result that a client may keep. Always private: lists vary by who asks. */
  readonly cacheable: (fields: JsonObject, ttlMs: number) => JsonObject;
  /** The result of a call that goes on when its client asks again; null: there is no such result. */
  readonly inputRequired: ((fields: JsonObject) => JsonObject) | null;
}

/**
 * The era of a request. The body decides: a bridge sends `Mcp-Method` with 2025-11-25, and an `initialize` may name
 * 2026-07-28 in its parameters.
 */
export function isModern(request: RpcRequest, versionHeader: string | null): boolean {
  if (metaOf(request.params)[versionKey] !== undefined) return true;
  if (request.method === 'initialize') return false;
  return request.method === 'server/discover' || versionHeader === modernVersion;
}

export function metaOf(params: JsonObject): JsonObject {
  const meta: JsonValue | undefined = params['_meta'];
  return isJsonObject(meta) ? meta : {};
}
