/**
 * Stands between the suite and the gateway and changes two things only: it presents the agent's token, which the
 * suite has no place for, and it puts the upstream's name before the names that the suite calls (`test_simple_text`
 * is `fixture.test_simple_text` on our wire). Host, Origin, status, headers and streams pass as they are.
 */
import {
  createServer,
  request as forward,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import {
  isJsonArray,
  isJsonObject,
  type JsonObject,
  type JsonValue,
} from '../../src/content/value.ts';
import { closeServer, portOf } from './fixture/server.ts';

export interface Shim {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export async function startShim(gateway: string, token: string, upstream: string): Promise<Shim> {
  const server = createServer((request, response) => {
    pass(request, response, gateway, token, `${upstream}.`).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${portOf(server)}/mcp`, close: () => closeServer(server) };
}

const named = /^(?:tools\/call|prompts\/get)$/;
const sentinel = /^=\?base64\?(.*)\?=$/;

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  gateway: string,
  token: string,
  prefix: string,
): Promise<void> {
  const received = await buffer(request);
  const message = parse(received);
  const method = isJsonObject(message) ? message['method'] : undefined;
  const renames = typeof method === 'string' && named.test(method) && isJsonObject(message);
  const body = renames ? Buffer.from(JSON.stringify(withPrefix(message, prefix))) : received;

  const outgoing = forward(`${gateway}/mcp`, {
    method: request.method,
    headers: headersFor(
      request.headers,
      token,
      renames ? prefix : null,
      request.method === 'POST' ? body.length : null,
    ),
    // Host as the suite sent it, also where it isn't ours.
    setHost: false,
  });
  response.once('close', () => outgoing.destroy());
  outgoing.once('error', () => response.destroy());
  outgoing.once('response', (answer) => {
    if (method === 'tools/list' && answer.headers['content-type'] === 'application/json') {
      void buffer(answer).then((bytes) => {
        const { 'content-length': _, ...headers } = answer.headers;
        response
          .writeHead(answer.statusCode ?? 502, headers)
          .end(JSON.stringify(withoutPrefix(parse(bytes), prefix)));
      });
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
  });
  outgoing.end(body);
}

function headersFor(
  headers: IncomingHttpHeaders,
  token: string,
  prefix: string | null,
  length: number | null,
): IncomingHttpHeaders {
  const { 'transfer-encoding': _, 'content-length': __, connection: ___, ...rest } = headers;
  const name = headers['mcp-name'];
  return {
    ...rest,
    authorization: `Bearer ${token}`,
    ...(length === null ? {} : { 'content-length': String(length) }),
    ...(prefix === null || typeof name !== 'string'
      ? {}
      : { 'mcp-name': prefixedHeader(name, prefix) }),
  };
}

function prefixedHeader(value: string, prefix: string): string {
  const [, encoded] = sentinel.exec(value) ?? [];
  if (encoded === undefined) return prefix + value;
  return `=?base64?${Buffer.from(prefix + Buffer.from(encoded, 'base64').toString()).toString('base64')}?=`;
}

function withPrefix(message: JsonObject, prefix: string): JsonObject {
  const params = message['params'];
  if (!isJsonObject(params) || typeof params['name'] !== 'string') return message;
  return { ...message, params: { ...params, name: prefix + params['name'] } };
}

function withoutPrefix(message: JsonValue, prefix: string): JsonValue {
  const result = isJsonObject(message) ? message['result'] : undefined;
  const tools = isJsonObject(result) ? result['tools'] : undefined;
  if (!isJsonObject(message) || !isJsonObject(result) || !isJsonArray(tools)) return message;
  const renamed = tools.map((tool) =>
    isJsonObject(tool) && typeof tool['name'] === 'string' && tool['name'].startsWith(prefix)
      ? { ...tool, name: tool['name'].slice(prefix.length) }
      : tool,
  );
  return { ...message, result: { ...result, tools: renamed } };
}

function parse(bytes: Buffer): JsonValue {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}
