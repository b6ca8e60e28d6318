/** Which parts of the protocol there are here. What is declared is what is answered. */
import type { JsonObject } from '../../content/value.ts';
import { codes } from '../../engine/codes.ts';
import type { Era } from './era.ts';
import { RpcRefusal, rpcCodes } from './refusal.ts';

export const capabilities: JsonObject = { tools: {}, resources: {}, prompts: {} };

/** Log texts of upstreams are dropped, so there is never one at or above the level that a client sets. */
export const legacyCapabilities: JsonObject = { ...capabilities, logging: {} };

const updates = 'updates of resources are not passed on';

export function unknownMethod(method: string, era: Era): RpcRefusal {
  const refuse = (code: RpcRefusal['code'], message: string): RpcRefusal =>
    new RpcRefusal(code, rpcCodes.methodNotFound, era.unknownMethodStatus, message);
  switch (method) {
    case 'completion/complete':
      return refuse('surface.completion', codes['surface.completion'].agent);
    case 'resources/subscribe':
    case 'resources/unsubscribe':
      return refuse('mcp.surface', updates);
    default:
      return refuse('mcp.method', 'method not found');
  }
}
