import { expect, test } from 'vitest';
import type { JsonObject } from '../content/value.ts';
import { needsOf } from './hold-needs.ts';

test.each<[ask: JsonObject, said: readonly string[]]>([
  [{ quorum: 1, freshMs: null, grants: null }, []],
  [
    { quorum: 2, freshMs: 300_000, grants: null },
    ['a.b: quorum: 2 different people; fresh: signed in within 5m'],
  ],
  [
    { quorum: 1, freshMs: null, grants: { toolCalls: 50 } },
    ['a.b: agreeing gives the run 50 more tool calls'],
  ],
  [
    { quorum: 1, freshMs: null, grants: { durationMs: 120_000 } },
    ['a.b: agreeing gives the run 2m more'],
  ],
  [
    { quorum: 1, freshMs: null, grants: { costMicroUsd: 1_500_000 } },
    ['a.b: agreeing gives the run 1.5 USD more'],
  ],
  [{ quorum: 1, freshMs: null, grants: { steps: 1 } }, ['a.b: agreeing gives the run 1 more step']],
])('what an answer has to be, and what it gives: %j', (ask, said) => {
  expect(needsOf([{ code: 'a.b', ...ask }])).toEqual(said);
});
