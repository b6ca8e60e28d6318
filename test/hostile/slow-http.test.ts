/** Clients that take their time, against the real server with its times made short: the rows of `http.test.ts` that wait. */
import { connect } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { openStandIn, type StandIn } from '../edges/stand-in.ts';
import { chunked, ping, post, speak } from './raw-http.ts';

vi.mock('../../src/edges/http/limits.ts', async (load) => {
  const { httpLimits } = await load<typeof import('../../src/edges/http/limits.ts')>();
  const short = {
    headersTimeoutMs: 300,
    requestTimeoutMs: 600,
    slownessEveryMs: 100,
    lingerMs: 300,
  };
  return { httpLimits: { ...httpLimits, ...short, connectionsMax: 20 } };
});

let standIn: StandIn | null = null;

afterEach(async () => {
  await standIn?.server.close();
  standIn = null;
});

const counted = ({ refused }: StandIn): string[] =>
  refused.flatMap(({ refusals }) =>
    refusals.map(({ code, credential, count }) => `${code} ${credential ?? '-'} ${count}`),
  );

test.each([
  ['headers that never end', 'POST /mcp HTTP/1.1\r\nhost: localhost\r\n', 'x: y\r\n'],
  ['not even a whole first line', 'PO', ''],
  ['a body that drips', post('', { 'content-length': '4000' }), ' '],
  ['chunks that drip', chunked(), '1\r\n \r\n'],
  [
    'a body of a stranger that drips',
    post('', { 'content-length': '4000', authorization: null }),
    ' ',
  ],
])('%s', async (_, first, drop) => {
  standIn = await openStandIn();
  const { server } = standIn;
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.write(first);
  const drip = setInterval(() => socket.write(drop), 20);
  await new Promise((resolve) => socket.on('close', resolve));
  clearInterval(drip);
  expect(text).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n.*"code":"http\.too_slow"/s);
  expect((await speak(server, [post(ping, { connection: 'close' })])).answers).toEqual(['200']);
  await server.close();
  // The stranger's credential was looked at before the body was waited for.
  expect(counted(standIn).filter((line) => !line.startsWith('identity.'))).toEqual([
    'http.too_slow - 1',
  ]);
});

test('a client that sends nothing more is not answered after its call, and holds nothing', async () => {
  standIn = await openStandIn();
  const { server, proposals } = standIn;
  const spoken = await speak(server, [post(ping, { 'content-length': '40' }), ''], 1);
  expect(spoken.answers).toEqual(['200']);
  expect(proposals).toEqual([]);
});

test('more connections than there may be: further ones are closed, the others served, and it is counted', async () => {
  standIn = await openStandIn();
  const { server } = standIn;
  const { port } = new URL(server.url);
  const idle = Array.from({ length: 60 }, () => connect(Number(port), '127.0.0.1'));
  const closed = idle.map(
    (socket) =>
      new Promise<void>((resolve) => {
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
        socket.resume();
      }),
  );
  await Promise.all(closed);
  expect((await speak(server, [post(ping, { connection: 'close' })])).answers).toEqual(['200']);
  await server.close();
  const lines = standIn.refused.flatMap(({ refusals }) => refusals);
  const sum = (code: string): number =>
    lines.reduce((all, line) => all + (line.code === code ? line.count : 0), 0);
  // Those that were let in said nothing until their time was over.
  expect([sum('http.connections'), sum('http.too_slow')]).toEqual([40, 20]);
});
