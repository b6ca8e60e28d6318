import type { Kind } from '../../content/kind.ts';
import type { Argument } from '../model.ts';
import type { Report } from '../report.ts';
import type { Named } from '../shape/collection.ts';
import type { ArgumentSyntax, KindSyntax } from '../shape/kind.ts';
import { knownCurrency } from './money.ts';
import { compilePointer, wholePointer } from './pointers.ts';

/** A kind with its options; null when an option makes no sense for it. */
export function compileKind(
  syntax: KindSyntax,
  currency: string | null,
  report: Report,
): Kind | null {
  let fits = true;
  const refuse = (
    option: { readonly at: KindSyntax['at'] } | undefined,
    name: string,
    belongsTo: string,
  ): void => {
    if (option === undefined) return;
    fits = false;
    report.error(
      'policy.conflict',
      option.at,
      `\`${name}\` says nothing about a \`${syntax.name}\``,
      {
        expected: `only ${belongsTo} has it`,
        mend: 'remove it',
      },
    );
  };
  const isPerson = syntax.name === 'recipient' || syntax.name === 'sender';
  const isAmount = syntax.name === 'amount';
  if (!isPerson) refuse(syntax.form, 'form', 'a `recipient` or `sender`');
  if (syntax.name !== 'content') refuse(syntax.linksIgnored, 'links', '`content`');
  if (syntax.name !== 'query') refuse(syntax.dialect, 'dialect', 'a `query`');
  if (!isAmount) refuse(syntax.unit, 'unit', 'an `amount`');
  if (!isAmount) refuse(syntax.currency, 'currency', 'an `amount`');
  const money = isAmount
    ? amountUnit(syntax, currency, report)
    : { unitDigits: null, currency: null };
  if (!fits || money === null) return null;
  return {
    name: syntax.name,
    form: syntax.form?.value ?? 'email',
    absentIsNone: syntax.absentIsNone !== undefined,
    linksIgnored: syntax.linksIgnored !== undefined,
    dialect: syntax.dialect?.value ?? null,
    ...money,
  };
}

function amountUnit(
  syntax: KindSyntax,
  policyCurrency: string | null,
  report: Report,
): { unitDigits: number; currency: string } | null {
  const code = syntax.currency?.value ?? policyCurrency;
  if (syntax.unit === undefined || code === null) {
    const missing = [
      syntax.unit === undefined ? 'unit' : '',
      code === null ? 'currency' : '',
    ].filter((word) => word !== '');
    // 100 is a dollar or a hundred dollars: a limit that guesses is no limit.
    report.error('policy.missing', syntax.at, `an amount needs its ${missing.join(' and its ')}`, {
      mend: 'write `{ is: amount, unit: cent, currency: USD }`, or `unit: major` for whole ones',
    });
    return null;
  }
  const digits = knownCurrency(code, syntax.currency?.at ?? syntax.at, report);
  if (digits === null) return null;
  const unit = syntax.unit.value;
  if (unit === 'cent' && digits < 2) {
    report.error('policy.conflict', syntax.unit.at, `${code} has no hundredths`, {
      mend: 'write `unit: minor`',
    });
    return null;
  }
  return { unitDigits: unit === 'major' ? 0 : unit === 'cent' ? 2 : digits, currency: code };
}

export function compileArgument(
  entry: Named<ArgumentSyntax | undefined>,
  currency: string | null,
  report: Report,
): Argument | null {
  const syntax = entry.value;
  if (syntax === undefined) return null;
  if (syntax.type === 'whole') {
    const kind = compileArgumentKind(syntax.kind, currency, report);
    if (kind === null) return null;
    return {
      name: entry.name,
      parts: [{ pointer: wholePointer, kind }],
      absentIsNone: kind.absentIsNone,
    };
  }
  const parts: Argument['parts'][number][] = [];
  for (const part of syntax.parts.value) {
    if (part.value === undefined) return null;
    const pointer = compilePointer({ value: part.name, at: part.at }, report);
    const kind = compileArgumentKind(part.value, currency, report);
    if (pointer === null || kind === null) return null;
    parts.push({ pointer, kind });
  }
  return { name: entry.name, parts, absentIsNone: parts.every((part) => part.kind.absentIsNone) };
}

function compileArgumentKind(
  syntax: KindSyntax,
  currency: string | null,
  report: Report,
): Kind | null {
  if (syntax.name === 'sender') {
    report.error(
      'policy.value',
      syntax.at,
      '`sender` is for results: an argument names nobody who wrote',
      {
        mend: 'write `recipient` for somebody who is written to, `query` for a filter',
      },
    );
    return null;
  }
  return compileKind(syntax, currency, report);
}
