/** Whoever follows a message's link when others have answered: what they are told, over HTTP, by a real gateway. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, type ConsoleRig, openConsoleRig } from '../../../test/console-rig.ts';
import { isJsonObject, type JsonValue } from '../../content/value.ts';

let rig: ConsoleRig;
let sam: Browser;
let lee: Browser;
beforeAll(async () => {
  rig = await openConsoleRig();
  [sam, lee] = await Promise.all([rig.signedIn('sam'), rig.signedIn('lee')]);
}, 60_000);
afterAll(() => rig[Symbol.asyncDispose]());

/** What somebody else is told, once the last event of the call is this one. */
async function overUntil(id: string, last: string): Promise<JsonValue> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { json } = await lee.get(`/api/holds/${id}`);
    const over = isJsonObject(json) ? json['over'] : null;
    const events = over !== undefined && isJsonObject(over) ? over['events'] : null;
    const row = Array.isArray(events) ? events.at(-1) : null;
    if (isJsonObject(row) && row['type'] === last) return json;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`no ${last}`);
}

const types = (...names: string[]) => names.map((type) => expect.objectContaining({ type }));

test('approved: by whom, why, and what came of it', async () => {
  const { id, digest, run } = await rig.held('wanted');
  await sam.post(`/api/holds/${id}/answer`, { answer: 'approve', digest, reason: 'by the book' });
  expect(await overUntil(id, 'call.finished')).toMatchObject({
    over: {
      run,
      outcome: 'approved',
      by: ['sam'],
      why: null,
      answers: [{ by: 'sam', answer: 'approve', reason: 'by the book' }],
      events: types(
        'call.held',
        'approval.answered',
        'approval.settled',
        'call.started',
        'call.finished',
      ),
    },
    hold: { id, digest, of: 'call', arguments: { id: 'wanted' }, edited: null, editable: false },
  });
});

test('rejected: by whom, and the reason', async () => {
  const { id, digest } = await rig.held('unwanted');
  await sam.post(`/api/holds/${id}/answer`, { answer: 'reject', digest, reason: 'not that one' });
  expect(await overUntil(id, 'approval.settled')).toMatchObject({
    over: {
      outcome: 'rejected',
      by: ['sam'],
      answers: [{ by: 'sam', answer: 'reject', reason: 'not that one' }],
    },
    hold: { arguments: { id: 'unwanted' }, agreements: [] },
  });
});

test('edited: what was approved, by whom it was changed, and what the agent proposed', async () => {
  const { id } = await rig.held('proposed');
  const args = { id: 'changed' };
  const { json } = await sam.post(`/api/holds/${id}/preview`, { arguments: args });
  const digest = isJsonObject(json) ? json['digest'] : null;
  await sam.post(`/api/holds/${id}/edit`, { arguments: args, digest, reason: 'the other one' });
  expect(await overUntil(id, 'call.finished')).toMatchObject({
    over: { outcome: 'approved', by: ['sam'], answers: [{ reason: 'the other one' }] },
    hold: { digest, arguments: args, edited: { by: 'sam', from: { id: 'proposed' } } },
  });
});

test('withdrawn: why, in words', async () => {
  const { id, run } = await rig.held('late');
  await rig.real.gateway.runtime.closeRun({ type: 'operator' }, run, 'failure', null);
  expect(await overUntil(id, 'approval.settled')).toMatchObject({
    over: {
      outcome: 'withdrawn',
      by: [],
      why: { code: 'run.closed', text: expect.stringMatching(/ /) },
      answers: [],
    },
  });
});

test('what still waits is no end, and a name that is only a part of one is nothing', async () => {
  const { id } = await rig.held('waiting');
  expect((await lee.get(`/api/holds/${id}`)).json).toMatchObject({ id, state: 'waiting' });
  expect((await lee.get(`/api/holds/${id.slice(0, -1)}`)).status).toBe(404);
  expect((await lee.get('/api/holds/approved')).status).toBe(404);
});
