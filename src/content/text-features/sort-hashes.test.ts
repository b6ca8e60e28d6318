import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sortHashes } from './sort-hashes.ts';

test('few or many, hashes are in ascending order', () => {
  const integers = fc.integer({ min: -0x80000000, max: 0x7fffffff });
  fc.assert(
    fc.property(fc.array(integers, { maxLength: 30 }), fc.nat(3_000), (some, more) => {
      const all = [
        ...some,
        ...some,
        ...Array.from({ length: more }, (_, at) => Math.imul(at, 0x9e3779b1)),
      ];
      const sorted = all.toSorted((a, b) => a - b);
      expect([...sortHashes(Int32Array.from(all))]).toEqual(sorted);
    }),
    { numRuns: 50 },
  );
});
