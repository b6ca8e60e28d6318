/** Every target for a moment, with a seed that never changes; and every input that ever broke one. */
import { describe, expect, test } from 'vitest';
import { campaign, tryOne } from './campaign.ts';
import { findingText, keptFindings } from './findings.ts';
import { runCampaigns } from './run.ts';
import { must, type Target } from './target.ts';
import { targetNamed, targets } from './targets.ts';

const seed = 20_261_121;

test('whatever comes in, every reader keeps its promises', async () => {
  const results = await runCampaigns(
    targets.map(({ name }) => name),
    { seed, seconds: null },
  );
  expect(results.map(({ name }) => name)).toEqual(targets.map(({ name }) => name));
  for (const { name, finding, outcomes } of results) {
    expect(
      finding === null ? null : `${name}\n${findingText(finding)}\n${finding.problem}`,
    ).toBeNull();
    // One outcome for everything would mean that nothing gets past the first check.
    expect([name, outcomes.length > 1]).toEqual([name, true]);
  }
}, 120_000);

describe('what was found once', () => {
  test.each(keptFindings())('$target: $problem ($file)', ({ target, input }) => {
    expect(tryOne(targetNamed(target), input).problem).toBeNull();
  });
});

describe('the harness', () => {
  const planted: Target = {
    name: 'planted',
    alphabet: 'text',
    seeds: ['{"key": [1, 2, 3]}'],
    dictionary: ['__proto__'],
    lengthMax: 200,
    roundsInTest: 10_000,
    check(input) {
      must(!/key.*__proto__/.test(input), 'planted');
      return input.includes('[') ? 'list' : 'none';
    },
  };
  const run = () => campaign(planted, seed, (round) => round < planted.roundsInTest);

  test('finds what is planted, and cuts it down to what matters', () => {
    expect(run().finding).toMatchObject({ input: 'key__proto__' });
  });

  test('finds the same again', () => {
    const [one, other] = [run, run].map((again) => again());
    expect(one).toEqual(other);
  });

  test('keeps any input as text that gives it back', () => {
    const input = '\0\ud800\u001b[31m\u202e"\\é';
    const text = findingText({ input, problem: 'planted\n  at a folder of somebody' });
    expect(text).toMatch(/^[\n -~]*$/);
    expect(JSON.parse(text)).toEqual({ input, problem: 'planted' });
  });
});
