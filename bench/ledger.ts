/** What a long ledger costs: all of it verified on one core, any page of it listed, and sealing, which calls wait beside. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pageOf } from '../src/cli/commands/ledger-list.ts';
import { fold } from '../src/engine/fold.ts';
import { openSequencer } from '../src/ledger/sequencer.ts';
import { SampleRun, started } from '../src/store/contract-samples.ts';
import type { EventFilter } from '../src/store/port.ts';
import { openSqliteReader, openSqliteStore } from '../src/store/sqlite/open.ts';
import { atMost, type Bench, type BenchOptions, chosen, median, type Row } from './bench.ts';
import { buildGateway, workDirectory } from './gateway.ts';
import { fillLedger } from './ledger-fill.ts';

const eventsMany = 1_000_000;
const roundsDefault = 3;
const pageEvents = 50;
/** What is committed between two seals at 15,000 events a second. */
const eventsPerSeal = 1_500;
const sealsPerRound = 20;

export const ledger: Bench = { name: 'ledger', lanes: ['ledger.long', 'ledger.seal'], run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  await using directory = await workDirectory();
  return [
    ...(chosen(options, 'ledger.long') ? await long(join(directory.path, 'long'), options) : []),
    ...(chosen(options, 'ledger.seal')
      ? [await sealing(join(directory.path, 'new'), options)]
      : []),
  ];
}

async function long(directory: string, options: BenchOptions): Promise<readonly Row[]> {
  const rounds = options.rounds ?? roundsDefault;
  const main = await buildGateway();
  options.progress(`ledger: writing ${eventsMany} events`);
  await fillLedger(directory, eventsMany);
  const verified: Verified[] = [];
  for (let round = 0; round < rounds; round += 1) {
    verified.push(verify(main, directory));
    options.progress(`ledger: verified in ${verified.at(-1)?.seconds} s`);
  }
  return [
    atMost('ledger.verify', median(verified.map(({ seconds }) => seconds)), 's', 10),
    atMost('ledger.verify_memory', median(verified.map(({ megabytes }) => megabytes)), 'MB', 300),
    atMost('ledger.page', await slowestPage(directory, rounds), 'ms', 100),
  ];
}

interface Verified {
  readonly seconds: number;
  readonly megabytes: number;
}

/** The command as its users run it, kept on one core. */
function verify(main: string, directory: string): Verified {
  const tellMemory =
    'process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)))';
  const node = [
    process.execPath,
    ...['--import', `data:text/javascript,${encodeURIComponent(tellMemory)}`],
    ...[main, 'ledger', 'verify', '--json', '--data', directory],
  ];
  const begun = performance.now();
  const ran = spawnSync('taskset', ['--cpu-list', '0', ...node], { encoding: 'utf8' });
  const seconds = (performance.now() - begun) / 1_000;
  if (ran.status !== 0) throw new Error(`ledger verify failed: ${ran.stdout}${ran.stderr}`);
  return { seconds, megabytes: Number(ran.stderr) / 1_024 };
}

/** The first look at each page, at its slowest, of every kind of question and from all over the ledger. */
async function slowestPage(directory: string, rounds: number): Promise<number> {
  const pages: readonly Omit<EventFilter, 'limit'>[] = [
    { newestFirst: true },
    ...[0, 0.25, 0.5, 0.75, 0.99].flatMap((share) => {
      const fromSeq = Math.floor(eventsMany * share);
      return [
        { fromSeq },
        { fromSeq, type: 'call.finished' },
        { fromSeq, type: 'run.opened' },
        { fromSeq, type: 'alert.raised' },
        { fromSeq, agent: 'email_agent' },
        { fromSeq, run: 'run-250' },
      ];
    }),
  ];
  const slowest: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    let slowestMs = 0;
    for (const page of pages) {
      await using reader = await openSqliteReader({ directory, foldRun: fold });
      const begun = performance.now();
      await pageOf(reader, { ...page, limit: pageEvents });
      slowestMs = Math.max(slowestMs, performance.now() - begun);
    }
    slowest.push(slowestMs);
  }
  return median(slowest);
}

/** Processor time of the thread that calls run on, an event. */
async function sealing(directory: string, options: BenchOptions): Promise<Row> {
  await using store = await openSqliteStore({ directory, foldRun: fold });
  await using sequencer = await openSequencer({
    store,
    directory,
    onFault: (error) => {
      throw error;
    },
  });
  const rounds: number[] = [];
  for (let round = 0; round < (options.rounds ?? roundsDefault); round += 1) {
    const spent: number[] = [];
    for (let seal = 0; seal < sealsPerRound; seal += 1) {
      const run = new SampleRun(store, `run-${round}-${seal}`);
      await run.open();
      await run.commit(
        Array.from({ length: eventsPerSeal }, (_, index) =>
          started(run.id, `${run.id}-${index}`, store.nowMs()),
        ),
      );
      const sealed = sequencer.sealedSize;
      const before = process.threadCpuUsage();
      await sequencer.seal();
      const { user, system } = process.threadCpuUsage(before);
      spent.push((user + system) / (sequencer.sealedSize - sealed));
    }
    rounds.push(median(spent));
  }
  return atMost('ledger.seal', median(rounds), 'µs/event', 5);
}
