import { expect, test } from 'vitest';
import { durationText, timeLeft, urgency, usdText } from './left.ts';

test.each([
  [-1, 'over', 'now'],
  [0, 'over', 'now'],
  [1, '1 s', 'now'],
  [59_001, '60 s', 'now'],
  [61_000, '1 min 1 s', 'now'],
  [599_000, '9 min 59 s', 'soon'],
  [600_000, '10 min', 'later'],
  [3_600_000, '1 h 0 min', 'later'],
  [90_000_000, '1 d 1 h', 'later'],
])('%d ms left: %s, %s', (ms, text, how) => {
  expect([timeLeft(ms), urgency(ms)]).toEqual([text, how]);
});

test.each([
  [0.4, '0 ms'],
  [999, '999 ms'],
  [1_250, '1.3 s'],
  [61_000, '1 min 1 s'],
  [3_660_000, '1 h 1 min'],
])('%d ms took %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  [0, '$0.00'],
  [1, '$0.000001'],
  [1_230_000, '$1.23'],
  [-2_500_000, '−$2.50'],
])('%d millionths are %s', (micro, text) => {
  expect(usdText(micro)).toBe(text);
});
