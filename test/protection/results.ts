/** The figures that were measured last of the suites that lie here, one file a suite, in version control. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Measured } from './measure.ts';

const directory = join(import.meta.dirname, 'results');

export function keep({ suite, rows, warnings }: Measured): void {
  mkdirSync(directory, { recursive: true });
  const text = JSON.stringify({ suite, rows, warnings }, null, 2);
  writeFileSync(join(directory, `${suite}.json`), `${text}\n`);
}
