/** Handles, sessions and tokens that aren't what they say: each has its answer, is in the record, and has no effect. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { run } from '../../src/cli/program.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/content/value.ts';
import { fold } from '../../src/engine/fold.ts';
import { type Gateway, openGateway } from '../../src/gateway.ts';
import { openSqliteReader } from '../../src/store/sqlite/open.ts';

const directory = mkdtempSync(join(tmpdir(), 'sallyport-handles-'));
const effects = join(directory, 'effects');
const policyFile = join(directory, 'sallyport.yaml');
const server = join(import.meta.dirname, '..', 'fixtures', 'counting-server.ts');
const agentYaml = `{ acts_for: [staff], unattended: { owner: staff }, permissions: { count: { hit: allow } } }`;

let gateway: Gateway;
let url: URL;
let mine: string;
let other: string;
let opener: string;
let openerOfOthers: string;
let foreignHandle: string;
let foreignToken: string;
let hits = 0;
let aheadMs = 0;
const now = Date.now;

beforeAll(async () => {
  vi.spyOn(Date, 'now').mockImplementation(() => now() + aheadMs);
  writeFileSync(
    policyFile,
    `sallyport: 1
enforcement: strict
upstreams: { count: { mcp: { command: '${process.execPath}', args: ['${server}', '${effects}'] } } }
tools: { count.hit: { action: hit, tier: reversible, reach: internal, args: { round: number, n: number } } }
roles: { staff: { permissions: { count: { hit: allow } } } }
agents:
  counter: ${agentYaml}
  stranger: ${agentYaml}
`,
  );
  await run(['tools', 'pin', '--all', '--policy', policyFile, '--json'], {
    out: { write: () => true },
    err: { write: () => true },
  });
  await using elsewhere = await open('elsewhere');
  foreignToken = await agentToken(elsewhere, 'counter');
  const foreign = await elsewhere.listen({ host: '127.0.0.1', port: 0 });
  url = new URL(foreign.url);
  foreignHandle = await openRun(await openerToken(elsewhere, null));
  gateway = await open('data');
  await gateway.catalog.refresh();
  url = new URL((await gateway.listen({ host: '127.0.0.1', port: 0 })).url);
  mine = await agentToken(gateway, 'counter');
  other = await agentToken(gateway, 'stranger');
  opener = await openerToken(gateway, null);
  openerOfOthers = await openerToken(gateway, ['stranger']);
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Time passes for whoever asks what time it is; nobody waits. */
function later(byMs: number): void {
  aheadMs += byMs;
}

function open(data: string): Promise<Gateway> {
  const dataDirectory = join(directory, data);
  return openGateway({ policyFile, dataDirectory, as: 'gateway', log: () => undefined });
}

async function agentToken(
  { tokens }: Gateway,
  name: string,
  expiresAtMs: number | null = null,
): Promise<string> {
  const { token } = await tokens.mint({ holder: 'agent', name, user: null, expiresAtMs });
  return token;
}

async function openerToken({ tokens }: Gateway, agents: readonly string[] | null): Promise<string> {
  const minted = await tokens.mint({ holder: 'opener', name: 'flow', agents, expiresAtMs: null });
  return minted.token;
}

interface Heard {
  readonly status: number;
  /** Of a refusal, in whatever form it came. */
  readonly code: string;
  readonly body: JsonObject;
  readonly session: string | null;
}

/** Headers as they are written, byte for byte: no client's library stands between. */
async function send(
  path: string,
  headers: readonly string[],
  body: JsonObject,
  { method = 'POST', meanwhile }: { method?: string; meanwhile?: () => Promise<void> } = {},
): Promise<Heard> {
  const socket = connect(Number(url.port), url.hostname);
  const content = Buffer.from(JSON.stringify(body));
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${url.host}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    'Connection: close',
    `Content-Length: ${content.length}`,
    ...headers,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`, 'latin1');
  await meanwhile?.();
  socket.write(content);
  const answer = await text(socket);
  const [top = '', rest = ''] = answer.split(/\r\n\r\n(.*)/s);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(top)?.[1] ?? 0);
  const session = /^mcp-session-id: (.*)$/im.exec(top)?.[1]?.trim() ?? null;
  const read: JsonValue = /^[[{]/.test(rest) ? JSON.parse(rest) : {};
  const shown = isJsonObject(read) ? read : {};
  return { status, code: codeIn(shown), body: shown, session };
}

function codeIn(body: JsonObject): string {
  const said = /"(?:text|message|code)":"([a-z]+\.[a-z_]+)/.exec(JSON.stringify(body));
  return said?.[1] ?? 'ok';
}

const bearer = (token: string): string => `Authorization: Bearer ${token}`;

function hit(headers: readonly string[], meta: JsonObject = {}): Promise<Heard> {
  hits += 1;
  return send('/mcp', headers, {
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'count.hit', arguments: { round: 1, n: hits }, _meta: meta },
  });
}

async function openRun(token: string, more: JsonObject = {}): Promise<string> {
  const { body } = await send('/v1/runs', [bearer(token)], { agent: 'counter', ...more });
  return String(body['handle']);
}

function idOf(handle: string): string {
  return `run_${handle.slice(4, 28)}`;
}

function effectCount(): number {
  return existsSync(effects) ? readFileSync(effects, 'utf8').split('\n').length - 1 : 0;
}

/** Another character at the place, of those that may stand there. */
function altered(of: string, at: number): string {
  return of.slice(0, at) + (of[at] === 'A' ? 'B' : 'A') + of.slice(at + 1);
}

describe('a run’s handle', () => {
  const header = (handle: string): readonly string[] => [`Sallyport-Run: ${handle}`];
  test.each<
    [
      string,
      (good: string) => { headers?: readonly string[]; meta?: JsonObject; as?: string },
      number,
      string,
    ]
  >([
    ['good', (good) => ({ headers: header(good) }), 200, 'ok'],
    ['good, in `_meta`', (good) => ({ meta: { 'dev.sallyport/run': good } }), 200, 'ok'],
    [
      'good, in both',
      (good) => ({ headers: header(good), meta: { 'dev.sallyport/run': good } }),
      200,
      'ok',
    ],
    ['the run’s id', (good) => ({ headers: header(idOf(good)) }), 200, 'identity.run'],
    ['forged: another id', (good) => ({ headers: header(altered(good, 10)) }), 200, 'identity.run'],
    [
      'forged: another seal',
      (good) => ({ headers: header(altered(good, 30)) }),
      200,
      'identity.run',
    ],
    [
      'forged: the last character',
      (good) => ({ headers: header(altered(good, 51)) }),
      200,
      'identity.run',
    ],
    ['cut off', (good) => ({ headers: header(good.slice(0, -1)) }), 200, 'identity.run'],
    ['cut off to the id', (good) => ({ headers: header(good.slice(0, 28)) }), 200, 'identity.run'],
    ['longer', (good) => ({ headers: header(`${good}A`) }), 200, 'identity.run'],
    ['in capitals', (good) => ({ headers: header(good.toUpperCase()) }), 200, 'identity.run'],
    [
      'twice in one header',
      (good) => ({ headers: header(`${good}, ${good}`) }),
      200,
      'identity.run',
    ],
    ['of another agent', (good) => ({ headers: header(good), as: other }), 200, 'identity.run'],
    ['of another data directory', () => ({ headers: header(foreignHandle) }), 200, 'identity.run'],
    ['empty, in `_meta`', () => ({ meta: { 'dev.sallyport/run': '' } }), 200, 'identity.run'],
    ['empty, in the header', () => ({ headers: header('') }), 200, 'identity.run'],
    [
      'two that differ',
      (good) => ({ headers: header(good), meta: { 'dev.sallyport/run': altered(good, 30) } }),
      200,
      'identity.run',
    ],
    ['a number', () => ({ meta: { 'dev.sallyport/run': 7 } }), 200, 'mcp.params'],
    ['a list', (good) => ({ meta: { 'dev.sallyport/run': [good] } }), 200, 'mcp.params'],
    ['huge', () => ({ headers: header('A'.repeat(8_000)) }), 200, 'mcp.params'],
    [
      'larger than all headers may be',
      () => ({ headers: header('A'.repeat(40_000)) }),
      431,
      'http.header_size',
    ],
    ['not ASCII', (good) => ({ headers: header(`${good}\u00e9`) }), 200, 'identity.run'],
    [
      'not ASCII, in `_meta`',
      (good) => ({ meta: { 'dev.sallyport/run': good.replace('s', 'ѕ') } }),
      200,
      'identity.run',
    ],
    ['with a NUL', (good) => ({ headers: header(`${good}\0`) }), 400, 'http.malformed'],
    ['with a second line', (good) => ({ headers: header(`${good}\r\n x`) }), 400, 'http.malformed'],
    [
      'two headers that differ',
      (good) => ({ headers: [...header(good), ...header(altered(good, 30))] }),
      400,
      'http.header',
    ],
    [
      'two headers that are the same',
      (good) => ({ headers: [...header(good), ...header(good)] }),
      400,
      'http.header',
    ],
  ])('%s', async (_, made, status, code) => {
    const good = await openRun(opener);
    const { headers = [], meta = {}, as = mine } = made(good);
    const before = effectCount();
    const heard = await hit([bearer(as), ...headers], meta);
    expect({ status: heard.status, code: heard.code }).toEqual({ status, code });
    expect(effectCount() - before).toBe(code === 'ok' ? 1 : 0);
    expect(JSON.stringify(heard.body)).not.toContain(code === 'ok' ? good.slice(28) : idOf(good));
    noted(status === 200 && code === 'mcp.params' ? 'mcp.params' : status === 200 ? '' : code);
    if (code === 'identity.run') expect(await newest('identity.refused')).toMatchObject({ code });
  });

  test('of a closed run: refused, before and after a restart of nothing', async () => {
    const handle = await openRun(opener);
    expect((await hit([bearer(mine), ...header(handle)])).code).toBe('ok');
    await send(`/v1/runs/${idOf(handle)}/close`, [bearer(opener)], { as: 'success' });
    const before = effectCount();
    const heard = await hit([bearer(mine), ...header(handle)]);
    expect({ status: heard.status, code: heard.code }).toEqual({
      status: 200,
      code: 'identity.run_closed',
    });
    expect(effectCount()).toBe(before);
    expect(await newest('call.denied')).toMatchObject({ run: idOf(handle) });
  });

  test('of a run whose time is over: refused', async () => {
    const handle = await openRun(opener, { budget: { duration: '1m' } });
    later(61_000);
    const before = effectCount();
    expect((await hit([bearer(mine), ...header(handle)])).code).toBe('limits.duration');
    expect(effectCount()).toBe(before);
    expect(await newest('call.denied')).toMatchObject({ run: idOf(handle) });
  });

  test('opens, reads and closes nothing: that is the credential’s', async () => {
    const handle = await openRun(opener);
    const run = `/v1/runs/${idOf(handle)}`;
    const tried: readonly [string, string, JsonObject | null, number][] = [
      [run, other, null, 404],
      [run, openerOfOthers, null, 404],
      [`/v1/runs/${handle}`, opener, null, 404],
      [`${run}/close`, mine, { as: 'success' }, 403],
      [`${run}/close`, openerOfOthers, { as: 'success' }, 404],
      [`${run}/usage`, other, { steps: 1 }, 404],
    ];
    for (const [path, token, body, status] of tried) {
      const heard = await send(path, [bearer(token)], body ?? {}, {
        method: body === null ? 'GET' : 'POST',
      });
      expect([path, heard.status]).toEqual([path, status]);
      noted(heard.code);
    }
  });
});

describe('a session id', () => {
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25' },
  };
  const listing = { jsonrpc: '2.0', id: 2, method: 'tools/list' };
  const last = (id: string): string => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // Its last two bits are no part of the 32 bytes that it stands for.
    return id.slice(0, -1) + (letters[letters.indexOf(id.at(-1) ?? '') ^ 1] ?? '');
  };
  test.each<[string, (good: string) => readonly string[], number, string]>([
    ['good', (good) => [`Mcp-Session-Id: ${good}`], 200, 'ok'],
    ['forged', (good) => [`Mcp-Session-Id: ${altered(good, 8)}`], 404, 'mcp.session'],
    [
      'in another spelling of the same bytes',
      (good) => [`Mcp-Session-Id: ${last(good)}`],
      404,
      'mcp.session',
    ],
    ['cut off', (good) => [`Mcp-Session-Id: ${good.slice(0, -1)}`], 404, 'mcp.session'],
    ['longer', (good) => [`Mcp-Session-Id: ${good}A`], 404, 'mcp.session'],
    ['empty', () => ['Mcp-Session-Id: '], 404, 'mcp.session'],
    ['not ASCII', (good) => [`Mcp-Session-Id: ${good}\u00ff`], 404, 'mcp.session'],
    ['twice', (good) => [`Mcp-Session-Id: ${good}`, `Mcp-Session-Id: ${good}`], 400, 'http.header'],
  ])('%s', async (_, made, status, code) => {
    const { session } = await send('/mcp', [bearer(mine)], initialize);
    const heard = await send('/mcp', [bearer(mine), ...made(session ?? '')], listing);
    expect({ status: heard.status, code: heard.code }).toEqual({ status, code });
    noted(status === 200 ? '' : code);
  });

  test('stolen, or ended: not found', async () => {
    const { session } = await send('/mcp', [bearer(mine)], initialize);
    const carried = `Mcp-Session-Id: ${session}`;
    expect((await send('/mcp', [bearer(other), carried], listing)).code).toBe('mcp.session');
    expect((await send('/mcp', [bearer(mine), carried], {}, { method: 'DELETE' })).status).toBe(
      204,
    );
    for (const id of [session ?? '', last(session ?? '')])
      expect((await send('/mcp', [bearer(mine), `Mcp-Session-Id: ${id}`], listing)).code).toBe(
        'mcp.session',
      );
    for (let at = 0; at < 3; at += 1) noted('mcp.session');
  });
});

describe('a token', () => {
  const invalid = 'identity.credential_invalid';
  const missing = 'identity.credential_missing';
  test.each<[string, (good: string) => readonly string[], number, string]>([
    ['good', (good) => [bearer(good)], 200, 'ok'],
    ['none', () => [], 401, missing],
    ['of another scheme', (good) => [`Authorization: Basic ${good}`], 401, missing],
    ['without its scheme', (good) => [`Authorization: ${good}`], 401, missing],
    ['in the URL’s place', (good) => [`X-Authorization: Bearer ${good}`], 401, missing],
    [
      'with another last character',
      (good) => [bearer(altered(good, good.length - 1))],
      401,
      invalid,
    ],
    ['with another id', (good) => [bearer(altered(good, 10))], 401, invalid],
    ['cut off', (good) => [bearer(good.slice(0, -1))], 401, invalid],
    ['longer', (good) => [bearer(`${good}A`)], 401, invalid],
    [
      'with another holder',
      (good) => [bearer(good.replace('sp_agent_', 'sp_opener_'))],
      401,
      invalid,
    ],
    ['in capitals', (good) => [bearer(good.toUpperCase())], 401, invalid],
    ['of another gateway', () => [bearer(foreignToken)], 401, invalid],
    ['a run’s handle', () => [bearer(foreignHandle)], 401, invalid],
    ['two in one header', (good) => [`${bearer(good)}, ${bearer(good)}`], 401, missing],
    ['huge', () => [bearer('A'.repeat(9_000))], 401, missing],
    ['not ASCII', (good) => [bearer(`${good}\u00e9`)], 401, invalid],
    ['in two headers', (good) => [bearer(good), bearer(good)], 400, 'http.header'],
    ['an opener’s', () => [bearer(opener)], 403, 'identity.scope'],
  ])('%s', async (_, made, status, code) => {
    const before = effectCount();
    const heard = await hit(made(await agentToken(gateway, 'counter')));
    expect({ status: heard.status, code: heard.code }).toEqual({ status, code });
    expect(effectCount() - before).toBe(code === 'ok' ? 1 : 0);
    noted(status === 200 ? '' : code);
  });

  test('an agent’s opens no run; an opener’s opens those of its agents only', async () => {
    const tried = (token: string): Promise<Heard> =>
      send('/v1/runs', [bearer(token)], { agent: 'counter' });
    expect(await tried(mine)).toMatchObject({ status: 403, code: 'identity.scope' });
    expect(await tried(openerOfOthers)).toMatchObject({ status: 403, code: 'identity.scope' });
    for (let at = 0; at < 2; at += 1) noted('identity.scope');
  });

  test('expired, revoked, rotated: over when it says', async () => {
    const short = await agentToken(gateway, 'counter', gateway.store.nowMs() + 60_000);
    expect((await hit([bearer(short)])).code).toBe('ok');
    const revoked = await agentToken(gateway, 'counter');
    await gateway.tokens.revoke(idOfToken(revoked));
    const old = await agentToken(gateway, 'counter');
    const { token: next } = await gateway.tokens.rotate(idOfToken(old), 0);
    expect((await hit([bearer(next)])).code).toBe('ok');
    later(61_000);
    for (const token of [short, revoked, old]) {
      expect(await hit([bearer(token)])).toMatchObject({ status: 401, code: invalid });
      noted(invalid);
    }
  });

  test.each([
    ['an agent’s', () => agentToken(gateway, 'counter'), '/mcp'],
    ['an opener’s', () => openerToken(gateway, null), '/v1/runs'],
  ])('%s, revoked while a request of its arrives: refused', async (_, mint, path) => {
    const token = await mint();
    const checked = vi.spyOn(gateway.tokens, 'authenticate');
    const elapsed = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now');
    const heard = await send(
      path,
      [bearer(token)],
      path === '/mcp' ? { jsonrpc: '2.0', id: 1, method: 'tools/list' } : { agent: 'counter' },
      {
        meanwhile: async () => {
          await expect.poll(() => checked.mock.calls.length).toBe(1);
          await gateway.tokens.revoke(idOfToken(token));
          clock.mockImplementation(() => elapsed() + 2_000);
        },
      },
    );
    clock.mockRestore();
    checked.mockRestore();
    expect(heard).toMatchObject({ status: 401, code: invalid });
    noted(invalid);
  });
});

function idOfToken(token: string): string {
  return token.replace(/^sp_[a-z]+_/, '').slice(0, 12);
}

async function newest(type: string): Promise<JsonValue> {
  const [event] = await gateway.store
    .events({ limit: 20, newestFirst: true })
    .then((events) => events.filter((one) => one.event.type === type));
  return event?.event ?? null;
}

/** Of refusals that never became a call: their codes, as often as they must be in the record. */
const refused = new Map<string, number>();
function noted(code: string): void {
  if (code !== '') refused.set(code, (refused.get(code) ?? 0) + 1);
}

test('every refusal before a call is in the record, counted', async () => {
  await gateway[Symbol.asyncDispose]();
  await using reader = await openSqliteReader({
    directory: join(directory, 'data'),
    foldRun: fold,
  });
  const counted = new Map<string, number>();
  for (const { event } of await reader.events({ limit: 100_000, newestFirst: false })) {
    if (event.type !== 'edge.refused') continue;
    for (const { code, count } of event.refusals)
      counted.set(code, (counted.get(code) ?? 0) + count);
  }
  for (const [code, count] of refused) expect([code, counted.get(code)]).toEqual([code, count]);
});
