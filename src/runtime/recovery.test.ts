import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import {
  codeOf,
  lastingDirectory,
  opener,
  openWorld,
  said,
  text,
} from '../../test/runtime/world.ts';
import type { JsonObject } from '../content/value.ts';

const start = Date.UTC(2026, 2, 3);

/** Calls that a process left open when it went: their effects never end. */
async function leaveOpen(
  directory: string,
  calls: readonly (readonly [tool: string, args: JsonObject])[],
): Promise<{ handle: string; run: string; parent: string }> {
  const world = await openWorld({
    directory,
    clock: () => start,
    perform: () => new Promise(() => undefined),
  });
  const parent = await world.open();
  const { handle, run } = await world.open({ parent: parent.run.id });
  for (const [tool, args] of calls) void world.call(tool, args, { handle });
  await expect.poll(() => world.effects.length).toBe(calls.length);
  await world.runtime.closeRun(opener, run.id, 'failure', null);
  await world.store[Symbol.asyncDispose]();
  return { handle, run: run.id, parent: parent.run.id };
}

test('what was open is ended: changes are unknown, with an alert; reads have failed', async () => {
  await using directory = await lastingDirectory();
  const left = await leaveOpen(directory.path, [
    ['box.put', { id: 'a' }],
    ['box.pay', { id: 'b' }],
    ['box.fetch', { id: 'c' }],
    ['box.look', { id: 'd' }],
  ]);
  // At the same millisecond: a clock that was set back stands still.
  await using world = await openWorld({ directory: directory.path, clock: () => start - 1_000 });
  expect(await world.runtime.recovered).toBe(3);
  const finished = await world.events('call.finished');
  expect(finished.map(({ tool, outcome, by }) => [tool, outcome, by].join(' ')).sort()).toEqual([
    'box.fetch failed sallyport',
    'box.pay indeterminate sallyport',
    'box.put indeterminate sallyport',
  ]);
  const alerts = await world.events('alert.raised');
  expect(alerts.map(({ alert, details }) => `${alert} ${details['tool']}`).sort()).toEqual([
    'indeterminate_call box.pay',
    'indeterminate_call box.put',
  ]);
  expect(await world.run(left.run)).toMatchObject({ inFlight: [], status: 'closed' });
  // What they may have read counts as read, in the run above as well.
  expect((await world.run(left.parent)).labels.trust).toBe('untrusted');
});

test.each([
  ['nobody knows whether it was handed over: a repeat gets the outcome', false, 1, ['kept', 'new']],
  ['it was recorded as handed over: a repeat is a new call', true, 2, ['new', 'new']],
])('a crash after a call at tier 1 was done, and %s', async (_, recorded, told, answers) => {
  await using directory = await lastingDirectory();
  const world = await openWorld({ directory: directory.path, perform: () => text('kept') });
  const { handle } = await world.open();
  await world.call('box.put', { id: 'a' }, { handle });
  if (recorded)
    await expect.poll(async () => (await world.events('call.delivered')).length).toBe(1);
  await world.store[Symbol.asyncDispose]();
  await using again = await openWorld({ directory: directory.path, perform: () => text('new') });
  const repeat = async () => said(await again.call('box.put', { id: 'a' }, { handle }));
  expect([await repeat(), await repeat()]).toEqual(answers);
  expect(again.effects).toHaveLength(told);
});

test('deliveries are told later, and lie in the record when they are told', async () => {
  let nowMs = 1_000;
  await using world = await openWorld({ clock: () => nowMs++ });
  await world.call('box.put', { id: 'a' });
  await world.call('box.put', { unknown: 'refused' });
  await expect.poll(async () => (await world.events('call.delivered')).length).toBe(1);
  const times = (await world.store.events({ limit: 100 })).flatMap(({ run, event }) =>
    run === null ? [] : [event.atMs],
  );
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('ended once: a second start finds nothing', async () => {
  await using directory = await lastingDirectory();
  await leaveOpen(directory.path, [['box.put', { id: 'a' }]]);
  for (const count of [1, 0]) {
    await using world = await openWorld({ directory: directory.path });
    expect(await world.runtime.recovered).toBe(count);
    expect(await world.events('alert.raised')).toHaveLength(1);
  }
});

test('a run that can’t be read keeps no other from being told of', async () => {
  await using directory = await lastingDirectory();
  const world = await openWorld({
    directory: directory.path,
    perform: () => new Promise(() => undefined),
  });
  const [broken, whole] = await Promise.all([world.open(), world.open()]);
  for (const { handle } of [broken, whole]) void world.call('box.put', { id: 'a' }, { handle });
  await expect.poll(() => world.effects.length).toBe(2);
  await world.store[Symbol.asyncDispose]();
  const db = new DatabaseSync(join(directory.path, 'sallyport.db'));
  db.prepare('UPDATE runs SET version = version + 1 WHERE run = ?').run(broken.run.id);
  db.close();
  await using again = await openWorld({ directory: directory.path });
  expect(await again.runtime.recovered).toBe(1);
  expect(await again.events('alert.raised')).toMatchObject([{ run: whole.run.id }]);
  expect(again.log).toMatchObject([{ event: 'recovery.stuck', run: broken.run.id }]);
  const answer = await again.call('box.put', { id: 'b' }, { handle: broken.handle });
  expect(codeOf(answer)).toBe('store.unavailable');
});
