/** `npm run conformance`: the table of both revisions; `--json` for programs. */
import { formatRows } from './comparison.ts';
import { conformanceReport } from './report.ts';

const { rows, unknown } = await conformanceReport();
const ok =
  unknown.length === 0 &&
  rows.every(({ direct, gateway }) => direct === 'passed' && gateway !== 'failed');

if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify({ ok, rows, unknown })}\n`);
} else {
  process.stdout.write(
    `revision    scenario, direct and through the gateway with a strict policy\n${formatRows(rows)}\n`,
  );
  for (const scenario of unknown)
    process.stdout.write(`listed as refused and never run: ${scenario}\n`);
  const count = (gateway: string): number => rows.filter((row) => row.gateway === gateway).length;
  process.stdout.write(
    `${rows.length} scenarios: ${count('passed')} pass, ${count('refused')} are refused on purpose, ${count('failed')} fail\n`,
  );
}
process.exitCode = ok ? 0 : 1;
