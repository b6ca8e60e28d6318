/** Bytes of a POST into one JSON-RPC message, or a refusal. */
import { SallyportError } from '../../content/errors.ts';
import { readJson } from '../../content/json.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../content/value.ts';
import { mcpLimits } from './limits.ts';
import { RpcRefusal, rpcCodes } from './refusal.ts';

export type RequestId = string | number;

export interface RpcRequest {
  readonly id: RequestId;
  readonly method: string;
  readonly params: JsonObject;
}

export type Message =
  | ({ readonly type: 'request' } & RpcRequest)
  | { readonly type: 'notification'; readonly method: string; readonly params: JsonObject };

/** Strict JSON or nothing: two readers of one body must not see two calls. */
export function readBodyJson(body: Uint8Array): JsonValue {
  try {
    return readJson(body);
  } catch (error) {
    if (error instanceof SallyportError)
      throw new RpcRefusal('mcp.parse', rpcCodes.parse, 400, error.message);
    throw error;
  }
}

/** The id to answer with, where there is one: also of a message that is refused. */
export function idOf(value: JsonValue): RequestId | null {
  if (!isJsonObject(value)) return null;
  const id = value['id'];
  if (typeof id === 'string') return id.length <= mcpLimits.idLengthMax ? id : null;
  return typeof id === 'number' && Number.isSafeInteger(id) ? id : null;
}

export function messageOf(value: JsonValue): Message {
  if (isJsonArray(value)) {
    throw new RpcRefusal(
      'mcp.batch',
      rpcCodes.invalidRequest,
      400,
      'batches are not accepted: send one message a request',
    );
  }
  if (!isJsonObject(value) || value['jsonrpc'] !== '2.0')
    throw notAMessage('a JSON-RPC 2.0 message is expected');
  const { method, params = {} } = value;
  if (typeof method !== 'string' || method === '' || method.length > mcpLimits.methodLengthMax) {
    throw notAMessage(
      '`method` is missing: answers to requests of ours are not expected, because there are none',
    );
  }
  // Somebody between us and the client may go by the other half.
  if ('result' in value || 'error' in value)
    throw notAMessage('a message asks or answers, never both');
  if (!isJsonObject(params)) throw notAMessage('`params` has to be an object');
  // Passed over, it would take the run's handle with it, and the wish that nothing be performed.
  if ('_meta' in params && !isJsonObject(params['_meta']))
    throw notAMessage('`_meta` has to be an object');
  if (!('id' in value)) return { type: 'notification', method, params };
  const id = idOf(value);
  if (id === null) throw notAMessage('`id` has to be a string or an integer');
  return { type: 'request', id, method, params };
}

function notAMessage(message: string): RpcRefusal {
  return new RpcRefusal('mcp.message', rpcCodes.invalidRequest, 400, message);
}
