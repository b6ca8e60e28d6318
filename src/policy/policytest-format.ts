/**
 * Tables of calls and expected decisions, `*.policytest.yaml`: what a policy is meant to do, in a form that a reviewer
 * reads without knowing how it does it. Read by the same strict reader and the same shapes as the policy itself.
 */
import type { JsonObject, JsonValue } from '../content/value.ts';
import { codes, type FindingCode } from '../engine/codes.ts';
import { timestampMs } from './cel-functions.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { SourcePosition } from './model.ts';
import { didYouMean } from './nearest.ts';
import { Report } from './report.ts';
import { type Fields, keysOf, listOf, mapOf, nameKey, record } from './shape/collection.ts';
import { literal } from './shape/literal.ts';
import { choice, constant, scalar, text, unfit, wholeNumber } from './shape/scalar.ts';
import { byForm, type Located, mapped, type Shape } from './shape/shape.ts';
import { count, duration, money } from './shape/value.ts';
import type { Node } from './source/node.ts';
import { readYaml } from './source/yaml.ts';

export interface PolicyTestTable {
  readonly tests: readonly PolicyTest[];
}

/** One test is one run, in a world where nothing happened before. */
export interface PolicyTest {
  readonly name: string;
  readonly at: SourcePosition;
  readonly given: Given;
  readonly steps: readonly TestStep[];
}

/** Who works, for whom, on what, and when. */
export interface Given {
  readonly agent: Located<string>;
  /** Null: nobody is present. */
  readonly user: Located<string> | null;
  /** Null: the run was opened by nobody, so it has no case. */
  readonly case: Readonly<Record<string, string | number | boolean>> | null;
  readonly atMs: number;
}

export type TestStep = { readonly at: SourcePosition } & (
  | { readonly type: 'call'; readonly call: TestCall; readonly times: number }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'report'; readonly usage: TestUsage }
  /** Another run in the same world: what is counted beyond a run goes on. */
  | { readonly type: 'open'; readonly given: Given }
);

export interface TestCall {
  readonly tool: string;
  readonly args: JsonObject;
  readonly expect: Expectation;
  /** What the upstream answers, if it gets so far. Null: that it is done. */
  readonly returns: TestAnswer | null;
  /** What the agent has to get. Null: the table doesn't say. */
  readonly shows: TestShown | null;
}

export interface Expectation {
  /** `join`: a repeat of a call whose end isn't known, which gets that call's outcome and acts no second time. */
  readonly verdict: 'allow' | 'hold' | 'deny' | 'join';
  /** Every reason of that verdict, no more and no fewer: a call refused for another reason than meant is a mistake too. */
  readonly codes: readonly FindingCode[];
}

export type TestAnswer =
  | { readonly type: 'data'; readonly data: JsonObject }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'refuses'; readonly text: string }
  /** No answer came: the call may have happened. */
  | { readonly type: 'lost' };

export type TestShown =
  | { readonly type: 'data'; readonly data: JsonObject }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'withheld'; readonly code: FindingCode };

interface TestUsage {
  readonly steps: number;
  readonly tokens: number;
  readonly costMicroUsd: number;
  readonly model: string | null;
}

const timesMax = 10_000;

/** Reads a table. Everything wrong with it is said at once. */
export function readPolicyTests(
  file: string,
  source: string,
): { readonly table: PolicyTestTable } | { readonly errors: readonly Diagnostic[] } {
  const report = new Report();
  report.addSource(file, source);
  const node = readYaml(file, source, { nodes: 0 }, report);
  const table = node === null ? undefined : document.read(node, report);
  if (report.hasErrors || table === undefined) return { errors: report.errors() };
  return { table };
}

// ---- values ----------------------------------------------------------------------------------------------------

/** Arguments and results are JSON, whatever is in them. */
const anything: Shape<{ readonly json: JsonValue } | undefined> = {
  expected: 'a value',
  schema: () => ({}),
  read: (node) => {
    const json = jsonOf(node);
    return json === undefined ? undefined : { json };
  },
};

function jsonOf(node: Node): JsonValue | undefined {
  switch (node.type) {
    case 'scalar':
      return node.value;
    case 'list': {
      const items = node.items.map(jsonOf);
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    case 'map': {
      const entries: [string, JsonValue][] = [];
      for (const { key, value } of node.entries) {
        const json = jsonOf(value);
        if (json === undefined) return undefined;
        entries.push([key, json]);
      }
      return Object.fromEntries(entries);
    }
    case 'refused':
      return undefined;
  }
}

const members: Shape<JsonObject | undefined> = mapped(
  mapOf({ expected: 'a name', pattern: /^/, mend: () => null }, anything),
  ({ value }) => {
    const entries: [string, JsonValue][] = [];
    for (const member of value) {
      if (member.value === undefined) return undefined;
      entries.push([member.name, member.value.json]);
    }
    return Object.fromEntries(entries);
  },
);

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
      ({ value }): Expectation => ({ verdict: value, codes: [] }),
    ),
    map: record(
      '`{ deny: code }` or `{ hold: code }`',
      (fields): Expectation | undefined => {
        const deny = fields.optional(
          'deny',
          reasons,
          'The call is refused, for exactly these reasons.',
        );
        const hold = fields.optional(
          'hold',
          reasons,
          'The call waits for a person, for exactly these reasons.',
        );
        if (deny !== undefined) return { verdict: 'deny', codes: deny };
        return hold === undefined ? undefined : { verdict: 'hold', codes: hold };
      },
      { min: 1, max: 1 },
    ),
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

// ---- who, for whom, on what, when ------------------------------------------------------------------------------

interface GivenSyntax {
  readonly at: SourcePosition;
  readonly agent: Located<string> | undefined;
  /** Undefined: as before; null: nobody. */
  readonly user: Located<string> | null | undefined;
  readonly case: Readonly<Record<string, string | number | boolean>> | null | undefined;
  readonly atMs: number | undefined;
}

const nothingGiven = { agent: undefined, user: undefined, case: undefined, atMs: undefined };

const moment: Shape<Located<number>> = scalar({
  expected: 'a time with its offset: `2026-11-23T10:00:00-05:00`',
  schema: { type: 'string' },
  parse: ({ value }) => (typeof value === 'string' ? timestampMs(value) : null) ?? unfit(),
});

const givenShape: Shape<GivenSyntax> = record(
  'who works, for whom, on what, and when',
  (fields): GivenSyntax => {
    const bound = fields.optional(
      'case',
      byForm('values by name, or `none`', {
        scalar: mapped(choice(['none']), () => null),
        map: mapped(mapOf(nameKey('a case name'), literal, { min: 1 }), ({ value }) =>
          Object.fromEntries(
            value.flatMap(({ name, value: one }) => (one === undefined ? [] : [[name, one.value]])),
          ),
        ),
      }),
      'What the opener of the run bound; `none`: nobody opened it.',
    );
    const person = fields.optional(
      'user',
      text("a person's id, or `none`"),
      'Who it works for; `none`: nobody is present.',
    );
    return {
      at: fields.at,
      agent: fields.optional('agent', text('the name of an agent'), 'Which agent calls.'),
      user: person?.value === 'none' ? null : person,
      case: bound,
      atMs: fields.optional('at', moment, 'When the run begins.')?.value,
    };
  },
);

function completed(
  changed: GivenSyntax | undefined,
  base: GivenSyntax,
  at: SourcePosition,
  report: Report,
): Given | undefined {
  const agent = changed?.agent ?? base.agent;
  const atMs = changed?.atMs ?? base.atMs;
  const user = changed?.user === undefined ? base.user : changed.user;
  const bound = changed?.case === undefined ? base.case : changed.case;
  for (const [name, value] of [
    ['agent', agent],
    ['at', atMs],
  ] as const) {
    if (value !== undefined) continue;
    report.error('policy.missing', at, `nothing says \`given.${name}\``, {
      mend: `write \`${name}\` under \`given\`, at the top or here`,
    });
  }
  if (agent === undefined || atMs === undefined) return undefined;
  return { agent, user: user ?? null, case: bound ?? null, atMs };
}

// ---- steps -----------------------------------------------------------------------------------------------------

interface CallSyntax {
  readonly type: 'call';
  readonly at: SourcePosition;
  readonly call: TestCall;
  readonly times: number;
}

type StepSyntax =
  | CallSyntax
  | Extract<TestStep, { type: 'wait' | 'report' }>
  | { readonly type: 'open'; readonly at: SourcePosition; readonly given: GivenSyntax };

function callFields(fields: Fields): CallSyntax | undefined {
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
  const returns = fields.optional(
    'returns',
    answer,
    'What the upstream answers. Left out: that it is done.',
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
      returns: returns ?? null,
      shows: shows ?? null,
    },
  };
}

const waitStep: Shape<StepSyntax | undefined> = record(
  '`{ wait: 30m }`',
  (fields): StepSyntax | undefined => {
    const ms = fields.required('wait', duration, 'Time passes.');
    return ms === undefined ? undefined : { type: 'wait', at: fields.at, ms: ms.value };
  },
);

const usage: Shape<TestUsage> = record(
  '`{ steps, tokens, cost, model }`',
  (fields) => {
    const cost = fields.optional('cost', money, 'What the model cost, in USD.');
    return {
      steps:
        fields.optional(
          'steps',
          wholeNumber({ min: 0, max: 1_000_000 }),
          "Steps of the model's loop.",
        )?.value ?? 0,
      tokens:
        fields.optional('tokens', count('tokens', { min: 0, max: 1_000_000_000_000 }), 'Tokens.')
          ?.value ?? 0,
      costMicroUsd: cost === undefined ? 0 : Math.round(Number(cost.value.digits) * 1_000_000),
      model:
        fields.optional('model', text('the name of a model'), 'The model that was used.')?.value ??
        null,
    };
  },
  { min: 1 },
);

const reportStep: Shape<StepSyntax | undefined> = record(
  '`{ report: { steps: 3 } }`',
  (fields): StepSyntax | undefined => {
    const reported = fields.required(
      'report',
      usage,
      'The agent or opener reports use of the model.',
    );
    return reported === undefined ? undefined : { type: 'report', at: fields.at, usage: reported };
  },
);

const openStep: Shape<StepSyntax | undefined> = record(
  '`{ open: { case: … } }`',
  (fields): StepSyntax | undefined => {
    const given = fields.required(
      'open',
      givenShape,
      'Another run begins; what is counted beyond a run goes on.',
    );
    return given === undefined ? undefined : { type: 'open', at: fields.at, given };
  },
);

const callStep: Shape<StepSyntax | undefined> = record('`{ call, with, expect }`', callFields);

const step: Shape<StepSyntax | undefined> = {
  expected: '`{ call, with, expect }`, `{ wait }`, `{ report }` or `{ open }`',
  schema: (book) => ({
    anyOf: [callStep, waitStep, reportStep, openStep].map((shape) => shape.schema(book)),
  }),
  read: (node, report) => {
    const keys = keysOf(node);
    if (keys.includes('wait')) return waitStep.read(node, report);
    if (keys.includes('report')) return reportStep.read(node, report);
    if (keys.includes('open')) return openStep.read(node, report);
    return callStep.read(node, report);
  },
};

// ---- the table -------------------------------------------------------------------------------------------------

interface TestSyntax {
  readonly at: SourcePosition;
  readonly name: string;
  readonly given: GivenSyntax | undefined;
  readonly steps: readonly StepSyntax[];
}

const testName: Shape<Located<string>> = text('what it shows, in words');
const severalCalls: Shape<TestSyntax | undefined> = record(
  'a test: `{ name, steps }`',
  (fields): TestSyntax | undefined => {
    const name = fields.required('name', testName, 'What it shows, in words.');
    const given = fields.optional(
      'given',
      givenShape,
      'What is different from the `given` at the top.',
    );
    const steps = fields.required('steps', listOf(step), 'What happens, in order.');
    if (name === undefined || steps === undefined) return undefined;
    return {
      at: fields.at,
      name: name.value,
      given,
      steps: steps.value.filter((one) => one !== undefined),
    };
  },
);

const oneCall: Shape<TestSyntax | undefined> = record(
  'a test: `{ name, call, with, expect }`',
  (fields): TestSyntax | undefined => {
    const name = fields.required('name', testName, 'What it shows, in words.');
    const given = fields.optional(
      'given',
      givenShape,
      'What is different from the `given` at the top.',
    );
    const call = callFields(fields);
    return name === undefined || call === undefined
      ? undefined
      : { at: fields.at, name: name.value, given, steps: [call] };
  },
);

const test: Shape<TestSyntax | undefined> = {
  expected: 'a test: `{ name, call, with, expect }`, or `{ name, steps }`',
  schema: (book) => ({ anyOf: [oneCall.schema(book), severalCalls.schema(book)] }),
  read: (node, report) =>
    (keysOf(node).includes('steps') ? severalCalls : oneCall).read(node, report),
};

const document: Shape<PolicyTestTable | undefined> = {
  expected: 'a table of policy tests',
  schema: (book) => tableSyntax.schema(book),
  read: (node, report) => {
    const syntax = tableSyntax.read(node, report);
    if (syntax?.tests === undefined) return undefined;
    const base = syntax.given ?? { ...nothingGiven, at: syntax.at };
    const names = new Map<string, SourcePosition>();
    const tests = syntax.tests.value.flatMap((one): PolicyTest[] => {
      if (one === undefined) return [];
      const first = names.get(one.name);
      if (first !== undefined) {
        report.error('policy.duplicate', one.at, 'two tests have this name', {
          mend: `the first is at line ${first.line}; say what is different`,
        });
      }
      names.set(one.name, one.at);
      const given = completed(one.given, base, one.at, report);
      if (given === undefined) return [];
      const own = { ...merged(one.given, base), at: one.at };
      const steps = one.steps.flatMap((each): TestStep[] => {
        if (each.type !== 'open') return [each];
        const opened = completed(each.given, own, each.at, report);
        return opened === undefined ? [] : [{ type: 'open', at: each.at, given: opened }];
      });
      return [{ name: one.name, at: one.at, given, steps }];
    });
    return { tests };
  },
};

function merged(changed: GivenSyntax | undefined, base: GivenSyntax): GivenSyntax {
  if (changed === undefined) return base;
  return {
    at: changed.at,
    agent: changed.agent ?? base.agent,
    user: changed.user === undefined ? base.user : changed.user,
    case: changed.case === undefined ? base.case : changed.case,
    atMs: changed.atMs ?? base.atMs,
  };
}

const tableSyntax = record(
  'a table of policy tests',
  (fields) => {
    fields.required(
      'policytest',
      constant(1, 'write `policytest: 1`, the version of the format'),
      'The version of the format: `1`.',
    );
    return {
      at: fields.at,
      given: fields.optional(
        'given',
        givenShape,
        'Who works, for whom, on what, and when, where a test says nothing else.',
      ),
      tests: fields.required('tests', listOf(test), 'The tests.'),
    };
  },
  { description: 'Calls and the decisions that a policy is meant to make of them.' },
);
