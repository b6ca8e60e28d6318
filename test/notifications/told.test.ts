/** What a message says of a call, by what its channel may hold: in front of it stands a whole gateway. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openGateway } from '../../src/gateway.ts';
import { open } from '../../src/index.ts';
import { alertEvent } from '../../src/runtime/alerts.ts';
import { receiveHttp } from './receivers.ts';
import { until } from './world.ts';

const policy = (url: string, shows: string, timeout: string): string => `
sallyport: 1
enforcement: strict
upstreams: { desk: { functions: true } }
tools:
  desk.read: { action: read, tier: read_only, reach: internal, args: { id: identifier }, returns: { trust: trusted, classes: [orders] } }
  desk.send: { action: send, tier: consequential, reach: external, args: { to: recipient, text: content } }
users: { static: { ann: { roles: [staff] }, bob: { roles: [staff] } } }
roles: { staff: { permissions: { desk: { read: allow, send: allow } } } }
approvals: { default: staff, wait: 0s, timeout: ${timeout}, notify: [{ webhook: { url: "${url}", secret: { from: env:NOTIFY_SECRET }${shows} } }] }
alerts: { events: [approval_expired], notify: [{ webhook: { url: "${url}", secret: { from: env:NOTIFY_SECRET } } }] }
agents:
  clerk:
    acts_for: [staff]
    case: { customer: recipient }
    permissions: { desk: { read: allow, send: { recipients: [case.customer] } } }
`;

const customer = 'eve@customer.example';

const body = z.object({
  notices: z
    .array(
      z.object({
        summary: z.string(),
        reasons: z.array(z.object({ code: z.string(), text: z.string() })).min(1),
        values: z.array(z.object({ argument: z.string(), text: z.string() })),
      }),
    )
    .length(1),
});

async function told(shows: string, reads: boolean): Promise<z.infer<typeof body>> {
  const [first = ''] = await posts(shows, 1, reads);
  return body.parse(JSON.parse(first));
}

/** What a call that nobody answers has posted: that it waits, and then that it doesn't any more. */
async function posts(shows: string, count: number, reads = false): Promise<readonly string[]> {
  const root = mkdtempSync(join(tmpdir(), 'sallyport-told-'));
  process.env['NOTIFY_SECRET'] = 'a shared secret';
  try {
    await using there = await receiveHttp(200);
    writeFileSync(
      join(root, 'sallyport.yaml'),
      policy(there.url, shows, count === 1 ? '15m' : '2s'),
    );
    await using door = await open({ policy: join(root, 'sallyport.yaml'), held: 'throw' });
    const read = door.tool('desk.read', () => ({ order: 'o-17', of: 'Eve' }));
    const send = door.tool('desk.send', () => 'sent');
    await door.run({ agent: 'clerk', user: 'ann', case: { customer } }, async () => {
      if (reads) await read({ id: 'o-17' });
      await send({ to: customer, text: 'It is on its way.' }).catch(() => undefined);
      await until(() => there.posted.length >= count);
    });
    return there.posted.map(({ body: text }) => text);
  } finally {
    delete process.env['NOTIFY_SECRET'];
    rmSync(root, { recursive: true });
  }
}

test.each([
  ['nothing is said', '', false],
  ['a class that the run has read', ', shows: [orders]', true],
  ['personal data alone, where the run has read something else', ', shows: [pii]', true],
])('%s: no value of an argument is in a message', async (_, shows, reads) => {
  const [notice] = (await told(shows, reads)).notices;
  expect(notice?.values).toEqual([]);
  expect(JSON.stringify(notice)).not.toMatch(/eve|on its way/i);
});

test.each([
  ['everything that the run has read', ', shows: [orders, pii]', true],
  ['personal data, where the run has read nothing', ', shows: [pii]', false],
])('%s: the values are there', async (_, shows, reads) => {
  const [notice] = (await told(shows, reads)).notices;
  expect(notice?.values).toContainEqual({ argument: '/to', text: customer });
});

test('that nobody answered in time is an alert, which names the tool', async () => {
  const { notices } = JSON.parse((await posts('', 2))[1] ?? '');
  expect(notices).toMatchObject([{ about: 'approval_expired', details: { tool: 'desk.send' } }]);
});

test('its link leads to the console that the gateway serves', async () => {
  const root = mkdtempSync(join(tmpdir(), 'sallyport-told-'));
  process.env['NOTIFY_SECRET'] = 'a shared secret';
  try {
    await using there = await receiveHttp(200);
    const policyFile = join(root, 'sallyport.yaml');
    writeFileSync(policyFile, policy(there.url, '', '15m'));
    await using gateway = await openGateway({
      policyFile,
      dataDirectory: join(root, 'data'),
      as: 'gateway',
      log: () => undefined,
    });
    const people = { host: '127.0.0.1', port: 0, url: null };
    const served = await gateway.listen({ host: '127.0.0.1', port: 0, console: people });
    await until(async () => (await gateway.store.listState('notify:')).length === 2);
    const event = alertEvent('approval_expired', 'run_1', null, gateway.store.nowMs(), {});
    await gateway.store.commitGateway({ events: [event], writes: [] });
    await until(() => there.posted.length === 1);
    const { notices } = JSON.parse(there.posted[0]?.body ?? '');
    expect(notices).toMatchObject([{ url: `${served.console?.url}/runs/run_1` }]);
  } finally {
    delete process.env['NOTIFY_SECRET'];
    rmSync(root, { recursive: true });
  }
});
