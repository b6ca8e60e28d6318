import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { httpLimits } from './limits.ts';
import { type RefusalSummary, refusalTally } from './refusal-tally.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function tally(record: (summary: RefusalSummary) => Promise<void> = () => Promise.resolve()) {
  const recorded: RefusalSummary[] = [];
  const logged: string[] = [];
  const kept = refusalTally(
    (summary) => {
      recorded.push(summary);
      return record(summary);
    },
    ({ event }) => logged.push(event),
  );
  return { ...kept, recorded, logged };
}

test('the first is recorded at once, the others when the time is over', async () => {
  const { note, recorded } = tally();
  note('mcp.parse', 'cred_a');
  note('mcp.parse', 'cred_a');
  note('mcp.parse', null);
  await vi.advanceTimersByTimeAsync(0);
  expect(recorded).toEqual([
    { refusals: [{ code: 'mcp.parse', credential: 'cred_a', count: 1 }], others: 0 },
  ]);
  await vi.advanceTimersByTimeAsync(httpLimits.refusalsEveryMs);
  expect(recorded.slice(1)).toEqual([
    {
      refusals: [
        { code: 'mcp.parse', credential: 'cred_a', count: 1 },
        { code: 'mcp.parse', credential: null, count: 1 },
      ],
      others: 0,
    },
  ]);
});

test('an hour of refusals is an event a minute, and quiet is none', async () => {
  const { note, recorded } = tally();
  for (let second = 0; second < 3_600; second += 1) {
    note('http.host', null);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(recorded.length).toBeLessThanOrEqual(61);
  const counted = recorded.flatMap(({ refusals }) => refusals.map(({ count }) => count));
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(recorded.length).toBeLessThanOrEqual(62);
  expect(counted.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(3_500);
});

test('as many credentials as one likes take no more lines than there are', async () => {
  const { note, recorded, close } = tally();
  for (let at = 0; at < 1_000; at += 1) note('mcp.parse', `cred_${at}`);
  await close();
  expect(recorded.map(({ refusals, others }) => [refusals.length, others])).toEqual([
    [1, 0],
    [httpLimits.refusalLinesMax, 999 - httpLimits.refusalLinesMax],
  ]);
});

test('what could not be recorded is logged, and the next is tried', async () => {
  const { note, recorded, logged, close } = tally(() => Promise.reject(new Error('disk full')));
  note('mcp.parse', null);
  note('mcp.parse', null);
  await close();
  expect(recorded).toHaveLength(2);
  expect(logged.filter((event) => event === 'edge.refused.unrecorded')).toHaveLength(2);
});
