import { SallyportError } from '../../content/errors.ts';
import type { JsonObject } from '../../content/value.ts';

/** JSON-RPC's own codes, and those that the protocol defines. */
export const rpcCodes = {
  parse: -32_700,
  invalidRequest: -32_600,
  methodNotFound: -32_601,
  invalidParams: -32_602,
  internal: -32_603,
  headerMismatch: -32_020,
  unsupportedVersion: -32_022,
  /** Of 2025-11-25, and of no other revision. */
  urlElicitationRequired: -32_042,
} as const;

export type RpcRefusalCode =
  | 'mcp.parse'
  | 'mcp.batch'
  | 'mcp.message'
  | 'mcp.header'
  | 'mcp.version'
  | 'mcp.metadata'
  | 'mcp.params'
  | 'mcp.method'
  | 'mcp.session'
  /** What a retry brings along isn't good. */
  | 'mcp.state'
  | 'store.unavailable'
  /** A part of the protocol that is not passed on. */
  | 'mcp.surface'
  | 'surface.completion';

/** A message that is refused for its form. Nothing about what an agent may do is decided here. */
export class RpcRefusal extends SallyportError {
  declare readonly code: RpcRefusalCode;
  readonly rpcCode: number;
  readonly httpStatus: number;
  readonly data: JsonObject | undefined;

  constructor(
    code: RpcRefusalCode,
    rpcCode: number,
    httpStatus: number,
    message: string,
    data?: JsonObject,
  ) {
    super(code, message);
    this.rpcCode = rpcCode;
    this.httpStatus = httpStatus;
    this.data = data;
  }
}

export function invalidParams(message: string): RpcRefusal {
  return new RpcRefusal('mcp.params', rpcCodes.invalidParams, 200, message);
}
