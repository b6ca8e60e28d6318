import { expect, test } from 'vitest';
import { barOf } from './may-answer.ts';

const people = new Map(
  [
    { id: 'ann', roles: new Set(['staff']) },
    { id: 'bob', roles: new Set(['staff', 'leads']) },
    { id: 'cleo', roles: new Set(['leads']) },
  ].map((one) => [one.id, one]),
);
const leads = { type: 'role', role: 'leads' } as const;
const user = { type: 'user' } as const;
const glass = { type: 'break_glass', role: 'leads' } as const;

test.each([
  ['a lead', 'cleo', leads, 'ann', [], false, null],
  ['somebody else', 'ann', leads, 'bob', [], false, 'not_yours'],
  ['whoever asks', 'bob', leads, 'bob', [], false, 'requester'],
  ['whoever asked the run above', 'bob', leads, 'ann', ['bob'], false, 'requester'],
  ['whoever asks, where the policy lets them', 'bob', leads, 'bob', [], true, null],
  ['nobody whom the policy knows', 'dora', leads, 'ann', [], true, 'not_yours'],
  ['nobody whom the policy knows any more', 'dora', user, 'dora', [], true, 'not_yours'],
  ["the run's own person", 'ann', user, 'ann', [], false, null],
  ['another person', 'bob', user, 'ann', [], true, 'not_yours'],
  ['a run without anybody', 'bob', user, null, [], true, 'not_yours'],
  ['whoever breaks the glass', 'ann', glass, 'ann', [], false, null],
  ['whoever hears of it', 'cleo', glass, 'ann', [], false, 'not_yours'],
] as const)('%s', (_, person, by, own, above, selfApproval, bar) => {
  const requesters = new Set([...above, ...(own === null ? [] : [own])]);
  const approvals = {
    default: null,
    timeoutMs: 1_000,
    waitMs: 0,
    remember: 'run',
    open: 3,
    selfApproval,
    execute: 'at_once',
    notify: [],
  } as const;
  expect(barOf(person, by, { user: own, requesters }, { users: people, approvals })).toBe(bar);
});
