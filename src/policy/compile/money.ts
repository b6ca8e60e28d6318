import { currencyDigits } from '../../content/currency.ts';
import type { Money, SourcePosition } from '../model.ts';
import type { Report } from '../report.ts';
import type { Located } from '../shape/shape.ts';
import type { MoneySyntax } from '../shape/value.ts';

/** The amount in the currency's smallest unit, or nothing and a report. */
export function compileMoney(
  written: Located<MoneySyntax>,
  currency: string | null,
  report: Report,
): Money | null {
  const { digits } = written.value;
  const code = written.value.currency ?? currency;
  if (code === null) {
    report.error('policy.missing', written.at, `\`${digits}\` names no currency`, {
      mend: `write \`${digits} USD\`, or say \`currency\` at the top`,
    });
    return null;
  }
  const minorDigits = knownCurrency(code, written.at, report);
  if (minorDigits === null) return null;
  const [whole = '', fraction = ''] = digits.split('.');
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > minorDigits) {
    report.error('policy.value', written.at, `${code} has no unit as small as in \`${digits}\``, {
      expected: minorDigits === 0 ? 'a whole number' : `at most ${minorDigits} decimal places`,
    });
    return null;
  }
  // Digit by digit: a float would lose a cent of a large amount.
  return { minor: Number(whole + significant.padEnd(minorDigits, '0')), currency: code };
}

export function knownCurrency(code: string, at: SourcePosition, report: Report): number | null {
  const digits = currencyDigits(code);
  if (digits === null) {
    report.error('policy.unknown', at, `unknown currency \`${code}\``, {
      expected: 'a currency by its ISO 4217 code: `USD`',
    });
  }
  return digits;
}
