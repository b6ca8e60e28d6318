/** The two ends that calls are measured between: a tool server that does nothing, and the thinnest proxy in front of it. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

export interface Listening extends AsyncDisposable {
  readonly url: string;
}

const tools = ['look', 'touch'].map((name) => ({
  name,
  description: `${name} at something`,
  inputSchema: {
    type: 'object',
    properties: { id: { type: 'string' } },
    required: ['id'],
    additionalProperties: false,
  },
}));

/** An MCP server over HTTP, without sessions, whose tools answer at once. */
export function startTool(): Promise<Listening> {
  return listen(
    createServer((request, response) => {
      if (request.method !== 'POST') return void response.writeHead(405).end();
      void read(request).then((body) => {
        const { id, method } = JSON.parse(body.toString());
        if (id === undefined) return response.writeHead(202).end();
        const results: Record<string, unknown> = {
          initialize: {
            protocolVersion: '2025-11-25',
            capabilities: { tools: {} },
            serverInfo: { name: 'bench', version: '1.0.0' },
          },
          'tools/list': { tools },
          'tools/call': { content: [{ type: 'text', text: 'ok' }] },
        };
        const result = results[method];
        const answer =
          result === undefined
            ? { jsonrpc: '2.0', id, error: { code: -32601, message: 'unknown method' } }
            : { jsonrpc: '2.0', id, result };
        return response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify(answer));
      });
    }),
  );
}

/** Passes bodies on, both ways, and looks at nothing: what a gateway in this runtime could cost at the least. */
export async function startProxy(target: string): Promise<Listening> {
  const pool = new Pool(target, { connections: 64 });
  const proxy = await listen(
    createServer((request, response) => {
      void read(request).then(async (body) => {
        const answer = await pool.request({
          method: 'POST',
          path: '/mcp',
          headers: { 'content-type': 'application/json' },
          body,
        });
        response.writeHead(answer.statusCode, { 'content-type': 'application/json' });
        response.end(Buffer.from(await answer.body.arrayBuffer()));
      });
    }),
  );
  return {
    url: proxy.url,
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await pool.destroy();
    },
  };
}

async function listen(server: Server): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
