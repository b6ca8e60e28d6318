/** Expressions that a policy might hold, and arguments that an agent might send: what the two implementations are asked. */
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/content/value.ts';
import type { Given } from './cel-opinions.ts';

type Grammar = Record<
  'int' | 'double' | 'text' | 'flag' | 'texts' | 'ints' | 'time' | 'span' | 'loose',
  string
>;

const pick = (...texts: string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

/** With its brackets, or without: how tightly an operator binds is one more thing to disagree on. */
function between(
  left: fc.Arbitrary<string>,
  operators: readonly string[],
  right: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  return fc
    .tuple(left, pick(...operators), right, pick('(', '', '( ', '\n'))
    .map(([one, operator, other, open]) =>
      open.startsWith('(')
        ? `${open}${one} ${operator} ${other})`
        : `${one}${open || ' '}${operator} ${other}`,
    );
}

const edges = pick(
  '0',
  '1',
  '-1',
  '7',
  '0x1f',
  '-0x10',
  '2147483648',
  '9007199254740993',
  '9223372036854775807',
  '-9223372036854775807',
);

const grammar = fc.letrec<Grammar>((tie) => {
  const choice = (one: keyof Grammar): fc.Arbitrary<string> =>
    fc
      .tuple(tie('flag'), tie(one), tie(one), fc.boolean())
      .map(([test, yes, no, bare]) =>
        bare ? `${test} ? ${yes} : ${no}` : `(${test} ? ${yes} : ${no})`,
      );
  const order = ['<', '<=', '>', '>=', '==', '!='];
  const equality = ['==', '!='];
  const each = (
    list: keyof Grammar,
    item: string,
    tests: fc.Arbitrary<string>,
  ): fc.Arbitrary<string> =>
    fc
      .tuple(tie(list), pick('all', 'exists', 'exists_one'), tests)
      .map(([of, macro, test]) => `${of}.${macro}(${item}, ${test})`);
  const number = fc.integer({ min: -20, max: 20 }).map(String);
  return {
    int: fc.oneof(
      { maxDepth: 4 },
      edges,
      number,
      pick('call.args.count', 'call.args.other', 'run.calls', 'call.args.lines[0].quantity'),
      between(tie('int'), ['+', '-', '*', '/', '%'], tie('int')),
      fc
        .tuple(pick('-', '- ', '-('), tie('int'))
        .map(([minus, of]) => (minus.endsWith('(') ? `${minus}${of})` : `${minus}${of}`)),
      fc
        .tuple(tie('text'), fc.boolean())
        .map(([of, method]) => (method ? `${of}.size()` : `size(${of})`)),
      tie('ints').map((of) => `size(${of})`),
      fc.tuple(tie('ints'), number).map(([of, at]) => `${of}[${at}]`),
      tie('double').map((of) => `int(${of})`),
      tie('text').map((of) => `int(${of})`),
      choice('int'),
    ),
    double: fc.oneof(
      { maxDepth: 3 },
      pick(
        '0.0',
        '-0.0',
        '1.5',
        '1e3',
        '-2.5e-3',
        '9.3e18',
        '1e308',
        'call.args.share',
        'call.args.ratio',
      ),
      between(tie('double'), ['+', '-', '*', '/'], tie('double')),
      tie('int').map((of) => `double(${of})`),
      tie('double').map((of) => `-${of}`),
      choice('double'),
    ),
    text: fc.oneof(
      { maxDepth: 3 },
      pick(
        "''",
        "'a'",
        '"ab"',
        "'A'",
        "'😀'",
        "'\\u0061'",
        "'\\\\'",
        "r'\\d'",
        "'''a'b'''",
        'agent',
        'tool',
        'call.args.text',
        'call.args.word',
        'call.args.when',
        'case.purpose',
        'call.args.lines[0].sku',
        "call['args']['text']",
      ),
      between(tie('text'), ['+'], tie('text')),
      tie('int').map((of) => `string(${of})`),
      tie('flag').map((of) => `string(${of})`),
      fc.tuple(tie('texts'), number).map(([of, at]) => `${of}[${at}]`),
      choice('text'),
    ),
    flag: fc.oneof(
      { maxDepth: 5 },
      pick('true', 'false', 'call.args.flag', "'support' in user.roles", 'user.id == null'),
      between(tie('int'), order, tie('int')),
      between(tie('double'), order, tie('double')),
      between(tie('text'), equality, tie('text')),
      between(tie('time'), order, tie('time')),
      between(tie('span'), order, tie('span')),
      between(tie('ints'), equality, tie('ints')),
      between(tie('texts'), equality, tie('texts')),
      between(tie('flag'), ['&&', '||', '==', '!='], tie('flag')),
      between(
        tie('loose'),
        equality,
        fc.oneof(tie('text'), tie('int'), tie('double'), tie('flag')),
      ),
      between(tie('int'), ['in'], tie('ints')),
      between(tie('text'), ['in'], tie('texts')),
      between(
        pick('call.args.other', 'call.args.word', 'call.args.ratio', 'call.args.loose'),
        equality,
        fc.constant('null'),
      ),
      fc
        .tuple(tie('text'), pick('contains', 'startsWith', 'endsWith'), tie('text'))
        .map(([of, method, part]) => `${of}.${method}(${part})`),
      fc
        .tuple(
          tie('text'),
          pick(
            "'a'",
            "'^a'",
            "'b$'",
            "'^$'",
            "'[a-b]+'",
            "'(?i)A'",
            "'a.b'",
            "r'\\d+'",
            "'\\\\s'",
            "'^a|b$'",
          ),
        )
        .map(([of, pattern]) => `${of}.matches(${pattern})`),
      fc
        .tuple(pick('!', '! ', '!!'), tie('flag'), fc.boolean())
        .map(([not, of, bare]) => (bare ? `${not}${of}` : `${not}(${of})`)),
      each('ints', 'n', between(pick('n', '10 / n', '-n'), order, tie('int'))),
      each('texts', 't', between(pick('t', "t + 'a'"), equality, tie('text'))),
      fc
        .tuple(
          pick('all', 'exists', 'exists_one'),
          between(pick('l.quantity', 'l.quantity * 2'), order, number),
        )
        .map(([macro, test]) => `call.args.lines.${macro}(l, ${test})`),
      choice('flag'),
    ),
    texts: fc.oneof(
      { maxDepth: 2 },
      pick('call.args.tags', 'user.roles', "['a', 'b']", "['a', call.args.text]"),
      fc.tuple(tie('texts'), tie('text')).map(([of, text]) => `${of}.filter(x, x != ${text})`),
    ),
    ints: fc.oneof(
      { maxDepth: 2 },
      pick('call.args.numbers', '[1, 2]', '[0, call.args.count]', '[call.args.other]'),
      fc.tuple(tie('ints'), tie('int')).map(([of, int]) => `${of}.map(x, x + ${int})`),
      fc.tuple(tie('ints'), tie('int')).map(([of, int]) => `${of}.filter(x, x > ${int})`),
    ),
    time: fc.oneof(
      { maxDepth: 2 },
      pick(
        'now',
        "timestamp('2026-11-23T14:30:00Z')",
        "timestamp('2026-11-23T14:30:00.5+02:00')",
        "timestamp('0001-01-01T00:00:00Z')",
        "timestamp('9999-12-31T23:59:59Z')",
        'timestamp(call.args.when)',
        'timestamp(call.args.text)',
      ),
      between(tie('time'), ['+', '-'], tie('span')),
    ),
    span: fc.oneof(
      { maxDepth: 2 },
      pick(
        "duration('0s')",
        "duration('-90m')",
        "duration('1h30m')",
        "duration('5ms')",
        "duration('999999h')",
        'duration(call.args.when)',
      ),
      between(tie('time'), ['-'], tie('time')),
      between(tie('span'), ['+', '-'], tie('span')),
    ),
    loose: pick(
      'call.args.loose.status',
      'call.args.loose.n',
      'call.args.loose.deep.n',
      'call.args.loose.list[0]',
      "call.args.loose['status']",
    ),
  };
});

/** Of the right types, mostly. */
export const typedExpression: fc.Arbitrary<string> = grammar.flag;

const tokens = pick(
  'call.args.count',
  'call.args.text',
  'call.args.flag',
  'call.args.tags',
  'call.args.loose.n',
  'agent',
  'now',
  'x',
  '.',
  '(',
  ')',
  '[',
  ']',
  '==',
  '!=',
  '<',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '&&',
  '||',
  '!',
  '?',
  ':',
  ',',
  ' ',
  ' ',
  '\n',
  'in ',
  ' in ',
  "'a'",
  '"b"',
  "r'\\'",
  "'\\x41'",
  "'''",
  '1',
  '0x1',
  '1.5',
  '1u',
  '1e3',
  'null',
  'true',
  'false',
  'exists',
  'all(x, ',
  '.size()',
  'size(',
  'int(',
  'string(',
  'has(',
  "timestamp('2026-01-01T00:00:00Z')",
  "duration('1h')",
  '//',
  '\\',
  '{',
  '}',
);

/** Of no grammar: what one reader makes of it and the other doesn't. */
export const wordSoup: fc.Arbitrary<string> = fc.oneof(
  fc.array(tokens, { minLength: 1, maxLength: 12 }).map((words) => words.join('')),
  fc
    .tuple(grammar.flag, tokens, fc.nat())
    .map(
      ([text, token, at]) =>
        text.slice(0, at % (text.length + 1)) + token + text.slice(at % (text.length + 1)),
    ),
);

const words = fc.constantFrom(
  '',
  'a',
  'ab',
  'b',
  'A',
  'desk',
  'care',
  '7',
  '-3',
  '+5',
  ' 5',
  '007',
  '😀',
  'a\nb',
  '1e3',
);
const times = fc.constantFrom(
  '2026-11-23T14:30:00Z',
  '2026-11-23T14:30:00.0000001Z',
  '2026-11-23T24:00:00Z',
  '2026-11-23T23:59:60Z',
  '2026-02-31T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+01:00',
  '2026-11-23t14:30:00z',
  '2026-11-23 14:30:00Z',
  '1h',
  '1.5h',
  '-90m',
  '1h30m5s',
  '30m1h',
  '100000000h',
  '5',
);
const whole = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER),
);
const real = fc.oneof(
  fc.constantFrom(0, -0, 1, 0.1, -2.5, 1e300, 9.3e18),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const json: fc.Arbitrary<JsonValue> = fc.constantFrom<JsonValue>(
  null,
  true,
  'a',
  'open',
  7,
  7.5,
  [],
  [1],
  {},
);

const looseValue: fc.Arbitrary<JsonValue> = fc.record({
  status: json,
  n: json,
  deep: fc.record({ n: json }),
  list: fc.array(json, { maxLength: 2 }),
});

function optional<Value extends JsonValue>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> {
  return fc.option(value, { nil: null, freq: 4 });
}

export const given: fc.Arbitrary<Given> = fc.record({
  args: fc.record({
    count: whole,
    other: optional(whole),
    share: real,
    ratio: optional(real),
    text: fc.oneof(words, times),
    word: optional(words),
    when: optional(times),
    flag: fc.boolean(),
    tags: fc.array(words, { maxLength: 3 }),
    numbers: fc.array(whole, { maxLength: 3 }),
    lines: fc.array(fc.record({ sku: optional(words), quantity: optional(whole) }), {
      maxLength: 2,
    }),
    loose: looseValue,
  }) satisfies fc.Arbitrary<JsonObject>,
  nowMs: fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
});
