/**
 * `sallyport up` is killed (SIGKILL) between the hold, the answer and the start: what waited waits, what was answered is
 * answered, and nothing is done twice or by nobody's answer.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../../../src/content/value.ts';
import { askGateway } from '../../../src/edges/admin/client.ts';
import { fold } from '../../../src/engine/fold.ts';
import { openSqliteReader } from '../../../src/store/sqlite/open.ts';
import { Browser, type Seen } from '../../console-rig.ts';
import {
  answers,
  type Caller,
  callOf,
  expectBooks,
  type Heard,
  holdOf,
  no,
  type PreparedBank,
  prepareBank,
  yes,
} from './bank.ts';

const readyMs = 20_000;
const main = new URL('../../../src/cli/main.ts', import.meta.url).pathname;
const said = z.object({ url: z.string(), console: z.string() });

let bank: PreparedBank;
let gateway: Up;
let policy: string;
let clerk: Caller;
let bob: Browser;
let eve: Browser;

interface Up {
  readonly url: string;
  readonly console: string;
  readonly kill: () => Promise<void>;
}

/** @param ports - of the one before: people's cookies are for them. */
async function up(ports: readonly string[] = ['0', '0']): Promise<Up> {
  const { policyFile, dataDirectory } = bank.prepared;
  const [port = '0', consolePort = '0'] = ports;
  const child = spawn(
    process.execPath,
    [
      main,
      'up',
      '--json',
      '--policy',
      policyFile,
      '--data',
      dataDirectory,
      '--port',
      port,
      '--console-port',
      consolePort,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const exited = once(child, 'exit');
  const late = setTimeout(() => child.kill('SIGKILL'), readyMs);
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(late);
    const { url, console: people } = said.parse(JSON.parse(line));
    return {
      url: url.replace('/mcp', ''),
      console: people,
      async kill() {
        child.kill('SIGKILL');
        await exited;
      },
    };
  }
  throw new Error('the gateway did not come up');
}

const portOf = (url: string): string => new URL(url).port;

async function killed(meanwhile: () => Promise<void> = () => Promise.resolve()): Promise<void> {
  await gateway.kill();
  await meanwhile();
  gateway = await up([portOf(gateway.url), portOf(gateway.console)]);
}

async function token(holder: JsonObject): Promise<string> {
  const input = { expiresInMs: null, ...holder };
  return String((await askGateway(bank.prepared.dataDirectory, 'token.mint', input))?.['token']);
}

async function person(name: string): Promise<Browser> {
  const browser = new Browser(gateway.console);
  const signed = await browser.post('/api/session', {
    token: await token({ holder: 'approver', name }),
  });
  expect(signed.status).toBe(200);
  return browser;
}

const call = (tool: string, args: JsonObject): Promise<Heard> =>
  callOf(gateway.url, clerk, tool, args);

interface Held {
  readonly id: string;
  readonly digest: string;
}

async function hold(tool: string, args: JsonObject): Promise<Held> {
  const id = holdOf((await call(tool, args)).message);
  const { status, json } = await bob.get(`/api/holds/${id}`);
  expect(status).toBe(200);
  return { id, digest: isJsonObject(json) ? String(json['digest']) : '' };
}

async function countOf(part: string): Promise<number> {
  return (await bank.done()).filter((line) => line.includes(part)).length;
}

/** After whatever was begun has reached the bank. */
let notes = 0;
async function expectDone(part: string, times: number): Promise<void> {
  notes += 1;
  expect((await call('note', { id: `note ${notes}` })).code).toBe('ok');
  expect([part, await countOf(part)]).toEqual([part, times]);
}

const onRepeat = (text: string): string =>
  text.replace('wait: 0s,', 'wait: 0s, execute: on_repeat,');

beforeAll(async () => {
  bank = await prepareBank({ policy: onRepeat });
  policy = await readFile(bank.prepared.policyFile, 'utf8');
  gateway = await up();
  clerk = { token: await token({ holder: 'agent', name: 'clerk', user: 'ann' }) };
  [bob, eve] = [await person('bob'), await person('eve')];
}, 60_000);
afterAll(async () => {
  await gateway.kill();
  const reader = await openSqliteReader({ directory: bank.prepared.dataDirectory, foldRun: fold });
  const events = await reader.events({ limit: 10_000 });
  await reader[Symbol.asyncDispose]();
  const effects = (await bank.done()).filter((line) => !line.startsWith('note '));
  expectBooks(
    events.map(({ event }) => event),
    effects,
  );
  await bank[Symbol.asyncDispose]();
});

const statuses = (all: readonly Seen[]): readonly number[] => all.map(({ status }) => status);

test('between the hold and the answer, between one answer and another, and between the answer and the repeat', async () => {
  const pay = (id: string): JsonObject => ({ id, note: '' });
  const waits = await hold('pay', pay('waits'));
  const refused = await hold('pay', pay('refused'));
  const agreed = await hold('pay', pay('agreed'));
  const half = await hold('wire', { id: 'half' });
  const given = [
    await answers(bob, refused, no(refused)),
    await answers(bob, agreed, yes(agreed)),
    await answers(bob, half, yes(half)),
  ];
  expect(statuses(given)).toEqual([200, 200, 200]);
  await killed();
  // Nothing of it is done by a start, nor taken a second time.
  for (const id of ['waits', 'refused', 'agreed', 'half']) await expectDone(`"${id}"`, 0);
  const again = [
    await answers(bob, refused, yes(refused)),
    await answers(eve, agreed, yes(agreed)),
    await answers(bob, half, yes(half)),
    await answers(bob, waits, yes(refused)),
  ];
  expect(statuses(again)).toEqual([404, 409, 409, 409]);
  const last = [await answers(eve, half, yes(half)), await answers(bob, waits, yes(waits))];
  expect(statuses(last)).toEqual([200, 200]);
  expect((await call('pay', pay('refused'))).code).toBe('approval.rejected');
  expect((await call('pay', pay('agreed'))).code).toBe('ok');
  await killed();
  expect((await call('wire', { id: 'half' })).code).toBe('ok');
  expect((await call('pay', pay('waits'))).code).toBe('ok');
  await call('pay', pay('agreed'));
  for (const one of [waits, refused, agreed, half])
    for (const who of [bob, eve]) expect((await answers(who, one, yes(one))).status).not.toBe(200);
  for (const [id, times] of [
    ['waits', 1],
    ['refused', 0],
    ['agreed', 1],
    ['half', 1],
  ] as const)
    await expectDone(`"${id}"`, times);
}, 60_000);

test('right after the answer, where Sallyport performs the call itself: done once, or known as not known', async () => {
  await killed(() =>
    writeFile(bank.prepared.policyFile, policy.replace(' execute: on_repeat,', '')),
  );
  for (const delayMs of [0, 4]) {
    const args = { id: `killed after ${delayMs} ms.`, note: '' };
    const one = await hold('pay', args);
    expect((await answers(bob, one, yes(one))).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    await killed();
    const isOver = async (): Promise<boolean> => {
      const { json } = await bob.get(`/api/holds/${one.id}`);
      return isJsonObject(json) && json['over'] !== undefined;
    };
    await vi.waitUntil(isOver, { timeout: 10_000, interval: 20 });
    expect((await answers(eve, one, yes(one))).status).not.toBe(200);
    const { code } = await call('pay', args);
    expect(await countOf(args.id)).toBeLessThanOrEqual(1);
    if (code === 'ok' || code === 'call.duplicate') await expectDone(args.id, 1);
  }
}, 60_000);

test('and the policy tightened, or the tool changed, before it is started again', async () => {
  const forbidden = await hold('wire', { id: 'forbidden meanwhile' });
  const renamed = await hold('pay', { id: 'renamed meanwhile', note: '' });
  await killed(async () => {
    await writeFile(bank.prepared.policyFile, policy.replace('wire: allow, ', ''));
    await bank.set('title', 'Pays somebody else');
  });
  for (const one of [forbidden, renamed])
    for (const who of [bob, eve]) await answers(who, one, yes(one));
  expect((await call('wire', { id: 'forbidden meanwhile' })).code).not.toBe('ok');
  expect((await call('pay', { id: 'renamed meanwhile', note: '' })).code).not.toBe('ok');
  await expectDone('meanwhile', 0);
}, 60_000);
