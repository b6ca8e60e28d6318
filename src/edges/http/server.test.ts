import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  agentToken,
  legacy,
  openStandIn,
  type StandIn,
  type StandInOptions,
  say,
  sayBytes,
} from '../../../test/edges/stand-in.ts';
import { startServer } from './server.ts';

const open: StandIn[] = [];

async function edge(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = await openStandIn(options);
  open.push(standIn);
  return standIn;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ server }) => server.close()));
});

test.each([
  '/',
  '/mcp/',
  '/%6dcp',
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/oauth-authorization-server',
  '/mcp/.well-known/openid-configuration',
  '/register',
  '/v1/runs/run_1/other',
])('%s is a 404 that asks for no credential', async (path) => {
  const { server } = await edge();
  const heard = await say(server, { path, token: null });
  expect(heard).toMatchObject({
    status: 404,
    json: { ok: false, error: { code: 'http.not_found' } },
  });
  expect(heard.headers['www-authenticate']).toBeUndefined();
});

test('/healthz says that it serves', async () => {
  const { server } = await edge();
  expect(await say(server, { path: '/healthz', token: null })).toMatchObject({
    status: 200,
    json: { ok: true },
  });
});

describe('a page in somebody’s browser', () => {
  test.each([
    ['its own name for our address', { host: 'evil.example' }, 403],
    ['its own name with a port', { host: 'evil.example:8080' }, 403],
    ['a name that begins like ours', { host: '127.0.0.1.evil.example' }, 403],
    ['a user in the name', { host: 'localhost@evil.example' }, 403],
    ['its origin', { origin: 'https://evil.example' }, 403],
    ['no origin of its own', { origin: 'null' }, 403],
    ['an origin that begins like ours', { origin: 'http://localhost.evil.example' }, 403],
    ['our name in any letters', { host: 'LOCALHOST:1' }, 200],
    ['loopback as origin', { origin: 'http://localhost:5173' }, 200],
  ])('%s', async (_, headers, status) => {
    const { server } = await edge();
    expect((await say(server, { headers, body: legacy('ping') })).status).toBe(status);
  });

  test('a name that was allowed', async () => {
    const { server } = await edge({ server: { allowedHosts: ['gateway.example'] } });
    expect(
      (await say(server, { headers: { host: 'Gateway.example:443' }, body: legacy('ping') }))
        .status,
    ).toBe(200);
  });

  test('listening everywhere needs the names to be said', async () => {
    const { server } = await edge();
    const again = openStandIn({ server: { host: '0.0.0.0' } });
    await expect(again).rejects.toMatchObject({ code: 'http.allowed_hosts' });
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(startServer).toBeTypeOf('function');
  });
});

describe('hostile bodies', () => {
  const call = (tail: string): string =>
    `{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"files.read"${tail}}}`;

  test.each([
    ['not JSON', 'hello', 400, -32_700],
    ['nothing', '', 400, -32_700],
    ['a key twice', '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}', 400, -32_700],
    ['a key twice in the arguments', call(',"arguments":{"to":"a","to":"b"}'), 400, -32_700],
    ['keys equal but for case', call(',"arguments":{"to":"a","To":"b"}'), 400, -32_700],
    ['a prototype', call(',"arguments":{"__proto__":{"admin":true}}'), 400, -32_700],
    ['a lone surrogate', call(',"arguments":{"a":"\\ud800"}'), 400, -32_700],
    [
      'an integer that a double can’t hold',
      call(',"arguments":{"a":9007199254740993}'),
      400,
      -32_700,
    ],
    [
      'nesting without end',
      call(`,"arguments":{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`),
      400,
      -32_700,
    ],
    ['a batch', `[${call('')}]`, 400, -32_600],
    ['another JSON-RPC', '{"jsonrpc":"1.0","id":1,"method":"ping"}', 400, -32_600],
    ['an id that is null', '{"jsonrpc":"2.0","id":null,"method":"ping"}', 400, -32_600],
    ['an id that is a fraction', '{"jsonrpc":"2.0","id":1.5,"method":"ping"}', 400, -32_600],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"ping"}', 400, -32_600],
    [
      'parameters that are a list',
      '{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}',
      400,
      -32_600,
    ],
    ['an answer to nothing', '{"jsonrpc":"2.0","id":1,"result":{}}', 400, -32_600],
    ['a word', '"ping"', 400, -32_600],
  ])('%s', async (_, body, status, code) => {
    const { server, proposals } = await edge();
    expect(await say(server, { body })).toMatchObject({ status, json: { error: { code } } });
    expect(proposals).toEqual([]);
  });

  test('bytes that are not UTF-8', async () => {
    const { server } = await edge();
    // Written as Latin-1 it has one byte a character, unlike in UTF-8.
    const body = '{"jsonrpc":"2.0","id":1,"method":"p\xffng"}';
    const bytes = Buffer.from(
      post(body, { 'content-length': String(body.length), connection: 'close' }),
      'latin1',
    );
    expect(await sayBytes(server, bytes)).toMatch(/^HTTP\/1\.1 400 [\s\S]*"code":-32700/);
  });

  test.each([
    ['a form', 'application/x-www-form-urlencoded'],
    ['plain text, as a page may send it', 'text/plain'],
    ['something that begins like JSON', 'application/jsonp'],
  ])('%s is 415', async (_, type) => {
    const { server } = await edge();
    expect(
      (await say(server, { headers: { 'content-type': type }, body: legacy('ping') })).status,
    ).toBe(415);
  });

  test('a compressed body is 415', async () => {
    const { server } = await edge();
    expect(
      (await say(server, { headers: { 'content-encoding': 'gzip' }, body: legacy('ping') })).status,
    ).toBe(415);
  });

  test.each([
    [
      'declared too long',
      `POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${agentToken}\r\ncontent-type: application/json\r\ncontent-length: 99999999\r\n\r\n`,
      '413',
    ],
    ['two lengths', post('{}', { 'Content-Length': '7' }), '400'],
    ['a length and chunks', post('{}', { 'transfer-encoding': 'chunked' }), '400'],
    [
      'a length that is no number',
      'POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-length: +3\r\n\r\n{}',
      '400',
    ],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', '400'],
    [
      'two hosts',
      'GET /healthz HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\nconnection: close\r\n\r\n',
      '400',
    ],
    ['two credentials', post('{}', { Authorization: 'Bearer other', connection: 'close' }), '400'],
    [
      'more headers than anybody needs',
      `GET /healthz HTTP/1.1\r\nhost: localhost\r\n${'a: b\r\n'.repeat(500)}\r\n`,
      '431',
    ],
    [
      'a header without end',
      `GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      '431',
    ],
  ])('%s: %#', async (_, bytes, status) => {
    const { server, proposals } = await edge();
    expect(await sayBytes(server, bytes)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(proposals).toEqual([]);
  });

  test('a body that is longer than it may be, without saying so', async () => {
    const { server } = await edge();
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const head = `POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${agentToken}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`;
    expect(await sayBytes(server, head + chunk.repeat(65))).toMatch(/^HTTP\/1\.1 413 /);
  });
});

test('pipelined requests are answered in their order', async () => {
  const { server } = await edge();
  const ping = (id: number): string => JSON.stringify(legacy('ping', {}, id));
  const answers = await sayBytes(
    server,
    post(ping(1)) + post(ping(2)) + post(ping(3), { connection: 'close' }),
  );
  expect([...answers.matchAll(/"id":(\d)/g)].map(([, id]) => id)).toEqual(['1', '2', '3']);
});

test('half a request, and then nothing, leaves the server well', async () => {
  const { server } = await edge();
  const { port } = new URL(server.url);
  const socket = connect(Number(port), '127.0.0.1');
  await new Promise<void>((resolve) =>
    socket.write(post('{"jsonrpc":').replace(/content-length: \d+/, 'content-length: 900'), () =>
      resolve(),
    ),
  );
  socket.destroy();
  expect((await say(server, { body: legacy('ping') })).status).toBe(200);
});

test('closing lets a call in flight end, and refuses the next connection', async () => {
  const going = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  const { server, released } = await openStandIn({
    call: async () => {
      arrived.resolve();
      await going.promise;
      return [{ type: 'text', text: 'done' }];
    },
  });
  const heard = say(server, { body: legacy('tools/call', { name: 'files.read' }) });
  await arrived.promise;
  const closed = server.close();
  await expect(say(server, { path: '/healthz' })).rejects.toThrow();
  going.resolve();
  expect(await heard).toMatchObject({
    status: 200,
    json: { result: { content: [{ text: 'done' }] } },
  });
  await closed;
  expect(released).toEqual([true]);
});

test('closing waits for nobody who has asked for nothing', async () => {
  const { server } = await openStandIn();
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const gone = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve));
  // It is heard of at the server's end, too, once another one was answered.
  await say(server, { path: '/healthz' });
  await server.close();
  await gone;
});

function post(body: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({
    host: 'localhost',
    authorization: `Bearer ${agentToken}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST /mcp HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
