import type { Enforcement, Rate, SourcePosition } from '../model.ts';
import { nearest } from '../nearest.ts';
import {
  type Fields,
  type KeyForm,
  type Listed,
  listOf,
  mapOf,
  type NamedMap,
  nameKey,
  notEnforcedYet,
  record,
} from './collection.ts';
import { type LiteralSyntax, literal } from './literal.ts';
import {
  choice,
  constant,
  type ExpressionSyntax,
  expression,
  name,
  text,
  wholeNumber,
} from './scalar.ts';
import { byForm, type Located, mapped, named, type Shape } from './shape.ts';
import { kindNames, type WrittenKind } from './tool.ts';
import { type MoneySyntax, money, rate, type TotalSyntax, total } from './value.ts';

export type PermissionsSyntax = NamedMap<NamedMap<GrantSyntax>>;

export interface GrantSyntax {
  readonly at: SourcePosition;
  readonly alternatives: readonly AlternativeSyntax[];
  readonly isList: boolean;
}

export interface AlternativeSyntax {
  readonly at: SourcePosition;
  readonly tools: Listed<Located<string>> | undefined;
  readonly constraints: readonly ConstraintSyntax[];
  readonly approval: ApprovalSyntax | undefined;
  readonly repeat: Located<'allow'> | undefined;
  readonly enforcement: Located<Enforcement> | undefined;
}

export interface OtherwiseSyntax {
  readonly at: SourcePosition;
  readonly type: 'approval' | 'break_glass';
  readonly role: Located<string>;
}

export type ApprovalSyntax =
  | { readonly type: 'never'; readonly at: SourcePosition }
  | {
      readonly type: 'by';
      readonly at: SourcePosition;
      readonly by: Located<string> | undefined;
      readonly if: ExpressionSyntax | undefined;
      readonly quorum: Located<number> | undefined;
    };

export interface OnlyExcept<T> {
  readonly only: Listed<T> | undefined;
  readonly except: Listed<T> | undefined;
}

type Text = Located<string>;

export type ConstraintSyntax = {
  readonly name: string;
  readonly at: SourcePosition;
  readonly otherwise: OtherwiseSyntax | undefined;
} & (
  | {
      readonly type: AddressConstraint | 'urls' | 'accounts' | 'commands';
      readonly entries: readonly Text[];
    }
  | { readonly type: 'max_recipients'; readonly max: number }
  | ({ readonly type: 'folders' } & OnlyExcept<Text>)
  | {
      readonly type: 'paths';
      readonly under: Listed<Text> | undefined;
      readonly except: Listed<Text> | undefined;
    }
  | ({ readonly type: 'fields' } & OnlyExcept<Text>)
  | ({ readonly type: 'items'; readonly attribute: string } & OnlyExcept<LiteralSyntax>)
  | { readonly type: 'max_amount'; readonly amount: Located<MoneySyntax> }
  | {
      readonly type: 'max_total';
      readonly scope: 'case' | 'user' | 'agent';
      readonly total: Located<TotalSyntax>;
    }
  | {
      readonly type: 'once_per';
      readonly arguments: readonly Text[];
      readonly of: 'grant' | 'tool';
    }
  | { readonly type: 'hours'; readonly windows: readonly Text[] }
  | { readonly type: 'rate'; readonly rate: Rate }
  | { readonly type: 'after'; readonly tools: readonly Text[] }
  | { readonly type: 'novelty'; readonly of: WrittenKind }
  | { readonly type: 'where'; readonly argument: string; readonly test: WhereSyntax }
  | { readonly type: 'when'; readonly expression: ExpressionSyntax }
);

export type AddressConstraint = 'recipients' | 'allowed_domains' | 'forbidden_domains' | 'senders';

export type WhereSyntax =
  | { readonly type: 'terms'; readonly terms: readonly LiteralSyntax[] }
  | {
      readonly type: 'range';
      readonly at: SourcePosition;
      readonly min: Located<number> | undefined;
      readonly max: Located<number> | undefined;
    };

// ---- holds -----------------------------------------------------------------------------------------------------

const roleName: Shape<Text> = name('a role');

const otherwise: Shape<OtherwiseSyntax> = named(
  'otherwise',
  record(
    '`{ approval: role }` or `{ break_glass: role }`',
    (fields): OtherwiseSyntax | undefined => {
      const approval = fields.optional(
        'approval',
        roleName,
        "Who may approve it all the same: a role, or `user`, the run's own person.",
      );
      const breakGlass = fields.optional(
        'break_glass',
        roleName,
        "Who is alerted when the run's user gives a reason and goes on.",
      );
      if (approval !== undefined) return { at: fields.at, type: 'approval', role: approval };
      return breakGlass === undefined
        ? undefined
        : { at: fields.at, type: 'break_glass', role: breakGlass };
    },
    {
      description:
        "Answers this constraint's failure and nothing else. Until approvals are built, such a hold is a refusal.",
      min: 1,
      max: 1,
    },
  ),
);

const approval: Shape<ApprovalSyntax> = named(
  'approval',
  byForm('`never`, or `{ by: role, if: CEL }`', {
    scalar: mapped(choice(['never']), ({ at }): ApprovalSyntax => ({ type: 'never', at })),
    map: record(
      '`{ by: role, if: CEL }`',
      (fields): ApprovalSyntax => {
        fields.later('fresh', 'how recently the approver signed in.', '`approval.fresh`');
        fields.later('until', 'progressive autonomy.', '`approval.until`');
        return {
          type: 'by',
          at: fields.at,
          by: fields.optional(
            'by',
            roleName,
            "Who approves: a role, or `user`, the run's own person.",
          ),
          if: fields.optional('if', expression, 'CEL: only calls for which it is true wait.'),
          quorum: fields.optional(
            'quorum',
            wholeNumber({ min: 1, max: 9 }),
            'How many different people have to approve.',
          ),
        };
      },
      {
        description:
          'When a person has to approve. Until approvals are built, such a hold is a refusal.',
        min: 1,
      },
    ),
  }),
);

// ---- constraints -----------------------------------------------------------------------------------------------

interface Limited<T> {
  readonly value: T;
  readonly otherwise: OtherwiseSyntax | undefined;
}

const otherwiseField = (fields: Fields): OtherwiseSyntax | undefined =>
  fields.optional('otherwise', otherwise, 'Who may let a failing call pass.');

/** `[a, b]`, short for `{ only: [a, b] }`; the long form takes an `otherwise`. */
function onlyList<T>(item: Shape<T>, description: string): Shape<Limited<readonly T[]>> {
  const list = listOf(item);
  return byForm(list.expected, {
    list: mapped(list, ({ value }) => ({ value, otherwise: undefined })),
    map: record(`\`{ only: […], otherwise: … }\``, (fields) => {
      const only = fields.required('only', list, description);
      const other = otherwiseField(fields);
      return only === undefined ? undefined : { value: only.value, otherwise: other };
    }),
    mend: 'write a list: `[…]`',
  });
}

/** `10`, short for `{ max: 10 }`; the long form takes an `otherwise`. */
function single<T>(key: 'max' | 'is', inner: Shape<T>, description: string): Shape<Limited<T>> {
  return byForm(inner.expected, {
    scalar: mapped(inner, (value): Limited<T> => ({ value, otherwise: undefined })),
    map: record(`\`{ ${key}: …, otherwise: … }\``, (fields): Limited<T> | undefined => {
      const value = fields.required(key, inner, description);
      const other = otherwiseField(fields);
      return value === undefined ? undefined : { value, otherwise: other };
    }),
  });
}

/** `{ only, except }`, or a list for `only`. */
function onlyExcept<T>(
  item: Shape<T>,
  options: { readonly exclusive: boolean; readonly hold: boolean },
): Shape<Limited<OnlyExcept<T>>> {
  const list = listOf(item);
  return byForm(`a list, or \`{ only, except }\``, {
    list: mapped(list, (only) => ({ value: { only, except: undefined }, otherwise: undefined })),
    map: record(
      '`{ only: […] }` or `{ except: […] }`',
      (fields) => ({
        value: {
          only: fields.optional('only', list, 'Nothing but these.'),
          except: fields.optional('except', list, 'None of these.'),
        },
        otherwise: options.hold ? otherwiseField(fields) : undefined,
      }),
      options.exclusive ? { min: 1, max: 1 } : { min: 1 },
    ),
    mend: 'write a list: `[…]`',
  });
}

const address: Shape<Text> = text('an address, a domain, or `case.name`');
const argumentName: Shape<Text> = text('the name of an argument');
const toolName: Shape<Text> = text('a tool: `upstream.operation`');

const pathsForm = byForm('`{ under: […], except: […] }`', {
  map: record(
    '`{ under: […], except: […] }`',
    (fields) => ({
      under: fields.optional(
        'under',
        listOf(text('a folder, or `case.name`')),
        'Folders that the paths have to be in.',
      ),
      except: fields.optional(
        'except',
        listOf(text('a glob: `**/.env*`')),
        "Globs that no path may match; `*` stops at `/`, `**` doesn't.",
      ),
      otherwise: otherwiseField(fields),
    }),
    { min: 1 },
  ),
  mend: 'write `{ under: […] }`',
});

const scopes = ['case', 'user', 'agent'] as const;

const totalForm = record(
  '`{ case: amount, user: amount/window, agent: amount/window }`',
  (fields) => ({
    scopes: scopes.flatMap((scope) => {
      const read = fields.optional(scope, total, `For each ${scope}.`);
      return read === undefined ? [] : [{ scope, at: fields.keyAt(scope), total: read }];
    }),
    otherwise: otherwiseField(fields),
  }),
  { min: 1 },
);

const oncePerForm = byForm('`{ arguments: [name] }`', {
  map: record('`{ arguments: [name] }`', (fields) => ({
    arguments: fields.required(
      'arguments',
      listOf(argumentName),
      'Arguments whose values, together, may be used at most once, in any run, ever.',
    ),
    of: fields.optional(
      'of',
      choice(['grant', 'tool']),
      '`tool`: counted over all grants of the tool. `grant` where nothing is said.',
    ),
    otherwise: otherwiseField(fields),
  })),
  mend: 'write `{ arguments: […] }`',
});

const hoursForm: Shape<Limited<readonly Text[]>> = (() => {
  const window = text('the name of a window in `hours`, or `Mon-Fri 09:00-17:00`');
  const several = byForm('a window, or a list of them', {
    scalar: mapped(window, (one): readonly Text[] => [one]),
    list: mapped(listOf(window), ({ value }) => value),
  });
  return byForm('a window of `hours`, or a list of them', {
    scalar: mapped(
      window,
      (one): Limited<readonly Text[]> => ({ value: [one], otherwise: undefined }),
    ),
    list: mapped(
      listOf(window),
      ({ value }): Limited<readonly Text[]> => ({ value, otherwise: undefined }),
    ),
    map: record(
      '`{ only: business, otherwise: … }`',
      (fields): Limited<readonly Text[]> | undefined => {
        const only = fields.required('only', several, 'The windows.');
        const other = otherwiseField(fields);
        return only === undefined ? undefined : { value: only, otherwise: other };
      },
    ),
  });
})();

const afterForm: Shape<Limited<readonly Text[]>> = byForm('a list of tools', {
  list: mapped(
    listOf(toolName),
    ({ value }): Limited<readonly Text[]> => ({ value, otherwise: undefined }),
  ),
  map: record(
    '`{ only: [tool], otherwise: … }`',
    (fields): Limited<readonly Text[]> | undefined => {
      for (const key of ['tool', 'tools', 'same'])
        fields.later(key, 'history with arguments.', '`after` with `same`');
      const isLater = ['tool', 'tools', 'same'].some((key) => fields.has(key));
      const only = isLater
        ? undefined
        : fields.required('only', listOf(toolName), 'One of these has completed in this run.');
      const other = otherwiseField(fields);
      return only === undefined ? undefined : { value: only.value, otherwise: other };
    },
  ),
  mend: 'write a list: `[upstream.operation]`',
});

const noveltyForm = byForm('`{ of: kind }`', {
  map: record('`{ of: kind }`', (fields) => ({
    of: fields.required('of', choice(kindNames), 'The kind whose values have to be known.'),
    otherwise: otherwiseField(fields),
  })),
  mend: 'write `{ of: recipient }`',
});

// ---- where -----------------------------------------------------------------------------------------------------

const bound: Shape<Located<number>> = {
  expected: 'a number',
  schema: () => ({ type: 'number' }),
  read: (node, report) => {
    if (node.type === 'scalar' && typeof node.value === 'number')
      return { value: node.value, at: node.at };
    if (node.type !== 'refused') {
      report.error('policy.type', node.at, 'a limit has to be a number', { expected: 'a number' });
    }
    return undefined;
  },
};

const whereTerm: Shape<LiteralSyntax> = {
  ...literal,
  expected: 'a value, a glob, or `case.name`',
  read: (node, report) => {
    const read = literal.read(node, report);
    if (read?.value !== 'provided') return read;
    notEnforcedYet(read.at, '`provided` (records)', report);
    return undefined;
  },
};

const whereLong: Shape<Limited<WhereSyntax>> = record(
  '`{ is: …, otherwise: … }`, `{ only: […] }` or `{ max, min }`',
  (fields) => {
    fields.later('owner', 'whose record the argument names.', '`owner` (records)');
    const is = fields.optional('is', whereTerm, 'The value it has to have.');
    const only = fields.optional('only', listOf(whereTerm), 'The values it may have.');
    const max = fields.optional('max', bound, 'The largest number it may be.');
    const min = fields.optional('min', bound, 'The smallest number it may be.');
    const other = otherwiseField(fields);
    if (is !== undefined) return { value: { type: 'terms', terms: [is] }, otherwise: other };
    if (only !== undefined)
      return { value: { type: 'terms', terms: only.value }, otherwise: other };
    return max === undefined && min === undefined
      ? undefined
      : { value: { type: 'range', at: fields.at, min, max }, otherwise: other };
  },
  { min: 1 },
);

const where: Shape<Limited<WhereSyntax>> = named(
  'where',
  byForm('a value, a list, a glob, `case.name`, or `{ max, min }`', {
    scalar: mapped(
      whereTerm,
      (term): Limited<WhereSyntax> => ({
        value: { type: 'terms', terms: [term] },
        otherwise: undefined,
      }),
    ),
    list: mapped(
      listOf(whereTerm),
      ({ value }): Limited<WhereSyntax> => ({
        value: { type: 'terms', terms: value },
        otherwise: undefined,
      }),
    ),
    map: whereLong,
  }),
);

const argumentKey: KeyForm = {
  expected: 'the name of an argument',
  pattern: /^[^\u0000-\u001f]{1,200}$/,
  mend: () => null,
};

// ---- grants ----------------------------------------------------------------------------------------------------

const addressConstraints: readonly (readonly [AddressConstraint, string])[] = [
  ['recipients', 'Who may be reached: every recipient of the call has to be here.'],
  ['allowed_domains', 'Domains that recipients have to be of; a ceiling.'],
  ['forbidden_domains', 'Domains that no recipient may be of, subdomains included.'],
  ['senders', 'Whose messages may be read.'],
];

const entryConstraints: readonly (readonly ['urls' | 'accounts' | 'commands', string, string])[] = [
  [
    'urls',
    'a URL, or `case.name`',
    'URLs that may be used: an entry covers its host and port, and every path at or below its own.',
  ],
  ['accounts', 'an account, or `case.name`', 'Accounts that may be used.'],
  [
    'commands',
    'a command line, or `case.name`',
    'Commands that may be run, compared word by word.',
  ],
];

function readConstraints(fields: Fields): readonly ConstraintSyntax[] {
  const found: ConstraintSyntax[] = [];
  for (const [type, description] of addressConstraints) {
    const read = fields.optional(type, onlyList(address, 'Nobody else.'), description);
    if (read !== undefined)
      found.push({
        type,
        name: type,
        at: fields.keyAt(type),
        otherwise: read.otherwise,
        entries: read.value,
      });
  }
  for (const [type, what, description] of entryConstraints) {
    const read = fields.optional(type, onlyList(text(what), 'Nothing else.'), description);
    if (read !== undefined)
      found.push({
        type,
        name: type,
        at: fields.keyAt(type),
        otherwise: read.otherwise,
        entries: read.value,
      });
  }
  const common = (key: string, read: { readonly otherwise: OtherwiseSyntax | undefined }) => ({
    name: key,
    at: fields.keyAt(key),
    otherwise: read.otherwise,
  });
  const recipientsMax = fields.optional(
    'max_recipients',
    single('max', wholeNumber({ min: 0, max: 10_000 }), 'How many.'),
    'How many different recipients one call may have.',
  );
  if (recipientsMax !== undefined)
    found.push({
      type: 'max_recipients',
      ...common('max_recipients', recipientsMax),
      max: recipientsMax.value.value,
    });
  const folders = fields.optional(
    'folders',
    onlyExcept(text('a folder, or `case.name`'), { exclusive: false, hold: true }),
    'Folders that may be used: one of `only`, none of `except`.',
  );
  if (folders !== undefined)
    found.push({ type: 'folders', ...common('folders', folders), ...folders.value });
  const paths = fields.optional(
    'paths',
    pathsForm,
    'Paths that may be used: in one of `under`, matching none of `except`.',
  );
  if (paths !== undefined)
    found.push({
      type: 'paths',
      ...common('paths', paths),
      under: paths.under,
      except: paths.except,
    });
  const fieldNames = fields.optional(
    'fields',
    onlyExcept(text('a field name at any depth, or a pointer'), { exclusive: true, hold: false }),
    'Fields of the result that may be seen.',
  );
  if (fieldNames !== undefined)
    found.push({ type: 'fields', ...common('fields', fieldNames), ...fieldNames.value });
  const items = fields.optional(
    'items',
    mapOf(
      nameKey('an attribute of `returns.each`'),
      onlyExcept(literal, { exclusive: true, hold: false }),
      { min: 1 },
    ),
    'Items of the result that may be seen, by an attribute.',
  );
  for (const item of items?.value ?? []) {
    if (item.value === undefined) continue;
    found.push({
      type: 'items',
      name: `items.${item.name}`,
      at: item.at,
      otherwise: undefined,
      attribute: item.name,
      ...item.value.value,
    });
  }
  const amountMax = fields.optional(
    'max_amount',
    single('max', money, 'The amount.'),
    'The largest amount of one call.',
  );
  if (amountMax !== undefined)
    found.push({ type: 'max_amount', ...common('max_amount', amountMax), amount: amountMax.value });
  const totals = fields.optional(
    'max_total',
    totalForm,
    'The largest amount of all calls together, by case, user or agent.',
  );
  for (const { scope, at, total: limit } of totals?.scopes ?? []) {
    found.push({
      type: 'max_total',
      name: `max_total.${scope}`,
      at,
      otherwise: totals?.otherwise,
      scope,
      total: limit,
    });
  }
  const once = fields.optional(
    'once_per',
    oncePerForm,
    'Equal values at most once, in any run, ever.',
  );
  if (once?.arguments !== undefined)
    found.push({
      type: 'once_per',
      ...common('once_per', once),
      arguments: once.arguments.value,
      of: once.of?.value ?? 'grant',
    });
  const hours = fields.optional(
    'hours',
    hoursForm,
    'When calls may be made: a window by name, or as written in `hours`.',
  );
  if (hours !== undefined)
    found.push({ type: 'hours', ...common('hours', hours), windows: hours.value });
  const calls = fields.optional(
    'rate',
    single('max', rate, 'The rate.'),
    'How many calls may start in a sliding window.',
  );
  if (calls !== undefined)
    found.push({ type: 'rate', ...common('rate', calls), rate: calls.value.value });
  const after = fields.optional(
    'after',
    afterForm,
    'One of these tools has completed in this run.',
  );
  if (after !== undefined)
    found.push({ type: 'after', ...common('after', after), tools: after.value });
  const novelty = fields.optional(
    'novelty',
    noveltyForm,
    'Fails for a value that this agent has used in no completed call.',
  );
  if (novelty?.of !== undefined)
    found.push({ type: 'novelty', ...common('novelty', novelty), of: novelty.of.value });
  const wheres = fields.optional(
    'where',
    mapOf(argumentKey, where, { min: 1 }),
    'What single arguments have to be.',
  );
  for (const entry of wheres?.value ?? []) {
    if (entry.value === undefined) continue;
    found.push({
      type: 'where',
      name: `where.${entry.name}`,
      at: entry.at,
      otherwise: entry.value.otherwise,
      argument: entry.name,
      test: entry.value.value,
    });
  }
  const when = fields.optional(
    'when',
    single('is', expression, 'The expression.'),
    'CEL over the call: it has to be true. An expression that fails denies.',
  );
  if (when !== undefined)
    found.push({ type: 'when', ...common('when', when), expression: when.value });
  return found;
}

const alternativeMap: Shape<AlternativeSyntax> = named(
  'constraints',
  record(
    'constraints: all of them have to hold',
    (fields) => {
      fields.later('tables', 'tables of an SQL query.', '`tables` (SQL)');
      fields.later('rows', 'how many rows a query may return.', '`rows` (SQL)');
      fields.later('not_after', 'history with arguments.', '`not_after`');
      return {
        at: fields.at,
        tools: fields.optional(
          'tools',
          listOf(text('the name of an operation')),
          "Which of the action's tools it covers; all of them where nothing is said.",
        ),
        constraints: readConstraints(fields),
        approval: fields.optional(
          'approval',
          approval,
          'When a person has to approve; the tier decides where nothing is said.',
        ),
        repeat: fields.optional(
          'repeat',
          constant('allow', 'write `allow`, or leave it out'),
          '`allow`: an identical call after a completed one is a new call.',
        ),
        enforcement: fields.optional(
          'enforcement',
          choice(['observe', 'warn', 'strict']),
          'For this grant alone.',
        ),
      };
    },
    {
      description: 'A grant: every constraint in it has to hold.',
      keyWord: 'constraint',
      min: 1,
      mendKey: (key) =>
        nearest(key, ['only', 'except']) === null ? null : `\`${key}\` belongs below a constraint`,
    },
  ),
);

const allow: Shape<AlternativeSyntax> = mapped(
  constant('allow', 'write `allow`, or constraints: `{ … }`'),
  ({ at }): AlternativeSyntax => ({
    at,
    tools: undefined,
    constraints: [],
    approval: undefined,
    repeat: undefined,
    enforcement: undefined,
  }),
);

const alternative: Shape<AlternativeSyntax> = byForm('`allow`, or a map of constraints', {
  scalar: allow,
  map: alternativeMap,
});

const grant: Shape<GrantSyntax> = named(
  'grant',
  byForm('`allow`, a map of constraints, or a list of such maps', {
    scalar: mapped(
      allow,
      (one): GrantSyntax => ({ at: one.at, alternatives: [one], isList: false }),
    ),
    map: mapped(
      alternativeMap,
      (one): GrantSyntax => ({ at: one.at, alternatives: [one], isList: false }),
    ),
    list: mapped(
      listOf(alternative),
      ({ value, at }): GrantSyntax => ({ at, alternatives: value, isList: true }),
    ),
    mend: 'write `allow` to grant it without constraints, or leave it out to refuse it',
  }),
);

export const permissions: Shape<PermissionsSyntax> = named(
  'permissions',
  mapOf(
    nameKey('an upstream'),
    byForm('a map from actions to grants', {
      map: mapOf(nameKey('an action'), grant, { min: 1 }),
      mend: 'name each action: `{ read: allow }`; there is no grant of a whole upstream',
    }),
  ),
);
