/**
 * Calls through the gateway as a share of a raw pass-through: with a policy of 100 argument rules, each call durable in
 * the ledger. What is compared is measured right after one another; quote the ratios, the rest is this machine's.
 *
 *     npm run bench calls -- --only read --seconds 2
 */
import { join } from 'node:path';
import {
  atLeast,
  atMost,
  type Bench,
  type BenchOptions,
  beside,
  chosen,
  median,
  quantile,
  type Row,
  skipped,
} from './bench.ts';
import { type Callers, oneRunCallers, ownRunCallers, plainCallers } from './callers.ts';
import { actTool, deskLock, deskPolicy, httpUpstream, readTool } from './desk.ts';
import {
  buildGateway,
  makeProject,
  type Project,
  type RunningGateway,
  up,
  workDirectory,
} from './gateway.ts';
import { latencies, load, pairs, perSecond } from './load.ts';
import { peerRows } from './peers.ts';
import { cpuSeconds, Processes, residentMegabytes } from './processes.ts';

const connections = 32;
const roundsDefault = 5;
const secondsDefault = 3;
const idleMs = 2_000;
const startsMeasured = 5;
/** The engine compiles what is hot during the first tens of thousands of calls; a gateway runs for weeks. */
const warmSeconds = 12;

const serve = join(import.meta.dirname, 'serve.ts');

export const calls: Bench = {
  name: 'calls',
  lanes: ['start', 'ledger', 'read', 'act', 'read_one_run', 'act_one_run', 'alone', 'peers'],
  run,
};

interface Setting {
  readonly options: BenchOptions;
  readonly rounds: number;
  readonly seconds: number;
  readonly processes: Processes;
  readonly tool: string;
  readonly proxy: string;
  readonly main: string;
  readonly project: Project;
}

async function run(options: BenchOptions): Promise<readonly Row[]> {
  await using directory = await workDirectory();
  await using processes = new Processes();
  const main = await buildGateway();
  const tool = (await processes.start(process.execPath, [serve, 'tool'])).line;
  const setting: Setting = {
    options,
    rounds: options.rounds ?? roundsDefault,
    seconds: options.seconds ?? secondsDefault,
    processes,
    tool,
    proxy: (await processes.start(process.execPath, [serve, 'proxy', tool])).line,
    main,
    project: await makeProject(directory.path, deskPolicy(httpUpstream(tool)), deskLock()),
  };
  const rows: Row[] = [];
  if (chosen(options, 'start')) rows.push(...(await startRows(setting)));
  if (chosen(options, 'ledger'))
    rows.push(await ledgerRow(setting, join(directory.path, 'ledger')));
  const gateway = await up(processes, main, setting.project);
  for (const [lane, least, makeCallers, of] of [
    ['read', 0.55, ownRunCallers, readTool],
    ['act', 0.45, ownRunCallers, actTool],
    ['read_one_run', 0.55, oneRunCallers, readTool],
    ['act_one_run', 0.45, oneRunCallers, actTool],
  ] as const) {
    if (!chosen(options, lane)) continue;
    using callers = await makeCallers(gateway.url, setting.project, of, connections);
    rows.push(...(await shareRows(setting, gateway, lane, least, callers)));
  }
  if (chosen(options, 'alone')) {
    rows.push(await aloneRow(setting, gateway, 'read', readTool));
    rows.push(await aloneRow(setting, gateway, 'act', actTool));
  }
  await gateway.process.stop();
  if (chosen(options, 'peers')) rows.push(...(await peerRows({ ...setting, connections })));
  return rows;
}

/** From nothing to the first answered call, and what it holds when nobody asks for anything. */
async function startRows(setting: Setting): Promise<readonly Row[]> {
  const tookMs: number[] = [];
  const megabytes: number[] = [];
  for (let start = 0; start <= startsMeasured; start += 1) {
    const begun = performance.now();
    const gateway = await up(setting.processes, setting.main, setting.project);
    using callers = await ownRunCallers(gateway.url, setting.project, readTool, 1);
    await callers.callers[0]?.();
    if (start > 0) tookMs.push(performance.now() - begun);
    if (start === startsMeasured) {
      await new Promise((resolve) => setTimeout(resolve, idleMs));
      const resident = residentMegabytes(gateway.process.pid);
      if (resident !== null) megabytes.push(resident);
    }
    await gateway.process.stop();
  }
  return [
    atMost('calls.up_to_first_call', median(tookMs), 'ms', 500),
    megabytes.length === 0
      ? skipped('calls.idle_memory', 'only Linux says it')
      : atMost('calls.idle_memory', median(megabytes), 'MB', 120),
  ];
}

async function shareRows(
  { options, rounds, seconds, proxy }: Setting,
  gateway: RunningGateway,
  lane: string,
  least: number,
  ours: Callers,
): Promise<readonly Row[]> {
  using raw = await plainCallers(proxy, '/mcp', connections);
  await load(ours.callers, warmSeconds);
  const measured = await pairs(
    rounds,
    async () => ({ ...(await load(raw.callers, seconds)), cpu: null }),
    async () => {
      const before = cpuSeconds(gateway.process.pid);
      const made = await load(ours.callers, seconds);
      const after = cpuSeconds(gateway.process.pid);
      return { ...made, cpu: before === null || after === null ? null : after - before };
    },
  );
  const rawRate = median(measured.map(({ one }) => perSecond(one)));
  const rate = median(measured.map(({ other }) => perSecond(other)));
  const shares = measured.map(({ one, other }) => perSecond(other) / perSecond(one));
  options.progress(
    `${lane}: ${Math.round(rate)} of ${Math.round(rawRate)} calls/s; ${shares.map((share) => share.toFixed(3)).join(' ')}`,
  );
  const cpu = measured.flatMap(({ other }) =>
    other.cpu === null ? [] : [(other.cpu * 1_000) / other.calls],
  );
  return [
    atLeast(`calls.${lane}`, median(shares), 'of raw', least),
    beside(`calls.${lane}.rate`, rate, 'calls/s'),
    cpu.length === 0
      ? skipped(`calls.${lane}.cpu`, 'only Linux says it')
      : atMost(`calls.${lane}.cpu`, median(cpu), 's/1000 calls', 0.18),
  ];
}

/** What is left of a pass-through when each call is durable and nothing else is done. */
async function ledgerRow(setting: Setting, directory: string): Promise<Row> {
  const { rounds, seconds, processes, tool, proxy } = setting;
  const ledger = await processes.start(process.execPath, [serve, 'ledger', tool, directory]);
  using raw = await plainCallers(proxy, '/mcp', connections);
  using durable = await plainCallers(ledger.line, '/mcp', connections);
  await load(durable.callers, warmSeconds);
  const measured = await pairs(
    rounds,
    () => load(raw.callers, seconds),
    () => load(durable.callers, seconds),
  );
  await ledger.stop();
  const shares = measured.map(({ one, other }) => perSecond(other) / perSecond(one));
  return beside('calls.ledger_alone', median(shares), 'of raw');
}

/** One connection: nobody to share a sync with, and nobody to wait for. */
async function aloneRow(
  { rounds, seconds, proxy, project }: Setting,
  gateway: RunningGateway,
  lane: string,
  tool: string,
): Promise<Row> {
  using raw = await plainCallers(proxy, '/mcp', 1);
  using ours = await ownRunCallers(gateway.url, project, tool, 1);
  const [rawCaller] = raw.callers;
  const [ourCaller] = ours.callers;
  if (rawCaller === undefined || ourCaller === undefined)
    throw new Error('one caller was asked for');
  const measured = await pairs(
    rounds,
    async () => quantile(await latencies([rawCaller], seconds), 0.5),
    async () => quantile(await latencies([ourCaller], seconds), 0.5),
  );
  const added = median(measured.map(({ one, other }) => other - one));
  return atMost(`calls.alone.${lane}.added_p50`, added, 'ms', 0.7);
}
