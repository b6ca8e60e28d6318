import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nothingPressed, type Press, press, shortcuts } from './shortcuts.ts';

const plain: Omit<Press, 'key'> = { atMs: 0, repeated: false, modified: false, typing: false };

/** Keys one after another, a tenth of a second apart unless said. */
function typed(keys: string, gapMs = 100, how: Partial<Press> = {}): readonly string[] {
  let pressed = nothingPressed;
  const actions: string[] = [];
  Array.from(keys).forEach((key, index) => {
    const after = press(pressed, { ...plain, ...how, key, atMs: 10_000 + index * gapMs });
    pressed = after.pressed;
    if (after.action !== null) actions.push(after.action);
  });
  return actions;
}

test.each([
  ['j', ['next']],
  ['jjk', ['next', 'next', 'previous']],
  ['a', ['approve']],
  ['r', ['reject']],
  ['?', ['help']],
  ['gn', ['goNow']],
  ['gr', ['goRuns']],
  ['ga', ['goAgents']],
  ['gl', ['goLedger']],
  // What follows a `g` is never an answer to a hold.
  ['gxa', ['approve']],
  ['ggr', ['reject']],
  ['x', []],
  ['A', []],
])('%s does %j', (keys, actions) => {
  expect(typed(keys)).toEqual(actions);
});

test('a `g` is forgotten after a while', () => {
  expect(typed('gn', 2_000)).toEqual([]);
  expect(typed('gr', 2_000)).toEqual(['reject']);
});

test.each([
  ['into a field', { typing: true }],
  ['with Ctrl, Alt or Meta', { modified: true }],
])('keys %s do nothing', (_, how) => {
  expect(typed('jarg?n', 100, how)).toEqual([]);
});

test('a key that is held down moves on, and decides nothing', () => {
  expect(typed('jj', 30, { repeated: true })).toEqual(['next', 'next']);
  expect(typed('aar', 30, { repeated: true })).toEqual([]);
});

test('the document lists the same keys', () => {
  const document = join(import.meta.dirname, '..', '..', 'docs', 'console.md');
  const lines = readFileSync(document, 'utf8').split('\n');
  for (const { keys, says } of shortcuts)
    expect(lines).toContain(`| ${keys.map((key) => `\`${key}\``).join(' ')} | ${says} |`);
});
