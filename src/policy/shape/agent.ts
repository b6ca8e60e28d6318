import type { Enforcement, Rate, SourcePosition } from '../model.ts';
import {
  type Listed,
  listOf,
  mapOf,
  type NamedMap,
  nameKey,
  notEnforcedYet,
  record,
} from './collection.ts';
import { type KindSyntax, kind } from './kind.ts';
import { type PermissionsSyntax, permissions } from './permission.ts';
import { choice, name, text, wholeNumber, yesOrNo } from './scalar.ts';
import { byForm, type Located, mapped, named, type Shape } from './shape.ts';
import { count, duration, type MoneySyntax, money, rate } from './value.ts';

export interface AgentSyntax {
  readonly at: SourcePosition;
  readonly actsFor: Listed<Located<string>> | undefined;
  readonly unattended: { readonly owner: Located<string> | undefined } | undefined;
  readonly case: NamedMap<CaseSyntax> | undefined;
  readonly model: ModelSyntax | undefined;
  readonly budget: BudgetSyntax | undefined;
  readonly rate: Located<Rate> | undefined;
  readonly loops: LoopsSyntax | undefined;
  readonly parallel: Located<number> | undefined;
  readonly enforcement: Located<Enforcement> | undefined;
  readonly dryRun: Located<boolean> | undefined;
  readonly permissions: PermissionsSyntax | undefined;
  readonly forbidden: Listed<Located<string>> | undefined;
}

export type CaseSyntax =
  | { readonly type: 'kind'; readonly kind: KindSyntax }
  | {
      readonly type: 'one_of';
      readonly at: SourcePosition;
      readonly values: readonly Located<string>[];
    };

export interface ModelSyntax {
  readonly at: SourcePosition;
  readonly pin: Located<string> | undefined;
  readonly through: Located<'reported'> | undefined;
  readonly hasThrough: boolean;
}

export interface LimitSyntax<T> {
  readonly at: SourcePosition;
  readonly max: Located<T>;
  readonly whenReached: Located<'deny' | 'hold'> | undefined;
}

export interface BudgetSyntax {
  readonly at: SourcePosition;
  readonly steps: LimitSyntax<number> | undefined;
  readonly toolCalls: LimitSyntax<number> | undefined;
  readonly durationMs: LimitSyntax<number> | undefined;
  readonly tokens: LimitSyntax<number> | undefined;
  readonly cost: LimitSyntax<MoneySyntax> | undefined;
  readonly places: ReadonlyMap<string, SourcePosition>;
}

export interface LoopsSyntax {
  readonly sameCall: Located<number> | undefined;
  readonly sameTool: Located<number> | undefined;
  readonly cycle: Located<number> | undefined;
}

const oneOfCase: Shape<CaseSyntax> = record(
  '`{ one_of: [treatment, billing] }`',
  (fields): CaseSyntax | undefined => {
    const values = fields.required('one_of', listOf(text('text')), 'The values that it may have.');
    return values === undefined
      ? undefined
      : { type: 'one_of', at: fields.at, values: values.value };
  },
  { description: 'A case name with a fixed set of values.' },
);

const caseDeclaration: Shape<CaseSyntax> = named('case', {
  expected: 'a kind, or `{ one_of: [a, b] }`',
  schema: (book) => ({ anyOf: [kind.schema(book), oneOfCase.schema(book)] }),
  read: (node, report) => {
    const isChoice = node.type === 'map' && node.entries.some((entry) => entry.key === 'one_of');
    if (isChoice) return oneOfCase.read(node, report);
    const read = kind.read(node, report);
    return read === undefined ? undefined : { type: 'kind', kind: read };
  },
});

const through: Shape<Located<'reported'>> = {
  ...choice(['reported']),
  read: (node, report) => {
    if (node.type !== 'scalar' || node.value !== 'sallyport')
      return choice(['reported']).read(node, report);
    notEnforcedYet(node.at, '`model.through: sallyport` (the model edge)', report);
    return undefined;
  },
};

const model: Shape<ModelSyntax> = named(
  'model',
  record(
    '`{ pin: name, through: reported }`',
    (fields) => ({
      at: fields.at,
      pin: fields.optional(
        'pin',
        text('the name of a model'),
        'The model that has to be used: another one reported stops the run.',
      ),
      through: fields.optional(
        'through',
        through,
        '`reported`: opener or agent post steps, tokens and cost.',
      ),
      hasThrough: fields.has('through'),
    }),
    { description: 'Which model the agent uses, and how Sallyport hears of its use.' },
  ),
);

function limit<T>(inner: Shape<Located<T>>): Shape<LimitSyntax<T>> {
  return byForm(inner.expected, {
    scalar: mapped(inner, (max): LimitSyntax<T> => ({ at: max.at, max, whenReached: undefined })),
    map: record('`{ max: …, then: hold }`', (fields): LimitSyntax<T> | undefined => {
      const max = fields.required('max', inner, 'The limit.');
      const whenReached = fields.optional(
        'then',
        choice(['deny', 'hold']),
        '`hold`: a person may grant as much again. `deny` where nothing is said.',
      );
      return max === undefined ? undefined : { at: fields.at, max, whenReached };
    }),
  });
}

const budget: Shape<BudgetSyntax> = named(
  'budget',
  record(
    'limits of one run',
    (fields) => ({
      at: fields.at,
      steps: fields.optional(
        'steps',
        limit(count('steps', { min: 1, max: 1_000_000 })),
        "Steps of the model's loop. Needs `model.through`.",
      ),
      // The run itself ends at 10,000 calls: a larger budget would promise what nobody keeps.
      toolCalls: fields.optional(
        'tool_calls',
        limit(count('calls', { min: 1, max: 10_000 })),
        'Decided calls, denied ones too.',
      ),
      durationMs: fields.optional(
        'duration',
        limit(duration),
        'Time from opening the run, without the time in which a call of it waits for a person.',
      ),
      tokens: fields.optional(
        'tokens',
        limit(count('tokens', { min: 1, max: 1_000_000_000_000 })),
        'Tokens of the model. Needs `model.through`.',
      ),
      cost: fields.optional(
        'cost',
        limit(money),
        'What the model costs, in USD. Needs `model.through`.',
      ),
      places: new Map(
        ['steps', 'tokens', 'cost']
          .filter((key) => fields.has(key))
          .map((key) => [key, fields.keyAt(key)]),
      ),
    }),
    { description: 'Limits of one run, each a number or `{ max, then: hold }`.', min: 1 },
  ),
);

const loops: Shape<LoopsSyntax> = named(
  'loops',
  record(
    '`{ same_call, same_tool, cycle }`',
    (fields) => ({
      sameCall: fields.optional(
        'same_call',
        wholeNumber({ min: 1, max: 10_000 }),
        'Equal calls in a row with an equal result.',
      ),
      sameTool: fields.optional(
        'same_tool',
        wholeNumber({ min: 1, max: 10_000 }),
        'Calls of one tool in a row.',
      ),
      cycle: fields.optional(
        'cycle',
        wholeNumber({ min: 1, max: 10_000 }),
        'Times that a cycle of two to four calls may repeat.',
      ),
    }),
    { description: 'When a run goes in circles.', min: 1 },
  ),
);

export const agent: Shape<AgentSyntax> = named(
  'agent',
  record(
    'an agent',
    (fields) => ({
      at: fields.at,
      actsFor: fields.optional(
        'acts_for',
        listOf(name('a role')),
        'Roles whose people it works for: it may never do more than they may.',
      ),
      unattended: fields.optional(
        'unattended',
        record(
          '`{ owner: role }`',
          (unattended) => ({
            owner: unattended.required(
              'owner',
              name('a role'),
              'The role that answers for such runs.',
            ),
          }),
          { description: 'Runs without a user are allowed.' },
        ),
        'Runs without a user are allowed, and the owner answers for them.',
      ),
      case: fields.optional(
        'case',
        mapOf(nameKey('a case name'), caseDeclaration, { min: 1 }),
        "Names that the run's opener binds and the agent can't change.",
      ),
      model: fields.optional(
        'model',
        model,
        'Which model it uses, and how Sallyport hears of its use.',
      ),
      budget: fields.optional('budget', budget, 'Limits of one run.'),
      rate: fields.optional(
        'rate',
        rate,
        'How many calls may start in a sliding window, over all its runs.',
      ),
      loops: fields.optional('loops', loops, 'When a run goes in circles.'),
      parallel: fields.optional(
        'parallel',
        wholeNumber({ min: 1, max: 1_000 }),
        'Calls of one run in flight at a time; the others wait.',
      ),
      enforcement: fields.optional(
        'enforcement',
        choice(['observe', 'warn', 'strict']),
        'For this agent alone.',
      ),
      dryRun: fields.optional(
        'dry_run',
        yesOrNo,
        'Decide and record everything, and perform nothing.',
      ),
      permissions: fields.optional(
        'permissions',
        permissions,
        'What it may do: upstream, action, grant. Everything else is refused.',
      ),
      forbidden: fields.optional(
        'forbidden',
        listOf(text('an action: `upstream.action`')),
        'Actions that no grant can give it.',
      ),
    }),
    { description: 'A workload with an identity of its own.' },
  ),
);
