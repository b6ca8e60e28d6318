import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { containsWhole, mayContainWhole, runsOf } from './whole-token.ts';

describe('as a whole', () => {
  test.each([
    ['Pay into 4711.', '4711'],
    ['Pay into 4711, please', '4711'],
    ['acct_1,acct_2', 'acct_2'],
    ['4711,acct_1', 'acct_1'],
    ['account:4711', '4711'],
    ['id=4711', '4711'],
    ['"4711"', '4711'],
    ["'4711'", '4711'],
    ['(4711)', '4711'],
    ['**4711**', '4711'],
    ['order #4711', '4711'],
    ['order #4711', '#4711'],
    ['4711', '4711'],
    ['47110 and 4711', '4711'],
    ['mention @ann', 'ann'],
    ["ann's file", 'ann'],
    ['the file acct_1 of', 'acct_1'],
    ['send "Q3 report" now', 'Q3 report'],
    ['line\n4711\nline', '4711'],
    ['see report.md.', 'report.md'],
    ['see https://x.example/a.', 'https://x.example/a'],
  ])('%j holds %j', (text, value) => {
    expect(containsWhole(text, value)).toBe(true);
  });
});

describe('only as a part', () => {
  test.each([
    ['a longer number', '47110', '4711'],
    ['a longer number, before', '04711', '4711'],
    ['a decimal number', '4711.50', '4711'],
    ['the decimals of one', '12.4711', '4711'],
    ['thousands, from the front', '4,711', '4'],
    ['thousands', '4,711', '711'],
    ['a part of a number with hyphens', '4711-0815', '4711'],
    ['a part of a number with spaces between hyphens', '0815-4711', '4711'],
    ['a time', '12:30', '30'],
    ['money', '$4711', '4711'],
    ['money in euros', '€4711', '4711'],
    ['a percentage', '50%', '50'],
    ['a negative number', '-4711', '4711'],
    ['a phone number', '+4711', '4711'],
    ['a part of a word', 'joann', 'ann'],
    ['a part of a compound', 'mary-ann', 'ann'],
    ['a part of an address', 'ann@x.example', 'ann'],
    ['the domain of an address', 'ann@x.example', 'x.example'],
    ['a part of a host', 'a.x.example', 'x.example'],
    ['a part of a path', '/srv/ann', 'ann'],
    ['a part of a path, further up', 'ann/x', 'ann'],
    ['a name with an underscore', 'ann_x', 'ann'],
    ['another case', 'ANN', 'ann'],
    ['zero width behind', 'ann\u200b', 'ann'],
    ['zero width before', '\u200bann', 'ann'],
    ['zero width inside', 'an\u200bn', 'ann'],
    ['a mark behind', 'ann\u0301', 'ann'],
    ['a letter beyond the first plane before', '\u{1d400}ann', 'ann'],
    ['a letter beyond the first plane behind', 'ann\u{1d400}', 'ann'],
    ['a foreign letter', 'аann', 'ann'],
    ['nothing', 'ann', ''],
  ])('%s', (_, text, value) => {
    expect(containsWhole(text, value)).toBe(false);
  });
});

test('a value between spaces is found, wherever it stands, and only if it stands there', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 12 }),
      fc.array(word, { minLength: 1, maxLength: 3 }),
      (words, value) => {
        const text = ` ${words.join(' ')} `;
        expect(containsWhole(text, value.join(' '))).toBe(text.includes(` ${value.join(' ')} `));
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each([
  ['one letter', 'a', 'a'.repeat(8_000)],
  ['one letter, and another at the end', 'a', `${'a'.repeat(8_000)}b`],
  ['words', 'a ', `${'a '.repeat(4_000)}b`],
  ['words, and another before', 'a ', `b ${'a '.repeat(4_000)}`],
])('a megabyte of %s comes to an end', (_, part, value) => {
  expect(containsWhole(part.repeat(2 ** 20 / part.length), value)).toBe(false);
});

test('what a text contains as a whole, its runs may contain', () => {
  const unit = fc.constantFrom(
    'a',
    '1',
    '-',
    '.',
    ' ',
    '@',
    'é',
    '\u0301',
    '\u{1d400}',
    '忽',
    '\ud800',
  );
  const piece = fc.string({ unit, minLength: 1, maxLength: 6 });
  let whole = 0;
  fc.assert(
    fc.property(piece, piece, piece, (before, value, after) => {
      for (const text of [before + value + after, `${before} ${value} ${after}`]) {
        if (!containsWhole(text, value)) continue;
        whole += 1;
        expect(mayContainWhole(runsOf(text), value)).toBe(true);
      }
    }),
    { numRuns: 5_000 },
  );
  expect(whole).toBeGreaterThan(1_000);
});

test('runs tell most of what a text doesn’t contain', () => {
  expect(mayContainWhole(runsOf('ticket T-504 and T-9'), 'T-495')).toBe(false);
});
