import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { disagreement } from './cel-agreement.ts';
import { given, typedExpression, wordSoup } from './cel-expressions.ts';
import { type Given, ourOpinion, secondOpinion } from './cel-opinions.ts';

const call: Given = {
  args: {
    count: 3,
    share: 0.5,
    text: 'ab',
    when: '2026-11-23T14:30:00Z',
    flag: true,
    tags: ['a', 'b'],
    numbers: [1, 2],
    lines: [{ sku: 'x', quantity: 2 }],
    loose: { status: 'open', n: 7 },
  },
  nowMs: Date.UTC(2026, 10, 23, 14, 30),
};

describe('what two implementations read alike', () => {
  test.each([
    ['an int at its end', '9223372036854775807 + 0 == 9223372036854775807', true],
    ['an int beyond its end', '9223372036854775807 + 1 > 0', 'error'],
    ['the least int, negated', '-(-9223372036854775807 - 1) > 0', 'error'],
    ['ints that a double would round', '9007199254740993 == 9007199254740992', false],
    ['a division that cuts towards zero', '-5 / 2 == -2 && -5 % 3 == -2', true],
    ['a division by zero', 'call.args.count / 0 == 0', 'error'],
    ['no number', '0.0 / 0.0 == 0.0 / 0.0', false],
    ['two zeros', '0.0 == -0.0', true],
    ['an int against a number of unknown type', 'call.args.loose.n == 7', true],
    ['a size in characters', "size('😀') == 1", true],
    ['letters that only look alike', "'é' == 'e\u0301'", false],
    ['a pattern of two lines', "'a\\nb'.matches('^b')", false],
    ['an error that the other side settles', 'call.args.count / 0 == 0 || call.args.flag', true],
    ['an element outside', 'call.args.tags[2] == call.args.text', 'error'],
    [
      'a time beyond the calendar',
      "timestamp('9999-12-31T23:00:00Z') + duration('2h') > now",
      'error',
    ],
    ['minus before a method', '-call.args.tags.size() == -2', true],
    ['a choice to the right', 'false ? true : false ? false : true', true],
  ] as const)('%s: %s', (_, source, expected) => {
    expect([ourOpinion(source, call).opinion, secondOpinion(source, call)]).toEqual([
      expected,
      expected,
    ]);
  });
});

describe('what is refused at load, because implementations differ or it has no use', () => {
  test.each([
    ['order of texts, which is by UTF-16 unit, byte or character', "'a' < 'b'"],
    ['order of booleans', 'false < true'],
    ['an int beside a double', 'call.args.count > 1.5'],
    ['lists of unlike numbers', '[1] == [1.0]'],
    ['a double as an index', "call.args.tags[1.0] == 'b'"],
    ['a comparison in a comparison', 'true == 1 < 2'],
    ['a membership in a comparison', "false == 'a' in call.args.tags"],
    ['a choice in the middle of a choice', 'true ? false ? false : true : false'],
    ['nothing, said twice', '!!call.args.flag'],
    ['minus, said twice', '--call.args.count == 3'],
    ['a comment', 'call.args.flag // always'],
    ['a comment that ends its line', '// always\ncall.args.flag'],
    ['`0X`', '0X1F == 31'],
    ['escapes of other languages', "'\\x61' == 'a'"],
    ['`dyn`', 'dyn(1) == 1.0'],
    ['`type`', "type('a') == string"],
    ['an unsigned int', '1u == 1u'],
    ['bytes', "b'a' == b'a'"],
    ['a map', "{'a': 1}.a == 1"],
    ['`has`', 'has(call.args.loose.status)'],
    ['a message', 'google.protobuf.Duration{seconds: 1} == duration("1s")'],
    [
      'a comprehension in a comprehension',
      'call.args.tags.all(t, call.args.tags.exists(u, u == t))',
    ],
    ['three parts in `map`', '[1, 2].map(x, x > 1, x) == [2]'],
    ['parts of a time', 'now.getFullYear() == 2026'],
    ['a duration without a unit', "duration('0') == duration('0s')"],
    ['a duration with a fraction', "duration('1.5h') == duration('90m')"],
    ['a time finer than a millisecond', "timestamp('2026-01-01T00:00:00.0000001Z') < now"],
    ['midnight as 24:00', "timestamp('2026-01-01T24:00:00Z') < now"],
    ['a duration that some can’t hold', "duration('99999999h') > duration('1h')"],
    ['a brace that repeats nothing', "tool.matches('({?i)a')"],
    ['a brace that repeats nothing, behind a backslash of its own', "tool.matches(r'a\\\\{b')"],
    ['a pattern from the call', 'call.args.text.matches(call.args.text)'],
    ['a leading dot', ".agent == 'desk'"],
    ['nulls of what is never null', 'call.args.flag == null'],
    ['a value that a name never has', "tool == 'shop.sell'"],
  ])('%s: %s', (_, source) => {
    expect(ourOpinion(source, call).opinion).toBe('refused');
  });
});

test('no expression and no call on which ours says more than the other', () => {
  const asked = { answered: 0, allowed: 0 };
  fc.assert(
    fc.property(typedExpression, given, (source, one) => {
      const { opinion } = ourOpinion(source, one);
      if (typeof opinion === 'boolean') asked.answered += 1;
      if (opinion === true) asked.allowed += 1;
      expect(disagreement(source, one)).toBeNull();
    }),
    { numRuns: 1_000 },
  );
  // A generator whose expressions are all refused would agree with everything.
  expect(asked.answered).toBeGreaterThan(200);
  expect(asked.allowed).toBeGreaterThan(80);
});

test('no text that ours takes for an expression and the other for another', () => {
  fc.assert(
    fc.property(wordSoup, given, (source, one) => {
      expect(disagreement(source, one)).toBeNull();
    }),
    { numRuns: 1_000 },
  );
});
