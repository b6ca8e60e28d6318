/** Revision 2026-07-28: every request stands alone and says in `_meta` what it speaks. */
import type { IncomingMessage } from 'node:http';
import { isJsonObject, type JsonObject } from '../../content/value.ts';
import { headerOf } from '../http/headers.ts';
import { capabilitiesKey, type Era, metaOf, serverInfoKey, versionKey } from './era.ts';
import type { RpcRequest } from './message.ts';
import { checkMirroredHeaders, mismatch } from './mirrored-headers.ts';
import { RpcRefusal, rpcCodes } from './refusal.ts';
import { modernVersion, supportedVersions } from './versions.ts';

export function modernEra(version: string): Era {
  const serverInfo = { name: 'sallyport', version };
  function dressed(fields: JsonObject, resultType: 'complete' | 'input_required'): JsonObject {
    const meta = fields['_meta'];
    return {
      ...fields,
      resultType,
      _meta: { ...(isJsonObject(meta) ? meta : {}), [serverInfoKey]: serverInfo },
    };
  }
  return {
    name: 'modern',
    unknownMethodStatus: 404,
    result: (fields) => dressed(fields, 'complete'),
    cacheable: (fields, ttlMs) => dressed({ ...fields, ttlMs, cacheScope: 'private' }, 'complete'),
    inputRequired: (fields) => dressed(fields, 'input_required'),
  };
}

/** What has to hold of any modern request before its method is looked at. */
export function checkModernRequest(headers: IncomingMessage, request: RpcRequest): void {
  const meta = metaOf(request.params);
  const requested = meta[versionKey];
  if (typeof requested !== 'string') throw missing(versionKey);
  if (headerOf(headers, 'mcp-protocol-version') !== requested)
    throw mismatch('MCP-Protocol-Version');
  if (requested !== modernVersion) {
    throw new RpcRefusal(
      'mcp.version',
      rpcCodes.unsupportedVersion,
      400,
      'unsupported protocol version',
      {
        supported: supportedVersions,
        requested,
      },
    );
  }
  if (!isJsonObject(meta[capabilitiesKey])) throw missing(capabilitiesKey);
  checkMirroredHeaders(headers, request);
}

export function discoverResult(era: Era, capabilities: JsonObject, ttlMs: number): JsonObject {
  return era.cacheable({ supportedVersions, capabilities }, ttlMs);
}

function missing(key: string): RpcRefusal {
  return new RpcRefusal(
    'mcp.metadata',
    rpcCodes.invalidParams,
    400,
    `\`_meta\` has to carry \`${key}\``,
  );
}
