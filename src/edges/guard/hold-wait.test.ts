import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { CallAnswer, HoldTicket } from '../../runtime/port.ts';
import { waitForPeople } from './hold-wait.ts';

const hold: HoldTicket = {
  id: 'call_1',
  run: 'run_1',
  digest: 'sha256:1',
  of: 'call',
  expiresAtMs: 0,
  byUser: false,
};

interface Late {
  readonly answer: CallAnswer;
  readonly released: boolean[];
}

function outcome(): Late {
  const released: boolean[] = [];
  const answer: CallAnswer = {
    type: 'result',
    call: 'call_1',
    run: 'run_1',
    result: { content: [] },
    decision: null,
    released: async (delivered) => {
      released.push(delivered);
    },
  };
  return { answer, released };
}

test('waits for as long as it takes, and leaves the release to its caller', async () => {
  const { answer, released } = outcome();
  const waited: number[] = [];
  const got = await waitForPeople(undefined, async (_heard, patienceMs) => {
    waited.push(patienceMs(hold));
    await new Promise((resolve) => setTimeout(resolve, 5));
    return answer;
  });
  expect(got).toBe(answer);
  expect(waited).toEqual([Number.POSITIVE_INFINITY]);
  expect(released).toEqual([]);
});

test('whoever leaves while a person is asked is let go, and what comes of it has reached nobody', async () => {
  const { answer, released } = outcome();
  const leaving = new AbortController();
  const answered = Promise.withResolvers<CallAnswer>();
  const waiting = waitForPeople(leaving.signal, (_heard, patienceMs) => {
    patienceMs(hold);
    return answered.promise;
  });
  const reason = new Error('enough');
  leaving.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(getEventListeners(leaving.signal, 'abort')).toEqual([]);
  answered.resolve(answer);
  await answered.promise;
  await Promise.resolve();
  expect(released).toEqual([false]);
});

test('whoever has left before waits for nobody', async () => {
  const reason = new Error('gone');
  const waiting = waitForPeople(AbortSignal.abort(reason), (_heard, patienceMs) => {
    patienceMs(hold);
    return new Promise(() => undefined);
  });
  await expect(waiting).rejects.toBe(reason);
});

test('a call that waits for no person runs to its end, whoever leaves', async () => {
  const { answer } = outcome();
  const leaving = new AbortController();
  const answered = Promise.withResolvers<CallAnswer>();
  const waiting = waitForPeople(leaving.signal, () => answered.promise);
  leaving.abort();
  answered.resolve(answer);
  expect(await waiting).toBe(answer);
});
