/** What was good once is good for nothing any more: an answer, a request state, a session, an approval. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../../src/content/value.ts';
import { Browser } from '../../console-rig.ts';
import { answers, type Bank, type Caller, no, openBank, refusal, yes } from './bank.ts';

let bank: Bank;
beforeAll(async () => {
  bank = await openBank({
    policy: (text) => text.replace('wait: 0s,', 'wait: 0s, execute: on_repeat,'),
  });
});
afterAll(async () => {
  await bank.expectBooksAgree();
  await bank[Symbol.asyncDispose]();
});

/** A repeat of what was done: known to have been done, or a question of its own. */
const asked = /^(call\.duplicate|approval\.pending)$/;

const accept = { approval: { action: 'accept' } };

/** A call that a client with pages is told of, and what it was given to come back with. */
async function withState(
  id: string,
): Promise<{ readonly retry: Caller; readonly args: JsonObject }> {
  const modern = { ...(await bank.caller('clerk', 'ann')), modern: true };
  const args = { id };
  const { code, message } = await bank.call(modern, 'confirm', args);
  expect(code).toBe('input_required');
  const requestState = isJsonObject(message['result']) ? message['result']['requestState'] : null;
  return {
    retry: { ...modern, params: { inputResponses: accept, requestState: requestState ?? null } },
    args,
  };
}

test('an answer that is sent again is none, whoever sends it, before the call begins and after', async () => {
  const [bob, eve] = [await bank.person('bob'), await bank.person('eve')];
  const args = { id: 'again', note: '' };
  const hold = await bank.hold('pay', args);
  expect((await answers(bob, hold, yes(hold))).status).toBe(200);
  for (const person of [bob, eve])
    expect(await answers(person, hold, yes(hold))).toMatchObject(refusal(409, 'approval.settled'));
  expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('ok');
  for (const person of [bob, eve])
    expect(await answers(person, hold, yes(hold))).toMatchObject(refusal(409, 'approval.settled'));
  await bank.expectOnce('"again"');
});

test('an approval spends itself: a repeat after the effect is a duplicate or a new question', async () => {
  const bob = await bank.person('bob');
  const args = { id: 'spent', note: '' };
  const hold = await bank.hold('pay', args);
  await answers(bob, hold, yes(hold));
  expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('ok');
  for (const _ of [1, 2, 3]) expect((await bank.call(bank.clerk, 'pay', args)).code).toMatch(asked);
  const other = await bank.caller('clerk', 'ann');
  expect((await bank.call(other, 'pay', args)).code).toBe('approval.pending');
  await bank.expectOnce('"spent"');
});

test('an approval spends itself also where the same call may be made again', async () => {
  await bank.reload((text) =>
    text.replaceAll(
      'pay: { approval: { by: desk } }',
      'pay: { repeat: allow, approval: { by: desk } }',
    ),
  );
  const bob = await bank.person('bob');
  const args = { id: 'repeatable', note: '' };
  const hold = await bank.hold('pay', args);
  await answers(bob, hold, yes(hold));
  expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('ok');
  const second = await bank.hold('pay', args);
  expect(second.id).not.toBe(hold.id);
  expect(await answers(bob, { id: hold.id }, yes(second))).toMatchObject(
    refusal(409, 'approval.settled'),
  );
  await bank.expectOnce('"repeatable"');
});

test('a step that is made anew once its held call is answered: what was done beside it isn’t done again, but asked about', async () => {
  await bank.reload((text) =>
    text.replace('action: note, tier: reversible', 'action: note, tier: consequential'),
  );
  const clerk = await bank.inRun(bank.clerk, { agent: 'clerk', user: 'ann' });
  const step = async () => {
    const heard = await Promise.all([
      bank.call(clerk, 'note', { id: 'before it' }),
      bank.call(clerk, 'wire', { id: 'held' }),
      bank.call(clerk, 'note', { id: 'after it' }),
    ]);
    return heard.map(({ code }) => code);
  };
  expect(await step()).toEqual(['ok', 'approval.pending', 'ok']);
  const [hold] = bank.real.gateway.runtime.holds.open().filter(({ run }) => run === clerk.run);
  if (hold === undefined) throw new Error('nothing waits');
  for (const name of ['bob', 'eve'])
    expect((await answers(await bank.person(name), hold, yes(hold))).status).toBe(200);
  expect(await step()).toEqual(['approval.pending', 'ok', 'approval.pending']);
  for (const id of ['before it', 'held', 'after it']) await bank.expectOnce(`"${id}"`);
});

test('a refusal that is followed by the same answer turned around stays a refusal', async () => {
  const bob = await bank.person('bob');
  const args = { id: 'refused', note: '' };
  const hold = await bank.hold('pay', args);
  expect((await answers(bob, hold, no(hold))).status).toBe(200);
  expect(await answers(bob, hold, yes(hold))).toMatchObject(refusal(409, 'approval.settled'));
  expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('approval.rejected');
  await bank.expectNever('"refused"');
});

test('a request state is good once, and for what it was given for', async () => {
  const { retry, args } = await withState('state');
  const [hold] = bank.real.gateway.runtime.holds
    .open()
    .filter(({ tool }) => tool === 'bank.confirm');
  if (hold === undefined) throw new Error('nothing waits');
  expect((await bank.call(retry, 'confirm', { id: 'state of another call' })).code).toBe(
    'mcp.state',
  );
  expect((await bank.call(retry, 'wire', args)).code).toBe('mcp.state');
  await answers(await bank.person('ann'), hold, yes(hold));
  expect((await bank.call(retry, 'confirm', args)).code).toBe('ok');
  for (const _ of [1, 2]) expect((await bank.call(retry, 'confirm', args)).code).toBe('mcp.state');
  await bank.restart();
  expect((await bank.call(retry, 'confirm', args)).code).toBe('mcp.state');
  await bank.expectOnce('"state"');
  await bank.expectNever('state of another call');
});

test('a session is nobody’s after its sign-out, also in a gateway started anew', async () => {
  const bob = await bank.person('bob');
  const stolen = new Browser(bank.real.console);
  stolen.cookie = bob.cookie;
  const hold = await bank.hold('pay', { id: 'after sign-out', note: '' });
  expect((await stolen.get(`/api/holds/${hold.id}`)).status).toBe(200);
  expect((await bob.send('DELETE', '/api/session', null)).status).toBe(204);
  expect(await answers(stolen, hold, yes(hold))).toMatchObject(refusal(401, 'console.signed_out'));
  const { cookie } = stolen;
  await bank.restart();
  const later = new Browser(bank.real.console);
  const [, secret = ''] = cookie?.split('=') ?? [];
  later.cookie = `sallyport_console_${new URL(bank.real.console).port}=${secret}`;
  expect(await answers(later, hold, yes(hold))).toMatchObject(refusal(401, 'console.signed_out'));
  await bank.expectNever('after sign-out');
});
