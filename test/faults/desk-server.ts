/**
 * The desk as a process of its own: `http JOURNAL` prints where it listens, `stdio JOURNAL` speaks over stdin and stdout.
 * A call over HTTP is answered some milliseconds after its effect, so that a gateway can die in between.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { serveOverStdio } from '../fixtures/mcp-over-stdio.ts';
import { deskOf, deskTools } from './desk.ts';

const [, , how, journal = ''] = process.argv;
const answersWithinMs = 6;

const messageShape = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z
    .object({
      name: z.string().default(''),
      arguments: z.record(z.string(), z.unknown()).default({}),
    })
    .default({ name: '', arguments: {} }),
});

if (how === 'stdio') {
  const name = 'shed';
  const call = deskOf(name, journal);
  await serveOverStdio({ name, version: '1.0.0', tools: deskTools, call });
} else {
  const perform = deskOf('desk', journal);
  let answered = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const { id, method, params } = messageShape.parse(await json(request));
    if (id === undefined) return void response.writeHead(202).end();
    const say = (body: object): void => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, ...body }));
    };
    switch (method) {
      case 'initialize':
        return say({
          result: {
            protocolVersion: '2025-11-25',
            capabilities: { tools: {} },
            serverInfo: { name: 'desk', version: '1.0.0' },
          },
        });
      case 'tools/list':
        return say({ result: { tools: deskTools } });
      case 'tools/call': {
        const result = perform(params.name, params.arguments);
        answered += 1;
        await wait(answered % answersWithinMs);
        return say({ result });
      }
      default:
        return say({ error: { code: -32601, message: 'unknown method' } });
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    process.stdout.write(`http://127.0.0.1:${port}/mcp\n`);
  });
}
