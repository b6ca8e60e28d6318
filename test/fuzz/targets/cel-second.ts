import { disagreement } from '../../hostile/cel-agreement.ts';
import { type Given, ourOpinion } from '../../hostile/cel-opinions.ts';
import { must, type Target } from '../target.ts';

const call: Given = {
  args: {
    count: 3,
    other: null,
    share: 0.5,
    text: 'ab',
    when: '2026-11-23T14:30:00Z',
    flag: true,
    tags: ['a', 'b'],
    numbers: [1, 2],
    lines: [{ sku: 'x', quantity: 2 }],
    loose: { status: 'open', n: 7, deep: { n: 1 }, list: ['a'] },
  },
  nowMs: Date.UTC(2026, 10, 23, 14, 30),
};

/** An expression, on one call: where ours has an answer, a second implementation of CEL has the same. */
export const celSecondTarget: Target = {
  name: 'cel-second',
  alphabet: 'text',
  lengthMax: 160,
  roundsInTest: 800,
  seeds: [
    "call.args.count > 1 && call.args.text.contains('a')",
    "call.args.tags.exists(t, t == 'a') ? call.args.flag : !call.args.flag",
    "timestamp(call.args.when) + duration('1h') > now",
    '(call.args.count + 9223372036854775806) % 7 == 0',
    "call.args.text.matches('^[a-z]{1,3}$') || size(call.args.numbers) in [1, 2]",
    'call.args.loose.n == 7 && -call.args.share < 1e3',
  ],
  dictionary: [
    '&&',
    '||',
    '==',
    '!=',
    ' in ',
    '(',
    ')',
    '[0]',
    '?',
    ':',
    '!',
    '-',
    '//',
    '0x',
    "r'",
    "'''",
    '\\u0061',
    'null',
    'true',
  ],
  check(input) {
    const found = disagreement(input, call);
    must(found === null, found ?? '');
    return String(ourOpinion(input, call).opinion);
  },
};
