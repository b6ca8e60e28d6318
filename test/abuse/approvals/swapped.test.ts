/** An approval is of one call: nothing else gets done by it, however alike it is. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/content/value.ts';
import type { Browser } from '../../console-rig.ts';
import { answers, type Bank, type Caller, openBank, refusal, yes } from './bank.ts';

let bank: Bank;
let bob: Browser;
beforeAll(async () => {
  // What was agreed to waits for its agent: so that others could come first.
  bank = await openBank({
    policy: (text) => text.replace('wait: 0s,', 'wait: 0s, execute: on_repeat,'),
  });
  bob = await bank.person('bob');
});
afterAll(async () => {
  await bank.expectBooksAgree();
  await bank[Symbol.asyncDispose]();
});

test('the digest of one call with the id of another answers neither', async () => {
  const a = await bank.hold('pay', { id: 'digest a', note: '' });
  const b = await bank.hold('pay', { id: 'digest b', note: '' });
  expect(await answers(bob, b, yes(a))).toMatchObject(refusal(409, 'approval.changed'));
  expect(await answers(bob, a, yes(b))).toMatchObject(refusal(409, 'approval.changed'));
  expect([bank.open(a.id)?.state, bank.open(b.id)?.state]).toEqual(['waiting', 'waiting']);
  expect((await answers(bob, a, yes(a))).status).toBe(200);
  expect(await answers(bob, b, yes(a))).toMatchObject(refusal(409, 'approval.changed'));
  expect((await bank.call(bank.clerk, 'pay', { id: 'digest b', note: '' })).code).toBe(
    'approval.pending',
  );
  await bank.expectNever('digest b');
});

test('the id of one call in other letters is no id', async () => {
  const hold = await bank.hold('pay', { id: 'letters', note: '' });
  const { id: own, run, digest } = hold;
  const others = [
    own.toUpperCase(),
    `%20${own}`,
    `${own}%20`,
    `${own}%00`,
    `${own};x`,
    run,
    digest,
  ];
  for (const id of others)
    expect((await bob.post(`/api/holds/${id}/answer`, yes(hold))).status).not.toBe(200);
  expect(bank.open(hold.id)?.state).toBe('waiting');
});

interface Swap {
  readonly tool?: string;
  readonly args?: JsonObject;
  readonly caller?: Caller;
}

describe('what was agreed to is not agreed to of', () => {
  const rows: readonly (readonly [string, (args: JsonObject) => Promise<Swap> | Swap])[] = [
    ['the same tool with another argument', (args) => ({ args: { ...args, note: 'more' } })],
    ['the same tool for somebody else', (args) => ({ args: { ...args, id: 'else' } })],
    [
      'an argument that looks the same',
      (args) => ({ args: { ...args, id: `${String(args['id'])}\u200b` } }),
    ],
    [
      'an argument that is composed otherwise',
      (args) => ({ args: { ...args, id: String(args['id']).normalize('NFD') } }),
    ],
    [
      'an argument in capitals',
      (args) => ({ args: { ...args, id: String(args['id']).toUpperCase() } }),
    ],
    [
      'an argument with a space more',
      (args) => ({ args: { ...args, id: `${String(args['id'])} ` } }),
    ],
    ['another tool with the same argument', ({ id }) => ({ tool: 'wire', args: { id: id ?? '' } })],
    [
      'another run of the agent',
      async () => ({ caller: await bank.inRun(bank.clerk, { agent: 'clerk', user: 'ann' }) }),
    ],
    [
      'another credential of the agent',
      async () => ({ caller: await bank.caller('clerk', 'ann') }),
    ],
    ['another user of the agent', async () => ({ caller: await bank.caller('clerk', 'max') })],
    ['another agent of the user', async () => ({ caller: await bank.caller('scribe', 'ann') })],
  ];
  test.each(rows)('%s', async (name, swap) => {
    const args = { id: `\u00e9: ${name}`, note: '' };
    const hold = await bank.hold('pay', args);
    expect((await answers(bob, hold, yes(hold))).status).toBe(200);
    const swapped = await swap(args);
    const { tool = 'pay', caller = bank.clerk } = swapped;
    const other = await bank.hold(tool, swapped.args ?? args, caller);
    expect(other.id).not.toBe(hold.id);
    expect(other.state).toBe('waiting');
    await bank.expectNever(name);
    // It is still good for the call that it is of.
    expect((await bank.call(bank.clerk, 'pay', args)).code).toBe('ok');
    expect(bank.open(other.id)?.state).toBe('waiting');
    await bank.expectOnce(name);
  });
});

describe('what was agreed to', () => {
  const runOf = (more: JsonObject = {}): JsonObject => ({ agent: 'clerk', user: 'ann', ...more });

  test('in a run is not agreed to in its child', async () => {
    const parent = await bank.inRun(bank.clerk, runOf());
    const child = await bank.inRun(bank.clerk, runOf({ parent: parent.run }));
    const args = { id: 'of the parent', note: '' };
    const hold = await bank.hold('pay', args, parent);
    await answers(bob, hold, yes(hold));
    expect((await bank.hold('pay', args, child)).id).not.toBe(hold.id);
    await bank.expectNever('of the parent');
    expect((await bank.call(parent, 'pay', args)).code).toBe('ok');
    await bank.expectOnce('of the parent');
  });

  test('in a child is not agreed to in its parent, nor in its sibling', async () => {
    const parent = await bank.inRun(bank.clerk, runOf());
    const [child, sibling] = [
      await bank.inRun(bank.clerk, runOf({ parent: parent.run })),
      await bank.inRun(bank.clerk, runOf({ parent: parent.run })),
    ];
    const args = { id: 'of the child', note: '' };
    const hold = await bank.hold('pay', args, child);
    await answers(bob, hold, yes(hold));
    for (const other of [parent, sibling])
      expect((await bank.hold('pay', args, other)).id).not.toBe(hold.id);
    await bank.expectNever('of the child');
    expect((await bank.call(child, 'pay', args)).code).toBe('ok');
    await bank.expectOnce('of the child');
  });

  test('in a run is no one’s who has only its handle', async () => {
    const own = await bank.inRun(bank.clerk, runOf());
    const args = { id: 'by its handle', note: '' };
    const hold = await bank.hold('pay', args, own);
    await answers(bob, hold, yes(hold));
    const { handle } = own;
    const thieves = [
      await bank.caller('scribe', 'ann'),
      await bank.caller('scribe'),
      { token: await bank.real.openerToken() },
      { token: await bank.real.approverToken('bob') },
    ];
    for (const thief of thieves)
      expect(
        (await bank.call({ ...thief, ...(handle === undefined ? {} : { handle }) }, 'pay', args))
          .code,
      ).not.toBe('ok');
    await bank.expectNever('by its handle');
  });
});
