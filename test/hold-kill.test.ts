/**
 * A gateway that dies, or is told to end, at each moment of a call that waits for a person: nothing of it happens twice or
 * unasked, nothing that anybody was told is lost, and what nobody can know is said to be so.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Browser } from './console-rig.ts';
import { slow } from './faults/desk.ts';
import { end, openScene, type Scene, type Up } from './faults/scene.ts';
import { callTool, postRun } from './mcp-client.ts';

const tool = 'shed.wire';
let scene: Scene;
let handle: string;
let up: Up;
let browser: Browser;

beforeAll(async () => {
  scene = await openScene({ stdio: true, compileCache: null, holdsFor: '10m' });
  await start();
  ({ handle } = await postRun(up.url, scene.tokens.opener, { agent: 'clerk' }));
}, 60_000);
afterAll(() => scene[Symbol.asyncDispose]());

async function start(): Promise<void> {
  const started = await scene.start();
  if (started === null) throw new Error('the gateway did not come up');
  up = started;
  browser = new Browser(up.console);
  await browser.post('/api/session', { token: scene.tokens.approvers[0] });
}

/** What its client hears of a call: its id and the code, or `ok`. */
async function call(id: string): Promise<{ readonly id: string; readonly code: string }> {
  const { result } = await callTool(up.url, scene.tokens.agents[0], tool, { id }, handle);
  const decision = result?._meta?.['dev.sallyport/decision'];
  return { id: decision?.call ?? '', code: decision?.code ?? 'ok' };
}

const holdsShape = z.object({
  holds: z.array(z.object({ id: z.string(), digest: z.string(), state: z.string() })),
});

async function waiting(): Promise<z.infer<typeof holdsShape>['holds']> {
  return holdsShape.parse((await browser.get('/api/now')).json).holds;
}

async function approve(call: string): Promise<number> {
  const hold = (await waiting()).find(({ id }) => id === call);
  const said = { answer: 'approve', digest: hold?.digest, reason: null };
  const { status } = await browser.post(`/api/holds/${call}/answer`, said);
  if (status === 200) scene.witness.approvals.push({ call, answer: 'approve' });
  return status;
}

function effects(id: string): number {
  return scene.effects().filter(({ args }) => args['id'] === id).length;
}

async function dies(): Promise<void> {
  await end(up.child, 'SIGKILL');
  expect(await scene.check('killed')).toEqual([]);
  await start();
}

test.each<[string, (id: string, call: string) => Promise<void>, readonly string[]]>([
  [
    'between the question and the answer',
    async (id, held) => {
      await dies();
      expect(effects(id)).toBe(0);
      expect(await waiting()).toMatchObject([{ id: held, state: 'waiting' }]);
      expect(await approve(held)).toBe(200);
    },
    ['ok'],
  ],
  [
    'right after the answer',
    async (_, held) => {
      expect(await approve(held)).toBe(200);
      await dies();
    },
    // It had begun, perhaps, and then nobody knows; else it is done now.
    ['ok', 'upstream.indeterminate'],
  ],
  [
    `during the effect, which is ${slow}`,
    async (id, held) => {
      expect(await approve(held)).toBe(200);
      await expect.poll(() => effects(id), { timeout: 20_000 }).toBe(1);
      await dies();
    },
    ['upstream.indeterminate'],
  ],
  [
    'after it',
    async (id, held) => {
      expect(await approve(held)).toBe(200);
      await expect.poll(async () => (await call(id)).code, { timeout: 20_000 }).toBe('ok');
      await dies();
    },
    // It was handed over: once more, where that isn't known any more, or a person is asked whether it is to be done again.
    ['ok', 'approval.pending'],
  ],
])('kill -9 %s', { timeout: 60_000 }, async (when, act, codes) => {
  const id = `${when.includes(slow) ? `${slow}-` : ''}${when.replaceAll(/\W/g, '-')}`;
  const asked = await call(id);
  expect(asked.code).toBe('approval.pending');
  await act(id, asked.id);
  let code = '';
  const repeat = async (): Promise<string> => {
    ({ code } = await call(id));
    return code;
  };
  await expect.poll(repeat, { timeout: 20_000 }).toBeOneOf(codes);
  if (code === 'upstream.indeterminate') expect(effects(id)).toBeLessThanOrEqual(1);
  else expect(effects(id)).toBe(1);
  for (const hold of await waiting())
    await browser.post(`/api/holds/${hold.id}/answer`, {
      ...{ answer: 'reject', digest: hold.digest, reason: null },
    });
});

test('SIGTERM while two hundred requests wait: each has its ticket, and all are asked about again', {
  timeout: 60_000,
}, async () => {
  await end(up.child, 'SIGTERM');
  const policy = readFileSync(scene.policyFile, 'utf8');
  writeFileSync(scene.policyFile, policy.replace('wait: 0s', 'wait: 50s, open: 100'));
  await start();
  const runs = await Promise.all(
    [1, 2, 3, 4].map(() => postRun(up.url, scene.tokens.opener, { agent: 'clerk' })),
  );
  const calls = runs.flatMap((run, at) =>
    Array.from({ length: 50 }, (_, n) =>
      callTool(up.url, scene.tokens.agents[0], tool, { id: `term-${at}-${n}` }, run.handle),
    ),
  );
  await expect.poll(async () => (await waiting()).length, { timeout: 30_000 }).toBe(calls.length);
  await end(up.child, 'SIGTERM');
  const answers = await Promise.all(calls);
  const tickets = answers.map(({ result }) => result?._meta?.['dev.sallyport/decision']);
  expect(new Set(tickets.map((ticket) => ticket?.code))).toEqual(new Set(['approval.pending']));
  expect(await scene.check('stopped')).toEqual([]);
  await start();
  const asked = (await waiting()).map(({ id }) => id);
  expect(new Set(asked)).toEqual(new Set(tickets.map((ticket) => ticket?.call)));
  expect(scene.effects().some(({ args }) => String(args['id']).startsWith('term'))).toBe(false);
  await end(up.child, 'SIGTERM');
});
