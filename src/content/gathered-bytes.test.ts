import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatheredBytes } from './gathered-bytes.ts';

test('however bytes are cut into pieces, they are the same', () => {
  const gathered = new GatheredBytes();
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), (pieces) => {
      for (const piece of pieces) gathered.add(piece);
      const whole = pieces.flatMap((piece) => [...piece]);
      expect(gathered.length).toBe(whole.length);
      expect([...gathered.take()]).toEqual(whole);
      expect(gathered.length).toBe(0);
    }),
  );
});

test('a byte at a time costs what the bytes cost', () => {
  const gathered = new GatheredBytes();
  const piece = new Uint8Array(64);
  const before = process.memoryUsage();
  for (let n = 0; n < 1_000_000; n += 1) gathered.add(piece.subarray(n % 64, (n % 64) + 1));
  const after = process.memoryUsage();
  const grown = after.heapTotal + after.external - before.heapTotal - before.external;
  expect(grown).toBeLessThan(64_000_000);
  expect(gathered.take()).toHaveLength(1_000_000);
});
