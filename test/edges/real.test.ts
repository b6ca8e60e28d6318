/** What the wire promises and only the whole gateway can keep. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/content/value.ts';
import { type Fixture, startFixture } from '../conformance/fixture/server.ts';
import { agent, policyFor } from '../conformance/policy.ts';
import { type PreparedGateway, prepareGateway, type RealGateway } from '../real-gateway.ts';

let fixture: Fixture;
let prepared: PreparedGateway;
let real: RealGateway;
let token: string;

beforeAll(async () => {
  fixture = await startFixture('legacy');
  prepared = await prepareGateway({
    policy: policyFor(fixture.url, 'legacy', 'reversible'),
    upstreams: [{ name: 'fixture', transport: { type: 'streamable_http', url: fixture.url } }],
  });
  real = await prepared.start();
  token = await real.agentToken(agent);
});

afterAll(async () => {
  await real[Symbol.asyncDispose]();
  await prepared[Symbol.asyncDispose]();
  await fixture.close();
});

interface Heard {
  readonly status: number;
  readonly session: string | null;
  readonly json: JsonValue;
}

async function post(
  path: string,
  body: JsonObject,
  headers: Record<string, string> = {},
): Promise<Heard> {
  const response = await fetch(new URL(path, real.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const json: JsonValue = text === '' ? null : JSON.parse(text);
  return { status: response.status, session: response.headers.get('mcp-session-id'), json };
}

function rpc(method: string, params: JsonObject): JsonObject {
  return { jsonrpc: '2.0', id: 1, method, params };
}

const simple = (meta: JsonObject = {}): JsonObject =>
  rpc('tools/call', { name: 'fixture.test_simple_text', arguments: {}, _meta: meta });

async function openRun(dryRun = false): Promise<string> {
  const opener = await real.openerToken();
  const { json } = await post(
    '/v1/runs',
    { agent, dry_run: dryRun },
    { authorization: `Bearer ${opener}` },
  );
  return isJsonObject(json) && typeof json['handle'] === 'string' ? json['handle'] : '';
}

test('a session opened before a restart is good after it, and so is the token', async () => {
  const { session } = await post('/mcp', rpc('initialize', { protocolVersion: '2025-11-25' }));
  await real[Symbol.asyncDispose]();
  real = await prepared.start();
  const heard = await post('/mcp', simple(), {
    'mcp-session-id': session ?? '',
    'mcp-protocol-version': '2025-11-25',
  });
  expect(heard).toMatchObject({ status: 200, json: { result: { content: [{ type: 'text' }] } } });
});

describe('run handles', () => {
  const refused = {
    status: 200,
    json: {
      result: { isError: true, content: [{ text: expect.stringMatching(/^identity\.run: /) }] },
    },
  };

  test('the header and `_meta` may both carry it', async () => {
    const handle = await openRun();
    const heard = await post('/mcp', simple({ 'dev.sallyport/run': handle }), {
      'sallyport-run': handle,
    });
    expect(heard.json).toMatchObject({
      result: { _meta: { 'dev.sallyport/decision': { verdict: 'allow' } } },
    });
  });

  test('two that differ are refused as a result', async () => {
    const [one, other] = [await openRun(), await openRun()];
    expect(
      await post('/mcp', simple({ 'dev.sallyport/run': other }), { 'sallyport-run': one }),
    ).toMatchObject(refused);
  });

  test.each(['', 'spr_', 'spr_AAAAAAAAAAAAAAAAAAAAAAAA', 'run_1'])(
    '%j is refused as a result',
    async (handle) => {
      expect(await post('/mcp', simple({ 'dev.sallyport/run': handle }))).toMatchObject(refused);
    },
  );
});

test('in a dry run nothing reaches the upstream', async () => {
  const heard = await post('/mcp', simple(), { 'sallyport-run': await openRun(true) });
  expect(heard.json).toMatchObject({
    result: { _meta: { 'dev.sallyport/decision': { dry_run: true } } },
  });
  expect(JSON.stringify(heard.json)).not.toContain('A plain line of text.');
});

test('a client that leaves in the middle of a call gets its outcome when it repeats it, and nothing happens twice', async () => {
  const call = rpc('tools/call', { name: 'fixture.test_tool_with_progress', arguments: {} });
  const headers = { 'sallyport-run': await openRun() };
  const count = (): number =>
    fixture.called.filter((name) => name === 'test_tool_with_progress').length;
  const leaving = new AbortController();
  const left = fetch(new URL('/mcp', real.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(call),
    signal: leaving.signal,
  });
  await expect.poll(count).toBe(1);
  leaving.abort();
  await expect(left).rejects.toThrow();
  expect((await post('/mcp', call, headers)).json).toMatchObject({
    result: { content: [{ text: expect.stringContaining('\nreported three steps\n') }] },
  });
  expect(count()).toBe(1);
});

test.each([
  ['fixture.test_sampling', { prompt: 'who are you?' }],
  ['fixture.test_elicitation', { message: 'your password, please' }],
])(
  '%s: what the upstream asks of the client is refused, and its words don’t come through as a question',
  async (name, args) => {
    const heard = await post('/mcp', rpc('tools/call', { name, arguments: args }), {
      accept: 'application/json, text/event-stream',
    });
    expect(heard).toMatchObject({
      status: 200,
      json: {
        result: {
          isError: true,
          content: [{ text: expect.stringContaining('the client refused') }],
        },
      },
    });
  },
);
