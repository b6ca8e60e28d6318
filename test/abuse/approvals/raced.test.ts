/** Whatever comes at once, one is first: one effect at most, and every answer that was taken is the one that holds. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isJsonObject } from '../../../src/content/value.ts';
import type { Browser, Seen } from '../../console-rig.ts';
import { answers, type Bank, no, openBank, yes } from './bank.ts';

const rounds = 6;

let bank: Bank;
let bob: Browser;
let eve: Browser;
beforeAll(async () => {
  bank = await openBank();
  [bob, eve] = [await bank.person('bob'), await bank.person('eve')];
});
afterAll(async () => {
  await bank.expectBooksAgree();
  await bank[Symbol.asyncDispose]();
});

const taken = (all: readonly Seen[]): readonly Seen[] => all.filter(({ status }) => status === 200);
const every = Array.from({ length: rounds }, (_, round) => round);

test.each([2, 10])('clicked %d times at once, an answer is taken once', async (times) => {
  for (const round of every) {
    const id = `clicked ${times} times, ${round}.`;
    const hold = await bank.hold('pay', { id, note: '' });
    const all = await Promise.all(
      Array.from({ length: times }, () => answers(bob, hold, yes(hold))),
    );
    expect(taken(all)).toHaveLength(1);
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200, 409]));
    await bank.expectOnce(id);
  }
});

test('clicked on one connection, one right behind the other, an answer is taken once', async () => {
  const hold = await bank.hold('pay', { id: 'clicked in a row', note: '' });
  const all = [];
  for (let click = 0; click < 5; click += 1) all.push(await answers(bob, hold, yes(hold)));
  expect(taken(all)).toHaveLength(1);
  await bank.expectOnce('clicked in a row');
});

test('one yes of each of two people at once: one is taken, and there is one effect', async () => {
  for (const round of every) {
    const id = `two people ${round}.`;
    const hold = await bank.hold('pay', { id, note: '' });
    const all = await Promise.all([answers(bob, hold, yes(hold)), answers(eve, hold, yes(hold))]);
    expect(taken(all)).toHaveLength(1);
    await bank.expectOnce(id);
  }
});

test('yes and no at once: what was taken is what happens', async () => {
  for (const round of every) {
    const id = `yes and no ${round}.`;
    const hold = await bank.hold('pay', { id, note: '' });
    const pair = round % 2 === 0 ? ([bob, eve] as const) : ([eve, bob] as const);
    const [agreed, refused] = await Promise.all([
      answers(pair[0], hold, yes(hold)),
      answers(pair[1], hold, no(hold)),
    ]);
    expect(taken([agreed, refused])).toHaveLength(1);
    await (agreed.status === 200 ? bank.expectOnce(id) : bank.expectNever(id));
  }
});

test('yes and a change at once: one of both is made, as it was agreed to', async () => {
  for (const round of every) {
    const [before, after] = [`not changed ${round}.`, `changed ${round}.`].map((id) => ({
      id,
      note: '',
    }));
    if (before === undefined || after === undefined) throw new Error('no arguments');
    const hold = await bank.hold('pay', before);
    const path = `/api/holds/${hold.id}`;
    const { json } = await eve.post(`${path}/preview`, { arguments: after });
    const digest = isJsonObject(json) ? json['digest'] : null;
    const [agreed, changed] = await Promise.all([
      answers(bob, hold, yes(hold)),
      eve.post(`${path}/edit`, { arguments: after, digest, reason: null }),
    ]);
    expect(taken([agreed, changed])).toHaveLength(1);
    const [done, never] = agreed.status === 200 ? [before, after] : [after, before];
    await bank.expectOnce(`"${done.id}"`);
    await bank.expectNever(`"${never.id}"`);
  }
});

describe('two requests, two people and a repeat', () => {
  test('at once: one question, one effect', async () => {
    for (const round of every) {
      const args = { id: `raced ${round}.`, note: '' };
      await Promise.all([bank.call(bank.clerk, 'pay', args), bank.call(bank.clerk, 'pay', args)]);
      const waiting = bank.real.gateway.runtime.holds
        .open()
        .filter(({ state }) => state === 'waiting');
      expect(waiting).toHaveLength(1);
      const [hold] = waiting;
      if (hold === undefined) throw new Error('nothing waits');
      const [one, other, ...heard] = await Promise.all([
        answers(bob, hold, yes(hold)),
        answers(eve, hold, yes(hold)),
        bank.call(bank.clerk, 'pay', args),
        bank.call(bank.clerk, 'pay', args),
      ]);
      expect(taken([one, other])).toHaveLength(1);
      for (const { code } of heard)
        expect(['ok', 'approval.pending', 'call.duplicate', 'call.in_flight']).toContain(code);
      await bank.expectOnce(args.id);
    }
  });

  test('where both have to agree: one effect, and neither’s yes counts twice', async () => {
    for (const round of every) {
      const args = { id: `raced by two ${round}.` };
      const hold = await bank.hold('wire', args);
      const all = await Promise.all([
        answers(bob, hold, yes(hold)),
        answers(bob, hold, yes(hold)),
        bank.call(bank.clerk, 'wire', args),
      ]);
      expect(all.slice(0, 2).filter(({ status }) => status === 200)).toHaveLength(1);
      await bank.expectNever(args.id);
      await Promise.all([
        answers(eve, hold, yes(hold)),
        bank.call(bank.clerk, 'wire', args),
        answers(eve, hold, yes(hold)),
        bank.call(bank.clerk, 'wire', args),
      ]);
      await bank.expectOnce(args.id);
    }
  });

  test('where the repeat performs it: many at once are one effect', async () => {
    await bank.reload((text) => text.replace('wait: 0s,', 'wait: 0s, execute: on_repeat,'));
    for (const round of every) {
      const args = { id: `repeated at once ${round}.`, note: '' };
      const hold = await bank.hold('pay', args);
      const [agreed] = await Promise.all([
        answers(bob, hold, yes(hold)),
        ...Array.from({ length: 4 }, () => bank.call(bank.clerk, 'pay', args)),
      ]);
      expect(agreed.status).toBe(200);
      await Promise.all(Array.from({ length: 4 }, () => bank.call(bank.clerk, 'pay', args)));
      await bank.expectOnce(args.id);
    }
  });

  test('a suspension, a reload that refuses and a yes at once: at most one effect, and none after the refusal was in force', async () => {
    await bank.reload((text) => text.replace('execute: on_repeat,', ''));
    const refusing = (text: string): string =>
      text.replaceAll(
        'pay: { approval: { by: desk } }',
        'pay: { where: { id: rent }, approval: { by: desk } }',
      );
    for (const round of every) {
      const args = { id: `with a reload ${round}.`, note: '' };
      const hold = await bank.hold('pay', args);
      await Promise.all([answers(bob, hold, yes(hold)), bank.reload(refusing)]);
      const before = (await bank.done()).filter((line) => line.includes(args.id)).length;
      expect(before).toBeLessThanOrEqual(1);
      expect((await answers(eve, hold, yes(hold))).status).not.toBe(200);
      await bank.reload((text) => text.replaceAll('where: { id: rent }, ', ''));
    }
  });
});
