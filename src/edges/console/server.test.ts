/** What the console promises a browser and refuses an attacker: over HTTP, with a real gateway. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Browser, type ConsoleRig, openConsoleRig } from '../../../test/console-rig.ts';
import type { HoldSummary } from '../../runtime/port.ts';
import type { RefusalCount } from '../http/refusal-tally.ts';
import { readConsoleFiles } from './files.ts';
import { consoleLimits } from './limits.ts';
import { OriginCheck, publicOriginOf } from './origin.ts';
import { type ConsoleOptions, type RunningConsole, startConsole } from './server.ts';

let rig: ConsoleRig;
let sam: Browser;
beforeAll(async () => {
  rig = await openConsoleRig();
  sam = await rig.signedIn('sam');
}, 60_000);
afterAll(() => rig[Symbol.asyncDispose]());

async function erased(): Promise<readonly string[]> {
  const lines = (await readFile(rig.effects, 'utf8')).trim().split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line).id);
}

const stateOf = (id: string): string | undefined =>
  rig.real.gateway.runtime.holds.open().find((hold) => hold.id === id)?.state;

describe('what no other page can do with a person’s cookie', () => {
  const approve = ({ digest }: HoldSummary) => ({ answer: 'approve', digest, reason: null });
  let hold: HoldSummary;
  beforeAll(async () => {
    hold = await rig.held('csrf');
  });

  test.each([
    ['from another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    [
      'from another origin, by a browser that doesn’t say so',
      { origin: 'https://evil.example', 'sec-fetch-site': null },
    ],
    [
      'from another port of this machine',
      { origin: 'http://127.0.0.1:9', 'sec-fetch-site': 'same-site' },
    ],
    [
      'from another port, by a browser that doesn’t say so',
      { origin: 'http://127.0.0.1:9', 'sec-fetch-site': null },
    ],
    ['from a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    [
      'from a page whose name begins like ours',
      { origin: 'http://127.0.0.1.evil.example', 'sec-fetch-site': null },
    ],
    ['over TLS where we have none', { origin: 'https://127.0.0.1', 'sec-fetch-site': null }],
    ['without an origin', { origin: null, 'sec-fetch-site': null }],
    ['without the header', { 'sallyport-console': null }],
    ['with another value of it', { 'sallyport-console': '0' }],
    ['by a person who typed the address', { 'sec-fetch-site': 'none' }],
    ['through another name of ours', { host: 'evil.example' }],
  ])('an answer %s', async (_, headers) => {
    const heard = await sam.post(`/api/holds/${hold.id}/answer`, approve(hold), headers);
    expect(heard.status).toBe(403);
    expect(stateOf(hold.id)).toBe('waiting');
  });

  test.each([
    ['a form', 'application/x-www-form-urlencoded', 'answer=approve'],
    ['a form with files', 'multipart/form-data; boundary=x', '--x--'],
    ['plain text', 'text/plain', '{}'],
    ['no type', '', '{}'],
  ])('an answer as %s', async (_, type, body) => {
    const heard = await sam.post(`/api/holds/${hold.id}/answer`, body, { 'content-type': type });
    expect(heard.status).toBe(415);
    expect(stateOf(hold.id)).toBe('waiting');
  });

  test.each(['GET', 'HEAD', 'PUT', 'PATCH', 'OPTIONS', 'DELETE'])(
    'an answer by %s',
    async (method) => {
      const heard = await sam.send(
        method,
        `/api/holds/${hold.id}/answer`,
        null,
        method === 'GET' ? {} : { 'sallyport-console': '1' },
      );
      expect(heard.status).toBe(405);
      expect(heard.headers['allow']).toBe('POST');
      expect(heard.headers['access-control-allow-origin']).toBeUndefined();
      expect(stateOf(hold.id)).toBe('waiting');
    },
  );

  test('reading: not by another site’s page, whatever it would see', async () => {
    for (const site of ['cross-site', 'same-site'])
      expect((await sam.get('/api/now', { 'sec-fetch-site': site })).status).toBe(403);
    expect((await sam.get('/api/now', { 'sec-fetch-site': null })).status).toBe(200);
  });

  test('a link that somebody follows, or a program looks at before, shows and changes nothing', async () => {
    const stranger = new Browser(rig.real.console);
    const heard = await stranger.get(`/holds/${hold.id}`, {
      'sec-fetch-site': 'cross-site',
      'user-agent': 'Slackbot-LinkExpanding 1.0',
    });
    expect(heard.text).not.toContain(hold.run);
    expect(heard.text).not.toContain('erase');
    expect((await stranger.get(`/api/holds/${hold.id}`)).status).toBe(401);
    expect(stateOf(hold.id)).toBe('waiting');
    expect(await erased()).not.toContain('csrf');
  });
});

describe('an answer', () => {
  test('approves what was shown, once', async () => {
    const hold = await rig.held('once');
    const path = `/api/holds/${hold.id}/answer`;
    const body = { answer: 'approve', digest: hold.digest, reason: null };
    const [one, other] = await Promise.all([sam.post(path, body), sam.post(path, body)]);
    expect([one.status, other.status].filter((status) => status === 200)).toHaveLength(1);
    await until(async () => expect(await erased()).toContain('once'));
    expect((await erased()).filter((id) => id === 'once')).toHaveLength(1);
    expect([404, 409]).toContain((await sam.post(path, body)).status);
  });

  test('to another digest is none', async () => {
    const hold = await rig.held('digest');
    const heard = await sam.post(`/api/holds/${hold.id}/answer`, {
      answer: 'approve',
      digest: `sha256:${'0'.repeat(64)}`,
      reason: null,
    });
    expect(heard).toMatchObject({ status: 409, json: { error: { code: 'approval.changed' } } });
    expect(stateOf(hold.id)).toBe('waiting');
  });

  test('of somebody who isn’t asked is none, and they see it all the same', async () => {
    const hold = await rig.held('lee');
    const lee = await rig.signedIn('lee');
    expect(await lee.get(`/api/holds/${hold.id}`)).toMatchObject({
      status: 200,
      json: { mine: { asks: [] } },
    });
    const heard = await lee.post(`/api/holds/${hold.id}/answer`, {
      answer: 'approve',
      digest: hold.digest,
      reason: null,
    });
    expect(heard).toMatchObject({ status: 403, json: { error: { code: 'approval.not_yours' } } });
  });

  test.each([
    ['an answer that is neither', { answer: 'maybe', reason: null }],
    ['more than was asked', { answer: 'approve', reason: null, quorum: 0 }],
    ['a reason without end', { answer: 'reject', reason: 'x'.repeat(1_001) }],
  ])('%s is none', async (_, body) => {
    const hold = await rig.held('shape');
    const heard = await sam.post(`/api/holds/${hold.id}/answer`, { digest: hold.digest, ...body });
    expect(heard.status).toBe(400);
    expect(stateOf(hold.id)).toBe('waiting');
  });

  test('that says a thing twice is none', async () => {
    const hold = await rig.held('twice');
    const heard = await sam.post(
      `/api/holds/${hold.id}/answer`,
      `{"answer":"reject","answer":"approve","digest":"${hold.digest}","reason":null}`,
    );
    expect(heard.status).toBe(400);
  });

  test('whose token is revoked while it arrives is none', async () => {
    const hold = await rig.held('late');
    const token = await rig.real.approverToken('kim');
    const kim = new Browser(rig.real.console);
    await kim.post('/api/session', { token });
    const { host, port } = new URL(rig.real.console);
    const body = JSON.stringify({ answer: 'approve', digest: hold.digest, reason: null });
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(
      `POST /api/holds/${hold.id}/answer HTTP/1.1\r\nhost: ${host}\r\norigin: ${rig.real.console}\r\n` +
        `sallyport-console: 1\r\ncookie: ${kim.cookie}\r\ncontent-type: application/json\r\n` +
        `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body.slice(0, 9)}`,
    );
    // It is being read once a later request has been answered.
    expect((await kim.get('/api/session')).status).toBe(200);
    await rig.real.gateway.tokens.revoke(/^sp_approver_([^.]+)/.exec(token)?.[1] ?? '');
    socket.write(body.slice(9));
    let heard = '';
    for await (const chunk of socket) heard += chunk;
    expect(heard).toMatch(/^HTTP\/1\.1 401 /);
    expect(stateOf(hold.id)).toBe('waiting');
  });

  test('to what isn’t there is 404', async () => {
    const body = { answer: 'approve', digest: `sha256:${'0'.repeat(64)}`, reason: null };
    expect((await sam.post('/api/holds/call_none/answer', body)).status).toBe(404);
    expect((await sam.get('/api/holds/call_none')).status).toBe(404);
  });

  test('by an edit: previewed, agreed to as previewed, and done as edited', async () => {
    const hold = await rig.held('before');
    const path = `/api/holds/${hold.id}`;
    const args = { id: 'after' };
    const shown = await sam.post(`${path}/preview`, { arguments: args });
    expect(shown).toMatchObject({ status: 200, json: { arguments: args } });
    expect(stateOf(hold.id)).toBe('waiting');
    const edit = (digest: unknown) =>
      sam.post(`${path}/edit`, { arguments: args, digest, reason: 'the other one' });
    expect((await edit(hold.digest)).status).toBe(409);
    const digest =
      typeof shown.json === 'object' && shown.json !== null && 'digest' in shown.json
        ? shown.json['digest']
        : '';
    expect((await edit(digest)).status).toBe(200);
    await until(async () => expect(await erased()).toContain('after'));
    expect(await erased()).not.toContain('before');
    const bad = await rig.held('bad-edit');
    const refused = await sam.post(`/api/holds/${bad.id}/preview`, { arguments: { id: 7 } });
    expect(refused).toMatchObject({
      status: 422,
      json: { error: { code: 'approval.edit_denied' } },
    });
  });
});

describe('every answer', () => {
  test.each([
    ['a page', '/'],
    ['a page of a hold', '/holds/call_1'],
    ['the API', '/api/now'],
    ['what isn’t there', '/nothing'],
    ['what isn’t there, of the API', '/api/nothing'],
  ])('%s has the headers that keep a browser safe', async (_, path) => {
    const { headers } = await sam.get(path);
    expect(headers['content-security-policy']).toMatch(
      /default-src 'none'; script-src 'self'; style-src 'self'; .*form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'/,
    );
    expect(headers['content-security-policy']).not.toMatch(/unsafe|data:|\*|https?:/);
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'permissions-policy': expect.stringContaining('camera=()'),
      'cache-control': 'no-store',
    });
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['server']).toBeUndefined();
  });
});

describe('hostile requests', () => {
  test.each([
    ['up and out', '/../../etc/passwd'],
    ['up and out, encoded', '/assets/..%2f..%2f..%2fetc%2fpasswd'],
    ['up and out, twice encoded', '/%252e%252e/%252e%252e/package.json'],
    ['a file of ours that is no page', '/../package.json'],
    ['a NUL', '/assets/x%00.js'],
    ['another separator', '/..\\..\\package.json'],
    ['a whole URL', 'http://evil.example/'],
  ])('%s finds nothing', async (_, path) => {
    const { port } = new URL(rig.real.console);
    const heard = await bytes(
      `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nconnection: close\r\n\r\n`,
    );
    expect(heard).toMatch(/^HTTP\/1\.1 (400|404) /);
    expect(heard).not.toMatch(/root:|"name": "sallyport"/);
  });

  test('a body that is too long is refused before it is read', async () => {
    const heard = await sam
      .post('/api/explain', '{}', {
        'content-length': String(consoleLimits.bodyBytesMax + 1),
      })
      .catch(() => ({ status: 413 }));
    expect(heard.status).toBe(413);
  });

  test('a sign-in is read no further than a token is long', async () => {
    const stranger = new Browser(rig.real.console);
    const heard = await stranger.post('/api/session', { token: 'x'.repeat(10_000) });
    expect(heard.status).toBe(413);
  });

  test.each([
    ['an unknown parameter', '/api/runs?limit=1&x=1'],
    ['one twice', '/api/runs?limit=1&limit=2'],
    ['a page without end', '/api/runs?limit=100000'],
    ['no number', '/api/ledger?before=-1'],
    ['no time', '/api/ledger?from=yesterday'],
    ['no status', '/api/runs?status=happy'],
    ['a value without end', `/api/ledger?user=${'x'.repeat(300)}`],
  ])('%s is refused', async (_, path) => {
    expect((await sam.get(path)).status).toBe(400);
  });

  test('refusals are recorded as counts, of whom they are', async () => {
    await new Browser(rig.real.console).post('/api/session', { token: 'x' });
    await until(async () => {
      const events = await rig.real.gateway.store.events({ type: 'edge.refused', limit: 99 });
      expect(events.length).toBeGreaterThan(0);
    });
  });

  test('what a signed-in person looks for in vain is no refusal; what they may not do is', async () => {
    const { browser, counted } = await counting();
    const digest = `sha256:${'0'.repeat(64)}`;
    await browser.get('/api/holds/call_none');
    await browser.get('/api/events/999999');
    await browser.post('/api/agents/nobody/suspend', { reason: null });
    await browser.post('/api/holds/call_none/answer', { answer: 'approve', digest, reason: null });
    await browser.post('/api/agents/clerk/resume', { reason: null });
    expect((await counted()).map(({ code }) => code)).toEqual(['console.role']);
  });

  test('a good token is taken, however often others failed from the same address', async () => {
    const { browser, url, counted } = await counting();
    const stranger = new Browser(url);
    const heard: number[] = [];
    for (let n = 0; n < consoleLimits.signInFailuresOfOneMax + 2; n += 1)
      heard.push((await stranger.post('/api/session', { token: 'guessed' })).status);
    expect(heard.slice(-3)).toEqual([401, 429, 429]);
    expect((await browser.get('/api/session')).status).toBe(200);
    const token = await rig.real.approverToken('sam');
    expect((await stranger.post('/api/session', { token })).status).toBe(200);
    expect(await counted()).toMatchObject([
      { code: 'identity.credential_invalid', credential: null },
      { code: 'console.too_many_attempts', credential: null, count: 2 },
    ]);
  });

  /** A console of its own, with the same people, and what it counts as refused until it is closed. */
  async function counting() {
    const refused: RefusalCount[] = [];
    const server = await another({
      recordRefusals: async ({ refusals }) => void refused.push(...refusals),
    });
    const browser = new Browser(server.url);
    await browser.post('/api/session', { token: await rig.real.approverToken('lee') });
    const counted = async (): Promise<readonly RefusalCount[]> => {
      await server.close();
      const codes = [...new Set(refused.map(({ code }) => code))];
      return codes.map((code) => {
        const lines = refused.filter((one) => one.code === code);
        const [first] = lines;
        const count = lines.reduce((sum, line) => sum + line.count, 0);
        return { code, credential: first?.credential ?? null, count };
      });
    };
    return { browser, url: server.url, counted };
  }

  async function bytes(text: string): Promise<string> {
    const { port } = new URL(rig.real.console);
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text));
    let heard = '';
    for await (const chunk of socket) heard += chunk;
    return heard;
  }
});

describe('who may do more than look', () => {
  test('whoever is signed in may stop an agent; to let it go again takes the role', async () => {
    const lee = await rig.signedIn('lee');
    const path = '/api/agents/clerk';
    expect(await lee.post(`${path}/suspend`, { reason: 'odd' })).toMatchObject({
      status: 200,
      json: { suspended: { by: 'lee', reason: 'odd' } },
    });
    expect((await sam.get('/api/now')).json).toMatchObject({ suspensions: [{ agent: 'clerk' }] });
    expect(await lee.post(`${path}/resume`, { reason: null })).toMatchObject({
      status: 403,
      json: { error: { code: 'console.role' } },
    });
    expect(await sam.post(`${path}/resume`, { reason: null })).toMatchObject({
      status: 200,
      json: { suspended: null },
    });
    expect((await sam.post('/api/agents/nobody/suspend', { reason: null })).status).toBe(404);
  });

  test('without a session nothing is shown and nothing is done', async () => {
    const stranger = new Browser(rig.real.console);
    for (const path of [
      'now',
      'stream',
      'runs',
      'ledger',
      'ledger/export',
      'agents',
      'policy',
      'tools',
      'events/0',
      'session',
    ])
      expect((await stranger.get(`/api/${path}`)).status).toBe(401);
    expect((await stranger.post('/api/agents/clerk/suspend', { reason: null })).status).toBe(401);
    expect((await stranger.post('/api/tools/office.erase/pin', { digest: 'x' })).status).toBe(401);
  });
});

describe('the origin', () => {
  test.each([
    ['a name', 'https://console.example', 'https://console.example'],
    ['a port', 'http://10.0.0.5:7081/', 'http://10.0.0.5:7081'],
  ])('%s', (_, url, origin) => expect(publicOriginOf(url).origin).toBe(origin));

  test.each([
    'console.example',
    'https://a.example/path',
    'https://u:p@a.example',
    'ftp://a.example',
    'https://a.example/?x',
  ])('%s is none', (url) => expect(() => publicOriginOf(url)).toThrow('no origin'));

  test('that was given is the only one, and over TLS the cookie is no other host’s', async () => {
    const server = await another({ url: 'https://console.example' });
    expect(server.url).toBe('https://console.example');
    await server.close();
    const check = new OriginCheck('https://console.example');
    const request = (origin: string) => ({
      rawHeaders: ['origin', origin, 'sallyport-console', '1', 'host', '127.0.0.1:1'],
    });
    expect(() => check.checkChange(request('https://console.example'))).not.toThrow();
    expect(() => check.checkChange(request('http://127.0.0.1:1'))).toThrow();
    expect(() => check.checkChange(request('http://console.example'))).toThrow();
  });
});

describe('the built pages', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sallyport-files-'));
    await mkdir(join(directory, 'assets'));
    await writeFile(join(directory, 'index.html'), '<!doctype html><title>pages</title>');
    await writeFile(join(directory, 'assets', 'main-0123456789abcdef.js'), 'plain');
    await writeFile(join(directory, 'assets', 'main-0123456789abcdef.js.br'), 'brotli');
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  test('are found where they are, and missed where they aren’t', () => {
    expect(readConsoleFiles(directory).missing).toBe(false);
    expect(readConsoleFiles(join(directory, 'none')).missing).toBe(true);
  });

  test('hashed ones are kept for ever, in the form that the browser takes', async () => {
    const server = await another({ directory });
    const browser = new Browser(server.url);
    const script = '/assets/main-0123456789abcdef.js';
    expect(await browser.get(script, { 'accept-encoding': 'gzip, br' })).toMatchObject({
      status: 200,
      text: 'brotli',
      headers: {
        'content-encoding': 'br',
        'content-type': 'text/javascript; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
      },
    });
    expect((await browser.get(script)).text).toBe('plain');
    expect((await browser.get(`${script}.br`)).status).toBe(404);
    for (const page of [
      '/',
      '/runs',
      '/runs/run_1',
      '/holds/call_1',
      '/agents',
      '/policy',
      '/tools',
      '/ledger',
    ])
      expect((await browser.get(page)).text).toContain('<title>pages</title>');
    expect((await browser.send('POST', '/', '{}')).status).toBe(405);
    await server.close();
  });
});

test.each([
  ['exports', '/api/ledger/export', consoleLimits.exportsOfOneMax],
  ['searches', '/api/ledger', consoleLimits.searchesOfOneMax],
])('%s of one person leave others theirs', async (_, path, ofOneMax) => {
  const { store } = rig.real.gateway;
  const gate = Promise.withResolvers<void>();
  let begun = 0;
  const read = store.events.bind(store);
  const events = vi.spyOn(store, 'events').mockImplementation(async (filter) => {
    begun += 1;
    await gate.promise;
    return read(filter);
  });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => events.mockRestore());
  const there = await another({});
  stack.defer(() => there.close());
  const [ours, theirs] = [new Browser(there.url), new Browser(there.url)];
  await ours.post('/api/session', { token: await rig.real.approverToken('sam') });
  await theirs.post('/api/session', { token: await rig.real.approverToken('kim') });
  const under = Array.from({ length: ofOneMax }, () => ours.get(path));
  await until(async () => expect(begun).toBe(ofOneMax));
  expect(await ours.get(path)).toMatchObject({
    status: 503,
    json: { error: { code: 'console.busy' } },
  });
  const other = theirs.get(path);
  await until(async () => expect(begun).toBe(ofOneMax + 1));
  gate.resolve();
  for (const { status } of await Promise.all([...under, other])) expect(status).toBe(200);
  expect((await ours.get(path)).status).toBe(200);
});

/** A console beside the rig's, of the same gateway, that may suspend nobody. */
function another(options: Partial<ConsoleOptions>): Promise<RunningConsole> {
  return startConsole(
    {
      ...rig.real.gateway,
      heldSecrets: () => [],
      suspend: async () => undefined,
      resume: async () => undefined,
      log: () => undefined,
    },
    {
      ...{ host: '127.0.0.1', port: 0, url: null, directory: '/nonexistent' },
      recordRefusals: async () => undefined,
      ...options,
    },
  );
}

async function until(holds: () => Promise<void>): Promise<void> {
  const deadlineMs = Date.now() + 10_000;
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      if (Date.now() > deadlineMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
