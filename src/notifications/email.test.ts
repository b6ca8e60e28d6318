import { createServer } from 'node:net';
import tls from 'node:tls';
import type { SMTPServerOptions } from 'smtp-server';
import { describe, expect, test } from 'vitest';
import { ownCertificate } from '../../test/notifications/certificate.ts';
import { receiveMail, refusal } from '../../test/notifications/receivers.ts';
import { type NotifyOptions, openNotifyWorld, until } from '../../test/notifications/world.ts';

const email =
  '[{ email: { to: [ann@company.example, bob@company.example], smtp: { from: env:SMTP } } }]';

function mailing(url: string, options: NotifyOptions = {}): NotifyOptions {
  return { approvals: email, secrets: { 'env:SMTP': url }, ...options };
}

/** What the record says of one hold that was to be mailed. */
async function told(options: NotifyOptions): Promise<unknown> {
  await using world = await openNotifyWorld(options);
  await world.hold('call_1');
  await until(async () => (await world.sent()).length === 1);
  return (await world.sent())[0];
}

describe('a mail', () => {
  test('has a text and an HTML part, says that a machine wrote it, and leads to the console', async () => {
    await using there = await receiveMail();
    const sent = await told(
      mailing(`smtp://127.0.0.1:${there.port}`, { consoleUrl: 'https://console.example' }),
    );
    expect(sent).toMatchObject({ channel: 'approvals.email.0', ok: true, attempts: 1 });
    const [mail] = there.mails;
    expect(mail).toMatchObject({
      from: 'sallyport@company.example',
      to: ['ann@company.example', 'bob@company.example'],
    });
    const { id } = Object(sent);
    expect(Object.fromEntries(mail?.headers ?? [])).toMatchObject({
      subject: 'helper waits for an answer: mail.send',
      'auto-submitted': 'auto-generated',
      'message-id': `<${id}@company.example>`,
    });
    const text = mail?.parts.get('text/plain') ?? '';
    const html = mail?.parts.get('text/html') ?? '';
    for (const part of [text, html]) {
      expect(part).toContain('https://console.example/holds/call_1');
      expect(part).toContain('mail.send (irreversible)');
      expect(part).toContain('answers nothing');
    }
    expect(html).not.toMatch(/<(img|script|link|style|iframe|form)/);
  });

  test('has no header and no tag that somebody else wrote', async () => {
    await using there = await receiveMail();
    await using world = await openNotifyWorld(mailing(`smtp://127.0.0.1:${there.port}`));
    await world.hold('call_1', {
      tool: 'mail.x\r\nBcc: eve@evil.example\r\n\r\n<script>alert(1)</script>\u202e',
      user: 'ann <b onclick="x">\u0000',
    });
    await until(() => there.mails.length === 1);
    const [mail] = there.mails;
    expect(mail?.to).toHaveLength(2);
    expect(mail?.headers.has('bcc')).toBe(false);
    expect(mail?.headers.get('subject')).not.toContain('\u202e');
    const html = mail?.parts.get('text/html') ?? '';
    expect(html).not.toMatch(/<script|<b /);
    expect(html).toContain('&#60;script&#62;');
    expect(mail?.parts.get('text/plain')).not.toMatch(/^Bcc:/m);
  });

  test('of several is one, with a line each', async () => {
    await using there = await receiveMail();
    await using world = await openNotifyWorld(mailing(`smtp://127.0.0.1:${there.port}`));
    await Promise.all(Array.from({ length: 30 }, (_, index) => world.hold(`call_${index}`)));
    await until(async () => (await world.sent()).length === 30);
    const subjects = there.mails.map(({ headers }) => headers.get('subject'));
    expect(subjects.some((subject) => /^\d+ calls wait for an answer$/.test(subject ?? ''))).toBe(
      true,
    );
    expect(there.mails.length).toBeLessThan(6);
  });

  test('is signed in for with the password of the secret', async () => {
    await using there = await receiveMail();
    await told(mailing(`smtp://sal%40ly:right@127.0.0.1:${there.port}`));
    expect(there.mails).toMatchObject([{ user: 'sal@ly' }]);
  });
});

/** What the server does, and what the record says. */
const failures: readonly (readonly [string, SMTPServerOptions, string, object])[] = [
  ['the password is wrong', {}, 'u:wrong@', { ok: false, attempts: 1, failure: 'smtp_535' }],
  [
    'it has no room just now',
    { onMailFrom: (_address, _session, done) => done(refusal(452)) },
    '',
    { ok: false, failure: 'smtp_452' },
  ],
  [
    'it wants nothing of us',
    { onMailFrom: (_address, _session, done) => done(refusal(550)) },
    '',
    { ok: false, attempts: 1, failure: 'smtp_550' },
  ],
  [
    'it knows one of two',
    {
      onRcptTo: ({ address }, _session, done) =>
        done(address.startsWith('bob') ? refusal(550) : null),
    },
    '',
    { ok: false, attempts: 1, failure: 'smtp_recipient' },
  ],
  ['it takes too long', { onMailFrom: () => undefined }, '', { ok: false, failure: 'timeout' }],
];

describe('a server', () => {
  test.each(failures)('%s', async (_, options, user, record) => {
    await using there = await receiveMail(options);
    const url = `smtp://${user}127.0.0.1:${there.port}`;
    expect(await told(mailing(url, { pace: { tryMaxMs: 300 } }))).toMatchObject(record);
  });

  test('that isn’t there, then is: the mail arrives', async () => {
    const port = await freePort();
    await using world = await openNotifyWorld(
      mailing(`smtp://127.0.0.1:${port}`, { pace: { giveUpMs: 60_000 } }),
    );
    await world.hold('call_1');
    await until(async () => (await world.alerts()).length === 1);
    expect(await world.alerts()).toMatchObject([{ details: { failure: 'refused' } }]);
    await using there = await receiveMail({}, port);
    await until(async () => (await world.sent()).length === 1);
    expect(await world.sent()).toMatchObject([{ ok: true }]);
    expect(there.mails).toHaveLength(1);
  });

  test.each(['http://127.0.0.1/', 'smtp://', 'mail.example:25'])('%s is none', async (url) => {
    expect(await told(mailing(url))).toMatchObject({ ok: false, attempts: 1, failure: 'url' });
  });
});

describe('encryption', () => {
  const own = ownCertificate();

  test('a certificate that nobody vouches for is refused, and nothing is sent', async () => {
    await using there = await receiveMail({ ...own, secure: true });
    const url = `smtps://u:right@localhost:${there.port}`;
    expect(await told(mailing(url))).toMatchObject({ ok: false, failure: 'tls' });
    expect(there.mails).toEqual([]);
  });

  test.each([
    ['from the first byte', 'smtps', { secure: true }],
    ['by STARTTLS', 'smtp', { secure: false, disabledCommands: [] }],
  ] as const)('%s', async (_, scheme, options) => {
    const before = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...before, own.cert]);
    try {
      await using there = await receiveMail({ ...own, ...options, disabledCommands: [] });
      await told(mailing(`${scheme}://u:right@localhost:${there.port}`));
      expect(there.mails).toMatchObject([{ secure: true, user: 'u' }]);
    } finally {
      tls.setDefaultCACertificates(before);
    }
  });

  test('beyond this machine, no mail and no password goes out in clear text', async () => {
    await using there = await receiveMail();
    // Another name for this machine, which is none that stands for it.
    const url = `smtp://u:right@${otherName}:${there.port}`;
    expect(await told(mailing(url))).toMatchObject({ ok: false, failure: 'tls' });
    expect(there.mails).toEqual([]);
  });
});

/** Loopback too, and not written as one: as far as is known, any machine. */
const otherName = '[::ffff:127.0.0.1]';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
