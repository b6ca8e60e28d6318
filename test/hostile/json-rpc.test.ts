/**
 * Hostile messages, row by row, in both eras of MCP, through the whole gateway to a server that counts what it is asked
 * to do: what is answered, whether anything happened, and what the ledger says of it.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/content/value.ts';
import type { RunningServer } from '../../src/edges/http/listener.ts';
import { type Gateway, openGateway } from '../../src/gateway.ts';
import { definitionDigest, formatLock } from '../../src/policy/lock-file.ts';
import type { ClientSignal } from '../../src/runtime/port.ts';
import { headerValue } from '../../src/upstreams/mcp/http/headers.ts';
import {
  agentToken,
  legacy,
  modernMeta,
  openStandIn,
  otherAgentToken,
  say,
} from '../edges/stand-in.ts';
import { post, speak } from './raw-http.ts';

interface Row {
  readonly attack: string;
  /** The body, around the `_meta` that a client of the era would send. */
  readonly body: (meta: string) => string;
  /** Status and code of the answer: where one word is given, of both eras. */
  readonly answer: string | { readonly legacy: string; readonly modern: string };
  /** What the modern headers repeat; `tools/call` of `counter.hit` where nothing is said. */
  readonly method?: string;
  readonly name?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** How often the server was asked to do something: never, where nothing is said. */
  readonly effects?: number | { readonly legacy: number; readonly modern: number };
  /** The code of the call that the ledger says was denied. */
  readonly denied?: string;
  /** A text that the answer has in it. */
  readonly says?: string;
}

/** A good call: only what a row changes about it is hostile. */
function message({
  id = '"id":1,',
  head = '"jsonrpc":"2.0",',
  method = '"method":"tools/call",',
  name = '"counter.hit"',
  args = '{"round":1,"n":1}',
  params = null,
  more = '',
}: {
  id?: string;
  head?: string;
  method?: string;
  name?: string;
  args?: string;
  params?: string | null;
  more?: string;
}): (meta: string) => string {
  return (meta) =>
    `{${head}${id}${method}"params":${params ?? `{"name":${name},"arguments":${args},"_meta":${meta}}`}${more}}`;
}

const deep = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
const wide = (keys: number): string =>
  `{${Array.from({ length: keys }, (_, at) => `"k${at}":1`).join()}}`;

/** A `_meta` with more in it than a client of the era would send. */
const withMeta = (more: string) => (meta: string) => message({})(inside(meta, more));
const inside = (meta: string, more: string): string =>
  meta === '{}' ? `{${more}}` : `${meta.slice(0, -1)},${more}}`;

const forms: readonly Row[] = [
  ...Object.entries({
    'an empty batch': '[]',
    'a batch of one': `[${message({})('{}')}]`,
    'a batch of two calls': `[${message({})('{}')},${message({ id: '"id":2,' })('{}')}]`,
    'a batch in a batch': `[[${message({})('{}')}]]`,
    'a batch of 50,000 pings': `[${Array.from({ length: 50_000 }, () => '{"jsonrpc":"2.0","id":1,"method":"ping"}').join()}]`,
  }).map(([attack, body]): Row => ({ attack, body: () => body, answer: '400 mcp.batch' })),
  ...['"jsonrpc":"1.0",', '"jsonrpc":2,', '"jsonrpc":"2",', '"jsonrpc":null,', ''].map(
    (head): Row => ({
      attack: `the version ${head}`,
      body: message({ head }),
      answer: '400 mcp.message',
    }),
  ),
  ...['[]', 'null', '"x"', '5', 'true', '[{"name":"counter.hit"}]'].map(
    (params): Row => ({
      attack: `the parameters ${params}`,
      body: message({ params }),
      answer: '400 mcp.message',
    }),
  ),
  ...['"method":5,', '"method":null,', '"method":["tools/call"],', '"method":"",', ''].map(
    (method): Row => ({
      attack: `the method ${method}`,
      body: message({ method }),
      answer: '400 mcp.message',
    }),
  ),
  {
    attack: 'a result that we asked nobody for',
    body: () => '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}',
    answer: '400 mcp.message',
  },
  {
    attack: 'an error that we asked nobody for',
    body: () => '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}',
    answer: '400 mcp.message',
  },
  {
    attack: 'a call that is an answer, too',
    body: message({ more: ',"result":{}' }),
    answer: '400 mcp.message',
  },
  {
    attack: 'a call that is an error, too',
    body: message({ more: ',"error":null' }),
    answer: '400 mcp.message',
  },
  {
    attack: 'two methods',
    body: message({ more: ',"method":"ping"' }),
    answer: '400 mcp.parse',
  },
  {
    attack: 'two methods, one in capitals',
    body: message({ more: ',"METHOD":"ping"' }),
    answer: '400 mcp.parse',
  },
  {
    attack: 'two parameters',
    body: message({ more: ',"params":{}' }),
    answer: '400 mcp.parse',
  },
  {
    attack: 'members that no message has: they mean nothing',
    body: message({
      more: ',"constructor":1,"toString":2,"then":3,"_meta":{"dev.sallyport/dry_run":true}',
    }),
    answer: '200',
    effects: 1,
  },
];

const ids: readonly Row[] = [
  ...['null', '1.5', 'true', '{}', '[]', `"${'i'.repeat(257)}"`].map(
    (id): Row => ({
      attack: `the id ${id.slice(0, 20)}`,
      body: message({ id: `"id":${id},` }),
      answer: '400 mcp.message',
    }),
  ),
  ...['9007199254740993', '1e400', '-9007199254740992', '01', '1e999999', '0x1'].map(
    (id): Row => ({
      attack: `the id ${id}`,
      body: message({ id: `"id":${id},` }),
      answer: '400 mcp.parse',
    }),
  ),
  ...[
    '0',
    '-1',
    '9007199254740991',
    '""',
    '"\\u0000"',
    '"</script>"',
    '"\\ud83d\\ude00"',
    '"__proto__"',
  ].map(
    (id): Row => ({
      attack: `the id ${id} is given back as it is`,
      body: message({ id: `"id":${id},` }),
      answer: '200',
      effects: 1,
      says: `"id":${JSON.stringify(JSON.parse(id))}`,
    }),
  ),
  {
    attack: 'two ids',
    body: message({ more: ',"id":2' }),
    answer: '400 mcp.parse',
  },
  {
    attack: 'no id: a call that nobody waits for is not performed',
    body: message({ id: '' }),
    answer: '202',
  },
  {
    attack: 'a notification with an id',
    body: () => '{"jsonrpc":"2.0","id":1,"method":"notifications/initialized"}',
    method: 'notifications/initialized',
    // Without `_meta` it is an older client's, whatever its headers say.
    answer: { legacy: '200 mcp.method', modern: '400 mcp.metadata' },
  },
  {
    attack: 'a notification that nobody knows',
    body: () => '{"jsonrpc":"2.0","method":"notifications/format_disk","params":{"path":"/"}}',
    answer: '202',
  },
];

const methods: readonly Row[] = [
  ...[
    'tools/cal',
    'Tools/Call',
    'tools/call/',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'rpc.discover',
    'sampling/createMessage',
    'roots/list',
    'tasks/get',
    'elicitation/create',
  ].map(
    (method): Row => ({
      attack: `the method ${method}`,
      body: message({ method: `"method":"${method}",` }),
      method,
      answer: { legacy: '200 mcp.method', modern: '404 mcp.method' },
    }),
  ),
  {
    attack: 'a method of 129 characters',
    body: message({ method: `"method":"${'m'.repeat(129)}",` }),
    answer: '400 mcp.message',
  },
  {
    attack: 'a method with a space behind it, which no header has',
    body: message({ method: '"method":"tools/call ",' }),
    answer: { legacy: '200 mcp.method', modern: '400 mcp.header' },
  },
  {
    attack: 'a method with a line break',
    body: message({ method: '"method":"tools/call\\n",' }),
    answer: { legacy: '200 mcp.method', modern: '400 mcp.header' },
  },
  {
    attack: 'a `resultType` among the parameters',
    body: (meta) =>
      message({
        params: `{"name":"counter.hit","arguments":{"round":1,"n":1},"resultType":"input_required","inputResponses":{},"_meta":${meta}}`,
      })(meta),
    answer: '200',
    effects: 1,
  },
  {
    attack: 'a `requestState` that nobody sealed: the older era knows none',
    body: (meta) =>
      message({
        params: `{"name":"counter.hit","arguments":{"round":1,"n":2},"inputResponses":{"approval":{"action":"accept"}},"requestState":"x","_meta":${meta}}`,
      })(meta),
    answer: { legacy: '200', modern: '200 mcp.state' },
    effects: { legacy: 1, modern: 0 },
  },
];

const odd = (name: string, answer = '200 catalog.unknown_tool'): Row => ({
  attack: `the tool ${name.slice(0, 30)}`,
  body: message({ name }),
  name: String(JSON.parse(name)),
  answer,
});

const names: readonly Row[] = [
  ...[
    '"counter.hit "',
    '" counter.hit"',
    '"Counter.Hit"',
    '"counter.hit\\u0000"',
    '"counter.hit\\n"',
    '"counter.h\\u0456t"',
    '"counter\\u2024hit"',
    '"counter.hit\\u200b"',
    '"__proto__"',
    '"constructor"',
    '"counter.__proto__"',
    '"counter.constructor"',
    '"toString"',
    '"../counter.hit"',
    '"counter.hit#x"',
    '"."',
    '"counter."',
    '".hit"',
    '"counter.resources/read"',
    '"\\ud83d\\ude00"',
  ].map((name) => odd(name)),
  ...['""', '5', 'null', '{}', '["counter.hit"]', `"${'n'.repeat(257)}"`].map(
    (name): Row => ({
      attack: `the name ${name.slice(0, 20)}`,
      body: message({ name }),
      name: typeof JSON.parse(name) === 'string' ? String(JSON.parse(name)) : 'counter.hit',
      answer: {
        legacy: '200 mcp.params',
        // What is no text has no form in a header that could agree with it.
        modern: typeof JSON.parse(name) === 'string' ? '200 mcp.params' : '400 mcp.header',
      },
    }),
  ),
];

const args: readonly Row[] = [
  ...[
    'constructor',
    'toString',
    'valueOf',
    'hasOwnProperty',
    'then',
    'prototype',
    '__defineGetter__',
    'length',
    '',
  ].map(
    (key): Row => ({
      attack: `an argument ${JSON.stringify(key)}`,
      body: message({ args: `{"round":1,"n":1,"${key}":1}` }),
      answer: '200 schema.undeclared',
      denied: 'schema.undeclared',
    }),
  ),
  ...[
    '{"round":1,"n":1,"__proto__":{"n":2}}',
    '{"round":1,"n":1,"a":{"__proto__":null}}',
    '{"round":1,"n":1,"n":2}',
    '{"round":1,"n":1,"N":2}',
    '{"round":1,"n":9007199254740993}',
    '{"round":1,"n":1e-400}',
    '{"round":1,"n":"\\ud800"}',
  ].map(
    (hostile): Row => ({
      attack: `the arguments ${hostile}`,
      body: message({ args: hostile }),
      answer: '400 mcp.parse',
    }),
  ),
  ...['[]', '"x"', '5', 'true'].map(
    (hostile): Row => ({
      attack: `the arguments ${hostile}`,
      body: message({ args: hostile }),
      answer: '200 mcp.params',
    }),
  ),
  {
    attack: 'arguments 60 levels deep',
    body: message({ args: `{"round":1,"n":${deep(55)}}` }),
    answer: '200 schema.too_deep',
    denied: 'schema.too_deep',
  },
  {
    attack: 'arguments 5,000 levels deep',
    body: message({ args: `{"round":1,"n":${deep(5_000)}}` }),
    answer: '400 mcp.parse',
  },
  {
    attack: '100,000 arguments',
    body: message({ args: wide(100_000) }),
    answer: '200 schema.too_large',
    denied: 'schema.too_large',
  },
  {
    attack: '10,000 arguments',
    body: message({ args: wide(10_000) }),
    answer: '200 schema.undeclared',
    denied: 'schema.undeclared',
  },
  {
    attack: 'an argument of 2 MB',
    body: message({ args: `{"round":1,"n":"${'x'.repeat(2_000_000)}"}` }),
    answer: '200 schema.too_large',
    denied: 'schema.too_large',
  },
];

const handle = `"dev.sallyport/run":"spr_${'A'.repeat(48)}"`;

/** A handle that counts is refused: it names no run. One that doesn't is not looked at. */
const smuggled: readonly Row[] = [
  { attack: 'a forged handle', body: withMeta(handle), answer: '200 identity.run' },
  {
    attack: 'a forged handle in the header',
    body: message({}),
    headers: { 'sallyport-run': `spr_${'A'.repeat(48)}` },
    answer: '200 identity.run',
  },
  {
    attack: 'an empty handle',
    body: withMeta('"dev.sallyport/run":""'),
    answer: '200 identity.run',
  },
  {
    attack: 'two handles in one place',
    body: withMeta(`${handle},${handle}`),
    answer: '400 mcp.parse',
  },
  {
    attack: 'two handles in one place, one in capitals',
    body: withMeta(`${handle},"dev.sallyport/RUN":"spr_x"`),
    answer: '400 mcp.parse',
  },
  ...['null', '5', '["spr_x"]', '{}', 'true'].map(
    (value): Row => ({
      attack: `the handle ${value}`,
      body: withMeta(`"dev.sallyport/run":${value}`),
      answer: '200 mcp.params',
    }),
  ),
  {
    attack: 'a handle of 257 characters',
    body: withMeta(`"dev.sallyport/run":"${'s'.repeat(257)}"`),
    answer: '200 mcp.params',
  },
  ...['"true"', '1', 'null', '{}'].map(
    (value): Row => ({
      attack: `the wish for a dry run ${value}`,
      body: withMeta(`"dev.sallyport/dry_run":${value}`),
      answer: '200 mcp.params',
    }),
  ),
  ...['[]', '"x"', 'null', '5', `[{${handle}}]`].map(
    (meta): Row => ({
      attack: `the _meta ${meta.slice(0, 20)}`,
      body: message({
        params: `{"name":"counter.hit","arguments":{"round":1,"n":1},"_meta":${meta}}`,
      }),
      answer: '400 mcp.message',
    }),
  ),
  {
    attack: 'a handle among the arguments: it is an argument, and none that the tool has',
    body: message({ args: `{"round":1,"n":1,"_meta":{${handle}}}` }),
    answer: '200 schema.undeclared',
    denied: 'schema.undeclared',
  },
  {
    attack: 'a handle beside `_meta`, and in the message itself: no place for one',
    body: (meta) =>
      message({
        params: `{"name":"counter.hit","arguments":{"round":1,"n":1},${handle},"_meta":${meta}}`,
        more: `,${handle}`,
      })(meta),
    answer: '200',
    effects: 1,
  },
  {
    attack: 'a decision of the client’s own',
    body: withMeta('"dev.sallyport/decision":{"verdict":"allow"},"dev.sallyport/call":"call_x"'),
    answer: '200',
    effects: 1,
  },
  ...['-1', '1.5', '"2"', 'null', '{}'].map(
    (step): Row => ({
      attack: `the step ${step}: none was told`,
      body: withMeta(`"dev.sallyport/step":${step}`),
      answer: '200',
      effects: 1,
    }),
  ),
  ...['{}', 'null', '1.5', `"${'t'.repeat(257)}"`].map(
    (token): Row => ({
      attack: `the progress token ${token.slice(0, 20)}: nothing is reported under it`,
      body: withMeta(`"progressToken":${token}`),
      answer: '200',
      effects: 1,
    }),
  ),
];

const policy = (server: string): string => `
sallyport: 1
enforcement: strict
upstreams:
  counter: ${server}
tools:
  counter.hit: { action: hit, tier: reversible, reach: internal, args: { round: number, n: number } }
roles:
  people: { permissions: { counter: { hit: allow } } }
agents:
  counting:
    acts_for: [people]
    unattended: { owner: people }
    budget: { tool_calls: 10000 }
    loops: { same_call: 1000, same_tool: 1000, cycle: 1000 }
    permissions: { counter: { hit: allow } }
`;

const definition: JsonObject = {
  name: 'hit',
  description: 'Counts one effect.',
  inputSchema: {
    type: 'object',
    properties: { round: { type: 'integer' }, n: { type: 'integer' } },
    required: ['round', 'n'],
    additionalProperties: false,
  },
};

let directory: string;
let gateway: Gateway;
let server: RunningServer;
let token: string;
/** Of every row that was run: what the edge alone refused. */
const refusedAtEdge = new Map<string, number>();

const options = () =>
  ({
    policyFile: join(directory, 'sallyport.yaml'),
    dataDirectory: join(directory, 'data'),
    log: () => undefined,
  }) as const;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-json-rpc-'));
  await writeFile(join(directory, 'effects'), '');
  const program = new URL('../fixtures/counting-server.ts', import.meta.url).pathname;
  const args = JSON.stringify([program, join(directory, 'effects')]);
  await writeFile(
    options().policyFile,
    policy(`{ mcp: { command: ${JSON.stringify(process.execPath)}, args: ${args} } }`),
  );
  const pinned = {
    digest: definitionDigest(definition),
    definition,
    pinnedAt: '2026-01-01T00:00:00Z',
  };
  await writeFile(
    join(directory, 'sallyport.lock'),
    formatLock({ lockVersion: 1, upstreams: { counter: { tools: { hit: pinned } } } }),
  );
  gateway = await openGateway({ ...options(), as: 'gateway' });
  await gateway.upstream('counter')?.listTools(AbortSignal.timeout(20_000));
  server = await gateway.listen({ host: '127.0.0.1', port: 0 });
  ({ token } = await gateway.tokens.mint({
    holder: 'agent',
    name: 'counting',
    user: null,
    expiresAtMs: null,
  }));
}, 60_000);

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

const effects = async (): Promise<number> =>
  (await readFile(join(directory, 'effects'), 'utf8')).split('\n').length - 1;

async function lastDenied(): Promise<readonly [seq: number, code: string | undefined]> {
  const [last] = await gateway.store.events({ type: 'call.denied', limit: 1, newestFirst: true });
  if (last?.event.type !== 'call.denied') return [-1, undefined];
  return [last.seq, last.event.findings.find(({ verdict }) => verdict === 'deny')?.code];
}

async function tryRow(row: Row, era: 'legacy' | 'modern'): Promise<void> {
  const { method = 'tools/call', name = 'counter.hit', answer, denied, says } = row;
  const expected = typeof answer === 'string' ? answer : answer[era];
  const [seqBefore] = await lastDenied();
  const before = await effects();
  const body = row.body(era === 'modern' ? JSON.stringify(modernMeta) : '{}');
  const spoken = await speak(
    server,
    [
      post(Buffer.from(body).toString('latin1'), {
        authorization: `Bearer ${token}`,
        connection: 'close',
        ...(era === 'modern'
          ? {
              'mcp-protocol-version': '2026-07-28',
              'mcp-method': method,
              'mcp-name': headerValue(name),
            }
          : {}),
        ...row.headers,
      }),
    ],
    1,
  );
  expect(spoken.answers).toEqual([expected]);
  if (says !== undefined) expect(Buffer.from(spoken.text, 'latin1').toString()).toContain(says);
  const { effects: wanted = 0 } = row;
  expect((await effects()) - before).toBe(typeof wanted === 'number' ? wanted : wanted[era]);
  const [seq, code] = await lastDenied();
  if (denied !== undefined) expect([seq > seqBefore, code]).toEqual([true, denied]);
  const [, atEdge] = /^\d+ ((?:mcp|http)\..*)$/.exec(expected) ?? [];
  if (atEdge !== undefined) refusedAtEdge.set(atEdge, (refusedAtEdge.get(atEdge) ?? 0) + 1);
}

describe.each(['legacy', 'modern'] as const)('%s', (era) => {
  describe.each([
    ['forms', forms],
    ['ids', ids],
    ['methods', methods],
    ['names', names],
    ['arguments', args],
    ['_meta', smuggled],
  ])('%s', (_, rows) => {
    test.each(rows)('$attack', (row) => tryRow(row, era));
  });
});

test('two handles that differ are refused, wherever each stands', async () => {
  const opener = await gateway.tokens.mint({
    holder: 'opener',
    name: 'workflow',
    agents: null,
    expiresAtMs: null,
  });
  const open = async (): Promise<string> => {
    const heard = await say(server, {
      path: '/v1/runs',
      headers: { authorization: `Bearer ${opener.token}` },
      body: { agent: 'counting' },
    });
    return /"handle":"(spr_[^"]+)"/.exec(heard.text)?.[1] ?? '';
  };
  const [one, other] = [await open(), await open()];
  const call = (header: string, meta: string) =>
    speak(
      server,
      [
        post(withMeta(`"dev.sallyport/run":"${meta}"`)('{}'), {
          authorization: `Bearer ${token}`,
          'sallyport-run': header,
          connection: 'close',
        }),
      ],
      1,
    );
  const before = await effects();
  expect((await call(one, one)).answers).toEqual(['200']);
  expect((await call(one, other)).answers).toEqual(['200 identity.run']);
  expect((await call(other, one)).answers).toEqual(['200 identity.run']);
  expect((await effects()) - before).toBe(1);
  const refused = await gateway.store.events({
    type: 'identity.refused',
    limit: 1,
    newestFirst: true,
  });
  expect(refused[0]?.event).toMatchObject({ code: 'identity.run' });
});

test('one id for two calls under way: each gets its own answer', async () => {
  const one = message({ args: '{"round":7,"n":1}' })('{}');
  const other = message({ args: '{"round":8,"n":1}' })('{}');
  const headers = { authorization: `Bearer ${token}` };
  const before = await effects();
  const [pipelined, beside] = await Promise.all([
    speak(server, [post(one, headers) + post(other, headers)], 2),
    speak(server, [post(message({ args: '{"round":9,"n":1}' })('{}'), headers)], 1),
  ]);
  expect(pipelined.answers).toEqual(['200', '200']);
  expect(beside.answers).toEqual(['200']);
  expect((await effects()) - before).toBe(3);
});

test('nobody cancels a call: not another agent, and not its own', async () => {
  const going = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<ClientSignal>();
  const standIn = await openStandIn({
    call: async (_proposal, signal) => {
      arrived.resolve(signal);
      await going.promise;
      return [{ type: 'text', text: 'done' }];
    },
  });
  const heard = say(standIn.server, {
    body: legacy('tools/call', { name: 'files.read' }, 'call-1'),
  });
  const signal = await arrived.promise;
  const cancelled = {
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: 'call-1', reason: 'because' },
  };
  for (const of of [otherAgentToken, agentToken])
    expect(await say(standIn.server, { token: of, body: cancelled })).toMatchObject({
      status: 202,
    });
  expect(signal.aborted).toBe(false);
  going.resolve();
  expect(await heard).toMatchObject({ status: 200, json: { id: 'call-1' } });
  expect(standIn.released).toEqual([true]);
  await standIn.server.close();
});

test('all that the edge refused is in the ledger, in number', async () => {
  await gateway[Symbol.asyncDispose]();
  gateway = await openGateway({ ...options(), as: 'command' });
  const counted = new Map<string, number>();
  for (const { event } of await gateway.store.events({ type: 'edge.refused', limit: 100 })) {
    if (event.type !== 'edge.refused') continue;
    for (const { code, count } of event.refusals)
      counted.set(code, (counted.get(code) ?? 0) + count);
  }
  expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(refusedAtEdge));
});
