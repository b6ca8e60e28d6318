/** Who isn't asked answers nothing: not the requester under whatever name, and nobody who was asked once and is no more. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from '../../console-rig.ts';
import { startRealGateway } from '../../real-gateway.ts';
import { answers, type Bank, no, openBank, refusal, yes } from './bank.ts';

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

describe('approved by the requester', () => {
  test('who is asked like any other, but for whom it is done', async () => {
    const ann = await bank.person('ann');
    for (const tool of ['pay', 'wire']) {
      const args = { id: `own ${tool}`, ...(tool === 'pay' ? { note: '' } : {}) };
      const hold = await bank.hold(tool, args);
      expect(await answers(ann, hold, yes(hold))).toMatchObject(refusal(403, 'approval.requester'));
      expect(await answers(ann, hold, no(hold))).toMatchObject(refusal(403, 'approval.requester'));
      expect((await bank.call(bank.clerk, tool, args)).code).toBe('approval.pending');
    }
    await bank.expectNever('own ');
  });

  test('of a run above it', async () => {
    const parent = await bank.inRun(bank.clerk, { agent: 'clerk', user: 'ann' });
    const child = await bank.inRun(await bank.caller('clerk', 'ann'), {
      agent: 'clerk',
      user: 'ann',
      parent: parent.run,
    });
    const hold = await bank.hold('pay', { id: 'of a child', note: '' }, child);
    expect(await answers(await bank.person('ann'), hold, yes(hold))).toMatchObject(
      refusal(403, 'approval.requester'),
    );
    await bank.expectNever('of a child');
  });

  test('with a second token, or in a second session', async () => {
    const hold = await bank.hold('pay', { id: 'two of me', note: '' });
    for (const _ of [1, 2])
      expect(await answers(await bank.person('ann'), hold, yes(hold))).toMatchObject(
        refusal(403, 'approval.requester'),
      );
    await bank.expectNever('two of me');
  });

  test.each(['Ann', 'ANN', 'aNn', 'ａnn', 'аnn'])(
    'as %j, by a token for that name',
    async (name) => {
      const hold = await bank.hold('pay', { id: `second name ${name.length}`, note: '' });
      const { token } = await bank.real.gateway.tokens.mint({
        holder: 'approver',
        name,
        expiresAtMs: null,
      });
      const heard = await bank.person('kim').then((one) => one.post('/api/session', { token }));
      expect(heard.status).toBe(403);
      expect(bank.open(hold.id)?.state).toBe('waiting');
    },
  );

  test.each(['Ann', 'ANN', 'ａnn', 'аnn', '"ann "', '"ann\\u200b"'])(
    'as %s, a second account of the same name: no such policy loads',
    async (name) => {
      const { hash } = bank.real.gateway.policySource.policy;
      const refused = bank.reload((text) =>
        text.replace('    bob:', `    ${name}: { roles: [desk] }\n    bob:`),
      );
      await expect(refused).rejects.toThrow();
      expect(bank.real.gateway.policySource.policy.hash).toBe(hash);
      await bank.reload((text) => text.replace(`    ${name}: { roles: [desk] }\n`, ''));
    },
  );

  test('no gateway starts with two accounts of one name in other letters', async () => {
    const policy = `sallyport: 1
enforcement: strict
upstreams: {}
tools: {}
users: { static: { ann: { roles: [staff] }, Ann: { roles: [staff] } } }
roles: { staff: { permissions: {} } }
agents: {}
`;
    await expect(startRealGateway({ policy, upstreams: [] })).rejects.toThrow('Ann');
  });
});

describe('approved twice by one person', () => {
  test('is approved once: in one session, in two, and with two tokens', async () => {
    const [bob, again] = [await bank.person('bob'), await bank.person('bob')];
    const args = { id: 'twice' };
    const hold = await bank.hold('wire', args);
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    for (const person of [bob, again])
      expect(await answers(person, hold, yes(hold))).toMatchObject(
        refusal(409, 'approval.settled'),
      );
    expect((await bank.call(bank.clerk, 'wire', args)).code).toBe('approval.pending');
    await bank.expectNever('"twice"');
  });
});

describe('approved by somebody who isn’t asked', () => {
  test.each([
    ['pay', 'kim', 'approval.not_yours'],
    ['pay', 'zoe', 'approval.not_yours'],
    ['pay', 'max', 'approval.not_yours'],
    ['confirm', 'bob', 'approval.not_yours'],
    ['confirm', 'max', 'approval.not_yours'],
  ])('%s by %s', async (tool, name, code) => {
    const args = { id: `${tool} by ${name}`, ...(tool === 'pay' ? { note: '' } : {}) };
    const hold = await bank.hold(tool, args);
    const person = await bank.person(name);
    expect(await answers(person, hold, yes(hold))).toMatchObject(refusal(403, code));
    expect(await answers(person, hold, no(hold))).toMatchObject(refusal(403, code));
    expect((await bank.call(bank.clerk, tool, args)).code).toBe('approval.pending');
    await bank.expectNever(args.id);
  });
});

describe('approved by a removed approver', () => {
  const withoutBob = (text: string): string => text.replace('    bob: { roles: [desk] }\n', '');
  const withBob = (text: string): string =>
    text.replace('    eve:', '    bob: { roles: [desk] }\n    eve:');
  const bobAsGuest = (text: string): string =>
    text.replace('bob: { roles: [desk] }', 'bob: { roles: [guests] }');
  const bobAtDesk = (text: string): string =>
    text.replace('bob: { roles: [guests] }', 'bob: { roles: [desk] }');

  async function shown(
    id: string,
  ): Promise<{ readonly bob: Browser; readonly hold: Awaited<ReturnType<Bank['hold']>> }> {
    const bob = await bank.person('bob');
    const hold = await bank.hold('pay', { id, note: '' });
    expect((await bob.get(`/api/holds/${hold.id}`)).status).toBe(200);
    return { bob, hold };
  }

  test('whose role was taken between the look and the answer', async () => {
    const { bob, hold } = await shown('role before');
    await bank.reload(bobAsGuest);
    expect(await answers(bob, hold, yes(hold))).toMatchObject(refusal(403, 'approval.not_yours'));
    await bank.reload(bobAtDesk);
    await bank.expectNever('role before');
  });

  test('who was taken out of the policy between the look and the answer', async () => {
    const { bob, hold } = await shown('user before');
    await bank.reload(withoutBob);
    expect(await answers(bob, hold, yes(hold))).toMatchObject(refusal(401, 'console.signed_out'));
    await bank.reload(withBob);
    // Back again, they sign in again: what they had is over.
    expect((await answers(bob, hold, yes(hold))).status).toBe(401);
    await bank.expectNever('user before');
  });

  test('whose token was revoked between the look and the answer', async () => {
    const { bob, hold } = await shown('token before');
    const { tokens } = bank.real.gateway;
    for (const { id, name, holder } of tokens.list())
      if (holder === 'approver' && name === 'bob') await tokens.revoke(id);
    expect(await answers(bob, hold, yes(hold))).toMatchObject(refusal(401, 'console.signed_out'));
    await bank.expectNever('token before');
  });

  test.each([
    ['whose role was taken', bobAsGuest, bobAtDesk],
    ['who was taken out of the policy', withoutBob, withBob],
  ])('%s between the answer and the start', async (name, taken, given) => {
    const { bob, hold } = await shown(name);
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    await bank.reload(taken);
    expect((await bank.call(bank.clerk, 'pay', { id: name, note: '' })).code).toBe(
      'approval.pending',
    );
    await bank.expectNever(name);
    const eve = await bank.person('eve');
    const now = bank.open(hold.id) ?? hold;
    expect((await answers(eve, now, yes(now))).status).toBe(200);
    expect((await bank.call(bank.clerk, 'pay', { id: name, note: '' })).code).toBe('ok');
    await bank.expectOnce(name);
    await bank.reload(given);
  });

  test('who was one of two, between their answer and the other’s', async () => {
    const bob = await bank.person('bob');
    const args = { id: 'one of two' };
    const hold = await bank.hold('wire', args);
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    await bank.reload((text) =>
      bobAsGuest(text).replace('max: { roles: [staff] }', 'max: { roles: [staff, desk] }'),
    );
    const now = bank.open(hold.id) ?? hold;
    expect((await answers(await bank.person('eve'), now, yes(now))).status).toBe(200);
    expect((await bank.call(bank.clerk, 'wire', args)).code).toBe('approval.pending');
    await bank.expectNever('one of two');
    const then = bank.open(hold.id) ?? hold;
    expect((await answers(await bank.person('max'), then, yes(then))).status).toBe(200);
    expect((await bank.call(bank.clerk, 'wire', args)).code).toBe('ok');
    await bank.expectOnce('one of two');
    await bank.reload((text) =>
      bobAtDesk(text).replace('max: { roles: [staff, desk] }', 'max: { roles: [staff] }'),
    );
  });
});
