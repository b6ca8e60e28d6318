/** Time decides to the millisecond, by one clock that never goes back: after expiry nobody answers anything. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Browser } from '../../console-rig.ts';
import { answers, type Bank, no, openBank, refusal, yes } from './bank.ts';

const timeoutMs = 15 * 60_000;
const freshMs = 5 * 60_000;
const sessionMs = 12 * 3_600_000;
const idleMs = 3_600_000;

let bank: Bank;
let bob: Browser;
/** The machine's clock; its timers stay real. */
const clock = {
  at: (ms: number) => vi.setSystemTime(ms),
  pass: (ms: number) => vi.setSystemTime(Date.now() + ms),
};
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
  bank = await openBank({
    policy: (text) =>
      text
        .replace('wait: 0s,', 'wait: 0s, execute: on_repeat,')
        .replaceAll(
          'wire: { approval: { by: desk, quorum: 2 } }',
          'wire: { approval: { by: desk, quorum: 2, fresh: 5m } }',
        ),
  });
});
afterAll(async () => {
  await bank.expectBooksAgree();
  await bank[Symbol.asyncDispose]();
  vi.useRealTimers();
});
beforeEach(async () => {
  bob = await bank.person('bob');
});
afterEach(() => clock.pass(2 * timeoutMs));

describe('a hold', () => {
  test('is answered until the millisecond before it expires', async () => {
    const args = { id: 'just in time', note: '' };
    const hold = await bank.hold('pay', args);
    expect(hold.expiresAtMs - hold.atMs).toBe(timeoutMs);
    clock.at(hold.expiresAtMs - 1);
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('ok');
    await bank.expectOnce('just in time');
  });

  test.each([0, 1, 1_800_000])('isn’t answered %d ms after it expires', async (afterMs) => {
    const args = { id: `too late by ${afterMs}.`, note: '' };
    const hold = await bank.hold('pay', args);
    clock.at(hold.expiresAtMs + afterMs);
    for (const answer of [yes(hold), no(hold)])
      expect(await answers(bob, hold, answer)).toMatchObject(refusal(410, 'approval.expired'));
    expect((await bank.call(bank.clerk, 'pay', args)).code).not.toBe('ok');
    await bank.expectNever(args.id);
  });

  test('that has expired stays so when the clock is set back', async () => {
    const args = { id: 'back in time', note: '' };
    const hold = await bank.hold('pay', args);
    clock.at(hold.expiresAtMs);
    expect(await answers(bob, hold, yes(hold))).toMatchObject(refusal(410, 'approval.expired'));
    clock.at(hold.atMs + 1);
    expect(await answers(bob, hold, yes(hold))).toMatchObject(refusal(410, 'approval.expired'));
    await bank.expectNever('back in time');
    clock.at(hold.expiresAtMs);
  });

  test('isn’t changed after it expires, nor previewed', async () => {
    const hold = await bank.hold('pay', { id: 'edited late', note: '' });
    clock.at(hold.expiresAtMs);
    const args = { id: 'late edit', note: '' };
    for (const [path, body] of [
      ['preview', { arguments: args }],
      ['edit', { arguments: args, digest: hold.digest, reason: null }],
    ] as const)
      expect(await bob.post(`/api/holds/${hold.id}/${path}`, body)).toMatchObject(
        refusal(410, 'approval.expired'),
      );
    await bank.expectNever('late edit');
  });

  test('to which one of two agreed in time expires all the same', async () => {
    const args = { id: 'half in time' };
    const hold = await bank.hold('wire', args);
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    clock.at(hold.expiresAtMs);
    const eve = await bank.person('eve');
    expect(await answers(eve, hold, yes(hold))).toMatchObject(refusal(410, 'approval.expired'));
    expect((await bank.call(bank.clerk, 'wire', args)).code).not.toBe('ok');
    await bank.expectNever('half in time');
  });
});

describe('an approval that nothing comes of', () => {
  test.each([
    [-1, 'ok'],
    [0, 'approval.pending'],
    [3_600_000, 'approval.pending'],
  ])('for as long again as there was to give it, and %d ms: %s', async (moreMs, code) => {
    const args = { id: `unused ${moreMs}.`, note: '' };
    const hold = await bank.hold('pay', args);
    await answers(bob, hold, yes(hold));
    clock.pass(timeoutMs + moreMs);
    const heard = await bank.call(bank.clerk, 'pay', args);
    expect(heard.code === 'ok').toBe(code === 'ok');
    await (code === 'ok' ? bank.expectOnce(args.id) : bank.expectNever(args.id));
  });
});

describe('a sign-in', () => {
  test('is fresh for as long as the policy says, and not a millisecond more', async () => {
    const [fresh, stale] = [
      await bank.hold('wire', { id: 'fresh' }),
      await bank.hold('wire', { id: 'stale' }),
    ];
    const eve = await bank.person('eve');
    clock.pass(freshMs);
    expect((await answers(eve, fresh, yes(fresh))).status).toBe(200);
    clock.pass(1);
    expect(await answers(eve, stale, yes(stale))).toMatchObject(refusal(403, 'approval.not_fresh'));
    await bank.expectNever('stale');
  });

  test('lasts a working day, however busy, and an hour without a request', async () => {
    const hold = await bank.hold('pay', { id: 'signed in', note: '' });
    for (let passedMs = idleMs / 2; passedMs < sessionMs; passedMs += idleMs / 2) {
      clock.pass(idleMs / 2);
      expect((await bob.get('/api/session')).status).toBe(200);
    }
    clock.pass(idleMs / 2);
    expect((await bob.get('/api/session')).status).toBe(401);
    const eve = await bank.person('eve');
    clock.pass(idleMs);
    expect(await answers(eve, hold, yes(hold))).toMatchObject(refusal(401, 'console.signed_out'));
  });

  test('ends with its token', async () => {
    const hold = await bank.hold('pay', { id: 'with its token', note: '' });
    const token = await bank.real.approverToken('eve', 60_000);
    const eve = await bank.person('eve');
    expect((await eve.post('/api/session', { token })).status).toBe(200);
    clock.pass(60_000);
    expect(await answers(eve, hold, yes(hold))).toMatchObject(refusal(401, 'console.signed_out'));
    expect((await eve.post('/api/session', { token })).status).toBe(401);
  });
});
