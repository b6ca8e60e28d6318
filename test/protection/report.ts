/** The table for people. */
import { table } from '../../src/cli/table.ts';
import type { DetectorRow } from './detectors/measure.ts';
import type { Measured, Row } from './measure.ts';
import { targetText } from './targets.ts';

export function report(measured: readonly Measured[]): string {
  return measured
    .map(({ suite, rows, warnings }) =>
      [
        `${suite}, in %`,
        table(['', 'what', 'value', 'target', 'of'], rows.map(line)),
        ...warnings.map((warning) => `note: ${warning}`),
      ].join('\n'),
    )
    .join('\n\n');
}

export function reportDetectors(rows: readonly DetectorRow[]): string {
  return [
    'detectors, in %',
    table(
      ['', 'what', 'value', 'target', 'of', 'published'],
      rows.map((row) => [...line(row), row.published]),
    ),
  ].join('\n');
}

function line({ name, value, n, target, ok }: Row): readonly string[] {
  return [
    target === null ? '' : ok ? 'ok' : 'MISSED',
    name,
    value === null ? '' : value.toFixed(2),
    targetText(target),
    String(n),
  ];
}
