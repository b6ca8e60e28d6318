/** What the detectors have to reach whenever anything changes: `npm run protection -- --detectors` says the whole. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measureDetectors } from './measure.ts';

const texts = join(import.meta.dirname, '..', 'data', 'detectors');

test('every target is reached, on as many texts as lie here', () => {
  const { rows } = measureDetectors(texts);
  const bound = rows.filter(({ target }) => target !== null);
  expect(bound.filter(({ ok, n }) => !ok || n === 0)).toEqual([]);
  expect(bound).toHaveLength(9);
});

test('without texts there is no figure, and nothing is said to be reached', () => {
  const { rows } = measureDetectors(join(texts, 'nowhere'));
  expect(rows.filter(({ value }) => value !== null)).toEqual([]);
});
