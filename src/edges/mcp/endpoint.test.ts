import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import {
  agentToken,
  type Heard,
  legacy,
  listedTool,
  modern,
  modernMeta,
  openerToken,
  openStandIn,
  otherAgentToken,
  type StandIn,
  type StandInOptions,
  say,
} from '../../../test/edges/stand-in.ts';
import { mcpLimits } from './limits.ts';

const open: StandIn[] = [];

async function edge(options: StandInOptions = {}): Promise<StandIn> {
  const standIn = await openStandIn(options);
  open.push(standIn);
  return standIn;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(({ server }) => server.close()));
});

describe('legacy era', () => {
  test.each([
    ['2025-11-25', '2025-11-25'],
    ['2025-06-18', '2025-06-18'],
    ['2025-03-26', '2025-03-26'],
    ['2026-07-28', '2025-11-25'],
    ['2024-11-05', '2025-11-25'],
    ['tomorrow', '2025-11-25'],
  ])('an initialize that names %s is answered with %s', async (asked, answered) => {
    const { server } = await edge();
    const heard = await say(server, {
      body: legacy('initialize', {
        protocolVersion: asked,
        capabilities: {},
        clientInfo: { name: 'c', version: '1' },
      }),
    });
    expect(heard.status).toBe(200);
    expect(heard.json).toMatchObject({
      id: 1,
      result: { protocolVersion: answered, serverInfo: { name: 'sallyport' } },
    });
    expect(heard.json).not.toHaveProperty('result.instructions');
    expect(heard.headers['mcp-session-id']).toMatch(/^[\x21-\x7e]+$/);
  });

  test('a session survives a restart, and serves only the credential it was given to', async () => {
    const sessionKey = randomBytes(32);
    const before = await edge({ sessionKey });
    const session = await initialize(before);
    const after = await edge({ sessionKey });
    const withSession = { headers: { 'mcp-session-id': session }, body: legacy('ping') };
    expect((await say(after.server, withSession)).status).toBe(200);
    expect((await say(after.server, { ...withSession, token: otherAgentToken })).status).toBe(404);
    const elsewhere = await edge();
    expect((await say(elsewhere.server, withSession)).status).toBe(404);
  });

  test.each(['', 'nonsense', `sps_${'A'.repeat(22)}.${'A'.repeat(43)}`])(
    'an unknown session %j is 404 with the request’s id',
    async (session) => {
      const { server } = await edge();
      const heard = await say(server, {
        headers: { 'mcp-session-id': session },
        body: legacy('tools/list', {}, 'x'),
      });
      expect(heard).toMatchObject({ status: 404, json: { id: 'x', error: { code: -32_600 } } });
    },
  );

  test('a deleted session is gone', async () => {
    const standIn = await edge();
    const session = await initialize(standIn);
    const headers = { 'mcp-session-id': session };
    expect((await say(standIn.server, { method: 'DELETE', headers })).status).toBe(204);
    expect((await say(standIn.server, { headers, body: legacy('ping') })).status).toBe(404);
  });

  test('a request without a session is served', async () => {
    const { server } = await edge();
    expect((await say(server, { body: legacy('tools/list') })).status).toBe(200);
  });

  test('an old bridge sends `Mcp-Method` in this era and is served in it', async () => {
    const { server } = await edge();
    const headers = { 'mcp-method': 'tools/list', 'mcp-protocol-version': '2025-11-25' };
    const heard = await say(server, { headers, body: legacy('tools/list') });
    expect(heard.status).toBe(200);
    expect(heard.json).not.toHaveProperty('result.resultType');
  });

  test('GET opens a stream whose headers come at once; a second one too', async () => {
    const standIn = await edge();
    const session = await initialize(standIn);
    const first = await openGet(standIn, session);
    const second = await openGet(standIn, session);
    expect([first, second].map(({ status, type }) => [status, type])).toEqual([
      [200, 'text/event-stream'],
      [200, 'text/event-stream'],
    ]);
  });

  test('a credential that waits on too many streams is told that there is none', async () => {
    const standIn = await edge();
    const session = await initialize(standIn);
    const opened = await Promise.all(
      Array.from({ length: mcpLimits.standingStreamsMax }, () => openGet(standIn, session)),
    );
    expect(new Set(opened.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await openGet(standIn, session)).status).toBe(405);
    expect((await say(standIn.server, { body: legacy('ping') })).status).toBe(200);
  });

  test('GET without a session is 405', async () => {
    const { server } = await edge();
    expect((await say(server, {})).status).toBe(405);
  });

  test.each([
    ['ping', { result: {} }],
    ['logging/setLevel', { result: {} }],
    ['resources/list', { result: { resources: [] } }],
    ['prompts/list', { result: { prompts: [] } }],
    [
      'completion/complete',
      { error: { code: -32_601, message: expect.stringMatching(/^surface\.completion: /) } },
    ],
    ['resources/subscribe', { error: { code: -32_601 } }],
    ['server/unheard-of', { error: { code: -32_601 } }],
  ])('%s', async (method, expected) => {
    const { server } = await edge();
    const heard = await say(server, { body: legacy(method) });
    expect(heard).toMatchObject({ status: 200, json: { id: 1, ...expected } });
  });

  test('a notification is 202 without a body', async () => {
    const { server } = await edge();
    const heard = await say(server, {
      body: { jsonrpc: '2.0', method: 'notifications/initialized' },
    });
    expect(heard).toMatchObject({ status: 202, text: '' });
  });
});

describe('modern era', () => {
  test('server/discover names every version, what is served, and how long that holds', async () => {
    const { server } = await edge();
    const heard = await say(server, modern('server/discover'));
    expect(heard).toMatchObject({
      status: 200,
      json: {
        id: 7,
        result: {
          resultType: 'complete',
          supportedVersions: ['2026-07-28', '2025-11-25', '2025-06-18', '2025-03-26'],
          capabilities: { tools: {}, resources: {}, prompts: {} },
          cacheScope: 'private',
          _meta: {
            'io.modelcontextprotocol/serverInfo': { name: 'sallyport', version: '0.0.0-test' },
          },
        },
      },
    });
  });

  test('lists are private and sorted by name', async () => {
    const { server } = await edge({ tools: [listedTool('mail.send'), listedTool('files.read')] });
    const heard = await say(server, modern('tools/list'));
    expect(heard.json).toMatchObject({
      result: {
        resultType: 'complete',
        cacheScope: 'private',
        ttlMs: 30_000,
        tools: [{ name: 'files.read' }, { name: 'mail.send' }],
      },
    });
  });

  const discover = (meta: object, headers: Record<string, string> = {}): Promise<Heard> =>
    edge().then(({ server }) =>
      say(server, {
        headers: {
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'server/discover',
          ...headers,
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 7,
          method: 'server/discover',
          params: { _meta: meta },
        }),
      }),
    );

  test.each([
    ['no metadata at all', {}, {}, -32_602],
    ['no version in the body', { 'io.modelcontextprotocol/clientCapabilities': {} }, {}, -32_602],
    ['no capabilities', { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' }, {}, -32_602],
    [
      'another version in the header',
      modernMeta,
      { 'mcp-protocol-version': '2025-11-25' },
      -32_020,
    ],
    ['another method in the header', modernMeta, { 'mcp-method': 'tools/list' }, -32_020],
    [
      'a version that nobody serves',
      { ...modernMeta, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' },
      { 'mcp-protocol-version': '2099-01-01' },
      -32_022,
    ],
  ])('%s: 400', async (_, meta, headers, code) => {
    expect(await discover(meta, headers)).toMatchObject({
      status: 400,
      json: { id: 7, error: { code } },
    });
  });

  test('an unsupported version is answered with those that are', async () => {
    const meta = { ...modernMeta, 'io.modelcontextprotocol/protocolVersion': '2099-01-01' };
    const heard = await discover(meta, { 'mcp-protocol-version': '2099-01-01' });
    expect(heard.json).toMatchObject({
      error: {
        data: { requested: '2099-01-01', supported: expect.arrayContaining(['2026-07-28']) },
      },
    });
  });

  test.each([
    ['the same name', 'files.read_text_file', 200],
    [
      'the same name in Base64',
      `=?base64?${Buffer.from('files.read_text_file').toString('base64')}?=`,
      200,
    ],
    ['another name', 'files.list', 400],
    ['the name in other letters', 'FILES.read_text_file', 400],
    ['Base64 that is not UTF-8', '=?base64?/w==?=', 400],
    ['Base64 without its padding', '=?base64?ZmlsZXMucmVhZF90ZXh0X2ZpbGU?=', 400],
    ['what only looks like Base64', '=?base64?files.read_text_file?=', 400],
  ])('Mcp-Name with %s: %s', async (_, header, status) => {
    const { server, proposals } = await edge();
    const heard = await say(
      server,
      modern('tools/call', { name: 'files.read_text_file' }, { headers: { 'mcp-name': header } }),
    );
    expect(heard.status).toBe(status);
    expect(proposals).toHaveLength(status === 200 ? 1 : 0);
  });

  test.each([
    ['equal', { 'mcp-param-region': 'us-west1' }, { region: 'us-west1' }, 200],
    ['another value', { 'mcp-param-region': 'eu' }, { region: 'us-west1' }, 400],
    ['left out', {}, { region: 'us-west1' }, 400],
    ['given for an argument that is not', { 'mcp-param-region': 'eu' }, {}, 400],
    ['left out for null', {}, { region: null }, 200],
    ['a number in another form', { 'mcp-param-count': '42.0' }, { inner: { count: 42 } }, 200],
  ])('a header that mirrors an argument, %s', async (_, headers, args, status) => {
    const inputSchema = {
      type: 'object',
      properties: {
        region: { type: 'string', 'x-mcp-header': 'Region' },
        inner: {
          type: 'object',
          properties: { count: { type: 'integer', 'x-mcp-header': 'Count' } },
        },
      },
    };
    const { server } = await edge({ tools: [listedTool('sql.run', { inputSchema })] });
    const heard = await say(
      server,
      modern('tools/call', { name: 'sql.run', arguments: args }, { headers }),
    );
    expect(heard.status).toBe(status);
  });

  test.each([
    'initialize',
    'ping',
    'logging/setLevel',
    'resources/subscribe',
    'completion/complete',
    'no/such',
  ])('%s is 404', async (method) => {
    const { server } = await edge();
    expect(await say(server, modern(method))).toMatchObject({
      status: 404,
      json: { id: 7, error: { code: -32_601 } },
    });
  });

  test('subscriptions/listen is acknowledged with nothing, and ends with a result when we close', async () => {
    const { server } = await openStandIn();
    const heard = say(
      server,
      modern('subscriptions/listen', { notifications: { toolsListChanged: true } }),
    );
    await say(server, { path: '/healthz' });
    await server.close();
    const { text, json } = await heard;
    expect(text).toContain('notifications/subscriptions/acknowledged');
    expect(json).toMatchObject({
      id: 7,
      result: { resultType: 'complete', _meta: { 'io.modelcontextprotocol/subscriptionId': 7 } },
    });
  });
});

describe('calls', () => {
  test('a proposal carries tool, arguments, step, dry run, and every handle in order', async () => {
    const { server, proposals } = await edge();
    const _meta = {
      'dev.sallyport/run': 'spr_b',
      'dev.sallyport/step': 3,
      'dev.sallyport/dry_run': true,
    };
    await say(server, {
      headers: { 'sallyport-run': 'spr_a' },
      body: legacy('tools/call', {
        name: 'files.read_text_file',
        arguments: { path: '/a' },
        _meta,
      }),
    });
    expect(proposals).toEqual([
      {
        tool: 'files.read_text_file',
        args: { path: '/a' },
        handles: ['spr_a', 'spr_b'],
        step: 3,
        dryRun: true,
      },
    ]);
  });

  test.each([
    ['arguments that are a list', { name: 'files.read', arguments: [] }],
    ['no name', { arguments: {} }],
    [
      'a dry run that is a word',
      { name: 'files.read', _meta: { 'dev.sallyport/dry_run': 'true' } },
    ],
    ['a handle that is a number', { name: 'files.read', _meta: { 'dev.sallyport/run': 5 } }],
  ])('%s is refused before anything is proposed', async (_, params) => {
    const { server, proposals } = await edge();
    const heard = await say(server, { body: legacy('tools/call', params) });
    expect(heard).toMatchObject({ status: 200, json: { error: { code: -32_602 } } });
    expect(proposals).toEqual([]);
  });

  test('two run headers are refused, not joined', async () => {
    const { server, proposals } = await edge();
    const heard = await say(server, {
      headers: { 'sallyport-run': ['spr_a', 'spr_b'] },
      body: legacy('tools/call', { name: 'files.read' }, 5),
    });
    expect(heard).toMatchObject({ status: 400, json: { id: 5, error: {} } });
    expect(proposals).toEqual([]);
  });

  const machine = { verdict: 'deny', code: 'authorize.recipient' };

  test('a refusal is a result with text alone, also for a tool with an output schema', async () => {
    const tools = [
      listedTool('mail.send', { outputSchema: { type: 'object', required: ['sent'] } }),
    ];
    const { server } = await edge({
      tools,
      call: async () => ({
        type: 'refused',
        refusal: {
          code: 'authorize.recipient',
          text: 'authorize.recipient: not this person',
          machine,
          as: 'result',
        },
      }),
    });
    for (const said of [
      { body: legacy('tools/call', { name: 'mail.send' }) },
      modern('tools/call', { name: 'mail.send' }),
    ]) {
      const heard = await say(server, said);
      expect(heard).toMatchObject({
        status: 200,
        json: {
          result: {
            isError: true,
            content: [{ type: 'text', text: 'authorize.recipient: not this person' }],
            _meta: { 'dev.sallyport/decision': machine },
          },
        },
      });
      expect(heard.json).not.toHaveProperty('result.structuredContent');
    }
  });

  test.each([
    ['invalid_params', 200, -32_602],
    ['unavailable', 503, -32_603],
  ] as const)('a refusal as %s is HTTP %s with %s and the same text', async (as, status, code) => {
    const { server } = await edge({
      call: async () => ({
        type: 'refused',
        refusal: { code: 'x.y', text: 'x.y: no', machine, as },
      }),
    });
    const heard = await say(server, { body: legacy('tools/call', { name: 'mail.send' }, 'id-9') });
    expect(heard).toMatchObject({
      status,
      json: {
        id: 'id-9',
        error: { code, message: 'x.y: no', data: { 'dev.sallyport/decision': machine } },
      },
    });
  });

  test('what an upstream adds to a result beyond its content stays behind', async () => {
    const { server } = await edge({
      call: async () => ({
        type: 'result',
        call: 'call_9',
        run: 'run_9',
        result: {
          content: [],
          structuredContent: { a: 1 },
          isError: false,
          _meta: { 'com.example/track': 1 },
          nextCursor: 'x',
        },
        decision: null,
        released: async () => undefined,
      }),
    });
    const heard = await say(server, { body: legacy('tools/call', { name: 'files.read' }) });
    expect(heard.json).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: {
        content: [],
        structuredContent: { a: 1 },
        isError: false,
        _meta: { 'dev.sallyport/decision': { verdict: 'allow', call: 'call_9', run: 'run_9' } },
      },
    });
  });

  test('delivery is reported once the answer was written', async () => {
    const { server, released } = await edge();
    await say(server, { body: legacy('tools/call', { name: 'files.read' }) });
    expect(released).toEqual([true]);
  });

  test('a client that leaves in the middle of a call is told to the runtime, and the call counts as undelivered', async () => {
    const started = Promise.withResolvers<void>();
    const standIn = await edge({
      call: async (_proposal, signal) => {
        started.resolve();
        await expect.poll(() => signal.aborted).toBe(true);
        return [{ type: 'text', text: 'too late' }];
      },
    });
    const { port } = new URL(standIn.server.url);
    const body = JSON.stringify(legacy('tools/call', { name: 'files.read' }));
    const request = httpRequest({
      port,
      host: '127.0.0.1',
      path: '/mcp',
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${agentToken}` },
    });
    request.on('error', () => undefined);
    request.end(body);
    await started.promise;
    request.destroy();
    await expect.poll(() => standIn.released).toEqual([false]);
  });

  test('a client that never reads, and then leaves, has not been answered', async () => {
    const leftDuringCall: boolean[] = [];
    const standIn = await edge({
      call: async (_proposal, signal) => {
        const content = [{ type: 'text', text: 'x'.repeat(16 * 1024 * 1024) }];
        leftDuringCall.push(signal.aborted);
        return content;
      },
    });
    const { port } = new URL(standIn.server.url);
    const body = JSON.stringify(legacy('tools/call', { name: 'files.read' }));
    const socket = connect(Number(port), '127.0.0.1');
    socket.pause();
    socket.write(
      `POST /mcp HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer ${agentToken}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    );
    await expect.poll(() => standIn.proposals.length).toBe(1);
    expect(standIn.released).toEqual([]);
    socket.destroy();
    await expect.poll(() => standIn.released).toEqual([false]);
    // It was there when the call ended: that it left is news.
    expect(leftDuringCall).toEqual([false]);
  });

  test('progress makes a stream of numbers that rise, without the upstream’s words', async () => {
    const { server } = await edge({
      call: async (_proposal, _signal, onProgress) => {
        for (const step of [0, 50, 50, 20, Number.NaN, 100]) onProgress?.(step, 100);
        return [{ type: 'text', text: 'done' }];
      },
    });
    const heard = await say(server, {
      body: legacy('tools/call', { name: 'files.read', _meta: { progressToken: 'p1' } }),
    });
    expect(heard.headers['content-type']).toBe('text/event-stream');
    const messages = [...heard.text.matchAll(/^data: (.*)$/gm)].map(([, data]) =>
      JSON.parse(data ?? ''),
    );
    expect(messages.slice(0, -1).map(({ params }) => params)).toEqual(
      [0, 50, 100].map((progress) => ({ progressToken: 'p1', progress, total: 100 })),
    );
    expect(messages.at(-1)).toMatchObject({ id: 1, result: { content: [{ text: 'done' }] } });
  });

  test('who wants no progress asks for none: an upstream is then not asked for any either', async () => {
    const asked: boolean[] = [];
    const { server } = await edge({
      call: async (_proposal, _signal, onProgress) => {
        asked.push(onProgress !== undefined);
        return [{ type: 'text', text: 'done' }];
      },
    });
    const silent = { progressToken: 'p1' };
    await say(server, { body: legacy('tools/call', { name: 'files.read' }) });
    await say(server, { body: legacy('tools/call', { name: 'files.read', _meta: silent }) });
    const plain = { accept: 'application/json' };
    const body = legacy('tools/call', { name: 'files.read', _meta: silent });
    await say(server, { body, headers: plain });
    expect(asked).toEqual([false, true, false]);
  });

  test('a token without any progress gets plain JSON, however large the result', async () => {
    const { server } = await edge({
      call: async () => [{ type: 'text', text: 'x'.repeat(2_000_000) }],
    });
    const heard = await say(server, {
      body: legacy('tools/call', { name: 'files.read', _meta: { progressToken: 1 } }),
    });
    expect(heard.headers['content-type']).toBe('application/json');
    expect(heard.text.length).toBeGreaterThan(2_000_000);
  });
});

describe('resources and prompts', () => {
  const readable = (...upstreams: string[]) =>
    upstreams.map((upstream) => listedTool(`${upstream}.resources/read`, {}, 'resource'));

  test.each([
    ['the only upstream that may be read', ['docs'], 'docs://a', 'docs.resources/read', 'docs://a'],
    [
      'the one that is named',
      ['docs', 'wiki'],
      'sallyport+wiki:docs://a',
      'wiki.resources/read',
      'docs://a',
    ],
    [
      'one that is named and unknown',
      ['docs'],
      'sallyport+evil:docs://a',
      'evil.resources/read',
      'docs://a',
    ],
    ['none', [], 'docs://a', 'resources/read', 'docs://a'],
  ])('a URI means %s', async (_, upstreams, uri, tool, own) => {
    const { server, proposals } = await edge({ tools: readable(...upstreams) });
    await say(server, { body: legacy('resources/read', { uri }) });
    expect(proposals).toMatchObject([{ tool, args: { uri: own } }]);
  });

  test('a URI that several upstreams could mean is refused with the way to say it', async () => {
    const { server, proposals } = await edge({ tools: readable('docs', 'wiki') });
    const heard = await say(server, { body: legacy('resources/read', { uri: 'docs://a' }) });
    expect(heard.json).toMatchObject({
      error: { code: -32_602, message: expect.stringContaining('sallyport+<upstream>:<uri>') },
    });
    expect(proposals).toEqual([]);
  });

  test('an upstream that may be read is listed as a template', async () => {
    const { server } = await edge({ tools: [...readable('docs'), listedTool('docs.search')] });
    const heard = await say(server, { body: legacy('resources/templates/list') });
    expect(heard.json).toMatchObject({
      result: { resourceTemplates: [{ uriTemplate: 'sallyport+docs:{+uri}' }] },
    });
    expect((await say(server, { body: legacy('tools/list') })).json).toMatchObject({
      result: { tools: [{ name: 'docs.search' }] },
    });
  });

  test('what was read comes back as contents', async () => {
    const resource = { uri: 'docs://a', mimeType: 'text/plain', text: 'hello' };
    const { server } = await edge({
      tools: readable('docs'),
      call: async () => [{ type: 'resource', resource }],
    });
    const heard = await say(server, modern('resources/read', { uri: 'docs://a' }));
    expect(heard.json).toMatchObject({
      result: { contents: [resource], cacheScope: 'private', ttlMs: 0 },
    });
  });

  test('a prompt is named with its upstream, and comes back as messages', async () => {
    const { server, proposals } = await edge({
      call: async () => [{ type: 'text', text: 'review this', role: 'assistant' }],
    });
    const heard = await say(
      server,
      modern('prompts/get', { name: 'code.review', arguments: { code: 'x' } }),
    );
    expect(proposals).toMatchObject([
      { tool: 'code.prompts/get', args: { name: 'review', arguments: { code: 'x' } } },
    ]);
    expect(heard.json).toMatchObject({
      result: { messages: [{ role: 'assistant', content: { type: 'text', text: 'review this' } }] },
    });
  });

  test('a refusal is an error of the request, because their results know none', async () => {
    const machine = { verdict: 'deny', code: 'authorize.url' };
    const { server } = await edge({
      tools: readable('docs'),
      call: async () => ({
        type: 'refused',
        refusal: { code: 'authorize.url', text: 'authorize.url: no', machine, as: 'result' },
      }),
    });
    const heard = await say(server, { body: legacy('resources/read', { uri: 'docs://a' }) });
    expect(heard).toMatchObject({
      status: 200,
      json: {
        error: {
          code: -32_602,
          message: 'authorize.url: no',
          data: { uri: 'docs://a', 'dev.sallyport/decision': machine },
        },
      },
    });
  });
});

describe('credentials', () => {
  test.each([
    ['none', null, 401],
    ['a wrong one', 'wrong', 401],
    ['an opener’s', openerToken, 403],
  ])('%s: JSON-RPC error with the request’s id, and no way to OAuth', async (_, token, status) => {
    const { server, proposals } = await edge();
    const heard = await say(server, {
      token,
      body: legacy('tools/call', { name: 'files.read' }, 'call-1'),
    });
    expect(heard).toMatchObject({
      status,
      json: {
        jsonrpc: '2.0',
        id: 'call-1',
        error: { message: expect.stringMatching(/^identity\./) },
      },
    });
    const challenge = heard.headers['www-authenticate'];
    if (status === 401) expect(challenge).toMatch(/^Bearer /);
    else expect(challenge).toBeUndefined();
    expect(heard.text + challenge).not.toContain('resource_metadata');
    expect(proposals).toEqual([]);
  });

  test('when credentials can’t be checked nobody gets in', async () => {
    const { server } = await edge({
      server: {
        authenticate: () => {
          throw new Error('the store is gone');
        },
      },
    });
    expect((await say(server, { body: legacy('ping') })).status).toBe(503);
  });
});

async function initialize(standIn: StandIn): Promise<string> {
  const heard = await say(standIn.server, {
    body: legacy('initialize', { protocolVersion: '2025-11-25' }),
  });
  return String(heard.headers['mcp-session-id']);
}

/** Resolves with the headers, while the stream stays open. */
function openGet(
  standIn: StandIn,
  session: string,
): Promise<{ status: number | undefined; type: string | undefined }> {
  const { port } = new URL(standIn.server.url);
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path: '/mcp',
        agent: false,
        headers: {
          authorization: `Bearer ${agentToken}`,
          accept: 'text/event-stream',
          'mcp-session-id': session,
        },
      },
      (response) => {
        response.resume();
        resolve({ status: response.statusCode, type: response.headers['content-type'] });
      },
    );
    request.on('error', reject);
    request.end();
  });
}
