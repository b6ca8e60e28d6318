/**
 * `npm run soak [-- --minutes 60]`: mixed load with restarts, orderly and not. Fails when something the gateway holds
 * grows (see `leak.ts`), when a child outlives it, or when the checker finds anything at a restart.
 */
import { parseArgs } from 'node:util';
import { growthOf, memory, type Sample } from './leak.ts';
import { Soak } from './soak-load.ts';
import type { Violation } from './world.ts';

const help = `npm run soak [-- options]

Mixed load on one gateway after another: a tenth of the time each until one is killed, one is stopped, one is killed;
the rest belongs to one that is watched for leaks while it serves, and is stopped in the end.

Options:
  --minutes <number>  how long (60)
  --seed <number>     where the clients' choices begin (1)
  --clients <number>  calls at once, at the most (6)
  --json              one object: { ok, rows: [{ name, value, unit, target, ok }], failures, samples }
  --help              this

Exit codes: 0 all held, 1 something didn't, 2 wrong use.
`;

const restarts = [
  { share: 0.1, by: 'SIGKILL' },
  { share: 0.1, by: 'SIGTERM' },
  { share: 0.1, by: 'SIGKILL' },
  { share: 0.7, by: 'SIGTERM' },
] as const;
const samplesOfLongest = 42;
const minuteMs = 60_000;
const megabyte = 1024 * 1024;
/** A transaction is committed when it has one megabyte, and calls this small are no large groups. */
const journalMegabytesMax = 4;

process.exitCode = await main();

async function main(): Promise<number> {
  const asked = readArguments();
  if (asked === null || asked.help) {
    (asked === null ? process.stderr : process.stdout).write(help);
    return asked === null ? 2 : 0;
  }
  const totalMs = asked.minutes * minuteMs;
  const progress = (said: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${said}`);
  };
  await using soak = await Soak.open(asked.seed, asked.clients);
  const violations: Violation[] = [];
  let [orphans, journalBytes] = [0, 0];
  let samples: Sample[] = [];
  for (const { share, by } of restarts) {
    await soak.start();
    samples = [];
    const untilMs = performance.now() + share * totalMs;
    const everyMs = (0.7 * totalMs) / samplesOfLongest;
    while (performance.now() < untilMs) {
      await soak.work(Math.min(everyMs, untilMs - performance.now()));
      const sample = await soak.sample();
      samples.push(sample);
      journalBytes = Math.max(journalBytes, soak.journalBytes);
      progress(
        `${soak.calls} calls, ${Math.round(Number(sample['rss']) / megabyte)} MB, ${violations.length} violations`,
      );
    }
    orphans += await soak.stop(by);
    violations.push(...(await soak.check(by === 'SIGKILL' ? 'killed' : 'stopped')));
  }
  progress('');
  const growth = growthOf(samples);
  const rows = [
    { name: 'calls', value: soak.calls, unit: 'calls', target: 'counted', ok: true },
    {
      name: 'violations',
      value: violations.length,
      unit: 'violations',
      target: '0',
      ok: violations.length === 0,
    },
    {
      name: 'children that outlived their gateway',
      value: orphans,
      unit: 'processes',
      target: '0',
      ok: orphans === 0,
    },
    {
      name: 'the store’s journal at its longest',
      value: Math.round((journalBytes / megabyte) * 100) / 100,
      unit: 'MB',
      target: `<= ${journalMegabytesMax}`,
      ok: journalBytes <= journalMegabytesMax * megabyte,
    },
    {
      name: 'samples of the longest life',
      value: samples.length,
      unit: 'samples',
      target: 'counted',
      ok: true,
    },
    ...growth.map(({ what, half, last, growth: by, leaks }) => {
      const scale = what in memory ? megabyte : 1;
      const shown = (value: number): number => Math.round((value / scale) * 10) / 10;
      return {
        name: `${what}: growth over the second half (${shown(half)} to ${shown(last)})`,
        ...{ value: shown(by), unit: scale === 1 ? 'more' : 'MB', target: 'no leak', ok: !leaks },
      };
    }),
  ];
  const failures = violations.map(({ invariant, detail }) => `${invariant}: ${detail}`);
  const ok = rows.every((row) => row.ok);
  process.stdout.write(
    asked.json
      ? `${JSON.stringify({ ok, rows, failures, samples })}\n`
      : `${[
          ...rows.map(
            (row) =>
              `${row.ok ? 'ok  ' : 'FAIL'} ${row.name.padEnd(66)} ${String(row.value).padStart(8)} ${row.unit} (${row.target})`,
          ),
          ...failures.slice(0, 20),
        ].join('\n')}\n`,
  );
  return ok ? 0 : 1;
}

interface Asked {
  readonly minutes: number;
  readonly seed: number;
  readonly clients: number;
  readonly json: boolean;
  readonly help: boolean;
}

function readArguments(): Asked | null {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: 'string', default: '60' },
        seed: { type: 'string', default: '1' },
        clients: { type: 'string', default: '6' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [minutes, seed, clients] = [values.minutes, values.seed, values.clients].map(Number);
    const fits = Number(minutes) > 0 && Number.isSafeInteger(seed) && Number(clients) > 0;
    return fits
      ? { ...values, minutes: Number(minutes), seed: Number(seed), clients: Number(clients) }
      : null;
  } catch {
    return null;
  }
}
