/** Answers that are errors of the protocol. Each message begins with its code, as refusals of calls do. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { JsonObject, JsonValue } from '../../content/value.ts';
import { checkJsonBody, readBody } from '../http/body.ts';
import type { CredentialRefusal, EdgeLog } from '../http/credentials.ts';
import { httpLimits } from '../http/limits.ts';
import { ClientGone, HttpRefusal } from '../http/refusal.ts';
import { sendJson } from '../http/respond.ts';
import { idOf, type RequestId, readBodyJson } from './message.ts';
import { RpcRefusal, rpcCodes } from './refusal.ts';

export async function sendFailure(
  response: ServerResponse,
  id: RequestId | null,
  error: unknown,
  log: EdgeLog,
): Promise<void> {
  if (error instanceof ClientGone || response.headersSent) throw error;
  if (error instanceof RpcRefusal) return sendRpcRefusal(response, id, error);
  if (error instanceof HttpRefusal) {
    const { status, code, message, headers } = error;
    return sendRpcError(
      response,
      status,
      id,
      { code: rpcCodes.invalidRequest, message: `${code}: ${message}` },
      headers,
    );
  }
  log({
    level: 'error',
    event: 'mcp.fault',
    error: error instanceof Error ? error.message : String(error),
  });
  return sendRpcError(
    response,
    500,
    id,
    {
      code: rpcCodes.internal,
      message: 'mcp.fault: something went wrong here; it was not allowed',
    },
    {},
  );
}

export async function sendRpcRefusal(
  response: ServerResponse,
  id: RequestId | null,
  refusal: RpcRefusal,
): Promise<void> {
  const { rpcCode, code, message, data } = refusal;
  await sendRpcError(
    response,
    refusal.httpStatus,
    id,
    { code: rpcCode, message: `${code}: ${message}`, ...(data === undefined ? {} : { data }) },
    {},
  );
}

/** The request's id where it can be read: one SDK drops the reason of an answer that isn't its request's. */
export async function refuseCredential(
  http: IncomingMessage,
  response: ServerResponse,
  refusal: CredentialRefusal,
): Promise<void> {
  let id: RequestId | null = null;
  let headers = refusal.headers;
  try {
    checkJsonBody(http);
    id = idOf(readBodyJson(await readBody(http, httpLimits.strangerBodyBytesMax)));
  } catch (error) {
    // What is too long is not read to its end: the connection is of no further use.
    if (error instanceof HttpRefusal) headers = { ...headers, ...error.headers };
    else if (!(error instanceof RpcRefusal)) throw error;
  }
  await sendCredentialRefusal(response, { ...refusal, headers }, id);
}

export async function sendCredentialRefusal(
  response: ServerResponse,
  refusal: CredentialRefusal,
  id: RequestId | null,
): Promise<void> {
  const error = {
    code: rpcCodes.invalidRequest,
    message: `${refusal.code}: ${refusal.message}`,
    data: { code: refusal.code },
  };
  await sendRpcError(response, refusal.status, id, error, refusal.headers);
}

async function sendRpcError(
  response: ServerResponse,
  status: number,
  id: RequestId | null,
  error: JsonObject,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const message: JsonValue = { jsonrpc: '2.0', ...(id === null ? {} : { id }), error };
  await sendJson(response, status, message, headers);
}
