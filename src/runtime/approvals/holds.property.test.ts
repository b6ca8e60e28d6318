/** A short round of `npm run faults -- holds`. */
import { expect, test } from 'vitest';
import { checkHolds } from '../../../test/faults/hold-check.ts';
import { liveHolds } from '../../../test/faults/hold-life.ts';

test('at most one effect a hold, none without its people, and what is left is what the record says', async () => {
  let effects = 0;
  for (let seed = 1; seed <= 10; seed += 1) {
    const life = await liveHolds(seed);
    effects += life.effects.length;
    expect({ seed, acts: life.acts, wrong: checkHolds(life) }).toMatchObject({ wrong: [] });
  }
  expect(effects).toBeGreaterThan(0);
}, 60_000);
