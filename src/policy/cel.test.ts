import { Environment } from '@marcbachmann/cel-js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barePin } from '../../test/bare-pin.ts';
import type { Kind, KindName } from '../content/kind.ts';
import { plainKind } from '../content/kinds.ts';
import type { JsonObject, JsonValue } from '../content/value.ts';
import { emptyLists } from '../engine/bindings.ts';
import { compileCel } from './cel.ts';
import { type CelEnvironment, callEnvironment, resultEnvironment } from './cel-environment.ts';
import type { Argument, CelBindings, Tool } from './model.ts';

const at = { file: 'policy.yaml', line: 1, column: 1 };

function kind(name: KindName, more: Partial<Kind> = {}): Kind {
  return { ...plainKind(name), ...more };
}

function argument(name: string, of: Kind): [string, Argument] {
  const pointer = { text: '', segments: [] };
  return [name, { name, parts: [{ pointer, kind: of }], absentIsNone: false }];
}

type Described = Pick<Tool, 'name' | 'args' | 'pin' | 'fixed'>;

const refund: Described = {
  name: 'refunds.create',
  fixed: {},
  args: new Map([
    argument('payment_id', kind('account')),
    argument('amount_cents', kind('amount', { unitDigits: 2, currency: 'USD' })),
    argument('amount', kind('amount', { unitDigits: 0, currency: 'USD' })),
    argument('reason', kind('content')),
    argument('count', kind('number')),
    argument('share', kind('number')),
    argument('urgent', kind('flag')),
    argument('mode', kind('identifier')),
    argument('tags', kind('identifier')),
    argument('lines', kind('content')),
    argument('loose', kind('content')),
  ]),
  pin: barePin({
    type: 'object',
    required: ['payment_id', 'amount_cents', 'mode'],
    properties: {
      payment_id: { type: 'string' },
      amount_cents: { type: 'integer' },
      amount: { type: 'number' },
      reason: { anyOf: [{ type: 'string' }, { type: 'null' }], default: null },
      count: { type: 'integer', default: 1 },
      share: { type: 'number' },
      urgent: { type: 'boolean' },
      mode: { enum: ['full', 'partial'], type: 'string' },
      tags: { type: 'array', items: { type: 'string' } },
      lines: {
        type: 'array',
        items: {
          type: 'object',
          required: ['sku'],
          properties: { sku: { type: 'string' }, quantity: { type: 'integer' } },
        },
      },
      loose: {},
    },
  }),
};

const mail: Described = {
  name: 'mail.send',
  fixed: {},
  args: new Map([argument('to', kind('recipient')), argument('body', kind('content'))]),
  pin: barePin({
    type: 'object',
    required: ['to', 'body'],
    properties: { to: { type: 'array', items: { type: 'string' } }, body: { type: 'string' } },
  }),
};

const cases = new Map([
  ['purpose', { type: 'one_of', values: ['treatment', 'billing'] } as const],
  ['customer', { type: 'kind', kind: kind('identifier') } as const],
]);

const refunds: CelEnvironment = callEnvironment([refund], cases, new Map());

const args: JsonObject = {
  payment_id: 'p-1',
  amount_cents: 4_999,
  amount: 120,
  count: 3,
  share: 0.5,
  mode: 'full',
  tags: ['a', 'b'],
  lines: [{ sku: 'x', quantity: 2 }, { sku: 'y' }],
  loose: { status: 'open', n: 7, half: 0.5 },
};

function bindings(
  changed: {
    args?: JsonObject;
    lists?: Partial<CelBindings['call']['lists']>;
    tool?: string;
    result?: JsonValue;
  } = {},
): CelBindings {
  return {
    call: { args: changed.args ?? args, lists: { ...emptyLists(), ...changed.lists } },
    tool: changed.tool ?? 'refunds.create',
    agent: 'desk',
    user: { id: 'ann', roles: ['support'] },
    run: { id: 'r1', calls: 4, steps: 2 },
    case: { purpose: 'treatment', customer: 'c-7' },
    nowMs: Date.UTC(2026, 10, 23, 14, 30),
    ...(changed.result === undefined ? {} : { result: changed.result }),
  };
}

function decides(source: string, environment = refunds, bound = bindings()): boolean | string {
  const compiled = compileCel(source, at, environment);
  if (!compiled.ok) return compiled.problems.map((problem) => problem.message).join('; ');
  const result = compiled.program.evaluate(bound);
  return result.ok ? result.value : `error: ${result.error}`;
}

describe('what policies say', () => {
  test.each([
    ['call.args.amount_cents > usd(50)', false],
    ['call.args.amount_cents < usd(49.99)', false],
    ['call.args.amount_cents == usd(49.99)', true],
    // 120 dollars, in an argument that counts dollars.
    ['call.args.amount > usd(50)', true],
    ['call.args.amount + call.args.amount_cents > usd(169.98)', true],
    ['call.args.amount * 2 == usd(240)', true],
    ["case.purpose == 'treatment'", true],
    ["case['purpose'] != 'billing' && agent == 'desk'", true],
    ["tool == 'refunds.create'", true],
    ['call.args.reason == null', true],
    ['call.args.count == 3 && call.args.count % 2 == 1', true],
    ['call.args.share <= 0.5', true],
    ['double(call.args.count) > 2.5', true],
    ["call.args.mode in ['full', 'partial']", true],
    ["'b' in call.args.tags && !('c' in call.args.tags)", true],
    ["call.args.tags == ['a', 'b']", true],
    ["call.args.tags[0] == 'a'", true],
    ["call.args.lines.exists(line, line.sku == 'y' && line.quantity == null)", true],
    ["call.args.lines.all(line, line.sku.matches('^[a-z]$'))", true],
    ["size(call.args.lines.filter(line, line.sku == 'x')) == 1", true],
    ["call.args.lines.map(line, line.sku).exists(sku, sku == 'x')", true],
    ["call.args.lines.exists_one(line, line.sku == 'x')", true],
    ["call.args.loose.status == 'open' && call.args.loose.n > 6", true],
    ['call.args.loose.half < 1 && int(call.args.loose.n) + 1 == 8', true],
    ['call.args.loose.nothing == null', true],
    ["user.id == 'ann' && 'support' in user.roles", true],
    ['run.calls + 1 <= 50 && run.steps < 25', true],
    ["now > timestamp('2026-11-23T09:00:00Z')", true],
    ["now - timestamp('2026-11-23T14:00:00Z') == duration('30m')", true],
    ["(call.args.mode == 'full' ? 1 : 2) == 1", true],
    ["'héllo'.size() == 5 && size('😀') == 1", true],
    ["r'a\\d' == 'a\\\\d'", true],
    ['size(call.flags) > 0', false],
    ['call.args.lines[0].sku == "x"', true],
    ["sum(call.args.lines.filter(line, line.sku == 'x').map(line, line.quantity)) == 2", true],
    ['sum([usd(1), usd(2.50)]) == usd(3.50)', true],
    ['sum([0.5, 1.5]) == 2.0', true],
    ['sum([1].filter(x, x > 1)) == 0', true],
    ['range(3) == [0, 1, 2] && size(range(0)) == 0', true],
    ["range(size(call.args.tags)).exists(i, i == 1 && call.args.tags[i] == 'b')", true],
    ["zip(call.args.tags, call.args.lines).all(p, p.left == 'a' || p.right.sku == 'y')", true],
    ["zip(call.args.tags, [2, 1]).exists(p, p.left == 'a' && p.right == 1)", false],
  ])('%s', (source, expected) => {
    expect(decides(source)).toBe(expected);
  });

  test('text is searched in every content of the call', () => {
    const source = "!call.contents.exists(text, text.contains('CONFIDENTIAL'))";
    const say = (...contents: string[]) =>
      decides(source, refunds, bindings({ lists: { contents } }));
    expect(say('hello', 'all well')).toBe(true);
    expect(say('hello', 'this is CONFIDENTIAL')).toBe(false);
    expect(say()).toBe(true);
  });

  test('`matches` finds anywhere, and knows case folding', () => {
    const source = "call.contents.exists(text, text.matches('(?i)confidential'))";
    const bound = bindings({ lists: { contents: ['so Confidential.'] } });
    expect(decides(source, refunds, bound)).toBe(true);
  });

  test.each([
    [{ failed_ids: [] }, true],
    [{ failed_ids: ['1'] }, false],
    [{}, 'error: the size of null is asked'],
    ['a text', 'error: a field is asked of something that has none'],
  ])('returns.success on %j', (result, expected) => {
    const source = 'size(result.failed_ids) == 0';
    expect(decides(source, resultEnvironment(null), bindings({ result }))).toBe(expected);
  });

  test('a result is typed by its pinned schema', () => {
    const environment = resultEnvironment({
      type: 'object',
      required: ['failed_ids'],
      properties: { failed_ids: { type: 'array', items: { type: 'string' } } },
    });
    expect(decides('size(result.failed_id) == 0', environment)).toContain('no field is called');
    expect(
      decides(
        'size(result.failed_ids) == 0',
        environment,
        bindings({ result: { failed_ids: [] } }),
      ),
    ).toBe(true);
  });
});

describe('which part of it is false', () => {
  test.each([
    ["call.args.count == 4 && case.purpose == 'treatment'", 'call.args.count == 4'],
    [
      "call.args.count == 3 && (agent == 'x' || agent == 'y') && case.purpose == 'billing'",
      "agent == 'x' || agent == 'y'",
    ],
    ['call.args.count == 4', 'call.args.count == 4'],
    // An error beside it is none of the answer.
    ["call.args.tags[9] == 'a' && call.args.count == 4", 'call.args.count == 4'],
    [
      '!(call.args.count == 3 && call.args.count > 2)',
      '!(call.args.count == 3 && call.args.count > 2)',
    ],
    ["(('b)' in call.args.tags)) && agent == 'desk'", "'b)' in call.args.tags"],
    ["agent == 'desk' && (call.args.count + 1) * 2 == (9)", '(call.args.count + 1) * 2 == (9)'],
  ])('%s: %s', (source, failed) => {
    const compiled = compileCel(source, at, refunds);
    if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join());
    expect(compiled.program.evaluate(bindings())).toEqual({ ok: true, value: false, failed });
  });
});

describe('refused at load', () => {
  test.each<[string, string]>([
    ['sum(call.args.tags) > 0', '`sum` needs numbers, and these are each a string'],
    [
      'sum([call.args.loose.n]) > 0',
      '`sum` needs numbers, and these are each a value of unknown type',
    ],
    ['sum(call.args.count) > 0', '`sum` needs a list, and this is an int'],
    ['sum([1], [2]) > 0', '`sum` takes one argument'],
    ['size(range(10001)) > 0', '`range` takes a number from 0 to 10000'],
    ["size(range('3')) > 0", '`range` needs an int, and this is a string'],
    ['size(zip([1])) > 0', '`zip` takes two lists'],
    ['zip([1], [2]).all(p, p.first == 1)', 'a pair has no `first`'],
    ['zip([1], [2]).all(p, p == p)', 'whole objects are not compared'],
    ['zip([1], [2])[0].left == "1"', 'an int and a string are never the same type'],
    ['call.args.lines[0].colour == "red"', 'no field is called `colour`'],
    ["ref.payment_id.status == 'x'", '`payment_id` names no thing that a tool returns'],
    ["ref.order_id.status == 'x'", 'no argument that names a thing is called `order_id`'],
  ])('%s', (source, message) => {
    expect(decides(source)).toBe(message);
  });

  test.each([
    // What the tool doesn't have.
    [
      'call.args.amount_cent > usd(50)',
      'no argument of `refunds.create` is called `amount_cent`',
      'did you mean `amount_cents`?',
    ],
    [
      'call.recipient.size() > 0',
      'no member of `call` is called `recipient`',
      'did you mean `recipients`?',
    ],
    [
      "case.purpos == 'treatment'",
      'no name in `case` is called `purpos`',
      'did you mean `purpose`?',
    ],
    ["case.purpose == 'treatmnt'", '`treatmnt` is none of its values', 'did you mean `treatment`?'],
    ["call.args.mode == 'ful'", '`ful` is none of its values', 'did you mean `full`?'],
    [
      "call.args.mode in ['full', 'partail']",
      '`partail` is none of its values',
      'did you mean `partial`?',
    ],
    [
      'call.args.amount_cents > call.args.count',
      'an amount is compared with an int, which says neither unit nor currency',
      'use `call.amounts`: its values have a unit and a currency',
    ],
    [
      "tool == 'refunds.crate'",
      '`refunds.crate` is none of its values',
      'did you mean `refunds.create`?',
    ],
    [
      'call.args.lines.exists(l, l.quantiy == 1)',
      'no field is called `quantiy`',
      'did you mean `quantity`?',
    ],
    ['user.role', 'no member of `user` is called `role`', 'did you mean `roles`?'],
    ['result.ok', 'unknown name `result`', undefined],
    ['calls.args.count == 1', 'unknown name `calls`', 'did you mean `call`?'],
    // What would be compared with something else.
    [
      'call.args.amount_cents > 5000',
      'an amount is compared with an int, which says neither unit nor currency',
      "write `usd(5000)`, in the currency's major unit",
    ],
    ['call.args.amount_cents > eur(50)', 'USD and EUR are not compared', 'write `usd(…)`'],
    ['call.args.share > 1', 'a double and an int are never the same type', 'write `1.0`'],
    ["call.args.count == '3'", 'an int and a string are never the same type', undefined],
    ['call.args.count == null', 'this is an int, which is never null', undefined],
    [
      "call.args.payment_id < 'b'",
      "`<` doesn't order a string: implementations differ in how they do",
      undefined,
    ],
    ["call.args.tags == 'a'", 'a list of string and a string are never the same type', undefined],
    [
      "'a' in call.args.payment_id",
      '`in` needs a list, and this is a string',
      'write `text.contains(part)`',
    ],
    ['call.args.count', 'the expression needs a bool, and this is an int', undefined],
    ['call.args', '`args` is not a value of its own', 'name one argument of `refunds.create`'],
    [
      'call.args.loose == call.args.loose',
      'the types of both sides are unknown',
      'say what one of them is: `int(…)`, `double(…)` or `string(…)`',
    ],
    // What runs away.
    [
      'call.args.tags.all(t, call.args.tags.exists(u, u == t))',
      '`exists` inside another comprehension: its work would be the product of both lists',
      undefined,
    ],
    [
      'call.args.payment_id.matches(call.args.mode)',
      'the pattern of `matches` has to be written out',
      'use `contains` for text from elsewhere',
    ],
    [
      "call.args.payment_id.matches('(?=x)')",
      'not a pattern of RE2 (it has no look-around and no back-references)',
      undefined,
    ],
    [
      "call.args.payment_id.matches('((a{100}){100}){100}')",
      'not a pattern of RE2 (it has no look-around and no back-references)',
      undefined,
    ],
    ['call.args[0].status == 1', 'a name has to be written out here', undefined],
    // What implementations differ in, or don't have.
    [
      'has(call.args.reason)',
      'no function is called `has`',
      'an absent optional argument is null: compare with `null`',
    ],
    ['dyn(1) == 1.0', 'no function is called `dyn`', 'types are known here: leave it out'],
    [
      "type(call.args.count) == 'int'",
      'no function is called `type`',
      'types are known here: leave it out',
    ],
    ["b'x' == b'x'", 'bytes have no use here; bytes have no use here', undefined],
    ['call.args.count == 3u', 'unsigned integers have no use here', undefined],
    [
      "call.args.payment_id.lowerAscii() == 'p'",
      'no method is called `lowerAscii`',
      "write `matches('(?i)…')`",
    ],
    [
      "call.args.payment_id.includes('p')",
      'no method is called `includes`',
      'write `contains` for text, `in` for lists',
    ],
    [
      'now.getHours() < 17',
      'no method is called `getHours`',
      'use the constraint `hours`, which has a time zone',
    ],
    ['cel.bind(x, 1, x == 1)', 'no method is called `bind`', undefined],
    ["call.args.payment_id == '\\x41'", "the escape `\\x` isn't read alike everywhere", undefined],
    ["{'a': 1} == {'a': 1}", 'maps have no use here; maps have no use here', undefined],
    ['size(call.args.tags,) == 2', 'a comma ends the arguments', 'remove it'],
    [
      'call.args.tags.all(call, true)',
      '`call` already has a meaning here',
      'give the variable another name',
    ],
    ['9223372036854775808 == call.args.count', 'the integer overflows 64 bits', undefined],
    [
      "timestamp('2026-02-31T00:00:00Z') < now",
      'not a timestamp',
      "write `timestamp('2026-01-31T09:00:00Z')`",
    ],
    [
      'call.args.amount_cents > usd(49.999)',
      '`usd` takes a number in USD, written out, with no more decimal places than USD has',
      'write `usd(50)`',
    ],
    [
      'call.args.amount_cents > usd(call.args.count)',
      '`usd` takes a number in USD, written out, with no more decimal places than USD has',
      'write `usd(50)`',
    ],
    ['call.args.amount_cents > usb(50)', 'no function is called `usb`', undefined],
    // What isn't an expression.
    ['', 'the expression is empty', undefined],
    ['call.args.count = 3', 'not an expression: unexpected character: =', 'write `==` to compare'],
    ['call.args.urgent and true', "not an expression: unexpected character: 'd'", 'write `&&`'],
  ])('%s', (source, message, mend) => {
    const compiled = compileCel(source, at, refunds);
    if (compiled.ok) throw new Error('compiled');
    expect(compiled.problems.map((problem) => problem.message).join('; ')).toBe(message);
    if (mend !== undefined) expect(compiled.problems[0]?.mend).toBe(mend);
  });

  test('where the slip is', () => {
    const source = "agent == 'desk' && call.args.amout > usd(1) && call.args.cout == 1";
    const compiled = compileCel(source, at, refunds);
    if (compiled.ok) throw new Error('compiled');
    expect(compiled.problems.map(({ offset }) => source.slice(offset, (offset ?? 0) + 5))).toEqual([
      'amout',
      'cout ',
    ]);
  });

  test.each([
    ['very long', `${'true && '.repeat(600)}true`],
    ['very deep', `${'('.repeat(60)}true${')'.repeat(60)}`],
    ['very many nots', `${'!'.repeat(4_000)}true`],
    ['very wide', `1 in [${'1, '.repeat(400)}1]`],
    ['very many ands', `${'true&&'.repeat(500)}true`],
  ])('%s', (_, source) => {
    expect(compileCel(source, at, refunds).ok).toBe(false);
  });

  test('an expression has to hold for every tool that the grant covers', () => {
    const both = callEnvironment([refund, mail], cases, new Map());
    expect(decides("call.args.payment_id == 'p-1'", both)).toBe(
      'no argument of `mail.send` is called `payment_id`',
    );
    expect(decides('size(call.recipients) <= 1', both, bindings({ tool: 'mail.send' }))).toBe(true);
    expect(decides('size(call.recipients) <= 1', both, bindings({ tool: 'mail.read' }))).toBe(
      'error: the expression was not compiled for this tool',
    );
  });
});

describe('an expression that errors says so, and never throws', () => {
  test.each([
    ['sum(call.args.lines.map(line, line.quantity)) > 0', 'error: a null is used as a number'],
    ['sum([9223372036854775807, 1]) > 0', 'error: an integer overflows 64 bits'],
    ['size(range(0 - call.args.count)) == 0', "error: the length of a range isn't from 0 to 10000"],
    ['size(zip(call.args.tags, [1])) == 1', 'error: the lists of a zip differ in length'],
    ['call.args.urgent', 'error: a null is used as a condition'],
    ['!call.args.urgent', 'error: a null is used as a condition'],
    ["call.args.reason.contains('x')", 'error: a null is used as text'],
    ['call.args.lines.exists(l, l.quantity > 5)', 'error: a null is compared'],
    ['call.args.count / 0 == 1', 'error: a division by zero'],
    ['call.args.count * 9223372036854775807 > 0', 'error: an integer overflows 64 bits'],
    ["call.args.tags[2] == 'c'", 'error: an index is outside its list'],
    ["call.args.loose.n == 'seven'", "error: a value isn't the string that it is declared to be"],
    ['call.args.loose.status > 3', "error: a value isn't the int that it is declared to be"],
    ['int(call.args.payment_id) == 1', "error: a value can't be made an int"],
    // CEL: what one side settles, the other side's error doesn't unsettle, whichever stands first.
    ["call.args.urgent || agent == 'desk'", true],
    ["agent == 'desk' || call.args.urgent", true],
    ["call.args.urgent && agent == 'other'", false],
    ["call.args.urgent && agent == 'desk'", 'error: a null is used as a condition'],
    ['call.args.lines.exists(l, l.quantity > 1)', true],
    ['call.args.lines.all(l, l.quantity > 5)', false],
  ])('%s', (source, expected) => {
    expect(decides(source)).toBe(expected);
  });

  test('arguments that are not what their schema says', () => {
    const bound = (changed: JsonObject) => bindings({ args: { ...args, ...changed } });
    expect(
      decides('call.args.amount_cents > usd(50)', refunds, bound({ amount_cents: 'lots' })),
    ).toBe("error: an argument isn't the amount that it is declared to be");
    expect(decides('call.args.count > 1', refunds, bound({ count: 1.5 }))).toBe(
      "error: a value isn't the int that it is declared to be",
    );
    expect(decides("'a' in call.args.tags", refunds, bound({ tags: 'a' }))).toBe(
      "error: a value isn't the list of string that it is declared to be",
    );
  });

  test('names of JavaScript objects are no fields', () => {
    expect(decides("call.args.loose.constructor == 'x'")).toBe(false);
    expect(decides('call.args.loose.toString == null')).toBe(true);
    expect(decides("'hasOwnProperty' in call.args.loose")).not.toBe(true);
    expect(decides("call.args.constructor == 'x'")).toContain('no argument');
  });

  test('work is bounded whatever the agent sends, and the bound is never a yes', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => `t${index}`);
    const bound = bindings({ args: { ...args, tags: many } });
    expect(decides('call.args.tags.all(t, t in call.args.tags)', refunds, bound)).toBe(
      'error: the expression takes too much work on this call',
    );
    // `|| true` would absorb any other error.
    expect(
      decides("call.args.tags.all(t, t in call.args.tags) || agent == 'desk'", refunds, bound),
    ).toBe('error: the expression takes too much work on this call');
    const body = 'ab'.repeat(400_000);
    const contents = bindings({ lists: { contents: [body, body] } });
    expect(
      decides("call.contents.exists(t, t.matches('[ab]*a[ab]{60}c'))", refunds, contents),
    ).toBe('error: the expression takes too much work on this call');
    expect(decides("call.contents.exists(t, t.contains('CONFIDENTIAL'))", refunds, contents)).toBe(
      false,
    );
  });

  test('any text compiles or is refused; what compiles evaluates without a throw', () => {
    const word = fc.constantFrom(
      'call',
      'args',
      'count',
      'loose',
      'tags',
      'lines',
      '.',
      '.',
      '(',
      ')',
      '[',
      ']',
      '==',
      '!=',
      '<',
      '+',
      '-',
      '/',
      '&&',
      '||',
      '!',
      '?',
      ':',
      ',',
      ' ',
      "'a'",
      '1',
      '1.5',
      'null',
      'true',
      'exists',
      'all',
      'map',
      'x',
      'in',
      'size',
      'usd',
      'now',
      'duration',
      'matches',
      '\\',
      '"',
      'user',
      'case',
      'purpose',
    );
    const json: fc.Arbitrary<JsonValue> = fc.oneof(
      fc.constantFrom(null, true, 0, 1.5, 'a'),
      fc.array(fc.constantFrom('a', 1)),
      fc.dictionary(fc.string(), fc.constantFrom(null, 'a', 1)),
    );
    const text = fc.oneof(
      fc.array(word, { maxLength: 24 }).map((words) => words.join('')),
      fc.string(),
    );
    fc.assert(
      fc.property(text, json, (source, loose) => {
        const compiled = compileCel(source, at, refunds);
        if (!compiled.ok) return compiled.problems.length > 0;
        const given = { ...args, loose };
        const result = compiled.program.evaluate(bindings({ args: given }));
        return typeof (result.ok ? result.value : result.error) !== 'undefined';
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('against the library', () => {
  // Everything typed that both can say: the library's own evaluator is the second opinion.
  const library = new Environment()
    .registerVariable('agent', 'string')
    .registerVariable('now', 'google.protobuf.Timestamp');
  const integer = fc.integer({ min: -1_000, max: 1_000 }).map(String);
  const word = fc.constantFrom("'a'", "'ab'", "'b'", "''", 'agent');
  const { number, condition } = fc.letrec<{ number: string; condition: string }>((tie) => ({
    number: fc.oneof(
      { maxDepth: 4 },
      integer,
      fc
        .tuple(tie('number'), fc.constantFrom('+', '-', '*', '/', '%'), tie('number'))
        .map(([left, op, right]) => `(${left} ${op} ${right})`),
      word.map((text) => `size(${text})`),
      fc
        .tuple(tie('condition'), tie('number'), tie('number'))
        .map(([test_, yes, no]) => `(${test_} ? ${yes} : ${no})`),
    ),
    condition: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('true', 'false', "now > timestamp('2026-01-01T00:00:00Z')"),
      fc
        .tuple(tie('number'), fc.constantFrom('<', '<=', '==', '!=', '>', '>='), tie('number'))
        .map(([left, op, right]) => `${left} ${op} ${right}`),
      fc
        .tuple(
          word,
          fc.constantFrom('contains', 'startsWith', 'endsWith', 'matches'),
          fc.constantFrom("'a'", "'b'", "''"),
        )
        .map(([text, method, part]) => `${text}.${method}(${part})`),
      fc
        .tuple(tie('condition'), fc.constantFrom('&&', '||'), tie('condition'))
        .map(([left, op, right]) => `(${left} ${op} ${right})`),
      tie('condition').map((test_) => `!(${test_})`),
      fc
        .tuple(
          fc.array(integer, { minLength: 1, maxLength: 4 }),
          fc.constantFrom('all', 'exists', 'exists_one'),
          fc.constantFrom('<', '==', '!='),
          integer,
        )
        .map(
          ([list, macro, op, against]) =>
            `[${list.join(', ')}].${macro}(x, 10 / x ${op} ${against})`,
        ),
      fc
        .tuple(tie('number'), fc.array(integer, { minLength: 1, maxLength: 4 }))
        .map(([one, list]) => `${one} in [${list.join(', ')}]`),
    ),
  }));

  test('the same value, or an error in both', () => {
    const { nowMs } = bindings();
    fc.assert(
      fc.property(condition, (source) => {
        const compiled = compileCel(source, at, refunds);
        // What is too large for us, or means the same to nobody else, is no difference of opinion.
        if (!compiled.ok)
          return compiled.problems.every(({ message }) =>
            /nests|longer|exceeded|twice|two ways/i.test(message),
          );
        const ours = compiled.program.evaluate(bindings());
        let theirs: boolean | 'error';
        try {
          theirs = library.evaluate(source, { agent: 'desk', now: new Date(nowMs) }) === true;
        } catch {
          theirs = 'error';
        }
        return (ours.ok ? ours.value : 'error') === theirs;
      }),
      { numRuns: 2_000 },
    );
    expect(number).toBeDefined();
  });
});
