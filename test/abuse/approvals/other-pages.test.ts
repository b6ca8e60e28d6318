/**
 * What pages, programs and networks around a person who is signed in can make of that: with their cookie and all that a
 * browser adds by itself, nothing is changed, on no route.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { HoldSummary } from '../../../src/runtime/port.ts';
import { Browser } from '../../console-rig.ts';
import { type Bank, openBank, yes } from './bank.ts';

let bank: Bank;
let bob: Browser;
let hold: HoldSummary;
/** A token of the attacker’s own, to sign somebody else in as them. */
let others: string;
beforeAll(async () => {
  bank = await openBank();
  bob = await bank.person('bob');
  others = await bank.real.approverToken('kim');
  hold = await bank.hold('pay', { id: 'by another page', note: '' });
  await bank.set('title', 'Pays somebody else');
  await bank.real.gateway.catalog.refresh();
  const isTold = async () => (await bank.events()).some(({ type }) => type === 'alert.raised');
  await vi.waitUntil(isTold, { timeout: 10_000 });
});
afterAll(async () => {
  await bank.expectNever('by another page');
  await bank.expectBooksAgree();
  await bank[Symbol.asyncDispose]();
});

const reason = { reason: null };
const editing = { arguments: { id: 'edited by another page', note: '' } };

/** Every route that changes something, with a body that would do it. */
const changing: readonly (readonly [method: string, path: () => string, body: () => object])[] = [
  ['POST', () => '/api/session', () => ({ token: others })],
  ['DELETE', () => '/api/session', () => ({})],
  ['POST', () => `/api/holds/${hold.id}/answer`, () => yes(hold)],
  ['POST', () => `/api/holds/${hold.id}/preview`, () => editing],
  [
    'POST',
    () => `/api/holds/${hold.id}/edit`,
    () => ({ ...editing, digest: hold.digest, ...reason }),
  ],
  ['POST', () => '/api/agents/clerk/suspend', () => reason],
  ['POST', () => '/api/agents/clerk/resume', () => reason],
  [
    'POST',
    () => '/api/explain',
    () => ({ agent: 'clerk', user: 'ann', tool: 'bank.note', arguments: { id: 'x' }, case: {} }),
  ],
  ['POST', () => '/api/tools/bank.pay/pin', () => ({ digest: `sha256:${'0'.repeat(64)}` })],
];

const reading: readonly (() => string)[] = [
  () => '/api/session',
  () => '/api/now',
  () => '/api/stream',
  () => `/api/holds/${hold.id}`,
  () => '/api/runs',
  () => `/api/runs/${hold.run}`,
  () => `/api/runs/${hold.run}/timeline`,
  () => '/api/events/1',
  () => '/api/events/1/receipt',
  () => '/api/ledger',
  () => '/api/ledger/export',
  () => '/api/agents',
  () => '/api/agents/clerk/permissions',
  () => '/api/policy',
  () => '/api/tools',
];

const pages: readonly (() => string)[] = [
  () => '/',
  () => `/holds/${hold.id}`,
  () => '/runs',
  () => '/ledger',
  () => '/tools',
  () => '/policy',
  () => '/agents',
  () => '/no/such/page',
  () => `/holds/${hold.id}/answer?answer=approve&digest=${hold.digest}`,
];

/** Of requests that were answered before. */
const later: ReadonlySet<string> = new Set(['edge.refused', 'call.delivered']);

/** Everything that a request could have changed. */
async function state(): Promise<unknown> {
  const events = (await bank.events()).filter(({ type }) => !later.has(type));
  const { text } = await bob.get('/api/agents');
  return {
    events: events.map(({ type }) => type),
    agents: text,
    hold: bank.open(hold.id),
    done: await bank.done(),
  };
}

async function expectUnchanged(work: () => Promise<void>): Promise<void> {
  const before = await state();
  await work();
  expect(await state()).toEqual(before);
}

test('these are all routes that there are', async () => {
  const table = await readFile(
    new URL('../../../src/edges/console/routes.ts', import.meta.url),
    'utf8',
  );
  const named = (method: string): number =>
    [...table.matchAll(new RegExp(`\\['${method}', `, 'g'))].length;
  expect(named('POST') + named('DELETE')).toBe(changing.length);
  expect(named('GET')).toBe(reading.length);
});

interface Sent {
  readonly headers: Readonly<Record<string, string | null>>;
  readonly type?: string;
  readonly body?: string;
}

const here = (): URL => new URL(bank.real.console);
const evil = 'https://evil.example';

/** As a browser sends them for somebody else's page; where it would leave the cookie out, it is there all the same. */
const foreign: readonly (readonly [string, () => Sent])[] = [
  [
    'a form of another site',
    () => ({
      type: 'application/x-www-form-urlencoded',
      body: 'answer=approve&reason=',
      headers: {
        origin: evil,
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'navigate',
        'sallyport-console': null,
      },
    }),
  ],
  [
    'a form of another site, as plain text that is JSON',
    () => ({
      type: 'text/plain',
      headers: { origin: evil, 'sec-fetch-site': 'cross-site', 'sallyport-console': null },
    }),
  ],
  [
    'a form with files',
    () => ({
      type: 'multipart/form-data; boundary=b',
      body: '--b\r\n\r\n--b--',
      headers: { origin: evil, 'sec-fetch-site': 'cross-site', 'sallyport-console': null },
    }),
  ],
  [
    'fetch without CORS',
    () => ({
      type: 'text/plain;charset=UTF-8',
      headers: {
        origin: evil,
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'no-cors',
        'sallyport-console': null,
      },
    }),
  ],
  [
    'a beacon',
    () => ({
      type: 'application/json',
      headers: {
        origin: evil,
        'sec-fetch-site': 'cross-site',
        'sec-fetch-mode': 'no-cors',
        'sallyport-console': null,
      },
    }),
  ],
  [
    'fetch with our header, were it let through',
    () => ({ headers: { origin: evil, 'sec-fetch-site': 'cross-site' } }),
  ],
  [
    'the same by a browser without fetch metadata',
    () => ({ headers: { origin: evil, 'sec-fetch-site': null } }),
  ],
  ['a sandboxed frame', () => ({ headers: { origin: 'null', 'sec-fetch-site': 'cross-site' } })],
  [
    'a sandboxed frame, without fetch metadata',
    () => ({ headers: { origin: 'null', 'sec-fetch-site': null } }),
  ],
  [
    'a form without an origin',
    () => ({
      type: 'application/x-www-form-urlencoded',
      body: 'x=1',
      headers: { origin: null, 'sec-fetch-site': null, 'sallyport-console': null },
    }),
  ],
  ['no origin', () => ({ headers: { origin: null } })],
  [
    'no origin, no fetch metadata, our header',
    () => ({ headers: { origin: null, 'sec-fetch-site': null } }),
  ],
  ['no header of ours', () => ({ headers: { 'sallyport-console': null } })],
  [
    'another port of this machine',
    () => ({ headers: { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' } }),
  ],
  [
    'another port, without fetch metadata',
    () => ({ headers: { origin: 'http://127.0.0.1:1', 'sec-fetch-site': null } }),
  ],
  [
    'the gateway’s own port',
    () => ({ headers: { origin: bank.real.url, 'sec-fetch-site': 'same-site' } }),
  ],
  [
    'another name of this machine',
    () => ({
      headers: { origin: `http://localhost:${here().port}`, 'sec-fetch-site': 'cross-site' },
    }),
  ],
  [
    'another name of this machine, without fetch metadata',
    () => ({ headers: { origin: `http://localhost:${here().port}`, 'sec-fetch-site': null } }),
  ],
  [
    'a rebound name',
    () => ({
      headers: {
        host: `evil.example:${here().port}`,
        origin: `http://evil.example:${here().port}`,
        'sec-fetch-site': 'same-origin',
      },
    }),
  ],
  [
    'a rebound name that begins like ours',
    () => ({
      headers: {
        host: `127.0.0.1.evil.example:${here().port}`,
        origin: `http://127.0.0.1.evil.example:${here().port}`,
      },
    }),
  ],
  [
    'a rebound name that ends like ours',
    () => ({
      headers: {
        host: `evil.localhost:${here().port}`,
        origin: `http://evil.localhost:${here().port}`,
      },
    }),
  ],
  [
    'a number that is our address',
    () => ({
      headers: { host: `2130706433:${here().port}`, origin: `http://2130706433:${here().port}` },
    }),
  ],
  [
    'our name before an @',
    () => ({
      headers: {
        host: `127.0.0.1:${here().port}@evil.example`,
        origin: `http://127.0.0.1:${here().port}@evil.example`,
      },
    }),
  ],
  ['our origin with a path', () => ({ headers: { origin: `${here().origin}/` } })],
  ['our origin twice', () => ({ headers: { origin: `${here().origin}, ${here().origin}` } })],
  [
    'our origin over TLS',
    () => ({
      headers: { origin: here().origin.replace('http:', 'https:'), 'sec-fetch-site': null },
    }),
  ],
];

describe('changes nothing, on every route:', () => {
  test.each(foreign)('%s', async (_, made) => {
    await expectUnchanged(async () => {
      const { headers, type, body } = made();
      for (const [method, path, own] of changing) {
        const heard = await bob.send(method, path(), body ?? JSON.stringify(own()), {
          ...headers,
          ...(type === undefined ? {} : { 'content-type': type }),
        });
        expect([heard.status, path()]).toEqual([403, path()]);
        expect(heard.headers['set-cookie']).toBeUndefined();
      }
    });
  });

  test.each([
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=b',
    'text/json',
    '',
  ])('a body of our own origin as %j', async (type) => {
    await expectUnchanged(async () => {
      for (const [method, path, own] of changing) {
        if (method === 'DELETE') continue;
        const heard = await bob.send(method, path(), JSON.stringify(own()), {
          'content-type': type,
        });
        expect([heard.status, path()]).toEqual([415, path()]);
      }
    });
  });

  test.each([
    ['x-http-method-override', 'POST'],
    ['x-method-override', 'POST'],
    ['x-http-method', 'DELETE'],
  ])('GET with %s: %s', async (name, value) => {
    await expectUnchanged(async () => {
      for (const [, path] of changing) {
        const heard = await bob.get(`${path()}?_method=POST&answer=approve&digest=${hold.digest}`, {
          [name]: value,
          'sallyport-console': '1',
        });
        expect([405, 400, 200]).toContain(heard.status);
      }
    });
  });

  test('a preflight is told nothing', async () => {
    for (const path of [...changing.map(([, of]) => of()), ...reading.map((of) => of())]) {
      const { status, headers } = await bob.send('OPTIONS', path, null, {
        origin: evil,
        'sec-fetch-site': 'cross-site',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'sallyport-console,content-type',
        'access-control-request-private-network': 'true',
      });
      expect([403, 405]).toContain(status);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test('the gateway’s own edges answer no page either', async () => {
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'bank.note', arguments: { id: 'from a page' } },
    };
    for (const path of ['/mcp', '/v1/runs'])
      for (const headers of [{ origin: evil }, { origin: 'null' }, {}]) {
        const heard = await fetch(`${bank.real.url}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', cookie: bob.cookie ?? '', ...headers },
          body: JSON.stringify(call),
        });
        expect([401, 403]).toContain(heard.status);
      }
    await bank.expectNever('from a page');
  });
});

describe('reading', () => {
  test.each(foreign.filter(([name]) => /rebound|number|@/.test(name)))(
    'by %s: nothing',
    async (_, made) => {
      for (const path of [...reading, ...pages]) {
        const { host } = made().headers;
        const heard = await bob.get(path(), { host: host ?? null });
        expect([heard.status, path()]).toEqual([403, path()]);
        expect(heard.text).not.toContain('bank');
      }
    },
  );

  test('by another site’s script, picture or frame: nothing', async () => {
    for (const destination of ['script', 'image', 'iframe', 'object', 'style', 'empty'])
      for (const path of reading) {
        const heard = await bob.get(path(), {
          'sec-fetch-site': 'cross-site',
          'sec-fetch-mode': 'no-cors',
          'sec-fetch-dest': destination,
        });
        expect([heard.status, path()]).toEqual([403, path()]);
      }
  });
});

test('no answer may be framed, sniffed, kept, or read by another origin: every page and every route says so', async () => {
  const stranger = new Browser(bank.real.console);
  for (const browser of [bob, stranger])
    for (const path of [
      ...pages,
      ...reading.filter((of) => of() !== '/api/stream'),
      ...changing.map(([, of]) => of),
      () => '/assets/none.js',
    ]) {
      const { headers } = await browser.get(path());
      expect([headers['x-frame-options'], path()]).toEqual(['DENY', path()]);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
        'cache-control': expect.stringMatching(/no-store|no-cache/),
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  const stream = await bob.open('GET', '/api/stream');
  expect(stream.headers).toMatchObject({
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'content-type': expect.stringContaining('text/event-stream'),
  });
  stream.destroy();
});

describe('a program that looks at the link before anybody opens it', () => {
  const programs = [
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'Slack-ImgProxy (+https://api.slack.com/robots)',
    'facebookexternalhit/1.1',
    'Twitterbot/1.0',
    'WhatsApp/2.23',
    'TelegramBot (like TwitterBot)',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5',
    'LinkedInBot/1.0',
    'Mozilla/5.0 (compatible; Googlebot/2.1)',
    'Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Mail',
  ];
  test.each(programs)('%s changes nothing, with a person’s cookie or without', async (agent) => {
    const stranger = new Browser(bank.real.console);
    await expectUnchanged(async () => {
      for (const browser of [stranger, bob])
        for (const method of ['GET', 'HEAD'])
          for (const path of [...pages, ...reading, ...changing.map(([, of]) => of)]) {
            const headers = {
              'user-agent': agent,
              'sec-fetch-site': null,
              purpose: 'prefetch',
              'sec-purpose': 'prefetch',
            };
            const answer = await browser.open(method, path(), null, headers);
            expect([200, 400, 401, 404, 405, 409, 503]).toContain(answer.statusCode);
            answer.destroy();
          }
    });
  });

  test('learns nothing of the call from the page', async () => {
    const stranger = new Browser(bank.real.console);
    for (const path of pages) {
      const { text } = await stranger.get(path(), { 'sec-fetch-site': null });
      expect(text).not.toMatch(/by another page|bank|clerk|call_/);
    }
  });
});
