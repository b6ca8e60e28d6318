import { expect, test } from 'vitest';
import { isDeliberate, questionOf } from './guard.ts';

test.each([
  [1_000, 900, false],
  [1_000, 1_000, false],
  [1_000, 1_299, false],
  [1_000, 1_300, true],
])('shown at %d, pressed at %d: deliberate %s', (changed, pressed, deliberate) => {
  expect(isDeliberate(changed, pressed)).toBe(deliberate);
});

const shown = { digest: 'sha256:1', state: 'waiting', asks: [{ key: 'a' }, { key: 'b' }] };

test.each([
  ['the same', shown, true],
  ['other arguments', { ...shown, digest: 'sha256:2' }, false],
  ['one reason more', { ...shown, asks: [...shown.asks, { key: 'c' }] }, false],
  ['another reason', { ...shown, asks: [{ key: 'a' }, { key: 'c' }] }, false],
  ['settled meanwhile', { ...shown, state: 'approved' }, false],
])('%s is the same question: %s', (_, other, same) => {
  expect(questionOf(other) === questionOf(shown)).toBe(same);
});
