/**
 * Hostile HTTP, row by row, on the real server over raw sockets: what is answered, and what is left of it in the record.
 * After each row the server serves the next client, and has let nobody's call through.
 */
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { listedTool, modernMeta, openStandIn, type StandIn } from '../edges/stand-in.ts';
import { chunk, chunked, type Pieces, ping, post, speak } from './raw-http.ts';

interface Row {
  readonly attack: string;
  readonly bytes: string | Buffer | (() => Pieces);
  /** In order, as `speak` reads them; none: the connection is closed without a word. */
  readonly answers: readonly string[];
  /** What the record of refusals says afterwards: code, credential, count. */
  readonly leaves: readonly string[];
}

const close = { connection: 'close' };
const megabyte = Buffer.alloc(1_048_576, 'x');

/** Headers first, then `count` megabytes. */
function* flood(head: string, count: number, wrap = (bytes: Buffer): Pieces => [bytes]): Pieces {
  yield head;
  for (let sent = 0; sent < count; sent += 1) yield* wrap(megabyte);
}

const asChunk = (bytes: Buffer): Pieces => ['100000\r\n', bytes, '\r\n'];

const toolCall = (meta: string): string =>
  `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"files.read","arguments":{"path":"/a"}${meta}}}`;
const modernCall = toolCall(`,"_meta":${JSON.stringify(modernMeta)}`);
const modernHeaders = {
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'files.read',
  'mcp-param-path': '/a',
};

const lengths: readonly Row[] = [
  {
    attack: 'a body of 100 MB that says so',
    bytes: () => flood(post('', { 'content-length': '104857600' }), 100),
    answers: ['413 http.body_too_large'],
    leaves: ['http.body_too_large cred_a 1'],
  },
  {
    attack: 'a body of 100 MB in chunks, which says nothing',
    bytes: () => flood(chunked(), 100, asChunk),
    answers: ['413 http.body_too_large'],
    leaves: ['http.body_too_large cred_a 1'],
  },
  {
    attack: 'a body of 100 MB from somebody without a credential',
    bytes: () => flood(post('', { 'content-length': '104857600', authorization: null }), 100),
    answers: ['401 identity.credential_missing'],
    leaves: ['identity.credential_missing - 1'],
  },
  {
    attack: 'a length that is longer than any number',
    bytes: post('{}', { 'content-length': '9'.repeat(400) }),
    answers: ['400 http.malformed'],
    leaves: ['http.malformed - 1'],
  },
  {
    attack: 'a length that is too short: the rest is no request',
    bytes: post(ping, { 'content-length': '39' }),
    answers: ['400 mcp.parse', '400 http.malformed'],
    leaves: ['http.malformed - 1', 'mcp.parse cred_a 1'],
  },
  {
    attack: 'a second request within the length of the first',
    bytes: post(ping + post(ping, close), close),
    answers: ['400 mcp.parse'],
    leaves: ['mcp.parse cred_a 1'],
  },
  ...['-5', '+5', '5 5', '5, 5', '5,6', '0x28', '4_0', '', ' ', '\t40\x0b'].map(
    (length): Row => ({
      attack: `the length ${JSON.stringify(length)}`,
      bytes: post(ping, { 'content-length': length, ...close }),
      answers: ['400 http.malformed'],
      leaves: ['http.malformed - 1'],
    }),
  ),
  {
    attack: 'two lengths that differ',
    bytes: post(ping, close, 'Content-Length: 7\r\n'),
    answers: ['400 http.malformed'],
    leaves: ['http.malformed - 1'],
  },
  {
    attack: 'two lengths that are the same',
    bytes: post(ping, close, `Content-Length: ${ping.length}\r\n`),
    answers: ['400 http.malformed'],
    leaves: ['http.malformed - 1'],
  },
  {
    attack: 'a length and chunks',
    bytes: post(chunk(ping) + chunk(''), { 'transfer-encoding': 'chunked' }),
    answers: ['400 http.malformed'],
    leaves: ['http.malformed - 1'],
  },
  ...['chunked, identity', 'identity', 'gzip', 'xchunked', 'chunked, chunked', '\x0bchunked'].map(
    (encoding): Row => ({
      attack: `the transfer encoding ${JSON.stringify(encoding)}`,
      bytes: post(chunk(ping) + chunk(''), {
        'content-length': null,
        'transfer-encoding': encoding,
        ...close,
      }),
      answers: ['400 http.malformed'],
      leaves: ['http.malformed - 1'],
    }),
  ),
];

const chunks: readonly Row[] = [
  {
    attack: 'chunks with extensions, which mean nothing',
    bytes: chunked(`${ping.length.toString(16)};a=b;c\r\n${ping}\r\n`, '0\r\n\r\n'),
    answers: ['200'],
    leaves: [],
  },
  {
    attack: 'an extension without end',
    bytes: chunked(`5;${'x'.repeat(20_000)}`),
    answers: ['413 http.body_too_large'],
    leaves: ['http.body_too_large - 1'],
  },
  ...['-1', '+5', '0x5', 'g', '', ' 5', '5 ', 'fffffffffffffffff', '5\n'].map(
    (size): Row => ({
      attack: `a chunk of the size ${JSON.stringify(size)}`,
      bytes: chunked(`${size}\r\n`, 'aaaaa\r\n', '0\r\n\r\n'),
      answers: ['400 http.malformed'],
      leaves: ['http.malformed - 1'],
    }),
  ),
  {
    attack: 'a chunk longer than it says',
    bytes: chunked('5\r\naaaaaaa\r\n', '0\r\n\r\n'),
    answers: ['400 http.malformed'],
    leaves: ['http.malformed - 1'],
  },
  {
    attack: 'one chunk that says it has a terabyte',
    bytes: () => flood(`${chunked()}10000000000\r\n`, 8),
    answers: ['413 http.body_too_large'],
    leaves: ['http.body_too_large cred_a 1'],
  },
  {
    attack: 'trailers that name another credential and another run',
    bytes: chunked(
      chunk(ping),
      '0\r\nauthorization: Bearer opener-token\r\nsallyport-run: spr_x\r\n\r\n',
    ),
    answers: ['200'],
    leaves: [],
  },
  {
    attack: 'a trailer that gives the body a length',
    bytes: chunked(chunk(ping), '0\r\ncontent-length: 0\r\n\r\n'),
    answers: ['400 http.malformed'],
    leaves: ['http.malformed - 1'],
  },
  {
    attack: 'trailers without end',
    bytes: () => flood(chunked(chunk(ping), '0\r\nx: '), 1),
    answers: ['431 http.header_size'],
    leaves: ['http.header_size - 1'],
  },
];

const encodings: readonly Row[] = [
  ...Object.entries({
    gzip: gzipSync(Buffer.alloc(50_000_000)),
    deflate: deflateSync(Buffer.alloc(50_000_000)),
    br: Buffer.alloc(100),
    'identity, gzip': Buffer.alloc(100),
  }).map(
    ([encoding, body]): Row => ({
      attack: `a bomb in ${encoding}`,
      bytes: post(body.toString('latin1'), { 'content-encoding': encoding, ...close }),
      answers: ['415 http.media_type'],
      leaves: ['http.media_type cred_a 1'],
    }),
  ),
  ...[
    'text/plain',
    'application/json5',
    'application/x-www-form-urlencoded',
    '',
    'multipart/form-data; boundary=application/json',
  ].map(
    (type): Row => ({
      attack: `the media type ${JSON.stringify(type)}`,
      bytes: post(ping, { 'content-type': type, ...close }),
      answers: ['415 http.media_type'],
      leaves: ['http.media_type cred_a 1'],
    }),
  ),
];

const mismatch = {
  answers: ['400 mcp.header'],
  leaves: ['mcp.header cred_a 1'],
} as const;

/** Each of them is refused of a modern client, and means nothing of an older one. */
const mirrors: readonly (readonly [string, Readonly<Record<string, string | null>>, string])[] = [
  ['another method', { 'mcp-method': 'tools/list' }, ''],
  ['the method in other letters', { 'mcp-method': 'Tools/Call' }, ''],
  ['no method', { 'mcp-method': null }, ''],
  ['another tool', { 'mcp-name': 'files.write' }, ''],
  ['no tool', { 'mcp-name': null }, ''],
  ['the tool in loose Base64', { 'mcp-name': '=?base64?ZmlsZXMucmVhZA?=' }, ''],
  ['a tool that is no UTF-8', { 'mcp-name': '=?base64?/w==?=' }, ''],
  ['raw bytes beyond ASCII', { 'mcp-name': 'files.read\xe9' }, ''],
  ['another argument', { 'mcp-param-path': '/etc/passwd' }, ''],
  ['no argument', { 'mcp-param-path': null }, ''],
  ['an empty argument', { 'mcp-param-path': '' }, ''],
];

const hosts: readonly Row[] = [
  ...[
    'evil.example',
    'localhost.evil.example',
    'evil.example:80@localhost',
    'localhost@evil.example',
    '127.0.0.1.nip.io',
    '2130706433.evil.example',
    'localhost/',
    'localhost?x',
    'localhost#',
    'localhost.',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    'local%68ost',
    'localhost:80:80',
    'localhost:',
    '[0:0:0:0:0:0:0:1]',
    '[::1',
    '[::ffff:127.0.0.2]',
    '169.254.169.254',
    'localhost, evil.example',
    'ｌocalhost'.normalize('NFC'),
    '',
  ].map(
    (host): Row => ({
      attack: `a page whose name was bound to our address, or the host ${JSON.stringify(host)}`,
      bytes: Buffer.from(post(ping, { host, ...close })),
      answers: ['403 http.host'],
      leaves: ['http.host - 1'],
    }),
  ),
  ...[
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'file://',
    'chrome-extension://abcdef',
    'http://localhost:5173/',
    'localhost',
    '',
  ].map(
    (origin): Row => ({
      attack: `the origin ${JSON.stringify(origin)}`,
      bytes: post(ping, { origin, ...close }),
      answers: ['403 http.origin'],
      leaves: ['http.origin - 1'],
    }),
  ),
  {
    attack: 'no host',
    bytes: post(ping, { host: null }),
    answers: ['400 http.host'],
    leaves: ['http.host - 1'],
  },
  {
    attack: 'what a browser asks first, across origins',
    bytes: post(
      '',
      { origin: 'https://evil.example', 'access-control-request-method': 'POST', ...close },
      '',
      'OPTIONS /mcp HTTP/1.1',
    ),
    answers: ['403 http.origin'],
    leaves: ['http.origin - 1'],
  },
];

const headers: readonly Row[] = [
  {
    attack: '10,000 headers',
    bytes: post(ping, {}, 'a:b\r\n'.repeat(10_000)),
    answers: ['431 http.header_size'],
    leaves: ['http.header_size - 1'],
  },
  {
    attack: '200 short headers',
    bytes: post(ping, close, 'a:b\r\n'.repeat(200)),
    answers: ['431 http.header_count'],
    leaves: ['http.header_count - 1'],
  },
  {
    attack: 'a header of a megabyte',
    bytes: post(ping, { 'x-long': 'y'.repeat(1_048_576) }),
    answers: ['431 http.header_size'],
    leaves: ['http.header_size - 1'],
  },
  {
    attack: 'a target of a megabyte',
    bytes: post(ping, {}, '', `POST /mcp?${'y'.repeat(1_048_576)} HTTP/1.1`),
    answers: ['431 http.header_size'],
    leaves: ['http.header_size - 1'],
  },
  ...[
    ['authorization', 'Bearer opener-token', 'cred_a'],
    ['sallyport-run', 'spr_b', 'cred_a'],
    ['content-type', 'text/plain', 'cred_a'],
    ['content-encoding', 'gzip', 'cred_a'],
    ['mcp-protocol-version', '2025-06-18', 'cred_a'],
    ['mcp-session-id', 'sps_b', 'cred_a'],
    ['origin', 'https://evil.example', '-'],
    ['host', 'evil.example', '-'],
  ].map(
    ([name = '', other = '', credential = '']): Row => ({
      attack: `the header ${name} twice`,
      bytes: post(
        toolCall(''),
        {
          'sallyport-run': 'spr_a',
          'content-encoding': 'identity',
          'mcp-protocol-version': '2025-11-25',
          'mcp-session-id': null,
          origin: 'http://localhost',
          ...(name === 'mcp-session-id' ? { [name]: 'sps_a' } : {}),
          ...close,
        },
        `${name}: ${other}\r\n`,
      ),
      answers: ['400 http.header'],
      // A credential that is given twice was shown by nobody.
      leaves: [`http.header ${name === 'authorization' ? '-' : credential} 1`],
    }),
  ),
  ...Object.entries({
    'a line break without its return': 'x: a\nsallyport-run: b\r\n',
    'a return alone': 'x: a\rsallyport-run: b\r\n',
    'a folded line': 'x: a\r\n b\r\n',
    'a NUL': 'x: a\0b\r\n',
    'a space before the colon': 'sallyport-run : b\r\n',
    'a name with a space': 'sallyport run: b\r\n',
    'no name': ': b\r\n',
    'no colon': 'sallyport-run\r\n',
    'a name beyond ASCII': 'sallyport-r\xfcn: b\r\n',
  }).map(
    ([attack, line]): Row => ({
      attack: `a header with ${attack}`,
      bytes: post(ping, close, line),
      answers: ['400 http.malformed'],
      leaves: ['http.malformed - 1'],
    }),
  ),
  {
    attack: 'a credential beyond ASCII',
    bytes: post(ping, { authorization: 'Bearer agent-t\xf6ken', ...close }),
    answers: ['401 identity.credential_invalid'],
    leaves: ['identity.credential_invalid - 1'],
  },
  {
    attack: 'an expectation that nobody here fulfils',
    bytes: post(ping, { expect: 'the-impossible', ...close }),
    answers: ['417 http.expectation'],
    leaves: ['http.expectation - 1'],
  },
];

const requests: readonly Row[] = [
  {
    attack: 'an absolute target of another host',
    bytes: post(ping, close, '', 'POST http://evil.example/mcp HTTP/1.1'),
    answers: ['404 http.not_found'],
    leaves: ['http.not_found - 1'],
  },
  {
    attack: 'an absolute target of our own',
    bytes: post(ping, close, '', 'POST http://localhost/mcp HTTP/1.1'),
    answers: ['404 http.not_found'],
    leaves: ['http.not_found - 1'],
  },
  {
    attack: 'a tunnel',
    bytes: 'CONNECT 169.254.169.254:80 HTTP/1.1\r\nhost: localhost\r\n\r\n',
    answers: ['405 http.method'],
    leaves: ['http.method - 1'],
  },
  {
    attack: 'an upgrade to a web socket: it is not heard, the request is',
    bytes: post(ping, {
      connection: 'upgrade, close',
      upgrade: 'websocket',
      'sec-websocket-key': 'AAAA',
    }),
    answers: ['200'],
    leaves: [],
  },
  {
    attack: 'an upgrade to HTTP/2',
    bytes: post(ping, {
      connection: 'upgrade, http2-settings, close',
      upgrade: 'h2c',
      'http2-settings': 'AAAA',
    }),
    answers: ['200'],
    leaves: [],
  },
  {
    attack: 'the first bytes of HTTP/2',
    bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    answers: ['400 http.malformed'],
    leaves: ['http.malformed - 1'],
  },
  {
    attack: 'HTTP/0.9, which names no host',
    bytes: 'GET /healthz\r\n\r\n',
    answers: ['400 http.host'],
    leaves: ['http.host - 1'],
  },
  {
    attack: 'TLS',
    bytes: Buffer.from('16030100c8010000c40303', 'hex'),
    answers: ['400 http.malformed'],
    leaves: ['http.malformed - 1'],
  },
  ...['TRACE', 'PUT', 'PATCH', 'OPTIONS', 'PROPFIND'].map(
    (method): Row => ({
      attack: `the method ${method}`,
      bytes: post('', close, '', `${method} /mcp HTTP/1.1`),
      answers: ['405 http.method'],
      leaves: ['http.method - 1'],
    }),
  ),
  ...['/mcp/', '/MCP', '//mcp', '/mcp/../mcp', '/%6dcp', '/mcp;x', '/mcp%00', '*'].map(
    (target): Row => ({
      attack: `the target ${target}`,
      bytes: post(ping, close, '', `POST ${target} HTTP/1.1`),
      answers: ['404 http.not_found'],
      leaves: ['http.not_found - 1'],
    }),
  ),
  {
    attack: 'three requests at once: answered in order, and the bad one spoils none',
    bytes: post(ping) + post('{"id":') + post(ping, close),
    answers: ['200', '400 mcp.parse', '200'],
    leaves: ['mcp.parse cred_a 1'],
  },
  {
    attack: 'rubbish behind a good request',
    bytes: `${post(ping)}\x01\x02\x03\r\n\r\n`,
    answers: ['200', '400 http.malformed'],
    leaves: ['http.malformed - 1'],
  },
  {
    attack: 'a thousand requests of a stranger on one connection: one line in the record',
    bytes: () =>
      Array.from({ length: 1_000 }, (_, at) =>
        post(ping, { authorization: 'Bearer guess', ...(at === 999 ? close : {}) }),
      ),
    answers: Array.from({ length: 1_000 }, () => '401 identity.credential_invalid'),
    leaves: ['identity.credential_invalid - 1', 'identity.credential_invalid - 999'],
  },
];

const mirrored = {
  tools: [
    listedTool('files.read', {
      inputSchema: {
        type: 'object',
        properties: { path: { type: 'string', 'x-mcp-header': 'Path' } },
      },
    }),
  ],
};

let standIn: StandIn | null = null;

afterEach(async () => {
  await standIn?.server.close();
  standIn = null;
});

async function tryRow({ bytes, answers, leaves }: Row): Promise<StandIn> {
  standIn = await openStandIn(mirrored);
  const { server } = standIn;
  const spoken = await speak(
    server,
    typeof bytes === 'function' ? bytes() : [bytes],
    answers.length === 0 ? undefined : answers.length,
  );
  expect(spoken.answers).toEqual(answers);
  // Of whatever size it was, no more is held than one body and what the sockets have under way.
  expect(spoken.heldBytes).toBeLessThan(48 * 1_048_576);
  expect((await speak(server, [post(ping, close)])).answers).toEqual(['200']);
  await server.close();
  expect(
    standIn.refused.flatMap(({ refusals, others }) => {
      expect(others).toBe(0);
      return refusals.map(({ code, credential, count }) => `${code} ${credential ?? '-'} ${count}`);
    }),
  ).toEqual(leaves);
  return standIn;
}

describe.each([
  ['lengths', lengths],
  ['chunks', chunks],
  ['encodings', encodings],
  ['hosts and origins', hosts],
  ['headers', headers],
  ['requests', requests],
])('%s', (_, rows) => {
  test.each(rows)('$attack', async (row) => {
    const { proposals } = await tryRow(row);
    expect(proposals).toEqual([]);
  });
});

describe('headers that repeat the body', () => {
  test.each(mirrors)('%s: refused of a modern client', async (attack, changed, more) => {
    const bytes = post(modernCall, { ...modernHeaders, ...changed, ...close }, more);
    const { proposals } = await tryRow({ attack, bytes, ...mismatch });
    expect(proposals).toEqual([]);
  });

  test.each(mirrors)('%s: nothing to an older one', async (attack, changed, more) => {
    const bytes = post(
      toolCall(''),
      { ...modernHeaders, 'mcp-protocol-version': '2025-11-25', ...changed, ...close },
      more,
    );
    const { proposals } = await tryRow({ attack, bytes, answers: ['200'], leaves: [] });
    expect(proposals).toMatchObject([{ tool: 'files.read', args: { path: '/a' } }]);
  });

  test.each([
    ['another version in the header', { 'mcp-protocol-version': '2025-11-25' }],
    ['no version in the header', { 'mcp-protocol-version': null }],
  ])('%s: the body says that it is modern', async (attack, changed) => {
    const bytes = post(modernCall, { ...modernHeaders, ...changed, ...close });
    const { proposals } = await tryRow({ attack, bytes, ...mismatch });
    expect(proposals).toEqual([]);
  });

  test('as they should be, the call goes through', async () => {
    const bytes = post(modernCall, { ...modernHeaders, ...close });
    const { proposals } = await tryRow({ attack: 'none', bytes, answers: ['200'], leaves: [] });
    expect(proposals).toHaveLength(1);
  });
});
