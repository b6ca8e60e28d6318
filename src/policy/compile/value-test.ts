import type { Kind } from '../../content/kind.ts';
import { isJsonArray } from '../../content/value.ts';
import type { ValueTerm, ValueTest } from '../model.ts';
import { didYouMean } from '../nearest.ts';
import type { Report } from '../report.ts';
import type { LiteralSyntax } from '../shape/literal.ts';
import type { BoundSyntax, ValueSyntax } from '../shape/where.ts';
import type { ConstraintPlace } from './context.ts';
import { compileOneGlob } from './globs.ts';
import { compileMoney } from './money.ts';
import { declaredArguments } from './pin.ts';
import { all, compileTerm, termKey } from './terms.ts';

/** What a value is compared as: an argument's, by the kind that each tool gives it, or a field's. */
export interface Compared {
  readonly name: string;
  readonly kinds: readonly Kind[];
  readonly isArgument: boolean;
}

export function compileValueTest(
  test: ValueSyntax,
  compared: Compared,
  place: ConstraintPlace,
): ValueTest | null {
  if (test.type === 'range') return compileRange(test, compared, place);
  const terms = all(test.terms, (written) => valueTerm(written, compared, place));
  return terms === null ? null : { type: 'terms', terms };
}

function compileRange(
  test: Extract<ValueSyntax, { type: 'range' }>,
  { name, kinds, isArgument }: Compared,
  { compilation: { report, currency } }: ConstraintPlace,
): ValueTest | null {
  const [kind] = kinds;
  if (kind === undefined) return null;
  const isAmount = !isArgument && kind.name === 'amount';
  if (
    !isAmount &&
    kinds.some((one) => one.name !== 'number' && (isArgument || one.name !== 'identifier'))
  ) {
    const mend =
      kind.name === 'amount' ? 'use `max_amount`' : 'write the values it may have: `[a, b]`';
    report.error('policy.conflict', test.at, `\`${name}\` is no number but \`${kind.name}\``, {
      mend,
    });
    return null;
  }
  const read = (bound: BoundSyntax | undefined): number | null | undefined => {
    if (bound === undefined) return null;
    if (isAmount) return amountOf(bound, kind, currency, report);
    if (bound.number !== null) return bound.number;
    report.error('policy.value', bound.at, `\`${name}\` is a number, and this is an amount`, {
      mend: isArgument
        ? 'write the number'
        : 'say what it is where it is declared: `{ at: pointer, is: amount, unit: cent }`',
    });
    return undefined;
  };
  const [min, max] = [read(test.min), read(test.max)];
  if (min === undefined || max === undefined) return null;
  if (min !== null && max !== null && min > max) {
    report.error('policy.conflict', test.at, `no number is at least ${min} and at most ${max}`, {
      mend: 'swap `min` and `max`',
    });
    return null;
  }
  return { type: 'range', min, max };
}

/** In the smallest unit; undefined: it was reported. */
function amountOf(
  bound: BoundSyntax,
  kind: Kind,
  currency: string | null,
  report: Report,
): number | undefined {
  if (bound.money === null) {
    report.error(
      'policy.value',
      bound.at,
      'an amount is at least 0, with at most four decimal places',
    );
    return undefined;
  }
  const money = compileMoney(bound.money, currency ?? kind.currency, report);
  if (money === null) return undefined;
  if (money.currency === kind.currency) return money.minor;
  report.error(
    'policy.conflict',
    bound.at,
    `the field is in ${kind.currency}, and the limit in ${money.currency}`,
    {
      mend: `write the limit in ${kind.currency}`,
    },
  );
  return undefined;
}

function valueTerm(
  written: LiteralSyntax,
  { name: argument, kinds, isArgument }: Compared,
  place: ConstraintPlace,
): ValueTerm | null {
  const { report } = place.compilation;
  if (written.value === 'provided' && isArgument) {
    report.error(
      'policy.conflict',
      written.at,
      '`provided` stands alone: it is no value of a list',
      {
        mend: `write \`${argument}: provided\``,
      },
    );
    return null;
  }
  if (typeof written.value === 'string' && written.value.includes('*'))
    return valueGlob(written, kinds, argument, place);
  const [first, ...others] = kinds;
  if (first === undefined) return null;
  const term = compileTerm(written, first, place.caseNames, report);
  if (term === null) return null;
  for (const other of others) {
    const same = compileTerm(written, other, place.caseNames, report);
    if (same === null) return null;
    if (termKey(same) !== termKey(term)) {
      report.error(
        'policy.conflict',
        written.at,
        `\`${argument}\` means different things in the tools that this grant covers`,
        {
          mend: 'make a list of grants, each with its `tools`',
        },
      );
      return null;
    }
  }
  return term.type === 'literal' && isArgument && !everAccepted(written, argument, place)
    ? null
    : term;
}

/** Kinds that have one text for one value, so that a pattern over it says what it seems to say. */
const patternKinds: ReadonlySet<string> = new Set([
  'path',
  'folder',
  'query',
  'content',
  'attachment',
  'reference',
  'identifier',
  'date',
  'title',
]);

function valueGlob(
  written: LiteralSyntax,
  kinds: readonly Kind[],
  argument: string,
  { compilation }: ConstraintPlace,
): ValueTerm | null {
  const unfit = kinds.find((kind) => !patternKinds.has(kind.name));
  if (unfit !== undefined) {
    const mends: ReadonlyMap<string, string> = new Map([
      ['recipient', 'use `recipients` or `allowed_domains`'],
      ['url', 'use `urls`: an entry covers everything below it'],
      ['command', 'list each command whole, in `commands`'],
      ['account', 'list each account, in `accounts`'],
    ]);
    compilation.report.error(
      'policy.conflict',
      written.at,
      `a glob can't be compared with \`${argument}\`, which is \`${unfit.name}\``,
      {
        mend: mends.get(unfit.name) ?? 'write the values it may have',
      },
    );
    return null;
  }
  const glob = compileOneGlob({ value: String(written.value), at: written.at }, compilation.report);
  return glob === null ? null : { type: 'glob', glob };
}

/** A value that the pinned schema never lets through could never hold: it is a slip of the pen. */
function everAccepted(
  written: LiteralSyntax,
  argument: string,
  { covered, compilation }: ConstraintPlace,
): boolean {
  for (const tool of covered) {
    const schema =
      tool.pin === null ? undefined : declaredArguments(tool.pin.inputSchema).byName.get(argument);
    const values = schema?.['enum'];
    if (!isJsonArray(values)) continue;
    const texts = values.map(String);
    if (texts.includes(String(written.value))) continue;
    compilation.report.error(
      'policy.conflict',
      written.at,
      `\`${tool.name}\` never accepts \`${written.written}\` as \`${argument}\``,
      {
        expected: texts.map((text) => `\`${text}\``).join(', '),
        mend: didYouMean(String(written.value), texts),
      },
    );
    return false;
  }
  return true;
}
