/** Who gets in, how long they stay, and what puts them out: over HTTP, with a real gateway. */
import { readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser, type ConsoleRig, openConsoleRig } from '../../../test/console-rig.ts';
import { consoleLimits } from './limits.ts';
import { Sessions } from './sessions.ts';
import { SignInLimits } from './sign-in-limits.ts';

let rig: ConsoleRig;
beforeAll(async () => {
  rig = await openConsoleRig();
}, 60_000);
afterAll(() => rig[Symbol.asyncDispose]());

const status = async (browser: Browser): Promise<number> =>
  (await browser.get('/api/session')).status;

test('a person signs in, is who the policy says, and signs out', async () => {
  const browser = await rig.signedIn('sam');
  const { json } = await browser.get('/api/session');
  expect(json).toMatchObject({ user: 'sam', roles: ['leads'], operates: true });
  const lee = await rig.signedIn('lee');
  expect((await lee.get('/api/session')).json).toMatchObject({ user: 'lee', operates: false });
  const kept = browser.cookie;
  expect((await browser.send('DELETE', '/api/session', null)).status).toBe(204);
  expect(browser.cookie).toBeNull();
  browser.cookie = kept;
  expect(await status(browser)).toBe(401);
  expect(await status(lee)).toBe(200);
});

test('the cookie is no script’s, no other site’s, and no secret that is kept', async () => {
  const browser = new Browser(rig.real.console);
  const token = await rig.real.approverToken('sam');
  const { headers } = await browser.post('/api/session', { token });
  const [cookie = ''] = headers['set-cookie'] ?? [];
  expect(cookie).toMatch(
    /^sallyport_console_\d+=[0-9A-Za-z_-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43\d{3}$/,
  );
  const secret = /=([^;]+)/.exec(cookie)?.[1] ?? 'none';
  const kept = JSON.stringify(await rig.real.gateway.store.listState('console.session:'));
  expect(kept).not.toContain(secret);
  expect(kept).toContain('"user":"sam"');
});

test('signing in and out is in the record, without a secret', async () => {
  const browser = await rig.signedIn('kim');
  await browser.send('DELETE', '/api/session', null);
  const { store } = rig.real.gateway;
  for (const type of ['session.opened', 'session.closed']) {
    const [newest] = await store.events({ type, newestFirst: true, limit: 1 });
    expect(newest?.event).toEqual({
      v: 1,
      type,
      atMs: expect.any(Number),
      session: expect.stringMatching(/^ses_/),
      user: 'kim',
      credential: expect.any(String),
    });
  }
});

test.each([
  [
    'an unknown token',
    () => Promise.resolve(`sp_approver_${'a'.repeat(12)}.${'b'.repeat(43)}`),
    401,
  ],
  ['an agent’s token', () => rig.real.agentToken('clerk'), 401],
  ['an opener’s token', () => rig.real.openerToken(), 401],
  ['a token of somebody whom the policy doesn’t know', () => rig.real.approverToken('nobody'), 403],
  ['a token that has expired', () => expired(), 401],
  ['no token', () => Promise.resolve(''), 400],
])('%s lets nobody in', async (_, token, wanted) => {
  const browser = new Browser(rig.real.console);
  const heard = await browser.post('/api/session', { token: await token() });
  expect(heard.status).toBe(wanted);
  expect(heard.headers['set-cookie']).toBeUndefined();
});

test('what is wrong with a token is told to nobody', async () => {
  const browser = new Browser(rig.real.console);
  const told = async (token: string) => (await browser.post('/api/session', { token })).text;
  expect(await told(await rig.real.agentToken('clerk'))).toBe(await told('sp_approver_x'));
});

test('a cookie that somebody planted is none of ours, and signing in leaves it behind', async () => {
  const browser = new Browser(rig.real.console);
  const name = (await rig.signedIn('sam')).cookie?.split('=')[0] ?? '';
  browser.cookie = `${name}=${'A'.repeat(43)}`;
  expect(await status(browser)).toBe(401);
  await browser.post('/api/session', { token: await rig.real.approverToken('sam') });
  expect(browser.cookie).not.toContain('A'.repeat(43));
  expect(await status(browser)).toBe(200);
  // A good session of somebody else's, planted in this browser: it is over once its person signs in.
  const other = await rig.signedIn('lee');
  const planted = new Browser(rig.real.console);
  planted.cookie = other.cookie;
  await planted.post('/api/session', { token: await rig.real.approverToken('sam') });
  expect(await status(other)).toBe(401);
});

test('two cookies of its name are none', async () => {
  const browser = await rig.signedIn('sam');
  browser.cookie = `${browser.cookie}; ${browser.cookie?.split('=')[0]}=${'A'.repeat(43)}`;
  expect(await status(browser)).toBe(401);
});

test('a token that is revoked ends its sessions, and closes what they look at', async () => {
  const token = await rig.real.approverToken('kim');
  const browser = new Browser(rig.real.console);
  await browser.post('/api/session', { token });
  const stream = await browser.open('GET', '/api/stream');
  const ended = drained(stream);
  const { tokens } = rig.real.gateway;
  await tokens.revoke(idOf(token));
  expect(await status(browser)).toBe(401);
  expect(await ended).toContain('event: signed_out');
});

test('a token that is replaced takes its sessions with it: it may be replaced because it leaked', async () => {
  const token = await rig.real.approverToken('kim');
  const browser = new Browser(rig.real.console);
  await browser.post('/api/session', { token });
  await rig.real.gateway.tokens.rotate(idOf(token), 0);
  expect(await status(browser)).toBe(401);
});

test('a person whom the policy no longer knows is out at once', async () => {
  const browser = await rig.signedIn('lee');
  const { policyFile } = rig.prepared;
  const before = await readFile(policyFile, 'utf8');
  await writeFile(
    policyFile,
    before.replace('lee: { roles: [guests] }', 'lea: { roles: [guests] }'),
  );
  try {
    expect(await rig.real.gateway.policySource.reload()).toBeNull();
    expect(await status(browser)).toBe(401);
  } finally {
    await writeFile(policyFile, before);
    await rig.real.gateway.policySource.reload();
  }
  // Who comes back signs in again.
  expect(await status(browser)).toBe(401);
});

test('who has no token and tries too often is told to wait', () => {
  let nowMs = 0;
  const limits = new SignInLimits(() => nowMs);
  for (let n = 0; n < consoleLimits.signInFailuresOfOneMax; n += 1)
    expect(limits.failed('192.0.2.1')).toBeNull();
  expect(limits.failed('192.0.2.1')).toBe(60);
  expect(limits.failed('::ffff:192.0.2.1')).toBe(60);
  expect(limits.failed('192.0.2.2')).toBeNull();
  limits.succeeded('192.0.2.1');
  expect(limits.failed('192.0.2.1')).toBeNull();
  for (let n = 0; n < consoleLimits.signInFailuresOfOneMax; n += 1)
    limits.failed(`2001:db8:1:2:${n}::1`);
  expect(limits.failed('2001:db8:1:2::99')).toBe(60);
  expect(limits.failed('2001:db8:1:3::1')).toBeNull();
  nowMs = consoleLimits.signInWindowMs;
  expect(limits.failed('2001:db8:1:2::99')).toBeNull();
});

test('all addresses together are bounded, and so is what is remembered of them', () => {
  const limits = new SignInLimits(() => 0);
  const heard = Array.from({ length: consoleLimits.signInFailuresMax + 1 }, (_, n) =>
    limits.failed(`192.0.${n >> 8}.${n & 255}`),
  );
  expect(heard.filter((waitS) => waitS === null)).toHaveLength(consoleLimits.signInFailuresMax);
  const many = new SignInLimits(() => 0);
  for (let n = 0; n < consoleLimits.signInAddressesMax; n += 1)
    many.failed(`10.0.${n >> 8}.${n & 255}`);
  expect(many.failed('198.51.100.1')).toBe(60);
});

test('a session outlives a restart of the gateway', async () => {
  await using own = await openConsoleRig();
  const browser = await own.signedIn('sam');
  const { cookie } = browser;
  await own.real[Symbol.asyncDispose]();
  await using again = await own.prepared.start({ console: true });
  // Another port, as of another machine: the cookie's name differs, what it holds doesn't.
  const after = new Browser(again.console);
  after.cookie = `sallyport_console_${new URL(again.console).port}=${cookie?.split('=')[1] ?? ''}`;
  expect((await after.get('/api/session')).json).toMatchObject({ user: 'sam' });
}, 60_000);

test('a session ends by age and by idleness, and an open page keeps it from the latter', async () => {
  const world = clockWork();
  const sessions = await world.open();
  const { secret, session } = await sessions.signIn('sp_approver_one.secret');
  world.nowMs += consoleLimits.sessionIdleMs - 1;
  expect(sessions.find(secret)?.user).toBe('sam');
  world.nowMs += consoleLimits.sessionIdleMs - 1;
  sessions.seen(session.id);
  world.nowMs += consoleLimits.sessionIdleMs - 1;
  expect(sessions.find(secret)?.user).toBe('sam');
  world.nowMs += consoleLimits.sessionIdleMs;
  expect(sessions.find(secret)).toBeNull();
  expect(world.closed).toEqual([session.id]);

  const long = await sessions.signIn('sp_approver_one.secret');
  for (let n = 0; n < 24; n += 1) {
    world.nowMs += consoleLimits.sessionMs / 24;
    sessions.seen(long.session.id);
  }
  expect(sessions.find(long.secret)).toBeNull();
});

test('1,000 sessions, and the one that was unused for longest makes room', async () => {
  const world = clockWork();
  const sessions = await world.open();
  const secrets: string[] = [];
  for (let n = 0; n < consoleLimits.sessionsMax; n += 1) {
    world.nowMs += 1;
    secrets.push((await sessions.signIn(`sp_approver_${n}.secret`)).secret);
  }
  world.nowMs += 1;
  expect(secrets.every((secret) => sessions.find(secret) !== null)).toBe(true);
  world.nowMs += 1;
  sessions.find(secrets[0] ?? '');
  await sessions.signIn('sp_approver_new.secret');
  expect(sessions.find(secrets[0] ?? '')).not.toBeNull();
  expect(secrets.filter((secret) => sessions.find(secret) === null)).toHaveLength(1);
  // One person's take one another's place, and nobody else's.
  for (let n = 0; n < 2 * consoleLimits.sessionsOfOneMax; n += 1) {
    world.nowMs += 1;
    await sessions.signIn('sp_approver_new.secret');
  }
  expect(secrets.filter((secret) => sessions.find(secret) === null).length).toBeLessThan(
    consoleLimits.sessionsOfOneMax + 2,
  );
});

async function expired(): Promise<string> {
  const token = await rig.real.approverToken('sam', 100);
  await new Promise((resolve) => setTimeout(resolve, 150));
  return token;
}

function idOf(token: string): string {
  return /^sp_approver_([^.]+)/.exec(token)?.[1] ?? '';
}

async function drained(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}

/** Sessions of a store that is a table, at a time that the test says: each token is of a person of its own. */
function clockWork() {
  const people = new Map<string, { id: string; roles: Set<string> }>();
  const world = {
    nowMs: 1_000,
    closed: [] as string[],
    open: () =>
      Sessions.open({
        store: {
          nowMs: () => world.nowMs,
          listState: () => Promise.resolve([]),
          commitGateway: () => Promise.resolve({ type: 'committed', firstSeq: 0 }),
        },
        tokens: {
          authenticateApprover(token) {
            const id = idOf(token);
            const user = id === 'one' ? 'sam' : id;
            people.set(id, { id: user, roles: new Set() });
            return { type: 'approver', credential: id, user, signedInAtMs: world.nowMs };
          },
          list: () =>
            [...people].map(([id, { id: name }]) => ({
              id,
              credential: id,
              holder: 'approver',
              name,
              user: null,
              agents: null,
              sha256: '',
              mintedAtMs: 0,
              expiresAtMs: null,
            })),
        },
        isKnown: () => true,
        onClosed: ({ id }) => world.closed.push(id),
        onFault: (error) => {
          throw error;
        },
      }),
  };
  return world;
}

test('a body of a sign-in that never ends holds a socket, and no more', async () => {
  const { port } = new URL(rig.real.console);
  const socket = connect(Number(port), '127.0.0.1');
  socket.write(
    `POST /api/session HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\norigin: ${rig.real.console}\r\nsallyport-console: 1\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"tok`,
  );
  expect(await status(await rig.signedIn('sam'))).toBe(200);
  socket.destroy();
});
