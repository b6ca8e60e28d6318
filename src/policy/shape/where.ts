import type { SourcePosition } from '../model.ts';
import { listOf, notEnforcedYet, record } from './collection.ts';
import type { Limited } from './constraint-form.ts';
import { otherwiseField } from './hold.ts';
import { type LiteralSyntax, literal } from './literal.ts';
import { byForm, type Located, mapped, named, type Shape } from './shape.ts';

export type WhereSyntax =
  | { readonly type: 'terms'; readonly terms: readonly LiteralSyntax[] }
  | {
      readonly type: 'range';
      readonly at: SourcePosition;
      readonly min: Located<number> | undefined;
      readonly max: Located<number> | undefined;
    };

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

export const where: Shape<Limited<WhereSyntax>> = named(
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
