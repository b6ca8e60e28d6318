/** docs/notifications.md: its policy loads, its receiver runs, its bounds and its body are those of the code. */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pace } from '../../src/notifications/route.ts';
import { loaded } from '../engine/scene.ts';
import { receiveHttp } from './receivers.ts';
import { openNotifyWorld, until } from './world.ts';

const document = readFileSync(join(import.meta.dirname, '../../docs/notifications.md'), 'utf8');

function block(language: string): string {
  const [, found] = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(document) ?? [];
  if (found === undefined) throw new Error(`no block of ${language}`);
  return found;
}

const secret = 'a secret that two share';
let directory: string;
let receiver: ReturnType<typeof spawn>;
let said = '';
let url: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-receiver-'));
  writeFileSync(join(directory, 'receiver.mjs'), block('js'));
  receiver = spawn(process.execPath, ['receiver.mjs'], {
    cwd: directory,
    env: { ...process.env, ONCALL_SECRET: secret, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  receiver.stdout?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await until(() => /port \d+/.test(said));
  url = `http://127.0.0.1:${/port (\d+)/.exec(said)?.[1]}/`;
});
afterAll(async () => {
  receiver.kill();
  await once(receiver, 'exit');
  rmSync(directory, { recursive: true });
});

test('its policy loads', () => {
  const text = `
sallyport: 1
upstreams: { mail: { functions: true } }
tools: { mail.read: { action: read, tier: read_only, reach: internal, args: {} } }
users: { static: { ann: { roles: [leads] } } }
roles: { leads: { permissions: { mail: { read: allow } } } }
agents: { helper: { acts_for: [leads], permissions: { mail: { read: allow } } } }
${block('yaml')}`;
  const policy = loaded(text, { tools: {} });
  expect(policy.approvals.notify.map(({ type }) => type)).toEqual(['slack', 'email']);
  expect(policy.alertChannels.map(({ type }) => type)).toEqual(['webhook']);
});

test('its receiver takes what the gateway posts', async () => {
  await using world = await openNotifyWorld({
    approvals: `[{ webhook: { url: "${url}", secret: { from: env:ONCALL } } }]`,
    secrets: { 'env:ONCALL': secret },
  });
  await world.hold('call_of_the_docs');
  await until(async () => (await world.sent()).length === 1);
  expect(await world.sent()).toMatchObject([{ ok: true, attempts: 1 }]);
  await until(() => said.includes('call.held call_of_the_docs'));
});

interface Forged {
  readonly ageSeconds?: number;
  readonly with?: string;
  readonly signed?: string;
}

async function post(body: string, forged: Forged = {}): Promise<number> {
  const timestamp = String(Math.floor(Date.now() / 1_000) - (forged.ageSeconds ?? 0));
  const mac = createHmac('sha256', forged.with ?? secret)
    .update(`${timestamp}.${forged.signed ?? body}`)
    .digest('hex');
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'sallyport-timestamp': timestamp, 'sallyport-signature': `v1=${mac}` },
    body,
  });
  return answer.status;
}

const notice = (call: string): string =>
  JSON.stringify({ notices: [{ id: `ntf_${call}`, about: 'call.held', call }] });

test.each<[string, Forged, number]>([
  ['as it was signed', {}, 204],
  ['four minutes old', { ageSeconds: 240 }, 204],
  ['six minutes old', { ageSeconds: 360 }, 401],
  ['of in six minutes', { ageSeconds: -360 }, 401],
  ['with another secret', { with: 'guessed' }, 401],
  ['with another body', { signed: notice('other') }, 401],
])('its receiver: %s', async (_, forged, status) => {
  expect(await post(notice('any'), forged)).toBe(status);
});

test('its receiver tells a repeat', async () => {
  const body = notice('twice');
  expect([await post(body), await post(body)]).toEqual([204, 204]);
  expect(await post(notice('after'))).toBe(204);
  await until(() => said.includes('call.held after'));
  expect(said.match(/call\.held twice/g)).toHaveLength(1);
});

test('its body has the fields of what is posted', async () => {
  await using there = await receiveHttp(200);
  await using world = await openNotifyWorld({
    approvals: `[{ webhook: { url: "${there.url}", secret: { from: env:ONCALL } } }]`,
    secrets: { 'env:ONCALL': secret },
  });
  await world.hold('call_1');
  await until(() => there.posted.length === 1);
  const [real, written] = [there.posted[0]?.body ?? '', block('json')].map((text) =>
    fieldsOf(JSON.parse(text)),
  );
  expect(written).toEqual(real);
});

function fieldsOf(body: { notices: readonly object[] }): unknown {
  return [Object.keys(body), body.notices.map((one) => Object.keys(one))];
}

test('its bounds are those of the code', () => {
  const { gatherMs, restMs, tryMaxMs, firstRetryMs, retryMaxMs, giveUpMs, lastTryMaxMs } = pace;
  for (const line of [
    `| gathered for | ${gatherMs} ms, then at most one message ${restMs === 1_000 ? 'a second' : ''} |`,
    `| one try | ${tryMaxMs / 1_000} s |`,
    `| between tries | ${firstRetryMs / 1_000} s, doubled up to ${retryMaxMs / 1_000} s,`,
    `| given up | after ${giveUpMs / 3_600_000} h,`,
    `| a stopping gateway waits | ${lastTryMaxMs / 1_000} s `,
  ])
    expect(document).toContain(line);
});
