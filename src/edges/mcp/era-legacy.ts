/** Revisions up to 2025-11-25: a handshake, then requests of a session. */
import type { JsonObject } from '../../content/value.ts';
import type { Era } from './era.ts';
import { RpcRefusal, rpcCodes } from './refusal.ts';
import { isLegacyVersion, legacyVersions } from './versions.ts';

export const legacyEra: Era = {
  name: 'legacy',
  unknownMethodStatus: 200,
  result: (fields) => fields,
  cacheable: (fields) => fields,
  inputRequired: null,
};

/** A version that we don't serve in this era, 2026-07-28 included, is answered with the newest that we do. */
export function initializeResult(
  params: JsonObject,
  capabilities: JsonObject,
  version: string,
): JsonObject {
  const requested = params['protocolVersion'];
  const known = typeof requested === 'string' && isLegacyVersion(requested);
  return {
    protocolVersion: known ? requested : legacyVersions[0],
    capabilities,
    serverInfo: { name: 'sallyport', version },
  };
}

/** Absent is tolerated: the header came with 2025-06-18. */
export function checkLegacyVersion(versionHeader: string | null): void {
  if (versionHeader === null || isLegacyVersion(versionHeader)) return;
  throw new RpcRefusal(
    'mcp.version',
    rpcCodes.invalidRequest,
    400,
    `unsupported protocol version; served here are ${legacyVersions.join(', ')}`,
  );
}
