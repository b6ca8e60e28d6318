import { expect, test } from 'vitest';
import { upstreamLimits } from '../../limits.ts';
import { FloodGauge } from './flood.ts';

const { unaskedBytesMax: max, unaskedWindowMs: windowMs } = upstreamLimits;

test.each<[string, readonly (readonly [bytes: number, atMs: number])[], boolean]>([
  ['as much as there may be', [[max, windowMs * 2]], false],
  ['more than that at once', [[max + 1, windowMs * 2]], true],
  [
    'more than that in a minute',
    [
      [max, windowMs * 2],
      [1, windowMs * 3],
    ],
    true,
  ],
  [
    'as much in the next minute',
    [
      [max, windowMs * 2],
      [max, windowMs * 3 + 1],
    ],
    false,
  ],
  [
    'answers don’t count',
    [
      [max, windowMs * 2],
      [-max, windowMs * 2],
      [max, windowMs * 2],
    ],
    false,
  ],
])('%s', (_, written, flooded) => {
  const gauge = new FloodGauge();
  expect(written.map(([bytes, atMs]) => gauge.add(bytes, atMs)).at(-1)).toBe(flooded);
});
