import { type KindName, kindNames } from '../../content/kind.ts';
import type { Rate, SourcePosition } from '../model.ts';
import {
  type Fields,
  type KeyForm,
  type Listed,
  listOf,
  mapOf,
  nameKey,
  record,
} from './collection.ts';
import { type Limited, type OnlyExcept, onlyExcept, onlyList, single } from './constraint-form.ts';
import { type OtherwiseSyntax, otherwiseField } from './hold.ts';
import { type LiteralSyntax, literal } from './literal.ts';
import { choice, type ExpressionSyntax, expression, text, wholeNumber } from './scalar.ts';
import { byForm, type Located, mapped, type Shape } from './shape.ts';
import { type MoneySyntax, money, rate, type TotalSyntax, total } from './value.ts';
import { type WhereSyntax, where } from './where.ts';

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
  | ({ readonly type: 'tables' } & OnlyExcept<Text>)
  | { readonly type: 'rows'; readonly max: number }
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
  | {
      readonly type: 'after' | 'not_after';
      readonly tools: readonly Text[];
      readonly same: readonly Text[];
    }
  | { readonly type: 'novelty'; readonly of: KindName }
  | { readonly type: 'where'; readonly argument: string; readonly test: WhereSyntax }
  | { readonly type: 'when'; readonly expression: ExpressionSyntax }
);

export type AddressConstraint = 'recipients' | 'allowed_domains' | 'forbidden_domains' | 'senders';

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
        "Globs that neither the path nor a folder above it may match; `*` stops at `/`, `**` doesn't.",
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

interface AfterSyntax {
  readonly tools: readonly Text[];
  readonly same: readonly Text[];
}

/** `[a, b]`, or `{ tool, same }`, `{ tools, same }` and, as it was first written, `{ only }`. */
const afterForm: Shape<Limited<AfterSyntax>> = byForm(
  'a list of tools, or `{ tools: […], same: […] }`',
  {
    list: mapped(
      listOf(toolName),
      ({ value }): Limited<AfterSyntax> => ({
        value: { tools: value, same: [] },
        otherwise: undefined,
      }),
    ),
    map: record(
      '`{ tool: …, same: [argument], otherwise: … }`',
      (fields): Limited<AfterSyntax> | undefined => {
        const tool = fields.optional('tool', toolName, 'The tool that completed in this run.');
        const tools = fields.optional('tools', listOf(toolName), 'Any one of these.');
        const only = fields.optional('only', listOf(toolName), 'The same as `tools`.');
        const same = fields.optional(
          'same',
          listOf(argumentName),
          'Arguments that both calls have, with equal values.',
        );
        const other = otherwiseField(fields);
        const named = tools?.value ?? only?.value ?? (tool === undefined ? undefined : [tool]);
        return named === undefined
          ? undefined
          : { value: { tools: named, same: same?.value ?? [] }, otherwise: other };
      },
    ),
    mend: 'write a list: `[upstream.operation]`',
  },
);

const noveltyForm = byForm('`{ of: kind }`', {
  map: record('`{ of: kind }`', (fields) => ({
    of: fields.required('of', choice(kindNames), 'The kind whose values have to be known.'),
    otherwise: otherwiseField(fields),
  })),
  mend: 'write `{ of: recipient }`',
});

const argumentKey: KeyForm = {
  expected: 'the name of an argument',
  pattern: /^[^\u0000-\u001f]{1,200}$/,
  mend: () => null,
};

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

const afterConstraints: readonly (readonly ['after' | 'not_after', string])[] = [
  ['after', 'One of these tools has completed in this run.'],
  ['not_after', 'None of these tools has completed in this run, or may have.'],
];

/** Every constraint of a grant, in the order of this list: the order in which they are checked and shown. */
export function readConstraints(fields: Fields): readonly ConstraintSyntax[] {
  const found: ConstraintSyntax[] = [];
  const common = (key: string, read: { readonly otherwise: OtherwiseSyntax | undefined }) => ({
    name: key,
    at: fields.keyAt(key),
    otherwise: read.otherwise,
  });
  for (const [type, description] of addressConstraints) {
    const read = fields.optional(type, onlyList(address, 'Nobody else.'), description);
    if (read !== undefined) found.push({ type, ...common(type, read), entries: read.value });
  }
  for (const [type, what, description] of entryConstraints) {
    const read = fields.optional(type, onlyList(text(what), 'Nothing else.'), description);
    if (read !== undefined) found.push({ type, ...common(type, read), entries: read.value });
  }
  const recipientsMax = fields.optional(
    'max_recipients',
    single('max', wholeNumber({ min: 0, max: 10_000 }), 'How many.', 'write one number'),
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
    'Folders that may be used: one of `only`, none of `except` in any case, nor what lies in one of those.',
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
  const tables = fields.optional(
    'tables',
    onlyExcept(text('a table: `schema.table`'), { exclusive: false, hold: true }),
    'Tables that an SQL statement may use, at any depth: each one of `only`, none of `except`.',
  );
  if (tables !== undefined)
    found.push({ type: 'tables', ...common('tables', tables), ...tables.value });
  const rows = fields.optional(
    'rows',
    single('max', wholeNumber({ min: 1, max: 1_000_000 }), 'How many.', 'write one number'),
    'How many rows an SQL query may return: it has to say so itself, by a `LIMIT` with a number.',
  );
  if (rows !== undefined)
    found.push({ type: 'rows', ...common('rows', rows), max: rows.value.value });
  const fieldNames = fields.optional(
    'fields',
    onlyExcept(text('a field name at any depth, or a pointer'), { exclusive: true, hold: false }),
    'Fields of the result that may be seen. Of SQL also the columns that a statement may read: it has to name each.',
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
    single('max', money, 'The amount.', 'write one amount'),
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
    single('max', rate, 'The rate.', 'write one rate'),
    'How many calls may start in a sliding window.',
  );
  if (calls !== undefined)
    found.push({ type: 'rate', ...common('rate', calls), rate: calls.value.value });
  for (const [type, description] of afterConstraints) {
    const read = fields.optional(type, afterForm, description);
    if (read !== undefined) found.push({ type, ...common(type, read), ...read.value });
  }
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
    single('is', expression, 'The expression.', 'quote the expression: YAML took it for a list'),
    'CEL over the call: it has to be true. An expression that fails denies.',
  );
  if (when !== undefined)
    found.push({ type: 'when', ...common('when', when), expression: when.value });
  return found;
}
