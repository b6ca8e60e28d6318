/** The two ends that calls are measured between: a tool server that does nothing, and the thinnest proxy in front of it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';
import { canonicalJson } from '../src/content/json.ts';
import type { RunEvent } from '../src/engine/events.ts';
import { fold } from '../src/engine/fold.ts';
import {
  SampleRun,
  finished as sampleEnd,
  started as sampleStart,
} from '../src/store/contract-samples.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import { deskTools } from './desk.ts';

type Started = Extract<RunEvent, { type: 'call.started' }>;
type Finished = Extract<RunEvent, { type: 'call.finished' }>;

/** As many as a run is used for in front of the gateway. */
const ledgerRunCalls = 1_000;

type Tools = ReturnType<typeof deskTools>;

/** An MCP server over HTTP, without sessions, whose tools answer at once. */
export function serveTool(count?: number): Promise<string> {
  const tools = deskTools(count);
  return listen(
    createServer((request, response) => {
      if (request.method !== 'POST') return void response.writeHead(405).end();
      void bodyOf(request).then((body) => {
        const answer = answerTo(tools, body.toString());
        if (answer === null) response.writeHead(202).end();
        else send(response, 200, Buffer.from(answer));
      });
    }),
  );
}

/** The same server over standard input and output, for peers that stand in front of programs. */
export function serveToolOnStdio(): void {
  const tools = deskTools();
  createInterface({ input: process.stdin }).on('line', (line) => {
    const answer = answerTo(tools, line);
    if (answer !== null) process.stdout.write(`${answer}\n`);
  });
}

/** Passes bodies on, both ways, and looks at nothing: what a gateway in this runtime could cost at the least. */
export function serveProxy(target: string): Promise<string> {
  return proxy(target, () => undefined);
}

/**
 * The same, but the two events of a read are durable before its answer leaves: what a gateway in front of this ledger would
 * cost if it neither read nor decided anything.
 */
export async function serveLedger(target: string, directory: string): Promise<string> {
  const store = await openSqliteStore({ directory, foldRun: fold });
  const [started, finished] = eventsOfRead();
  let run = new SampleRun(store, 'run-0');
  let calls = 0;
  return proxy(target, async () => {
    calls += 1;
    if (calls % ledgerRunCalls === 1) {
      run = new SampleRun(store, `run-${calls}`);
      void run.open();
    }
    const of = { atMs: store.nowMs(), call: `call-${calls}`, run: run.id };
    await run.commit([
      { ...started, ...of },
      { ...finished, ...of },
    ]);
  });
}

/** In the order of their keys, as the gateway makes them. */
function eventsOfRead(): readonly [Started, Finished] {
  const [start, end] = [sampleStart('', '', 0, { tier: 0 }), sampleEnd('', '', 0)];
  return [inOrder(start), inOrder({ ...end, tier: 0 })];
}

function inOrder<Event extends object>(event: Event): Event {
  return JSON.parse(canonicalJson(JSON.parse(JSON.stringify(event))));
}

function proxy(target: string, before: () => Promise<void> | void): Promise<string> {
  const pool = new Pool(target, { connections: 64 });
  return listen(
    createServer((request, response) => {
      void bodyOf(request).then(async (body) => {
        const answer = await pool.request({
          method: 'POST',
          path: '/mcp',
          headers: { 'content-type': 'application/json' },
          body,
        });
        const bytes = Buffer.from(await answer.body.arrayBuffer());
        await before();
        send(response, answer.statusCode, bytes);
      });
    }),
  );
}

function answerTo(tools: Tools, message: string): string | null {
  const { id, method, params } = JSON.parse(message);
  if (id === undefined) return null;
  const result = resultOf(tools, method, params?.protocolVersion);
  return JSON.stringify(
    result === null
      ? { jsonrpc: '2.0', id, error: { code: -32601, message: 'unknown method' } }
      : { jsonrpc: '2.0', id, result },
  );
}

function resultOf(tools: Tools, method: unknown, protocolVersion: unknown): object | null {
  switch (method) {
    case 'tools/call':
      return { content: [{ type: 'text', text: 'done' }] };
    case 'initialize':
      return {
        protocolVersion: protocolVersion ?? '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'bench', version: '1.0.0' },
      };
    case 'tools/list':
      return { tools };
    case 'ping':
      return {};
    default:
      return null;
  }
}

function send(response: ServerResponse, status: number, body: Buffer): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
    .end(body);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}
