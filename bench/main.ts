/** `npm run bench`: the named benchmarks, or all of them. */
import { parseArgs } from 'node:util';
import { makeOutput, UsageError } from '../src/cli/output.ts';
import { table } from '../src/cli/table.ts';
import { append } from './append.ts';
import type { Bench, BenchOptions, Row } from './bench.ts';
import { calls } from './calls.ts';
import { consoleBench } from './console.ts';
import { content } from './content.ts';
import { decide } from './decide.ts';
import { flow } from './flow.ts';
import { guard } from './guard.ts';
import { holdsBench } from './holds.ts';
import { ledger } from './ledger.ts';
import { policy } from './policy.ts';
import { profile } from './profile.ts';
import { keep } from './results.ts';

const benches: readonly Bench[] = [
  calls,
  profile,
  decide,
  flow,
  content,
  guard,
  holdsBench,
  consoleBench,
  append,
  policy,
  ledger,
];

const help = `npm run bench [name…] [-- options]

Measures what is to be compared right after one another, each figure beside its target. Without a name, all of:
${benches.map(({ name, lanes }) => `  ${name.padEnd(8)} ${lanes.join(', ')}`).join('\n')}

Options:
  --only <lanes>     of the lanes above, these alone
  --rounds <number>  how often everything is measured; the median counts
  --seconds <number> how long each time
  --json             one object: { ok, rows: [{ name, value, unit, target, ok }] }
  --help             this

  npm run bench calls -- --only read,act --rounds 3

A whole benchmark, unshortened, is kept in bench/results. Exit codes: 0 every target met, 1 one missed, 2 wrong use.
`;

const output = makeOutput(process.argv.includes('--json'), {
  out: process.stdout,
  err: process.stderr,
});
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = output.failure(error);
}

async function main(argv: readonly string[]) {
  if (argv.includes('--help')) {
    process.stdout.write(help);
    return 0;
  }
  const { names, options } = read(argv);
  const rows: Row[] = [];
  for (const bench of benches.filter(({ name }) => names.length === 0 || names.includes(name))) {
    if (options.only.size > 0 && !bench.lanes.some((lane) => options.only.has(lane))) continue;
    const measured = await bench.run(options);
    rows.push(...measured);
    // A shortened run says less than what is kept.
    if (options.only.size === 0 && options.rounds === null && options.seconds === null)
      await keep(bench.name, measured);
  }
  return output.result(
    rows.every(({ ok }) => ok),
    { rows: rows.map((row) => ({ ...row })) },
    table(
      ['', 'name', 'value', 'unit', 'target'],
      rows.map(({ name, value, unit, target, ok }) => [
        target === null ? '' : ok ? 'ok' : 'MISSED',
        name,
        value === null ? '' : String(value),
        unit,
        target ?? '',
      ]),
    ),
  );
}

function read(argv: readonly string[]): {
  readonly names: readonly string[];
  readonly options: BenchOptions;
} {
  const { values, positionals } = parsed(argv);
  const only = new Set((values.only ?? '').split(',').filter((lane) => lane !== ''));
  known('benchmark', positionals, new Set(benches.map(({ name }) => name)));
  known('lane', only, new Set(benches.flatMap(({ lanes }) => lanes)));
  return {
    names: positionals,
    options: {
      rounds: amount('rounds', values.rounds, 1),
      seconds: amount('seconds', values.seconds, 0.1),
      only,
      progress: (text) => output.progress(text),
    },
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        only: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function known(what: string, given: Iterable<string>, there: ReadonlySet<string>): void {
  for (const name of given) {
    if (!there.has(name))
      throw new UsageError(
        `there is no ${what} \`${name}\``,
        `there are ${[...there].toSorted().join(', ')}`,
      );
  }
}

function amount(name: string, text: string | undefined, least: number): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value < least)
    throw new UsageError(`\`--${name}\` has to be a number, ${least} or more`);
  return value;
}
