import { Option } from 'commander';
import { UsageError } from './output.ts';

export interface CommonOptions {
  readonly policy?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** Options that every command of a project takes. */
export function commonOptions(): Option[] {
  return [
    new Option('-p, --policy <file>', 'the policy (default: sallyport.yaml)'),
    new Option(
      '-d, --data <directory>',
      'where everything is kept (default: .sallyport beside the policy)',
    ),
    new Option('--json', 'print one JSON object'),
  ];
}

/** `90s`, `30m`, `12h`, `30d`, in milliseconds. */
export function durationOption(text: string): number {
  const [, count, unit] = /^(\d{1,6})(s|m|h|d)$/.exec(text) ?? [];
  const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  if (
    count === undefined ||
    Number(count) === 0 ||
    (unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd')
  ) {
    throw new UsageError(
      `\`${text}\` is no duration`,
      'write a whole number and a unit: 90s, 30m, 12h, 30d',
    );
  }
  return Number(count) * unitMs[unit];
}
