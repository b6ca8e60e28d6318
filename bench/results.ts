/** What was measured last, one file a benchmark, in version control: of which machine, and nothing that says whose. */
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Row } from './bench.ts';

const directory = join(import.meta.dirname, 'results');

export async function keep(bench: string, rows: readonly Row[]): Promise<void> {
  const processors = cpus();
  const result = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    rows,
  };
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `${bench}.json`), `${JSON.stringify(result, null, 2)}\n`);
}
