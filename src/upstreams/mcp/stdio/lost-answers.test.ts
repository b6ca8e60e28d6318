import { expect, test } from 'vitest';
import { LostAnswers } from './lost-answers.ts';

type Step = readonly ['lost', ...number[]] | readonly ['answered' | 'timedOut', number];

test.each<[string, readonly Step[], readonly number[]]>([
  ['the only question open', [['lost', 1]], [1]],
  ['nothing is open', [['lost']], []],
  ['two are open', [['lost', 1, 2]], []],
  [
    'two are open and one is answered',
    [
      ['lost', 1, 2],
      ['answered', 2],
    ],
    [1],
  ],
  [
    'as many lost as are open',
    [
      ['lost', 1, 2],
      ['lost', 1, 2],
    ],
    [1, 2],
  ],
  [
    'one that was asked later is not suspected',
    [
      ['lost', 1, 2],
      ['answered', 3],
    ],
    [],
  ],
  [
    'one lost after another was asked',
    [
      ['lost', 1, 2],
      ['lost', 1, 2, 3],
      ['answered', 1],
    ],
    [2, 3],
  ],
  [
    'the one that timed out may have been it',
    [
      ['lost', 1, 2, 3],
      ['timedOut', 1],
      ['answered', 2],
    ],
    [],
  ],
  [
    'what was told is not told again',
    [
      ['lost', 1],
      ['lost', 2, 3],
    ],
    [1],
  ],
])('%s', (_, steps, certain) => {
  const answers = new LostAnswers();
  const told = steps.flatMap(([what, ...ids]) => {
    if (what === 'lost') return answers.lost(ids);
    const [id = 0] = ids;
    if (what === 'answered') return answers.answered(id);
    answers.timedOut(id);
    return [];
  });
  expect(told).toEqual(certain);
});
