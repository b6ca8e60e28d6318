/** Who may answer, when, and what of. */
import { expect, test } from 'vitest';
import {
  type Asking,
  answers,
  asking,
  holdOf,
  holdWorld,
  paid,
  ticketOf,
} from '../../../test/runtime/holds.ts';
import { approver, codeOf } from '../../../test/runtime/world.ts';

interface Row extends Asking {
  readonly user?: string | null;
  readonly by: string;
  readonly says?: Parameters<typeof answers>[3];
}

const two = '{ approval: { by: desk, quorum: 2 } }';
const byUser = '{ approval: { by: user } }';
const glass = '{ where: { id: { is: b, otherwise: { break_glass: desk } } }, approval: never }';

test.each<[string, Row, string]>([
  ['somebody whom the policy asks', { by: 'dora' }, 'approved'],
  ['somebody with other roles', { by: 'ann' }, 'approval.not_yours'],
  ['somebody whom it does not know', { by: 'nobody' }, 'approval.not_yours'],
  [
    'whoever the run works for, though they have the role',
    { user: 'max', by: 'max' },
    'approval.requester',
  ],
  [
    'the same, where the policy lets them',
    { user: 'max', by: 'max', rules: 'self_approval: true' },
    'approved',
  ],
  ['the run’s own person, who is to confirm', { user: 'ann', by: 'ann', pay: byUser }, 'approved'],
  ['another one in their place', { user: 'ann', by: 'dora', pay: byUser }, 'approval.not_yours'],
  ['one of two', { by: 'dora', pay: two }, 'waiting'],
  ['a no of one of two', { by: 'dora', pay: two, says: { answer: 'reject' } }, 'rejected'],
  [
    'a no of somebody who is not asked',
    { by: 'ann', says: { answer: 'reject' } },
    'approval.not_yours',
  ],
  ['an answer to another call', { by: 'dora', says: { digest: 'sha256:0' } }, 'approval.changed'],
  [
    'a no to another call',
    { by: 'dora', says: { digest: 'sha256:0', answer: 'reject' } },
    'approval.changed',
  ],
  [
    'a sign-in of long ago, for a call that wants a fresh one',
    {
      by: 'dora',
      pay: '{ approval: { by: desk, fresh: 5m } }',
      says: { signedInAtMs: Date.now() - 400_000 },
    },
    'approval.not_fresh',
  ],
  [
    'one of the next hour',
    {
      by: 'dora',
      pay: '{ approval: { by: desk, fresh: 5m } }',
      says: { signedInAtMs: Date.now() + 3_600_000 },
    },
    'approval.not_fresh',
  ],
  [
    'the same for a no',
    {
      by: 'dora',
      pay: '{ approval: { by: desk, fresh: 5m } }',
      says: { signedInAtMs: 0, answer: 'reject' },
    },
    'rejected',
  ],
  [
    'broken glass without a reason',
    { user: 'ann', by: 'ann', pay: glass },
    'approval.reason_needed',
  ],
  [
    'broken glass with one',
    { user: 'ann', by: 'ann', pay: glass, says: { reason: 'it burns' } },
    'approved',
  ],
  [
    'broken glass by one of those who are told',
    { user: 'ann', by: 'dora', pay: glass, says: { reason: 'it burns' } },
    'approval.not_yours',
  ],
])('%s', async (_, { user = null, by, says, ...rules }, expected) => {
  await using world = await holdWorld({}, rules);
  const { handle } = await world.open({ user });
  const id = ticketOf(await world.call('box.pay', { id: 'a' }, { handle }));
  const shown = await world.runtime.holds.show(approver(by, says?.signedInAtMs), id);
  expect(await answers(world, id, by, says)).toBe(expected);
  // What is shown of it before is what comes of it.
  const mayApprove =
    expected === 'approved' || expected === 'waiting' || expected === 'approval.reason_needed';
  if (says?.answer !== 'reject' && says?.digest === undefined)
    expect(shown?.mine.asks.length).toBe(mayApprove ? 1 : 0);
  const done = expected === 'approved' ? ['a'] : [];
  await expect.poll(() => paid(world)).toEqual(done);
  const recorded = await world.events('approval.answered');
  expect(recorded).toHaveLength(expected.startsWith('approval.') ? 0 : 1);
});

test('whoever is asked for nothing hears who is; whoever has agreed, that others are needed', async () => {
  await using world = await holdWorld({}, { pay: two });
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  const refused = (by: string): Promise<unknown> =>
    world.runtime.holds
      .answer(approver(by), id, {
        answer: 'approve',
        digest: holdOf(world, id)?.digest ?? '',
        reason: null,
      })
      .catch((error: unknown) => error);
  expect(await refused('ann')).toMatchObject({
    message: 'the policy asks somebody else',
    hint: 'who is asked: the role `desk`',
  });
  expect(await answers(world, id, 'dora')).toBe('waiting');
  const agreed = 'you have agreed; 1 more person is needed';
  expect(await refused('dora')).toMatchObject({ code: 'approval.settled', message: agreed });
  const shown = await world.runtime.holds.show(approver('dora'), id);
  expect(Object.values(shown?.mine.not ?? {})).toEqual([agreed]);
  expect(await answers(world, id, 'dan')).toBe('approved');
  expect(await refused('dora')).toMatchObject({ message: 'this was answered already' });
});

test('a person who was removed, or lost the role, is refused at once', async () => {
  await using world = await holdWorld();
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  const { users } = world.policy;
  const removed = new Map([...users].filter(([name]) => name !== 'dora'));
  world.policy = { ...world.policy, users: removed };
  expect(await answers(world, id, 'dora')).toBe('approval.not_yours');
  expect(await answers(world, id, 'dan')).toBe('approved');
});

test('what somebody agreed to who may not any more is asked about once more, with why', async () => {
  await using world = await holdWorld({}, { pay: two });
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  const reasons = async () =>
    (await world.runtime.holds.show(approver('dan'), id))?.facts.reasons.map(
      ({ details }) => details,
    );
  const shown = await reasons();
  await answers(world, id, 'dora');
  const users = new Map([...world.policy.users].filter(([name]) => name !== 'dora'));
  world.policy = { ...world.policy, users };
  await world.runtime.reconsider();
  expect(holdOf(world, id)?.asks).toHaveLength(1);
  expect(await reasons()).toEqual(shown);
  expect(await answers(world, id, 'dan')).toBe('waiting');
  expect(await answers(world, id, 'max')).toBe('approved');
});

test('two different people, not one twice', async () => {
  await using world = await holdWorld({}, { pay: two });
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  expect(await answers(world, id, 'dora')).toBe('waiting');
  expect(await answers(world, id, 'dora')).toBe('approval.settled');
  expect(paid(world)).toEqual([]);
  expect(await answers(world, id, 'dan')).toBe('approved');
  await expect.poll(() => paid(world)).toEqual(['a']);
  expect(await world.events('call.started')).toMatchObject([{ approvedBy: ['dora', 'dan'] }]);
});

test('who was shown fewer reasons has answered another question', async () => {
  await using world = await holdWorld({}, { pay: '{ approval: { by: desk } }' });
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  const shown = holdOf(world, id)?.digest ?? '';
  world.policy = asking({
    pay: '{ where: { id: { is: b, otherwise: { approval: desk } } }, approval: { by: desk } }',
  });
  await world.runtime.reconsider();
  expect(await answers(world, id, 'dora', { digest: shown })).toBe('approval.changed');
  expect(await answers(world, id, 'dora')).toBe('approved');
  await expect.poll(() => paid(world)).toEqual(['a']);
});

test('one of two may take it back by saying no', async () => {
  await using world = await holdWorld({}, { pay: two });
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  await answers(world, id, 'dora');
  expect(await answers(world, id, 'dora', { answer: 'reject' })).toBe('rejected');
  expect(await answers(world, id, 'dan')).toBe('approval.settled');
});

test('one of two answers at once is first, whoever gives them', async () => {
  await using world = await holdWorld();
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  const said = await Promise.all([
    answers(world, id, 'dora'),
    answers(world, id, 'dora'),
    answers(world, id, 'dan', { answer: 'reject' }),
    answers(world, id, 'max'),
  ]);
  expect(said.toSorted()).toEqual([
    'approval.settled',
    'approval.settled',
    'approval.settled',
    'approved',
  ]);
  expect(await world.events('approval.settled')).toHaveLength(1);
  await expect.poll(() => paid(world)).toEqual(['a']);
});

test('broken glass is told to those whose glass it was', async () => {
  await using world = await holdWorld({ secrets: ['hunter-22'] }, { pay: glass });
  const { handle } = await world.open({ user: 'ann' });
  const id = ticketOf(await world.call('box.pay', { id: 'a' }, { handle }));
  await answers(world, id, 'ann', { reason: 'it burns, hunter-22' });
  const alerts = await world.events('alert.raised');
  expect(alerts).toMatchObject([
    { alert: 'break_glass', call: id, details: { role: 'desk', by: 'ann', tool: 'box.pay' } },
  ]);
  expect(JSON.stringify(alerts)).toContain('it burns');
  expect(JSON.stringify(alerts)).not.toContain('hunter-22');
});

test('a hold that was never there, and one that is over', async () => {
  await using world = await holdWorld();
  expect(await answers(world, 'call_none', 'dora')).toBe('approval.unknown');
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  const digest = holdOf(world, id)?.digest ?? '';
  await answers(world, id, 'dora');
  await expect.poll(() => paid(world)).toEqual(['a']);
  expect(await answers(world, id, 'dan', { digest })).toBe('approval.settled');
  expect(await world.runtime.holds.show(approver('dora'), id)).toBeNull();
});

test('what is shown is what is recorded: no secret, and the agent’s words last', async () => {
  await using world = await holdWorld({ secrets: ['hunter-22'] });
  const answer = await world.call(
    'box.pay',
    { id: 'a', secret: 'x1' },
    { reason: 'they said hunter-22' },
  );
  const shown = await world.runtime.holds.show(approver('dora'), ticketOf(answer));
  expect(shown).toMatchObject({ arguments: { secret: '[redacted]' }, editable: true });
  expect(shown?.reason).toContain('they said');
  expect(JSON.stringify(shown)).not.toContain('hunter-22');
  const { refusal } = answer.type === 'held' ? answer : {};
  expect(refusal?.machine).toMatchObject({
    ticket: shown?.id,
    verdict: 'hold',
    codes: ['approval.pending', 'gate.tier'],
    retry_after: 15,
  });
  expect(codeOf(answer)).toBe('approval.pending');
});

test('an operator looks, and answers nothing', async () => {
  await using world = await holdWorld();
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  const shown = await world.runtime.holds.show({ type: 'operator' }, id);
  expect(shown).toMatchObject({ state: 'waiting', mine: { asks: [] } });
});

test('an answer that can’t be written is none', async () => {
  let fails = false;
  await using world = await holdWorld({
    around: (store) =>
      new Proxy(store, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name, target);
          if (typeof member !== 'function') return member;
          return (...args: unknown[]) =>
            fails && name === 'commit'
              ? Promise.reject(new Error('disk I/O error'))
              : Reflect.apply(member, target, args);
        },
      }),
  });
  const id = ticketOf(await world.call('box.pay', { id: 'a' }));
  fails = true;
  await expect(answers(world, id, 'dora')).rejects.toThrow('disk');
  fails = false;
  expect(holdOf(world, id)).toMatchObject({ state: 'waiting' });
  expect(paid(world)).toEqual([]);
  expect(await answers(world, id, 'dora')).toBe('approved');
});
