/** The policy in force decides: what was held, shown or agreed to by an older one waits for the new one's people, or is refused. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HoldSummary } from '../../../src/runtime/port.ts';
import type { Browser } from '../../console-rig.ts';
import { answers, type Bank, openBank, refusal, yes } from './bank.ts';

let bank: Bank;
let bob: Browser;
let loose: string;
let args: { readonly id: string; readonly note: string };
let round = 0;
beforeAll(async () => {
  bank = await openBank({
    policy: (text) => text.replace('wait: 0s,', 'wait: 0s, execute: on_repeat,'),
  });
  loose = await readFile(bank.prepared.policyFile, 'utf8');
});
afterAll(async () => {
  await bank.reload(() => loose);
  await bank.expectBooksAgree();
  await bank[Symbol.asyncDispose]();
});
beforeEach(async () => {
  await bank.reload(() => loose);
  bob = await bank.person('bob');
  round += 1;
  args = { id: `tightened ${round}.`, note: '' };
});

const rule = 'pay: { approval: { by: desk } }';
const changes = {
  denied: (text: string) =>
    text.replaceAll(rule, `pay: { where: { id: rent }, approval: { by: desk } }`),
  forbidden: (text: string) =>
    text.replaceAll('    rate: 100000/hour', '    rate: 100000/hour\n    forbidden: [bank.pay]'),
  ungranted: (text: string) => text.replace('pay: allow, wire', 'wire'),
  board: (text: string) => text.replaceAll(rule, 'pay: { approval: { by: board } }'),
  quorum: (text: string) => text.replaceAll(rule, 'pay: { approval: { by: desk, quorum: 2 } }'),
  fresh: (text: string) => text.replaceAll(rule, 'pay: { approval: { by: desk, fresh: 1s } }'),
  untool: (text: string) =>
    text
      .replace(/ {2}bank\.pay: .*\n/, '')
      .replaceAll(/ {8}pay: .*\n/g, '')
      .replace('pay: allow, wire', 'wire'),
} as const;

async function agreed(): Promise<HoldSummary> {
  const hold = await bank.hold('pay', args);
  expect((await answers(bob, hold, yes(hold))).status).toBe(200);
  return hold;
}

async function expectNotDone(): Promise<void> {
  const { code } = await bank.call(bank.clerk, 'pay', args);
  expect(code).not.toBe('ok');
  await bank.expectNever(args.id);
}

describe.each(['denied', 'forbidden', 'ungranted', 'untool'] as const)(
  'that refuses it now (%s)',
  (name) => {
    test('while it waits: an answer counts for nothing', async () => {
      const hold = await bank.hold('pay', args);
      await bank.reload(changes[name]);
      expect((await answers(bob, hold, yes(hold))).status).toBe(409);
      expect(bank.open(hold.id)).toBeUndefined();
      await expectNotDone();
    });

    test('in the moment of the answer: never done', async () => {
      const hold = await bank.hold('pay', args);
      await Promise.all([bank.reload(changes[name]), answers(bob, hold, yes(hold))]);
      await expectNotDone();
    });

    test('after the answer: the new refusal wins', async () => {
      await agreed();
      await bank.reload(changes[name]);
      await expectNotDone();
    });
  },
);

describe('that asks somebody else now', () => {
  test('while it waits: who was asked isn’t any more', async () => {
    const hold = await bank.hold('pay', args);
    await bank.reload(changes.board);
    const now = bank.open(hold.id) ?? hold;
    expect(await answers(bob, now, yes(now))).toMatchObject(refusal(403, 'approval.not_yours'));
    await expectNotDone();
    expect((await answers(await bank.person('zoe'), now, yes(now))).status).toBe(200);
    expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('ok');
    await bank.expectOnce(args.id);
  });

  test('while it waits: an answer to what was asked before is none, whoever gives it', async () => {
    const hold = await bank.hold('pay', args);
    await bank.reload(changes.board);
    for (const name of ['bob', 'eve'])
      expect((await answers(await bank.person(name), hold, yes(hold))).status).not.toBe(200);
    await expectNotDone();
  });

  test('after the answer: they are asked', async () => {
    await agreed();
    await bank.reload(changes.board);
    await expectNotDone();
    const now = await bank.hold('pay', args);
    expect((await answers(bob, now, yes(now))).status).toBe(403);
    expect((await answers(await bank.person('zoe'), now, yes(now))).status).toBe(200);
    expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('ok');
    await bank.expectOnce(args.id);
  });
});

describe('that asks more people now', () => {
  test('while it waits: one isn’t enough', async () => {
    const hold = await bank.hold('pay', args);
    await bank.reload(changes.quorum);
    const now = bank.open(hold.id) ?? hold;
    expect((await answers(bob, now, yes(now))).status).toBe(200);
    await expectNotDone();
    expect((await answers(bob, now, yes(now))).status).toBe(409);
    const then = bank.open(hold.id) ?? now;
    expect((await answers(await bank.person('eve'), then, yes(then))).status).toBe(200);
    expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('ok');
    await bank.expectOnce(args.id);
  });

  test('after one answered: one isn’t enough', async () => {
    await agreed();
    await bank.reload(changes.quorum);
    await expectNotDone();
    const now = await bank.hold('pay', args);
    expect((await answers(await bank.person('eve'), now, yes(now))).status).toBe(200);
    // What Bob agreed to was another question: he is asked again, too.
    await expectNotDone();
    expect((await answers(bob, now, yes(now))).status).toBe(200);
    expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('ok');
    const events = await bank.events();
    const start = events.findLast(({ type }) => type === 'call.started');
    expect(start).toMatchObject({ tool: 'bank.pay', approvedBy: ['eve', 'bob'] });
    await bank.expectOnce(args.id);
  });

  test('that asks for a fresh sign-in: an older one isn’t enough', async () => {
    const hold = await bank.hold('pay', args);
    await bank.reload(changes.fresh);
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const now = bank.open(hold.id) ?? hold;
    expect(await answers(bob, now, yes(now))).toMatchObject(refusal(403, 'approval.not_fresh'));
    await expectNotDone();
  });
});

describe('and what stands beside it', () => {
  test('an agent that was suspended after the answer does nothing', async () => {
    await agreed();
    await bank.real.gateway.operated.suspend('clerk', 'operator', null);
    expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('identity.suspended');
    await bank.real.gateway.operated.resume('clerk', 'operator');
    await bank.expectNever(args.id);
  });

  test('a person who was taken out of the policy has nothing done for them', async () => {
    await agreed();
    await bank.reload((text) => text.replace('    ann: { roles: [staff, desk] }\n', ''));
    expect((await bank.call(bank.clerk, 'pay', args)).code).not.toBe('ok');
    await bank.reload(() => loose);
    await bank.expectNever(args.id);
  });

  test('a run that was closed meanwhile takes what was agreed to with it', async () => {
    const own = await bank.inRun(bank.clerk, { agent: 'clerk', user: 'ann' });
    const hold = await bank.hold('pay', args, own);
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    await bank.real.gateway.runtime.closeRun({ type: 'operator' }, own.run, 'failure', null);
    expect((await bank.call(own, 'pay', args)).code).not.toBe('ok');
    await bank.expectNever(args.id);
  });
});
