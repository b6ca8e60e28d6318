/** A real gateway, an upstream that waits to be told to go on, and clients on bare sockets that do as they please. */
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fold } from '../../src/engine/fold.ts';
import { openSqliteReader } from '../../src/store/sqlite/open.ts';
import { callTool, postRun } from '../mcp-client.ts';
import { prepareGateway } from '../real-gateway.ts';
import { answer, httpFixture, text } from '../upstreams/http-server.ts';

/** What the record says of the calls with one key: how each ended, and what became of its answer. */
export interface Recorded {
  readonly outcomes: readonly string[];
  /** Of its ends and joins, how many bear that the client was there. */
  readonly awaited: number;
  readonly undelivered: number;
  readonly joined: number;
}

export interface Departure extends AsyncDisposable {
  /** Keys of effects, in the order in which they happened. */
  readonly effects: readonly string[];
  /** From now on effects wait for `goOn`, `before` they happen or `after`. */
  readonly hold: (when: 'before' | 'after') => void;
  readonly goOn: () => void;
  /** When so many calls have come to where they wait. */
  readonly held: (count: number) => Promise<void>;
  readonly socket: () => Promise<Socket>;
  /** A request as bytes. `size`: of the answer; `agent`: `clerk`, or `single`, who has one call at a time. */
  readonly request: (
    key: string,
    options?: { size?: number; agent?: 'clerk' | 'single' },
  ) => string;
  /** An ordinary client's call. Its answer's code, or `completed`. */
  readonly call: (
    key: string,
    options?: { size?: number; agent?: 'clerk' | 'single' },
  ) => Promise<string>;
  readonly recorded: (key: string) => Promise<Recorded>;
  /** Nothing is under way any more: every lease and every turn was given back. Rejects when that never comes. */
  readonly settled: () => Promise<void>;
}

export async function openDeparture(): Promise<Departure> {
  await using stack = new AsyncDisposableStack();
  const upstream = stack.use(await httpFixture());
  const effects: string[] = [];
  let holding: 'before' | 'after' | null = null;
  let waiting: (() => void)[] = [];
  const hold = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  upstream.tools = [
    {
      name: 'act',
      inputSchema: {
        type: 'object',
        properties: { key: { type: 'string' }, size: { type: 'integer' } },
        required: ['key', 'size'],
        additionalProperties: false,
      },
    },
  ];
  upstream.on.set('tools/call', async ({ id, params }, response) => {
    const { key, size } = Object(params['arguments']);
    if (holding === 'before') await hold();
    effects.push(String(key));
    if (holding === 'after') await hold();
    answer(response, id, text('x'.repeat(Number(size))));
  });
  const prepared = stack.use(
    await prepareGateway({
      policy: policy(upstream.url),
      upstreams: [{ name: 'desk', transport: { type: 'streamable_http', url: upstream.url } }],
    }),
  );
  const gateway = stack.use(await prepared.start());
  const opener = await gateway.openerToken();
  const runs = new Map<string, { readonly token: string; readonly handle: string }>();
  for (const agent of ['clerk', 'single']) {
    const { handle } = await postRun(gateway.url, opener, { agent });
    runs.set(agent, { token: await gateway.agentToken(agent), handle });
  }
  const runOf = (agent: string) => {
    const run = runs.get(agent);
    if (run === undefined) throw new Error(`no such agent: ${agent}`);
    return run;
  };
  const sockets: Socket[] = [];
  const owned = stack.move();
  let requests = 0;
  return {
    effects,
    hold: (when) => {
      holding = when;
    },
    goOn: () => {
      holding = null;
      for (const go of waiting) go();
      waiting = [];
    },
    held: (count) => until(() => waiting.length >= count),
    async socket() {
      const socket = connect({
        port: Number(new URL(gateway.url).port),
        host: '127.0.0.1',
        allowHalfOpen: true,
      });
      sockets.push(socket);
      socket.on('error', () => undefined);
      await new Promise((resolve) => socket.once('connect', resolve));
      return socket;
    },
    request(key, { size = 1, agent = 'clerk' } = {}) {
      const { token, handle } = runOf(agent);
      requests += 1;
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: requests,
        method: 'tools/call',
        params: { name: 'desk.act', arguments: { key, size } },
      });
      return `POST /mcp HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${token}\r\nsallyport-run: ${handle}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    },
    async call(key, { size = 1, agent = 'clerk' } = {}) {
      const { token, handle } = runOf(agent);
      const said = await callTool(gateway.url, token, 'desk.act', { key, size }, handle);
      if (said.error !== undefined) return said.error.message;
      return said.result?._meta?.['dev.sallyport/decision']?.code ?? 'completed';
    },
    async recorded(key) {
      await using store = await openSqliteReader({
        directory: prepared.dataDirectory,
        foldRun: fold,
      });
      const events = (await store.events({ limit: 100_000 })).map(({ event }) => event);
      const keyOf = new Map<string, string>();
      for (const event of events) {
        if (event.type !== 'call.started') continue;
        const bytes = await store.payload(event.arguments);
        const args: unknown = bytes === null ? {} : JSON.parse(Buffer.from(bytes).toString());
        keyOf.set(event.call, String(Object(args).key));
      }
      const of = events.filter((event) => 'call' in event && keyOf.get(String(event.call)) === key);
      const joins = events.flatMap((event) =>
        event.type === 'call.joined' && keyOf.get(event.joined) === key ? [event] : [],
      );
      const ends = of.flatMap((event) => (event.type === 'call.finished' ? [event] : []));
      const joiners = new Set(joins.map(({ call }) => call));
      return {
        outcomes: ends.map(({ outcome }) => outcome),
        awaited: [...ends, ...joins].filter(({ delivered }) => delivered).length,
        undelivered: events.filter(
          (event) =>
            event.type === 'call.undelivered' &&
            (keyOf.get(event.call) === key || joiners.has(event.call)),
        ).length,
        joined: joins.length,
      };
    },
    settled: () =>
      until(async () => {
        await using store = await openSqliteReader({
          directory: prepared.dataDirectory,
          foldRun: fold,
        });
        return (await store.openCalls(1)).length === 0;
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await owned.disposeAsync();
    },
  };
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries += 1) {
    if (tries === 500) throw new Error('what was waited for did not come');
    await wait(20);
  }
}

function policy(url: string): string {
  return `sallyport: 1
enforcement: strict
upstreams: { desk: { mcp: { url: "${url}" } } }
content: { results: { max_bytes: 1000000 } }
tools:
  desk.act: { action: act, tier: reversible, reach: internal, args: { key: identifier, size: number } }
roles: { people: { permissions: { desk: { act: allow } } } }
agents:
  clerk: { acts_for: [people], unattended: { owner: people }, rate: 100000/hour, loops: { same_call: 1000, same_tool: 1000, cycle: 1000 }, permissions: { desk: { act: allow } } }
  single: { acts_for: [people], unattended: { owner: people }, parallel: 1, rate: 100000/hour, loops: { same_call: 1000, same_tool: 1000, cycle: 1000 }, permissions: { desk: { act: allow } } }
`;
}
