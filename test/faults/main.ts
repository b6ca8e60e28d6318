/** `npm run faults [round] [-- options]`: every kind of fault, one round after another, and what held. */
import { parseArgs } from 'node:util';
import { clientRound } from './client-round.ts';
import { diskRound } from './disk-round.ts';
import { holdRound } from './hold-round.ts';
import { killRound } from './kill-round.ts';
import { recoveryRound } from './recovery-round.ts';
import type { Round, RoundReport } from './round.ts';
import { syscallRound } from './syscall-round.ts';
import { timeRound } from './time-round.ts';
import { upstreamRound } from './upstream-round.ts';

const rounds: readonly Round[] = [
  killRound,
  holdRound,
  timeRound,
  recoveryRound,
  upstreamRound,
  clientRound,
  syscallRound,
  diskRound,
];
const failuresShown = 20;

const help = `npm run faults [-- [round] [options]]

What a gateway promises, kept while it is killed, stopped, blocked and lied to. Rounds:
${rounds.map(({ name, says }) => `  ${name.padEnd(10)} ${says}`).join('\n')}

Options:
  --seed <number>  where schedules begin (1)
  --runs <number>  how many faults, in rounds that can have any number of them (1000)
  --json           one object: { ok, rows: [{ name, value, unit, target, ok }], failures }
  --help           this

Exit codes: 0 all held, 1 something didn't, 2 wrong use. A failure prints the command that repeats it.
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const asked = readArguments();
  if (asked === null) {
    process.stderr.write(help);
    return 2;
  }
  if (asked.help) {
    process.stdout.write(help);
    return 0;
  }
  const progress = (said: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${said}`);
  };
  const reports: RoundReport[] = [];
  for (const round of asked.rounds) {
    reports.push(
      await round.run({ ...asked, progress: (said) => progress(`${round.name}: ${said}`) }),
    );
  }
  progress('');
  const rows = reports.flatMap((report) => report.rows);
  const failures = reports.flatMap((report) => report.failures);
  const ok = rows.every((row) => row.ok) && failures.length === 0;
  process.stdout.write(
    asked.json ? `${JSON.stringify({ ok, rows, failures })}\n` : told(rows, failures),
  );
  return ok ? 0 : 1;
}

interface Asked {
  readonly rounds: readonly Round[];
  readonly seed: number;
  readonly runs: number;
  readonly json: boolean;
  readonly help: boolean;
}

function readArguments(): Asked | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        seed: { type: 'string', default: '1' },
        runs: { type: 'string', default: '1000' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [name, ...others] = positionals;
    const chosen = name === undefined ? rounds : rounds.filter((round) => round.name === name);
    const [seed, runs] = [Number(values.seed), Number(values.runs)];
    const fits = chosen.length > 0 && others.length === 0 && isCount(seed) && isCount(runs);
    return fits ? { ...values, rounds: chosen, seed, runs } : null;
  } catch {
    return null;
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function told(rows: RoundReport['rows'], failures: RoundReport['failures']): string {
  const lines = rows.map(
    ({ name, value, unit, target, ok }) =>
      `${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(58)} ${String(value).padStart(8)} ${unit} (${target})`,
  );
  const shown = failures
    .slice(0, failuresShown)
    .flatMap(({ what, repeat }) => [`\n${what}`, `  ${repeat}`]);
  const more = failures.length - failuresShown;
  return `${[...lines, ...shown, ...(more > 0 ? [`\nand ${more} more`] : [])].join('\n')}\n`;
}
