import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fold } from '../../engine/fold.ts';
import type { Store } from '../../store/port.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import { mcpLimits } from './limits.ts';
import { openUsedStates } from './used-states.ts';

const directory = mkdtempSync(join(tmpdir(), 'sallyport-states-'));
let store: Store | null = null;
afterEach(async () => {
  await store?.[Symbol.asyncDispose]();
  store = null;
  rmSync(directory, { recursive: true, force: true });
});

async function reopened(): Promise<Store> {
  await store?.[Symbol.asyncDispose]();
  store = await openSqliteStore({ directory, foldRun: fold });
  return store;
}

test('a state is used once, also after a restart and by two at a time', async () => {
  const used = await openUsedStates(await reopened());
  const untilMs = Date.now() + 60_000;
  expect(await Promise.all([1, 2].map(() => used.use('call_1', 'a', untilMs)))).toEqual([
    true,
    false,
  ]);
  expect(await used.use('call_1', 'b', untilMs)).toBe(true);
  expect(await used.use('call_2', 'a', untilMs)).toBe(true);

  const later = await openUsedStates(await reopened());
  expect(await later.use('call_1', 'a', untilMs)).toBe(false);
  expect(await later.use('call_1', 'b', untilMs)).toBe(false);
  expect(await later.use('call_1', 'c', untilMs)).toBe(true);
});

test('what would be too old is forgotten, and nothing else', async () => {
  const used = await openUsedStates(await reopened());
  const nowMs = Date.now();
  await used.use('call_old', 'a', nowMs - 1);
  await used.use('call_new', 'a', nowMs + 60_000);
  expect((await store?.listState('mcp-states:'))?.map(({ key }) => key)).toEqual([
    'mcp-states:call_new',
  ]);
});

test('of one hold so many are remembered, and then none is good', async () => {
  const used = await openUsedStates(await reopened());
  const untilMs = Date.now() + 60_000;
  for (let state = 0; state < mcpLimits.statesOfHoldMax; state += 1) {
    expect(used.hasRoom('call_1')).toBe(true);
    expect(await used.use('call_1', `s${state}`, untilMs)).toBe(true);
  }
  expect(used.hasRoom('call_1')).toBe(false);
  expect(await used.use('call_1', 'one more', untilMs)).toBe(false);
  expect(used.hasRoom('call_2')).toBe(true);
});
