/** The clients of each lane: over one connection each, with every answer checked. */
import { type Answer, Connection, requestHead } from './connection.ts';
import { callBody, readTool } from './desk.ts';
import type { Project } from './gateway.ts';
import type { Caller } from './load.ts';

/** How many calls a run is used for before another one is opened; the opening counts. */
const ownRunCalls = 1_000;
/** A run holds 10,000; those under way when it is replaced are in it too. */
const sharedRunCalls = 9_900;

export interface Callers extends Disposable {
  readonly callers: readonly Caller[];
}

let serial = 0;

/** Straight to what knows nothing of runs: the raw proxy, or a peer. */
export async function plainCallers(
  url: string,
  path: string,
  count: number,
  headers: Readonly<Record<string, string>> = {},
): Promise<Callers> {
  const connections = await open(url, count);
  const head = requestHead(url, path, headers);
  const callers = connections.map((connection) => () => call(connection, head, readTool));
  return { callers, [Symbol.dispose]: () => close(connections) };
}

/** Each connection has a run of its own. They are replaced one by one, as they are where tasks come and go. */
export async function ownRunCallers(
  url: string,
  project: Project,
  tool: string,
  count: number,
): Promise<Callers> {
  const connections = await open(url, count);
  const callers = connections.map((connection, index) => {
    let head = '';
    let left = 0;
    let next = Math.ceil(((index + 1) * ownRunCalls) / count);
    return async () => {
      if (left === 0) {
        head = await headInNewRun(connection, url, project);
        left = next;
        next = ownRunCalls;
      }
      left -= 1;
      await call(connection, head, `desk.${tool}`);
    };
  });
  return { callers, [Symbol.dispose]: () => close(connections) };
}

/** All connections work in one run: its one writer orders their calls. */
export async function oneRunCallers(
  url: string,
  project: Project,
  tool: string,
  count: number,
): Promise<Callers> {
  const connections = await open(url, count);
  let head = Promise.resolve('');
  let left = 0;
  const callers = connections.map((connection) => async () => {
    if (left === 0) {
      head = headInNewRun(connection, url, project);
      left = sharedRunCalls;
    }
    left -= 1;
    await call(connection, await head, `desk.${tool}`);
  });
  return { callers, [Symbol.dispose]: () => close(connections) };
}

async function call(connection: Connection, head: string, tool: string): Promise<void> {
  serial += 1;
  const answer = await connection.post(head, callBody(tool, serial));
  if (answer.status !== 200 || !isDone(answer))
    throw new Error(`${tool}: ${answer.status} ${answer.body.slice(0, 300)}`);
}

function isDone({ body }: Answer): boolean {
  // In its frame it is a line of its own.
  return /"text":"(?:[^"]*\\n)?done(?:\\n|")/.test(body) && !body.includes('"isError":true');
}

async function headInNewRun(
  connection: Connection,
  url: string,
  { agent, opener }: Project,
): Promise<string> {
  const { status, body } = await connection.post(
    requestHead(url, '/v1/runs', { authorization: `Bearer ${opener}` }),
    '{"agent":"bench"}',
  );
  const handle = /"handle":"([^"]+)"/.exec(body)?.[1];
  if (handle === undefined) throw new Error(`a run wasn't opened: ${status} ${body}`);
  return requestHead(url, '/mcp', { authorization: `Bearer ${agent}`, 'sallyport-run': handle });
}

function open(url: string, count: number): Promise<Connection[]> {
  return Promise.all(Array.from({ length: count }, () => Connection.open(url)));
}

function close(connections: readonly Connection[]): void {
  for (const connection of connections) connection.close();
}
