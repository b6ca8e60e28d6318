/** What people agreed to is what is done: not what somebody made of it afterwards. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/content/value.ts';
import type { Browser } from '../../console-rig.ts';
import { answers, type Bank, openBank, refusal, yes } from './bank.ts';

let bank: Bank;
let bob: Browser;
let eve: Browser;
beforeAll(async () => {
  // What was agreed to waits for its agent: so that somebody could change it meanwhile.
  bank = await openBank({
    policy: (text) => text.replace('wait: 0s,', 'wait: 0s, execute: on_repeat,'),
  });
  bob = await bank.person('bob');
  eve = await bank.person('eve');
});
afterAll(async () => {
  await bank.expectBooksAgree();
  await bank[Symbol.asyncDispose]();
});

/** @returns the digest of the call as it would be. */
async function previewed(person: Browser, id: string, args: JsonObject): Promise<string> {
  const { status, json } = await person.post(`/api/holds/${id}/preview`, { arguments: args });
  expect(status).toBe(200);
  return digestOf(json);
}

const digestOf = (json: JsonValue): string => (isJsonObject(json) ? String(json['digest']) : '');

const edit = (person: Browser, id: string, args: JsonObject, digest: string) =>
  person.post(`/api/holds/${id}/edit`, { arguments: args, digest, reason: null });

describe('by the agent', () => {
  test('other arguments than were agreed to wait for a person of their own', async () => {
    const hold = await bank.hold('pay', { id: 'agreed', note: '10' });
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    const changed = await bank.hold('pay', { id: 'agreed', note: '10000' });
    expect(changed.id).not.toBe(hold.id);
    expect(await answers(eve, changed, yes(hold))).toMatchObject(refusal(409, 'approval.changed'));
    await bank.expectNever('10000');
  });

  test('what it may not write is refused, whatever was agreed to', async () => {
    const args = { id: 'more', note: '' };
    const hold = await bank.hold('pay', args);
    await answers(bob, hold, yes(hold));
    const more = await bank.call(bank.clerk, 'pay', { ...args, to: 'eve' });
    expect(more.code).not.toBe('ok');
    await bank.expectNever('"to":"eve"');
    expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('ok');
    await bank.expectOnce('"more"');
  });
});

describe('by one person after another agreed', () => {
  test('who agreed before has agreed to nothing, and to what was there nobody can', async () => {
    const hold = await bank.hold('wire', { id: 'as bob saw it' });
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    const args = { id: 'as eve wrote it' };
    const digest = await previewed(eve, hold.id, args);
    expect((await edit(eve, hold.id, args, digest)).status).toBe(200);
    expect(bank.open(hold.id)?.state).toBe('waiting');
    expect(await answers(bob, hold, yes(hold))).toMatchObject(refusal(409, 'approval.changed'));
    expect(await answers(eve, hold, yes({ digest }))).toMatchObject(
      refusal(409, 'approval.settled'),
    );
    await bank.expectNever('as bob saw it');
    await bank.expectNever('as eve wrote it');
    expect((await answers(bob, hold, yes({ digest }))).status).toBe(200);
    expect((await bank.call(bank.clerk, 'wire', { id: 'as bob saw it' })).code).toBe('ok');
    await bank.expectOnce('as eve wrote it');
    await bank.expectNever('as bob saw it');
  });

  test('a change and an agreement to what was there, at once: never both', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [before, after] = [`both before ${round}.`, `both after ${round}.`];
      const hold = await bank.hold('wire', { id: before });
      expect((await answers(bob, hold, yes(hold))).status).toBe(200);
      const digest = await previewed(eve, hold.id, { id: after });
      const again = await bank.person('eve');
      const [changed, agreed] = await Promise.all([
        edit(eve, hold.id, { id: after }, digest),
        answers(again, hold, yes(hold)),
      ]);
      expect([changed.status, agreed.status].filter((status) => status === 200)).toHaveLength(1);
      await bank.call(bank.clerk, 'wire', { id: before });
      await bank.expectNever(after);
      await (agreed.status === 200 ? bank.expectOnce(before) : bank.expectNever(before));
    }
  });

  test('a change is made as it was previewed, or not at all', async () => {
    const hold = await bank.hold('pay', { id: 'unpreviewed', note: '' });
    const digest = await previewed(eve, hold.id, { id: 'previewed', note: '' });
    expect(await edit(eve, hold.id, { id: 'something else', note: '' }, digest)).toMatchObject(
      refusal(409, 'approval.changed'),
    );
    expect(await edit(eve, hold.id, { id: 'previewed', note: '' }, hold.digest)).toMatchObject(
      refusal(409, 'approval.changed'),
    );
    expect(bank.open(hold.id)).toMatchObject({ state: 'waiting', digest: hold.digest });
    await bank.expectNever('previewed');
  });

  test('only who could agree to it changes it, and not to what they couldn’t agree to', async () => {
    const hold = await bank.hold('pay', { id: 'whose', note: '' });
    const args = { id: 'theirs', note: '' };
    for (const [name, code] of [
      ['ann', 'approval.requester'],
      ['kim', 'approval.not_yours'],
    ] as const) {
      const person = await bank.person(name);
      expect(await person.post(`/api/holds/${hold.id}/preview`, { arguments: args })).toMatchObject(
        refusal(403, code),
      );
      expect(await edit(person, hold.id, args, hold.digest)).toMatchObject(refusal(403, code));
    }
    expect(bank.open(hold.id)).toMatchObject({ state: 'waiting', digest: hold.digest });
    await bank.expectNever('theirs');
  });

  test('what was decided can’t be changed', async () => {
    const hold = await bank.hold('pay', { id: 'decided', note: '' });
    const args = { id: 'undecided', note: '' };
    const digest = await previewed(eve, hold.id, args);
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    expect(await edit(eve, hold.id, args, digest)).toMatchObject(refusal(409, 'approval.settled'));
    expect((await bank.call(bank.clerk, 'pay', { id: 'decided', note: '' })).code).toBe('ok');
    await bank.expectNever('undecided');
  });
});

describe('by the upstream: what a call points at', () => {
  test('changed while it waits, isn’t what people see, and their answer is for what they saw', async () => {
    await bank.set('drafts', 'pay the rent');
    const hold = await bank.hold('order', { draft: 'd1' });
    await bank.set('drafts', 'pay eve');
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    const again = await bank.call(bank.clerk, 'order', { draft: 'd1' });
    expect(again.code).toBe('approval.pending');
    await bank.expectNever('"d1"');
    const now = await bank.hold('order', { draft: 'd1' });
    expect(now.digest).not.toBe(hold.digest);
    expect(await answers(bob, now, yes(hold))).toMatchObject(refusal(409, 'approval.changed'));
  });

  test('changed between the approval and the repeat, is not sent', async () => {
    await bank.set('drafts', 'pay the gas');
    const hold = await bank.hold('order', { draft: 'd2' });
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    await bank.set('drafts', 'pay eve twice');
    expect((await bank.call(bank.clerk, 'order', { draft: 'd2' })).code).not.toBe('ok');
    await bank.expectNever('"d2"');
  });

  test('unchanged, is what was agreed to', async () => {
    await bank.set('drafts', 'pay the water');
    const hold = await bank.hold('order', { draft: 'd3' });
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    expect((await bank.call(bank.clerk, 'order', { draft: 'd3' })).code).toBe('ok');
    await bank.expectOnce('"d3"');
  });

  test('changed before Sallyport performs the call itself, is not sent', async () => {
    await using atOnce = await openBank();
    await atOnce.set('drafts', 'pay the rent');
    const hold = await atOnce.hold('order', { draft: 'd4' });
    await atOnce.set('drafts', 'pay eve');
    const person = await atOnce.person('bob');
    expect((await answers(person, hold, yes(hold))).status).toBe(200);
    await expect.poll(() => atOnce.open(hold.id)?.digest !== hold.digest).toBe(true);
    await atOnce.expectNever('"d4"');
    const now = atOnce.open(hold.id);
    expect(now?.state).toBe('waiting');
    await answers(person, hold, yes(now ?? hold));
    await atOnce.expectOnce('"d4"');
    await atOnce.expectBooksAgree();
  });
});
