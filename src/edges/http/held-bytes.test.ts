import { connect, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import {
  agentToken,
  legacy,
  openStandIn,
  type StandIn,
  type StandInOptions,
  say,
} from '../../../test/edges/stand-in.ts';
import { httpLimits } from './limits.ts';

let edges: StandIn[] = [];
let sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(edges.map(({ server }) => server.close()));
  edges = [];
  sockets = [];
});

const ping = legacy('ping');
const call = legacy('tools/call', { name: 'files.read_text_file' });

test('bodies that never end fill their room and no more: the next is told to come again, and may when they are gone', async () => {
  const { server } = await edge();
  const whole = Math.floor(httpLimits.bodiesHeldBytesMax / httpLimits.bodyBytesMax);
  for (let n = 0; n < whole; n += 1)
    await speak(server.url, post(' '.repeat(4_194_000), 4_194_304));
  const last = httpLimits.bodiesHeldBytesMax - whole * 4_194_000;
  await until(async () => {
    const refused = await say(server, { body: `${JSON.stringify(ping)}${' '.repeat(last)}` });
    expect(refused).toMatchObject({
      status: 503,
      headers: { 'retry-after': '1', connection: 'close' },
      json: { error: { message: expect.stringMatching(/^http\.busy: /) } },
    });
  });
  // What is small still finds a place.
  expect((await say(server, { body: ping })).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  await until(async () =>
    expect((await say(server, { body: `${JSON.stringify(ping)}${' '.repeat(last)}` })).status).toBe(
      200,
    ),
  );
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
  const whole = Math.floor(httpLimits.bodiesHeldBytesMax / size);
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

test('answers that nobody reads fill their room and no more: the next is not delivered, and says so', async () => {
  const size = 16_000_000;
  const { server, released } = await edge({
    call: async () => [{ type: 'text', text: 'x'.repeat(size) }],
  });
  const whole = Math.floor(httpLimits.answersHeldBytesMax / (size + 1_000));
  const body = JSON.stringify(call);
  for (let n = 0; n < whole; n += 1) {
    const socket = await speak(server.url, post(body, body.length));
    await once(socket, 'readable');
  }
  await expect(say(server, { body })).rejects.toThrow('socket hang up');
  expect(released).toEqual([false]);
  // Small answers still find a place.
  expect((await say(server, { body: ping })).status).toBe(200);
  for (const socket of sockets) socket.destroy();
  await until(() => expect(released).toEqual(Array.from({ length: whole + 1 }, () => false)));
  expect((await say(server, { body })).status).toBe(200);
});

async function edge(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = await openStandIn(options);
  edges.push(standIn);
  return standIn;
}

/** Bytes to the server, on a socket whose answers nobody reads. */
async function speak(url: string, bytes: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  return socket;
}

function once(socket: Socket, event: 'readable'): Promise<void> {
  return new Promise((resolve) => socket.once(event, () => resolve()));
}

function post(body: string, length: number): string {
  return `POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${agentToken}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`;
}

async function until(holds: () => Promise<void> | void): Promise<void> {
  const deadlineMs = Date.now() + 10_000;
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
