/** People at the console, in Debian's Chromium: each test below `test/browser` is a row. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { repository } from '../../examples/email-agent/rig/cache.ts';
import { run } from '../../examples/email-agent/rig/process.ts';
import { installChromium } from './chromium.ts';
import { failed, passed, type Row, type Table } from './table.ts';

const testsMs = 5 * 60_000;
const saidMax = 3_000;

const reportShape = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

export async function browserTable(directory: string): Promise<Table> {
  await installChromium();
  const file = join(directory, 'report.json');
  const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
  const config = join(repository, 'test', 'browser', 'vitest.config.ts');
  const { code, stdout, stderr } = await run(
    process.execPath,
    [vitest, 'run', '--config', config, '--reporter=json', `--outputFile=${file}`],
    { cwd: repository, timeoutMs: testsMs },
  );
  const rows = rowsOf(await readFile(file, 'utf8').catch(() => ''));
  const said = `${stdout}\n${stderr}`.trim().slice(-saidMax);
  // Whatever the report says: no test, or an end that isn't theirs, is no success.
  if (rows.length === 0) rows.push({ name: 'the tests', cells: [failed(said)] });
  else if (code !== 0 && rows.every(({ cells }) => cells.every(({ ok }) => ok)))
    rows.push({ name: 'their end', cells: [failed(said)] });
  return {
    title: 'The console, in Chromium',
    of: 'what people do, and see',
    columns: ['as told'],
    rows,
  };
}

function rowsOf(report: string): Row[] {
  if (report === '') return [];
  return reportShape
    .parse(JSON.parse(report))
    .testResults.flatMap(({ name, message, assertionResults }): readonly Row[] =>
      assertionResults.length === 0
        ? [{ name, cells: [failed(message)] }]
        : assertionResults.map(({ ancestorTitles, title, status, failureMessages }) => ({
            name: [...ancestorTitles, title].join(': '),
            cells: [
              // A test that was skipped has shown nothing.
              status === 'passed' ? passed() : failed(failureMessages?.join('\n') || status),
            ],
          })),
    );
}
