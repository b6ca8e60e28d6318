import { subscribe } from 'node:diagnostics_channel';
import { connect, Socket } from 'node:net';
import { afterEach, beforeAll, expect, test } from 'vitest';
import {
  agentToken,
  legacy,
  openerToken,
  openStandIn,
  otherAgentToken,
  type StandIn,
  type StandInOptions,
  say,
} from '../../../test/edges/stand-in.ts';
import { httpLimits } from './limits.ts';

let edges: StandIn[] = [];
let sockets: Socket[] = [];
/** The server's ends of the connections, by the ports of ours. */
const serverEnds = new Map<number, Socket>();

beforeAll(() => {
  subscribe('http.server.request.start', (message) => {
    const socket = message instanceof Object && 'socket' in message ? message.socket : null;
    if (socket instanceof Socket && socket.remotePort !== undefined)
      serverEnds.set(socket.remotePort, socket);
  });
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(edges.map(({ server }) => server.close()));
  edges = [];
  sockets = [];
  serverEnds.clear();
});

const ping = legacy('ping');
const call = legacy('tools/call', { name: 'files.read_text_file' });

test('bodies that never end fill the room of their credential and no more: the next is told to come again, and may when they are gone', async () => {
  const { server } = await edge();
  const last = await fillBodies(server.url, agentToken);
  const body = JSON.stringify(ping).padEnd(last + 1);
  expect(await say(server, { body })).toMatchObject({
    status: 503,
    headers: { 'retry-after': '1', connection: 'close' },
    json: { error: { message: expect.stringMatching(/^http\.busy: /) } },
  });
  // What is small still finds a place, and so does all that others send.
  expect((await say(server, { body: ping })).status).toBe(200);
  expect((await say(server, { body, token: otherAgentToken })).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  await until(async () => expect((await say(server, { body })).status).toBe(200));
});

test('bodies of many credentials fill the room of all and no more', async () => {
  const { server } = await edge();
  for (const token of [agentToken, otherAgentToken]) await fillBodies(server.url, token);
  const third = (bytes: number) =>
    say(server, { path: '/v1/runs', body: ' '.repeat(bytes), token: openerToken });
  expect(await third(4_000_000)).toMatchObject({
    status: 503,
    json: { error: { code: 'http.busy' } },
  });
  expect(await third(1_000)).toMatchObject({ status: 400 });
});

test('strangers take a small part of the room, and are refused as ever when it is full', async () => {
  const { server } = await edge();
  const size = httpLimits.strangerBodyBytesMax;
  const whole = Math.floor(httpLimits.strangersBytesHeldMax / size);
  for (let n = 0; n < whole; n += 1)
    await speak(server.url, post(' '.repeat(size - 1), size, 'unknown'));
  const body = JSON.stringify(ping).padEnd(size);
  const { status, json } = await say(server, { body, token: 'unknown' });
  expect(status).toBe(401);
  expect(json).not.toHaveProperty('id');
  expect((await say(server, { body })).status).toBe(200);
});

test('a body counts until its call has ended, not until its client has left', async () => {
  const going = Promise.withResolvers<void>();
  let calls = 0;
  const { server } = await edge({
    call: async () => {
      calls += 1;
      await going.promise;
      return [];
    },
  });
  const size = 4_000_000;
  const whole = Math.floor(httpLimits.bodiesOfOneBytesMax / size);
  const body = `${JSON.stringify(call)}`.padEnd(size);
  for (let n = 0; n < whole; n += 1) await speak(server.url, post(body, size));
  await until(() => expect(calls).toBe(whole));
  for (const socket of sockets) socket.destroy();
  expect((await say(server, { body: JSON.stringify(ping).padEnd(size) })).status).toBe(503);
  going.resolve();
  await until(async () =>
    expect((await say(server, { body: JSON.stringify(ping).padEnd(size) })).status).toBe(200),
  );
});

test('answers that nobody reads fill the room of their credential and no more: the next is not delivered, and says so', async () => {
  const size = 16_000_000;
  const { server, released } = await edge({
    call: async () => [{ type: 'text', text: 'x'.repeat(size) }],
  });
  const whole = Math.floor(httpLimits.answersOfOneBytesMax / (size + 1_000));
  const body = JSON.stringify(call);
  for (let n = 0; n < whole; n += 1) {
    const socket = await speak(server.url, post(body, body.length));
    await once(socket, 'readable');
  }
  await expect(say(server, { body })).rejects.toThrow('socket hang up');
  expect(released).toEqual([false]);
  // Small answers still find a place, and so do those of others.
  expect((await say(server, { body: ping })).status).toBe(200);
  expect((await say(server, { body, token: otherAgentToken })).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  await until(() => expect(released.filter((delivered) => !delivered)).toHaveLength(whole + 1));
  expect((await say(server, { body })).status).toBe(200);
});

/** With bodies that never end, but for a few bytes: how many. */
async function fillBodies(url: string, token: string): Promise<number> {
  const size = 4_194_000;
  const whole = Math.floor(httpLimits.bodiesOfOneBytesMax / size);
  for (let n = 0; n < whole; n += 1)
    await speak(url, post(' '.repeat(size), httpLimits.bodyBytesMax, token));
  return httpLimits.bodiesOfOneBytesMax - whole * size;
}

async function edge(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = await openStandIn(options);
  edges.push(standIn);
  return standIn;
}

/**
 * Bytes to the server, on a socket whose answers nobody reads. When this resolves it has read them: while some were still
 * on their way, another body could take their room.
 */
async function speak(url: string, bytes: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  socket.write(bytes);
  await until(() =>
    expect(serverEnds.get(socket.localPort ?? 0)?.bytesRead).toBe(Buffer.byteLength(bytes)),
  );
  return socket;
}

function once(socket: Socket, event: 'readable'): Promise<void> {
  return new Promise((resolve) => socket.once(event, () => resolve()));
}

function post(body: string, length: number, token: string = agentToken): string {
  return `POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`;
}

async function until(holds: () => Promise<void> | void): Promise<void> {
  const deadlineMs = Date.now() + 10_000;
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}
