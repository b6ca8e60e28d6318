/** A process that is killed in the middle of telling somebody: what it leaves behind is told by the next one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openGateway } from '../../src/gateway.ts';
import { receiveHttp } from './receivers.ts';
import { until } from './world.ts';

const policy = (url: string): string => `
sallyport: 1
enforcement: strict
upstreams: { desk: { functions: true } }
tools:
  desk.send: { action: send, tier: consequential, reach: internal, args: { text: content } }
users: { static: { ann: { roles: [leads] } } }
roles: { leads: { permissions: { desk: { send: allow } } } }
approvals: { default: leads, notify: [{ webhook: { url: "${url}", secret: { from: env:NOTIFY_SECRET } } }] }
agents: { clerk: { unattended: { owner: leads }, permissions: { desk: { send: allow } } } }
`;

/** Makes a call that a person is asked about, and waits for them. */
const program = (policyFile: string): string => `
import { open } from ${JSON.stringify(new URL('../../src/index.ts', import.meta.url).href)};
await using door = await open({ policy: ${JSON.stringify(policyFile)} });
const send = door.tool('desk.send', () => 'sent');
await door.run({ agent: 'clerk' }, () => send({ text: 'hello' }));
`;

test('killed while a receiver has the message and hasn’t answered, it is sent once more, under its id, and recorded once', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sallyport-killed-'));
  await using _ = { [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
  process.env['NOTIFY_SECRET'] = 'a shared secret';
  const silent = (): void => undefined;
  await using there = await receiveHttp(silent, 200);
  const policyFile = join(root, 'sallyport.yaml');
  await writeFile(policyFile, policy(there.url));
  await writeFile(join(root, 'program.mts'), program(policyFile));
  const killed = spawn(process.execPath, [join(root, 'program.mts')], { stdio: 'inherit' });
  const ended = once(killed, 'exit');
  try {
    await until(() => there.posted.length === 1);
  } finally {
    killed.kill('SIGKILL');
    await ended;
  }

  const dataDirectory = join(root, '.sallyport');
  await using gateway = await openGateway({
    ...{ policyFile, dataDirectory, as: 'library' },
    log: () => undefined,
  });
  const sent = () => gateway.store.events({ type: 'notification.sent', limit: 9 });
  await until(async () => (await sent()).length > 0);
  delete process.env['NOTIFY_SECRET'];
  expect((await sent()).map(({ event }) => event)).toMatchObject([{ ok: true, attempts: 1 }]);
  const [first, second] = there.posted.map(({ headers }) => headers['idempotency-key']);
  expect(there.posted).toHaveLength(2);
  expect(first).toMatch(/^ntf_/);
  expect(second).toBe(first);
  expect(there.posted[1]?.body).toBe(there.posted[0]?.body);
});
