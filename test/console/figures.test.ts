/** What the documents say of the console in figures is what holds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settleMs } from '../../console/hold/guard.ts';
import { consoleLimits } from '../../src/edges/console/limits.ts';

const { sessionMs, sessionIdleMs, signInFailuresOfOneMax, signInWindowMs, searchMs } =
  consoleLimits;
const hours = (ms: number): string => (ms === 3_600_000 ? 'an hour' : `${ms / 3_600_000} hours`);
const numbers = new Map([[10, 'ten']]);

test.each([
  ['console.md', `* after ${hours(sessionMs)}, or ${hours(sessionIdleMs)} without a request`],
  ['operations.md', `a session of ${hours(sessionMs)} at most`],
  ['console.md', `the ${numbers.get(signInFailuresOfOneMax)} failed attempts a minute to sign in`],
  ['console.md', `A click that comes within ${settleMs / 1_000} s`],
])('%s: %s', (document, said) => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', document), 'utf8');
  expect(text.replace(/\s+/g, ' ')).toContain(said);
});

test('what it calls a minute and a second is one', () => {
  expect([signInWindowMs, searchMs]).toEqual([60_000, 1_000]);
});
