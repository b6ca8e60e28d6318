/** A tool is approved as it was pinned: one that calls itself something else by now isn't called, whoever agreed. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HoldSummary } from '../../../src/runtime/port.ts';
import type { Browser } from '../../console-rig.ts';
import { answers, type Bank, openBank, refusal, yes } from './bank.ts';

let bank: Bank;
let bob: Browser;
beforeAll(async () => {
  bank = await openBank({
    policy: (text) => text.replace('wait: 0s,', 'wait: 0s, execute: on_repeat,'),
  });
  bob = await bank.person('bob');
});
afterAll(async () => {
  await renamed('Pays');
  await bank.expectBooksAgree();
  await bank[Symbol.asyncDispose]();
});
beforeEach(() => renamed('Pays'));

/** As the bank calls `pay` from now on. */
async function renamed(title: string): Promise<void> {
  await bank.set('title', title);
  await bank.real.gateway.catalog.refresh();
}

async function held(id: string): Promise<HoldSummary> {
  return bank.hold('pay', { id, note: '' });
}

const repeated = async (id: string): Promise<string> =>
  (await bank.call(bank.clerk, 'pay', { id, note: '' })).code;

describe('a tool that is quarantined', () => {
  test('between the hold and the answer: the answer counts for nothing', async () => {
    const hold = await held('changed before');
    await renamed('Pays, and tells nobody');
    expect(await answers(bob, hold, yes(hold))).toMatchObject(refusal(409, 'approval.changed'));
    expect(bank.open(hold.id)).toBeUndefined();
    expect(await repeated('changed before')).toBe('catalog.changed');
    await renamed('Pays');
    expect((await answers(bob, hold, yes(hold))).status).not.toBe(200);
    await bank.expectNever('changed before');
  });

  test('between the answer and the start: it isn’t called', async () => {
    const hold = await held('changed after');
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    await renamed('Pays eve');
    expect(await repeated('changed after')).toBe('catalog.changed');
    await renamed('Pays');
    // The refusal has spent the approval.
    expect(await repeated('changed after')).not.toBe('ok');
    await bank.expectNever('changed after');
  });

  test('is changed by nobody who edits', async () => {
    const hold = await held('edited and changed');
    await renamed('Pays mallory');
    const args = { id: 'edited into', note: '' };
    const preview = await bob.post(`/api/holds/${hold.id}/preview`, { arguments: args });
    expect(preview.status).not.toBe(200);
    const edit = await bob.post(`/api/holds/${hold.id}/edit`, {
      arguments: args,
      digest: hold.digest,
      reason: null,
    });
    expect(edit.status).not.toBe(200);
    await bank.expectNever('edited into');
  });
});

describe('a definition that somebody accepts', () => {
  test('while a call of the old one waits: that call is withdrawn', async () => {
    await using other = await openBank();
    const person = await other.person('bob');
    const args = { id: 'pinned anew', note: '' };
    const hold = await other.hold('pay', args);
    await other.set('title', 'Pays twice');
    await other.real.gateway.catalog.refresh();
    const tools = await person.get('/api/tools');
    const listed = /"name":"bank\.pay"[^}]*?"listed":"(sha256:[0-9a-f]{64})"/.exec(tools.text)?.[1];
    expect(listed).toBeDefined();
    const pinned = await person.post('/api/tools/bank.pay/pin', { digest: listed });
    expect(pinned.status).toBe(200);
    await other.real.gateway.runtime.reconsider();
    expect((await answers(person, hold, yes(hold))).status).toBe(409);
    await other.expectNever('pinned anew');
    await other.expectBooksAgree();
  });

  test('is accepted as it was shown, or not at all', async () => {
    await renamed('Pays once');
    const shown = await bob.get('/api/tools');
    const listed = /"name":"bank\.pay"[^}]*?"listed":"(sha256:[0-9a-f]{64})"/.exec(shown.text)?.[1];
    await renamed('Pays everybody');
    expect(await bob.post('/api/tools/bank.pay/pin', { digest: listed })).toMatchObject({
      status: 409,
    });
    expect(await repeated('accepted unseen')).toBe('catalog.changed');
    await bank.expectNever('accepted unseen');
  });
});
