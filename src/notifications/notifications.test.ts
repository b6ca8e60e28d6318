import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Answer, receiveHttp } from '../../test/notifications/receivers.ts';
import { checkSlack, slackText } from '../../test/notifications/slack-limits.ts';
import { notifyPolicy, openNotifyWorld, until } from '../../test/notifications/world.ts';

const slack = '[{ slack: { webhook: { from: env:SLACK } } }]';
const consoleUrl = 'https://console.example';

const posted = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  notices: z.array(
    z.looseObject({ id: z.string(), about: z.string(), call: z.string().nullable() }),
  ),
  more: z.number(),
  console: z.string().nullable(),
});

const hook = (url: string): string =>
  `[{ webhook: { url: "${url}", secret: { from: env:HOOK } } }]`;
const secrets = (url: string): Record<string, string> => ({
  'env:SLACK': url,
  'env:HOOK': 'shared',
});

describe('a hold', () => {
  test('reaches Slack with facts and a link, and the record says so', async () => {
    await using there = await receiveHttp(200);
    await using world = await openNotifyWorld({
      approvals: slack,
      secrets: secrets(there.url),
      consoleUrl,
    });
    await world.hold('call_1');
    await until(async () => (await world.sent()).length === 1);
    const text = slackText(JSON.parse(there.posted[0]?.body ?? ''));
    expect(text).toContain('helper waits for an answer: mail.send');
    expect(text).toContain('irreversible');
    expect(text).toContain('somebody of leads');
    expect(text).toContain('https://console.example/holds/call_1');
    expect(await world.sent()).toMatchObject([
      {
        channel: 'approvals.slack.0',
        about: 'call.held',
        call: 'call_1',
        ok: true,
        attempts: 1,
        failure: null,
      },
    ]);
  });

  test('that is settled before anybody was told is told nobody', async () => {
    await using there = await receiveHttp(200);
    await using world = await openNotifyWorld({ approvals: slack, secrets: secrets(there.url) });
    await world.hold('call_1');
    await world.settle('call_1');
    await world.hold('call_2');
    await until(() => there.posted.length === 1);
    expect(there.posted[0]?.body).toContain('call_2');
    expect(there.posted[0]?.body).not.toContain('call_1');
  });

  test('that a person edited is told anew, as an edit', async () => {
    await using there = await receiveHttp(200);
    await using world = await openNotifyWorld({ approvals: slack, secrets: secrets(there.url) });
    await world.hold('call_1');
    await until(() => there.posted.length === 1);
    const digest = `sha256:${'2'.repeat(64)}`;
    await world.hold('call_1', { digest, edited: { by: 'bob', from: digest } });
    await until(() => there.posted.length === 2);
    expect(slackText(JSON.parse(there.posted[1]?.body ?? ''))).toContain('changed by bob');
  });

  test('that expires while its channel is down is not asked for any more', async () => {
    await using there = await receiveHttp(503);
    await using world = await openNotifyWorld({
      approvals: slack,
      secrets: secrets(there.url),
      pace: { giveUpMs: 60_000 },
    });
    await world.hold('call_1', { expiresAtMs: world.store.nowMs() + 150 });
    await until(async () => (await world.sent()).length === 1);
    const tries = there.posted.length;
    expect(await world.sent()).toMatchObject([{ ok: false, attempts: tries, failure: 'http_503' }]);
  });

  test('that is answered while its channel hiccups is nobody’s alert', async () => {
    await using there = await receiveHttp(503);
    await using world = await openNotifyWorld({
      approvals: slack,
      secrets: secrets(there.url),
      pace: { giveUpMs: 60_000, firstRetryMs: 100, retryMaxMs: 100 },
    });
    await world.hold('call_1');
    await until(() => there.posted.length === 1);
    await world.settle('call_1');
    await until(async () => (await world.sent()).length === 1);
    expect(await world.sent()).toMatchObject([{ ok: false, attempts: 1 }]);
    expect(await world.alerts()).toEqual([]);
  });

  test('of a result that is withheld says so, until it is released', async () => {
    await using there = await receiveHttp(200);
    await using world = await openNotifyWorld({ approvals: slack, secrets: secrets(there.url) });
    await world.withhold('call_1');
    await until(() => there.posted.length === 1);
    expect(slackText(JSON.parse(there.posted[0]?.body ?? ''))).toContain(
      'What mail.send returned to helper is withheld until somebody releases it',
    );
  });
});

describe('a thousand in a second', () => {
  test('are a few messages for people, and each one for a program', {
    timeout: 60_000,
  }, async () => {
    await using people = await receiveHttp(200);
    await using program = await receiveHttp(200);
    await using world = await openNotifyWorld({
      approvals: `[{ slack: { webhook: { from: env:SLACK } } }, { webhook: { url: "${program.url}", secret: { from: env:HOOK } } }]`,
      secrets: secrets(people.url),
    });
    const calls = Array.from({ length: 1_000 }, (_, index) => `call_${index}`);
    await Promise.all(calls.map((call) => world.hold(call)));
    await until(async () => (await world.sent()).length === 2_000);
    expect(people.posted.length).toBeLessThan(20);
    const texts = people.posted.map(({ body }) => slackText(JSON.parse(body)));
    expect(texts.some((text) => /and \d{3} more/.test(text))).toBe(true);
    const told = program.posted.flatMap(({ body }) => posted.parse(JSON.parse(body)).notices);
    expect(told).toHaveLength(1_000);
    expect(new Set(told.map(({ call }) => call))).toEqual(new Set(calls));
    expect(new Set(told.map(({ id }) => id)).size).toBe(1_000);
  });

  test('beyond what a channel keeps are counted', { timeout: 60_000 }, async () => {
    await using there = await receiveHttp(200);
    await using world = await openNotifyWorld({
      alerts: slack,
      secrets: secrets(there.url),
      begin: false,
    });
    world.notifications.begin(null);
    await until(async () => (await world.store.listState('notify:')).length === 1);
    await Promise.all(Array.from({ length: 1_050 }, () => world.alert('limit_reached')));
    await until(async () => (await world.sent()).length >= 1_000);
    expect(there.posted.map(({ body }) => slackText(JSON.parse(body))).join('\n')).toContain(
      'more',
    );
    await until(async () => {
      const [state] = await world.store.listState('notify:');
      return JSON.stringify(state?.value).includes('"pending":[]');
    });
  });
});

describe('a restart', () => {
  test('sends what was not delivered, and nothing that was; holds that are over are not asked for', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sallyport-notify-'));
    await using _ = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
    await using down = await receiveHttp(200, 503);
    {
      await using world = await openNotifyWorld({
        directory,
        approvals: hook(down.url),
        secrets: secrets(''),
        pace: { giveUpMs: 60_000, retryMaxMs: 60_000, firstRetryMs: 60_000 },
      });
      await world.hold('call_1');
      await until(async () => (await world.sent()).length === 1);
      await world.hold('call_2');
      await until(() => down.posted.length === 2);
      await world.hold('call_3');
      await world.stop();
    }
    const firstTry = posted.parse(JSON.parse(down.posted[1]?.body ?? ''));
    {
      // Nobody is told of what happens meanwhile: there is no notification here, as after a crash.
      await using world = await openNotifyWorld({ directory, begin: false, secrets: {} });
      await world.settle('call_3', 'withdrawn');
      await world.hold('call_4');
      await world.withhold('call_5');
    }
    await using up = await receiveHttp(200);
    await using world = await openNotifyWorld({
      directory,
      approvals: hook(up.url),
      secrets: secrets(''),
    });
    await until(async () => (await world.sent()).length === 4);
    const told = up.posted.flatMap(({ body }) => posted.parse(JSON.parse(body)).notices);
    expect(told.map(({ call }) => call)).toEqual(['call_2', 'call_4', 'call_5']);
    expect(told[0]?.id).toBe(firstTry.notices[0]?.id);
  });

  test('of a process that was killed between sending and recording sends it once more, under its id', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sallyport-notify-'));
    await using _ = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
    await using there = await receiveHttp(200);
    const options = { directory, approvals: hook(there.url), secrets: secrets('') };
    {
      await using world = await openNotifyWorld(options);
      await until(async () => (await world.store.listState('notify:')).length === 1);
      const [before] = await world.store.listState('notify:');
      await world.hold('call_1');
      await until(async () => (await world.sent()).length === 1);
      await world.stop();
      await using raw = await openNotifyWorld({ directory, begin: false });
      await raw.store.commitGateway({
        events: [],
        writes: [{ key: 'notify:approvals.webhook.0', value: before?.value ?? null }],
      });
    }
    await using world = await openNotifyWorld(options);
    await until(() => there.posted.length === 2);
    const ids = there.posted.map(({ headers }) => headers['idempotency-key']);
    expect(ids[0]).toMatch(/^ntf_/);
    expect(new Set(ids).size).toBe(1);
    await until(async () => (await world.sent()).length === 2);
  });

  test('with a channel that is new tells it nothing of before', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sallyport-notify-'));
    await using _ = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
    await using there = await receiveHttp(200);
    {
      await using world = await openNotifyWorld({ directory });
      await world.hold('call_1');
    }
    await using world = await openNotifyWorld({
      directory,
      approvals: hook(there.url),
      secrets: secrets(''),
    });
    await until(async () => (await world.store.listState('notify:')).length === 1);
    await world.hold('call_2');
    await until(() => there.posted.length === 1);
    expect(there.posted[0]?.body).not.toContain('call_1');
  });
});

/** What the receiver does, what is tried, and what the record says. */
const failures: readonly (readonly [
  string,
  readonly Answer[],
  Partial<Record<string, unknown>>,
])[] = [
  ['takes it', [200], { ok: true, attempts: 1, failure: null }],
  ['takes it at the third try', [500, 502, 204], { ok: true, attempts: 3, failure: null }],
  ['asks for patience', [[429, { 'retry-after': '0' }], 200], { ok: true, attempts: 2 }],
  ['never has time', [429], { ok: false, failure: 'http_429' }],
  [
    'asks for more patience than there is',
    [[429, { 'retry-after': '9999' }]],
    { ok: false, attempts: 1, failure: 'http_429' },
  ],
  ['is broken', [500], { ok: false, failure: 'http_500' }],
  ['knows no such channel', [404], { ok: false, attempts: 1, failure: 'http_404' }],
  ['refuses the form', [400], { ok: false, attempts: 1, failure: 'http_400' }],
  [
    'redirects',
    [[302, { location: '/elsewhere' }]],
    { ok: false, attempts: 1, failure: 'redirect' },
  ],
  ['hangs up', [(request) => void request.socket.destroy()], { ok: false, failure: 'reset' }],
  ['hangs up once', [(request) => void request.socket.destroy(), 200], { ok: true, attempts: 2 }],
  ['never answers', [() => undefined], { ok: false, failure: 'timeout' }],
  [
    'answers without end',
    [
      (_, response) => {
        response.writeHead(200);
        const flood = (): unknown =>
          response.write(Buffer.alloc(65_536), (error) => error ?? flood());
        flood();
      },
    ],
    { ok: true, attempts: 1 },
  ],
];

describe.each(['slack', 'webhook'])('%s', (type) => {
  test.each(failures)('that %s', async (_, answers, record) => {
    await using there = await receiveHttp(...answers);
    await using world = await openNotifyWorld({
      approvals: type === 'slack' ? slack : hook(there.url),
      secrets: secrets(there.url),
      pace: { tryMaxMs: 150 },
    });
    await world.hold('call_1');
    await until(async () => (await world.sent()).length === 1);
    expect((await world.sent())[0]).toMatchObject(record);
    const ids = new Set(there.posted.map(({ headers }) => headers['idempotency-key']));
    expect(ids.size).toBe(1);
    // Whether it arrived at last, or not: more than a hiccup is an alert, and one.
    const { ok, attempts } = (await world.sent())[0] ?? { ok: false, attempts: 0 };
    expect(await world.alerts()).toHaveLength(!ok || attempts > 3 ? 1 : 0);
  });

  test('that nobody listens for', async () => {
    const there = await receiveHttp(200);
    await there[Symbol.asyncDispose]();
    await using world = await openNotifyWorld({
      approvals: type === 'slack' ? slack : hook(there.url),
      secrets: secrets(there.url),
    });
    await world.hold('call_1');
    await until(async () => (await world.sent()).length === 1);
    expect(await world.sent()).toMatchObject([{ ok: false, failure: 'refused' }]);
    expect(await world.alerts()).toMatchObject([
      { alert: 'notify_failed', details: { channel: `approvals.${type}.0`, failure: 'refused' } },
    ]);
  });
});

test.each(['http://hooks.example/in', 'ftp://127.0.0.1/', 'nothing'])(
  'Slack’s URL %s is not posted to: whoever sits between would have it',
  async (url) => {
    await using world = await openNotifyWorld({ approvals: slack, secrets: { 'env:SLACK': url } });
    await world.hold('call_1');
    await until(async () => (await world.sent()).length === 1);
    expect(await world.sent()).toMatchObject([{ ok: false, attempts: 1, failure: 'url' }]);
  },
);

describe('channels are apart', () => {
  test('one that hangs delays no other', async () => {
    await using slow = await receiveHttp(() => undefined);
    await using good = await receiveHttp(200);
    await using world = await openNotifyWorld({
      approvals: `[{ webhook: { url: "${slow.url}", secret: { from: env:HOOK } } }, { webhook: { url: "${good.url}", secret: { from: env:HOOK } } }]`,
      secrets: secrets(''),
      pace: { tryMaxMs: 60_000 },
    });
    await world.hold('call_1');
    await until(() => good.posted.length === 1);
    await world.hold('call_2');
    await until(() => good.posted.length === 2);
    expect(slow.posted).toHaveLength(1);
  });

  test('that one failed is told over another, and never over itself', async () => {
    await using broken = await receiveHttp(404);
    await using good = await receiveHttp(200);
    const both = `[{ webhook: { url: "${broken.url}", secret: { from: env:HOOK } } }, { webhook: { url: "${good.url}", secret: { from: env:HOOK } } }]`;
    await using world = await openNotifyWorld({
      approvals: both,
      alerts: both,
      secrets: secrets(''),
    });
    await world.hold('call_1');
    await until(() => good.posted.length === 2);
    const told = good.posted.flatMap(({ body }) => posted.parse(JSON.parse(body)).notices);
    expect(told.map(({ about }) => about).sort()).toEqual(['call.held', 'notify_failed']);
    expect(JSON.stringify(told)).toContain('"channel":"approvals.webhook.0"');
    expect(broken.posted).toHaveLength(1);
  });

  test('two that are down don’t tell each other of it for ever', async () => {
    await using one = await receiveHttp(404);
    await using other = await receiveHttp(404);
    await using world = await openNotifyWorld({
      approvals: hook(one.url),
      alerts: `[{ webhook: { url: "${one.url}", secret: { from: env:HOOK } } }, { webhook: { url: "${other.url}", secret: { from: env:HOOK } } }]`,
      secrets: secrets(''),
    });
    await world.hold('call_1');
    await until(async () => (await world.sent()).length === 2);
    // Whatever else were to come would have been offered by now, at this pace.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await world.alerts()).toHaveLength(1);
    expect(one.posted.length + other.posted.length).toBe(2);
  });
});

describe('alerts', () => {
  test('are sent if the policy names them, with names and codes alone', async () => {
    await using there = await receiveHttp(200);
    await using world = await openNotifyWorld({
      alerts: slack,
      secrets: secrets(there.url),
      consoleUrl,
    });
    await world.alert('would_refuse', { codes: ['gate.tier'] });
    await world.alert('definition_changed', {
      tool: 'mail.<!channel> @here',
      said: 'a text that an upstream wrote',
    });
    await until(async () => (await world.sent()).length === 1);
    const text = slackText(JSON.parse(there.posted[0]?.body ?? ''));
    expect(text).toContain('not any more what was accepted');
    expect(text).toContain('mail.&lt;!channel&gt;');
    expect(text).not.toContain('upstream wrote');
    expect(await world.sent()).toMatchObject([{ about: 'definition_changed', ok: true }]);
  });
});

describe('a reload', () => {
  test('adds a channel, and takes one away', async () => {
    await using first = await receiveHttp(200);
    await using second = await receiveHttp(200);
    await using world = await openNotifyWorld({
      approvals: hook(first.url),
      secrets: secrets(''),
    });
    await world.hold('call_1');
    await until(async () => (await world.sent()).length === 1);
    world.policy = notifyPolicy({ approvals: hook(second.url) });
    await world.hold('call_2');
    await until(() => second.posted.length === 1);
    world.policy = notifyPolicy({});
    await until(async () => (await world.store.listState('notify:')).length === 0);
    await world.hold('call_3');
    await world.stop();
    expect([first.posted.length, second.posted.length]).toEqual([1, 1]);
  });
});

test('a gateway that stops waits no longer than a moment for a channel that hangs', async () => {
  await using there = await receiveHttp(() => undefined);
  await using world = await openNotifyWorld({
    approvals: hook(there.url),
    secrets: secrets(''),
    pace: { tryMaxMs: 600_000 },
  });
  await world.hold('call_1');
  await until(() => there.posted.length === 1);
  await world.stop();
  expect(there.posted).toHaveLength(1);
});

describe('a secret that is never read to its end', () => {
  function hanging() {
    const world = {
      reads: 0,
      secrets: {
        get 'env:HOOK'() {
          world.reads += 1;
          return new Promise<string>(() => undefined);
        },
      },
    };
    return world;
  }

  test('is a try that took too long, and is not read again beside itself', async () => {
    const hang = hanging();
    await using world = await openNotifyWorld({
      approvals: hook('http://127.0.0.1:9/'),
      secrets: hang.secrets,
      pace: { tryMaxMs: 20 },
    });
    await world.hold('call_1');
    await until(async () => (await world.sent()).length === 1);
    const [sent] = await world.sent();
    expect(sent).toMatchObject({ ok: false, failure: 'timeout' });
    expect(sent?.attempts).toBeGreaterThan(1);
    expect(hang.reads).toBe(1);
  });

  test('keeps no gateway from stopping', async () => {
    const hang = hanging();
    await using world = await openNotifyWorld({
      approvals: hook('http://127.0.0.1:9/'),
      secrets: hang.secrets,
      pace: { tryMaxMs: 600_000 },
    });
    await world.hold('call_1');
    await until(() => hang.reads === 1);
    await world.stop();
  });
});

test('Slack’s limits are checked: what it would refuse fails here', () => {
  const bare = { type: 'section', text: { type: 'plain_text', text: '<!channel>' } };
  const rest = {
    text: 'x',
    parse: 'none',
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
  };
  expect(() => checkSlack({ ...rest, blocks: [bare] })).toThrow();
  expect(() => checkSlack({ ...rest, blocks: [] })).toThrow();
});
