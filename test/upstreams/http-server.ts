/** A small MCP server over Streamable HTTP, in this process: each test says how it answers a call, good or bad. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject, JsonValue } from '../../src/content/value.ts';
import { isJsonObject } from '../../src/content/value.ts';

export interface Received {
  readonly httpMethod: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Of the JSON-RPC message; null for GET and DELETE. */
  readonly method: string | null;
  readonly id: JsonValue;
  readonly params: JsonObject;
  readonly body: JsonObject;
}

type Responder = (request: Received, response: ServerResponse) => void | Promise<void>;

export interface HttpFixture extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received[];
  /** By JSON-RPC method or, for GET and DELETE, by that: what stands here answers instead of the usual. */
  readonly on: Map<string, Responder>;
  era: string;
  /** Sessions that it knows; null: it has none. */
  sessions: Set<string> | null;
  tools: readonly JsonObject[];
  /** Requests by method. */
  count(method: string): number;
}

export async function httpFixture(era = '2025-11-25', port = 0): Promise<HttpFixture> {
  const received: Received[] = [];
  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const fixture: HttpFixture = {
    url: `http://127.0.0.1:${isAddress(address) ? address.port : 0}/mcp`,
    received,
    on: new Map(),
    era,
    sessions: null,
    tools: [{ name: 'echo', inputSchema: { type: 'object' } }],
    count: (method) => received.filter((request) => request.method === method).length,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const read = await readRequest(request);
    received.push(read);
    const responder = fixture.on.get(read.method ?? read.httpMethod);
    if (responder !== undefined) await responder(read, response);
    else usual(read, response);
  }

  function usual(read: Received, response: ServerResponse): void {
    const modern = fixture.era === '2026-07-28';
    if (read.method === null) {
      response.writeHead(read.httpMethod === 'DELETE' ? 204 : 405).end();
      return;
    }
    const session = read.headers['mcp-session-id'];
    if (
      read.method !== 'initialize' &&
      fixture.sessions !== null &&
      read.method !== 'server/discover' &&
      !(typeof session === 'string' && fixture.sessions.has(session))
    ) {
      answerError(response, 404, read.id, -32001, 'Session not found');
      return;
    }
    const complete: JsonObject = modern ? { resultType: 'complete' } : {};
    switch (read.method) {
      case 'server/discover':
        if (modern)
          answer(response, read.id, {
            ...complete,
            supportedVersions: [fixture.era],
            capabilities: { tools: {} },
          });
        else answerError(response, 400, null, -32000, 'Bad Request: Server not initialized');
        return;
      case 'initialize':
        if (modern) {
          answerError(response, 400, read.id, -32022, 'Unsupported protocol version', {
            supported: [fixture.era],
          });
          return;
        }
        if (fixture.sessions !== null) {
          const fresh = `session-${fixture.sessions.size + 1}`;
          fixture.sessions.add(fresh);
          response.setHeader('mcp-session-id', fresh);
        }
        answer(response, read.id, {
          protocolVersion: fixture.era,
          capabilities: { tools: {} },
          serverInfo: { name: 'http fixture', version: '1' },
        });
        return;
      case 'tools/list':
        answer(response, read.id, { ...complete, tools: fixture.tools });
        return;
      case 'tools/call':
        answer(response, read.id, {
          ...complete,
          ...text(JSON.stringify(read.params['arguments'] ?? null)),
        });
        return;
      default:
        if (read.id === null) response.writeHead(202).end();
        else answerError(response, modern ? 404 : 200, read.id, -32601, 'Method not found');
    }
  }

  return fixture;
}

export function text(content: string): JsonObject {
  return { content: [{ type: 'text', text: content }] };
}

export function answer(response: ServerResponse, id: JsonValue, result: JsonObject): void {
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ jsonrpc: '2.0', id, result }));
}

export function answerError(
  response: ServerResponse,
  status: number,
  id: JsonValue,
  code: number,
  message: string,
  data?: JsonValue,
): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(
    JSON.stringify({
      jsonrpc: '2.0',
      id,
      error: { code, message, ...(data === undefined ? {} : { data }) },
    }),
  );
}

export function event(message: JsonObject, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify({ jsonrpc: '2.0', ...message })}\n\n`;
}

async function readRequest(request: IncomingMessage): Promise<Received> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part);
  const written = Buffer.concat(parts).toString('utf8');
  const body: JsonValue = written === '' ? {} : JSON.parse(written);
  const message = isJsonObject(body) ? body : {};
  const { method, id, params } = message;
  return {
    httpMethod: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    method: typeof method === 'string' ? method : written === '' ? null : 'a response',
    id: id ?? null,
    params: isJsonObject(params) ? params : {},
    body: message,
  };
}

function isAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
