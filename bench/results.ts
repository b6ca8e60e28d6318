/** What was measured last, one file a benchmark, in version control: of which machine, and nothing that says whose. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Row } from './bench.ts';

const directory = join(import.meta.dirname, 'results');
const document = join(import.meta.dirname, '../docs/performance.md');

/** In the document, everything between these is written here. */
const begin = '<!-- figures: npm run bench -->';
const end = '<!-- /figures -->';

export interface Result {
  readonly date: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly rows: readonly Row[];
}

export async function keep(bench: string, rows: readonly Row[]): Promise<void> {
  const processors = cpus();
  const result: Result = {
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    rows,
  };
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, `${bench}.json`), `${JSON.stringify(result, null, 2)}\n`);
  const text = await readFile(document, 'utf8');
  const [before = '', rest = ''] = text.split(begin);
  const [, after = ''] = rest.split(end);
  await writeFile(document, `${before}${begin}\n\n${await figures()}\n${end}${after}`);
}

/** Every figure that is kept, as the document shows it. */
export async function figures(): Promise<string> {
  const lines: string[] = [];
  for (const file of (await readdir(directory)).sort()) {
    const result: Result = JSON.parse(await readFile(join(directory, file), 'utf8'));
    lines.push(
      `**\`${file.replace('.json', '')}\`**, ${result.date}, Node ${result.node.slice(1)}, ${result.cores} cores of ${result.cpu}`,
      '',
      '| figure | measured | target | |',
      '|---|---|---|---|',
      ...result.rows.map(
        ({ name, value, unit, target, ok }) =>
          `| \`${name}\` | ${value === null ? unit : `${value} ${unit}`} | ${target ?? ''} | ${target === null ? '' : ok ? 'met' : '**missed**'} |`,
      ),
      '',
    );
  }
  return lines.join('\n');
}
