/** One call of a table: what is called, what has to be decided of it, what the upstream answers, and what the agent gets. */
import { codes, type FindingCode } from '../engine/codes.ts';
import type { SourcePosition } from './model.ts';
import { didYouMean } from './nearest.ts';
import { members } from './policytest-json.ts';
import type { Expectation, TestAnswer, TestCall, TestShown } from './policytest-table.ts';
import { type Fields, keysOf, listOf, mapOf, record } from './shape/collection.ts';
import { constant, name, scalar, text, unfit, wholeNumber } from './shape/scalar.ts';
import { byForm, type Located, mapped, type Shape } from './shape/shape.ts';

const timesMax = 10_000;

const code: Shape<Located<FindingCode>> = scalar({
  expected: 'the code of a reason: `authorize.recipients`',
  schema: { type: 'string' },
  parse: ({ written }) => knownCode(written) ?? unfit(didYouMean(written, Object.keys(codes))),
});

function knownCode(written: string): FindingCode | undefined {
  return allCodes.find((known) => known === written);
}

function isCode(name: string): name is FindingCode {
  return Object.hasOwn(codes, name);
}

const allCodes: readonly FindingCode[] = Object.keys(codes).filter(isCode);

const reasons: Shape<readonly FindingCode[] | undefined> = byForm(code.expected, {
  scalar: mapped(code, ({ value }) => [value]),
  list: mapped(listOf(code), ({ value }) => value.map((one) => one.value)),
});

/** `user`, a role, or `{ break_glass: role }` as the policy writes it. */
const approver: Shape<Located<string> | undefined> = byForm(
  "a role, `user` for the run's own person, or `{ break_glass: role }`",
  {
    scalar: name("a role, or `user` for the run's own person"),
    map: record('`{ break_glass: role }`', (fields): Located<string> | undefined => {
      const role = fields.required('break_glass', name('a role'), 'Who is told of it.');
      return role && { value: `break_glass: ${role.value}`, at: role.at };
    }),
  },
);

const approvers: Shape<readonly Located<string>[]> = byForm(approver.expected, {
  scalar: mapped(approver, (one) => (one === undefined ? undefined : [one])),
  map: mapped(approver, (one) => (one === undefined ? undefined : [one])),
  list: mapped(listOf(approver, { min: 0 }), ({ value }) =>
    value.filter((one) => one !== undefined),
  ),
});

const people: Shape<readonly Located<string>[]> = byForm("a person's id, or a list of them", {
  scalar: mapped(text("a person's id"), (one) => [one]),
  list: mapped(listOf(text("a person's id")), ({ value }) => value),
});

const denied: Shape<Expectation | undefined> = record('`{ deny: code }`', (fields) => {
  const deny = fields.required('deny', reasons, 'The call is refused, for exactly these reasons.');
  return deny && { verdict: 'deny', codes: deny, asks: null };
});

const held: Shape<Expectation | undefined> = record(
  '`{ hold: code, asks: role }`',
  (fields) => {
    const hold = fields.required(
      'hold',
      reasons,
      'The call waits for a person, for exactly these reasons.',
    );
    const asks = fields.optional('asks', approvers, 'Who is asked, nobody more and nobody less.');
    return hold && { verdict: 'hold', codes: hold, asks: asks ?? null };
  },
  { mendKey: (key) => didYouMean(key, ['deny']) },
);

const expectation: Shape<Expectation | undefined> = byForm(
  '`allow`, `join`, `{ deny: code }` or `{ hold: code }`',
  {
    scalar: mapped(
      scalar<'allow' | 'join'>({
        expected: '`allow`, `join`, `{ deny: code }` or `{ hold: code }`',
        schema: { enum: ['allow', 'join'] },
        parse: ({ value, written }) => {
          if (value === 'allow' || value === 'join') return value;
          return unfit(
            value === 'deny' || value === 'hold'
              ? `say why: \`{ ${value}: authorize.recipients }\``
              : didYouMean(written, ['allow', 'join']),
          );
        },
      }),
      ({ value }): Expectation => ({ verdict: value, codes: [], asks: null }),
    ),
    map: {
      ...held,
      read: (node, report) => (keysOf(node).includes('deny') ? denied : held).read(node, report),
    },
  },
);

const answer: Shape<TestAnswer | undefined> = record(
  '`{ data: … }`, `{ text: … }`, `{ refuses: … }` or `{ lost: true }`',
  (fields): TestAnswer | undefined => {
    const data = fields.optional('data', members, 'Structured data.');
    const plain = fields.optional('text', text('text'), 'Text.');
    const refuses = fields.optional('refuses', text('text'), "The upstream's own refusal.");
    const lost = fields.optional('lost', constant(true, 'write `true`'), 'No answer comes.');
    if (data !== undefined) return { type: 'data', data };
    if (plain !== undefined) return { type: 'text', text: plain.value };
    if (refuses !== undefined) return { type: 'refuses', text: refuses.value };
    return lost === undefined ? undefined : { type: 'lost' };
  },
  { min: 1, max: 1 },
);

const toolName = { expected: 'a tool: `upstream.operation`', pattern: /^/, mend: () => null };

const shown: Shape<TestShown | undefined> = record(
  '`{ data: … }`, `{ text: … }` or `{ withheld: code }`',
  (fields): TestShown | undefined => {
    const data = fields.optional('data', members, 'Exactly this data.');
    const plain = fields.optional('text', text('text'), 'Exactly this text.');
    const withheld = fields.optional('withheld', code, 'Nothing, for this reason.');
    if (data !== undefined) return { type: 'data', data };
    if (plain !== undefined) return { type: 'text', text: plain.value };
    return withheld === undefined ? undefined : { type: 'withheld', code: withheld.value };
  },
  { min: 1, max: 1 },
);

export interface CallSyntax {
  readonly type: 'call';
  readonly at: SourcePosition;
  readonly call: TestCall;
  readonly times: number;
}

export function callFields(fields: Fields): CallSyntax | undefined {
  const tool = fields.required(
    'call',
    text('a tool: `upstream.operation`'),
    'The tool that is called.',
  );
  const args = fields.optional(
    'with',
    members,
    'Its arguments. With `times`, `{n}` in a text is the number of the repetition.',
  );
  const expect = fields.required('expect', expectation, 'What Sallyport has to decide.');
  const approvedBy = fields.optional(
    'approved_by',
    people,
    'Who is asked and agrees: the call is decided again, and performed.',
  );
  const returns = fields.optional(
    'returns',
    answer,
    'What the upstream answers. Left out: that it is done.',
  );
  const finds = fields.optional(
    'finds',
    mapOf(toolName, answer, { min: 1 }),
    "What Sallyport's own look at what the call names gets, by the tool of `resolve`.",
  );
  const shows = fields.optional('shows', shown, 'What the agent has to get.');
  const times = fields.optional(
    'times',
    wholeNumber({ min: 1, max: timesMax }),
    'How often in a row, each time with this decision.',
  );
  if (tool === undefined || expect === undefined) return undefined;
  return {
    type: 'call',
    at: fields.at,
    times: times?.value ?? 1,
    call: {
      tool: tool.value,
      args: args ?? {},
      expect,
      approvedBy: approvedBy ?? [],
      returns: returns ?? null,
      finds: new Map(
        (finds?.value ?? []).flatMap(({ name, value }) =>
          value === undefined ? [] : [[name, value] as const],
        ),
      ),
      shows: shows ?? null,
    },
  };
}
