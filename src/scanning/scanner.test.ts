import { expect, test } from 'vitest';
import type { DeclaredLooks } from '../engine/facts.ts';
import { atOnceCharactersMax, Scanner } from './scanner.ts';

const looks: DeclaredLooks = { injection: true, pii: true, secrets: true, toolNames: [] };

function scannerOf() {
  return new Scanner({
    heldSecrets: () => [],
    readSecret: () => Promise.reject(new Error('there is none')),
    log: () => undefined,
  });
}

test.each<[string, readonly string[], boolean]>([
  ['nothing', [], true],
  ['as much as is read at once', ['a'.repeat(atOnceCharactersMax - 1), 'b'], true],
  ['more, in one text', ['a'.repeat(atOnceCharactersMax + 1)], false],
  ['more, in several', ['a'.repeat(atOnceCharactersMax), 'b'], false],
])('%s: said at once is %s', async (_, texts, atOnce) => {
  await using scanner = scannerOf();
  const scans = scanner.scan(texts, looks, null);
  expect(scans instanceof Promise).toBe(!atOnce);
  expect([...(await scans).keys()]).toEqual(texts);
});
