import type { SourcePosition } from '../model.ts';
import { type Fields, listOf, mapOf, type NamedMap, record } from './collection.ts';
import type { Limited } from './constraint-form.ts';
import { otherwise, otherwiseField } from './hold.ts';
import { type LiteralSyntax, literal } from './literal.ts';
import { fieldKey } from './record.ts';
import { byForm, type Located, mapped, named, type Shape, wrongType } from './shape.ts';
import { type MoneySyntax, money } from './value.ts';

/** What one value has to be: an argument's, or a field's of what it names. */
export type ValueSyntax =
  | { readonly type: 'terms'; readonly terms: readonly LiteralSyntax[] }
  | {
      readonly type: 'range';
      readonly at: SourcePosition;
      readonly min: BoundSyntax | undefined;
      readonly max: BoundSyntax | undefined;
    };

export type WhereSyntax =
  | ValueSyntax
  | { readonly type: 'provided'; readonly at: SourcePosition }
  | { readonly type: 'record'; readonly tests: NamedMap<ValueSyntax> };

export interface BoundSyntax {
  readonly at: SourcePosition;
  /** Null: an amount with its currency is written. */
  readonly number: number | null;
  /** Null: what is written is no amount. */
  readonly money: Located<MoneySyntax> | null;
}

const bound: Shape<BoundSyntax> = {
  expected: 'a number; of an amount, `100 USD`',
  schema: (book) => ({ anyOf: [{ type: 'number' }, money.schema(book)] }),
  read: (node, report) => {
    if (node.type !== 'scalar' || node.value === null || typeof node.value === 'boolean')
      return wrongType(node, bound.expected, report);
    const number = typeof node.value === 'number' ? node.value : null;
    // A bound below zero or with many places is no amount, and a number all the same.
    const asMoney = number === null || isPlain(node.written) ? money.read(node, report) : undefined;
    if (number === null && asMoney === undefined) return undefined;
    return { at: node.at, number, money: asMoney ?? null };
  },
};

function isPlain(written: string): boolean {
  return /^\d{1,12}(\.\d{1,4})?$/.test(written);
}

const list = listOf(literal);

function valueFields(fields: Fields): ValueSyntax | undefined {
  const is = fields.optional('is', literal, 'The value it has to have.');
  const only = fields.optional('only', list, 'The values it may have.');
  const max = fields.optional('max', bound, 'The most it may be.');
  const min = fields.optional('min', bound, 'The least it may be.');
  if (is !== undefined) return { type: 'terms', terms: [is] };
  if (only !== undefined) return { type: 'terms', terms: only.value };
  return max === undefined && min === undefined
    ? undefined
    : { type: 'range', at: fields.at, min, max };
}

const valueForm = '`{ is: … }`, `{ only: […] }` or `{ max, min }`';

const valueLong: Shape<Limited<WhereSyntax>> = record(
  valueForm,
  (fields): Limited<WhereSyntax> | undefined => {
    const value = valueFields(fields);
    const other = otherwiseField(fields);
    if (value === undefined) return undefined;
    const [only] = fields.has('is') && value.type === 'terms' ? value.terms : [];
    return { value: only === undefined ? value : oneTerm(only), otherwise: other };
  },
  { min: 1 },
);

function oneTerm(term: LiteralSyntax): WhereSyntax {
  return term.value === 'provided'
    ? { type: 'provided', at: term.at }
    : { type: 'terms', terms: [term] };
}

const fieldLong: Shape<ValueSyntax> = record(valueForm, valueFields, { min: 1 });

const fieldTest: Shape<ValueSyntax> = byForm(
  'a value, a list, a glob, `case.name`, or `{ max, min }`',
  {
    scalar: mapped(literal, (term): ValueSyntax => ({ type: 'terms', terms: [term] })),
    list: mapped(list, ({ value }): ValueSyntax => ({ type: 'terms', terms: value })),
    map: fieldLong,
  },
);

const fieldTests = mapOf(fieldKey, fieldTest, { min: 1 });

const ofValue: ReadonlySet<string> = new Set(['is', 'only', 'max', 'min']);

/** `{ owner: case.customer, status: [pending] }`: the keys are fields of what the argument names. */
const ofRecord: Shape<Limited<WhereSyntax>> = {
  expected: '`{ owner: case.name, field: value }`',
  read: (node, report) => {
    if (node.type !== 'map') return wrongType(node, ofRecord.expected, report);
    const answers = node.entries.find(({ key }) => key === 'otherwise');
    const other = answers === undefined ? undefined : otherwise.read(answers.value, report);
    const tests = fieldTests.read(
      { ...node, entries: node.entries.filter((entry) => entry !== answers) },
      report,
    );
    return tests === undefined ? undefined : { value: { type: 'record', tests }, otherwise: other };
  },
  schema: (book) => ({
    type: 'object',
    properties: { otherwise: otherwise.schema(book) },
    propertyNames: { pattern: fieldKey.pattern.source, not: { enum: [...ofValue] } },
    additionalProperties: fieldTest.schema(book),
    minProperties: 1,
    description:
      'Of what the argument names: `owner`, and fields that the tools which return it declare.',
  }),
};

const ofEither: Shape<Limited<WhereSyntax>> = {
  expected: '`{ is: …, otherwise: … }`, `{ max, min }` or `{ owner: case.name, field: value }`',
  read: (node, report) => {
    const isOfValue = node.type === 'map' && node.entries.some(({ key }) => ofValue.has(key));
    return isOfValue || (node.type === 'map' && node.entries.length === 0)
      ? valueLong.read(node, report)
      : ofRecord.read(node, report);
  },
  schema: (book) => ({ anyOf: [valueLong.schema(book), ofRecord.schema(book)] }),
};

export const where: Shape<Limited<WhereSyntax>> = named(
  'where',
  byForm(
    'a value, a list, a glob, `case.name`, `provided`, `{ max, min }`, or fields of what it names',
    {
      scalar: mapped(
        literal,
        (term): Limited<WhereSyntax> => ({ value: oneTerm(term), otherwise: undefined }),
      ),
      list: mapped(
        list,
        ({ value }): Limited<WhereSyntax> => ({
          value: { type: 'terms', terms: value },
          otherwise: undefined,
        }),
      ),
      map: ofEither,
    },
  ),
);
