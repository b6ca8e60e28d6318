import { expect, test } from 'vitest';
import { SallyportError } from '../content/errors.ts';
import { hinted } from './answer-hints.ts';

test.each<[code: string, hint: string | undefined, told: string | undefined]>([
  ['approval.reason_needed', undefined, 'give a reason: `--reason "…"`'],
  ['approval.changed', undefined, 'look at it again: `sallyport approvals show call_1`'],
  ['approval.unknown', undefined, '`sallyport approvals list` shows those that wait'],
  ['approval.not_yours', 'who is asked: the role `desk`', 'who is asked: the role `desk`'],
  ['approval.settled', undefined, undefined],
])('an answer that does not count, and what to do about it: %s', (code, hint, told) => {
  const error = new SallyportError(code, 'why', hint === undefined ? {} : { hint });
  expect(hinted(error, 'call_1')).toMatchObject({ code, message: 'why', hint: told });
});
