/** A large policy: how long it takes to load, and what a reload of it does to the calls under way. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../examples/email-agent/rig/process.ts';
import { formatLock } from '../src/policy/lock-file.ts';
import {
  atMost,
  type Bench,
  type BenchOptions,
  beside,
  chosen,
  median,
  type Row,
} from './bench.ts';
import { ownRunCallers } from './callers.ts';
import { deskLock, deskPolicy, httpUpstream, readTool } from './desk.ts';
import { buildGateway, makeProject, type RunningGateway, up, workDirectory } from './gateway.ts';
import { latencies } from './load.ts';
import { Processes } from './processes.ts';

const tools = 1_000;
const roundsDefault = 5;
/** Longer than a reload takes. */
const secondsDefault = 3;
const connections = 4;
const loadMsMax = 60_000;

const serve = join(import.meta.dirname, 'serve.ts');

export const policy: Bench = { name: 'policy', lanes: ['load', 'reload'], run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const main = await buildGateway();
  if (chosen(options, 'load')) rows.push(await loadRow(options, main));
  if (chosen(options, 'reload')) rows.push(...(await reloadRows(options, main)));
  return rows;
}

/** In a process that has loaded nothing before, as at a start: the policy, its lock, and every check of both. */
async function loadRow(options: BenchOptions, main: string): Promise<Row> {
  await using directory = await workDirectory();
  const file = join(directory.path, 'sallyport.yaml');
  await writeFile(file, deskPolicy('{ functions: true }', tools, 'agent'));
  await writeFile(join(directory.path, 'sallyport.lock'), formatLock(deskLock(tools)));
  const source = new URL('../runtime/policy-source.js', `file://${main}`).href;
  const script = `import { readPolicy } from '${source}';
const begun = performance.now();
readPolicy(process.argv[1]);
console.log(performance.now() - begun);`;
  const took: number[] = [];
  for (let round = 0; round < (options.rounds ?? roundsDefault); round += 1) {
    const argv = ['--input-type=module', '--eval', script, file];
    took.push(Number(await mustRun(process.execPath, argv, { timeoutMs: loadMsMax })));
  }
  return atMost('policy.load', median(took), 'ms', 700);
}

/** The slowest call while the policy is replaced, beside the slowest of as long a time in which nothing is. */
async function reloadRows(options: BenchOptions, main: string): Promise<readonly Row[]> {
  await using directory = await workDirectory();
  await using processes = new Processes();
  const tool = (await processes.start(process.execPath, [serve, 'tool', String(tools)])).line;
  const text = deskPolicy(httpUpstream(tool), tools, 'agent');
  const project = await makeProject(directory.path, text, deskLock(tools));
  const gateway = await up(processes, main, project);
  using callers = await ownRunCallers(gateway.url, project, readTool, connections);
  const seconds = options.seconds ?? secondsDefault;
  const slowest = async (): Promise<number> =>
    Math.max(...(await latencies(callers.callers, seconds)));
  const [quiet, reloading]: [number[], number[]] = [[], []];
  for (let round = 0; round <= (options.rounds ?? roundsDefault); round += 1) {
    const without = await slowest();
    await replace(project.policyFile, text, gateway, round);
    const during = await slowest();
    options.progress(
      `reload: slowest call ${during.toFixed(1)} ms, without ${without.toFixed(1)} ms`,
    );
    if (round === 0) continue;
    quiet.push(without);
    reloading.push(during);
  }
  return [
    atMost('policy.reload_slowest_call', median(reloading), 'ms', 50),
    beside('policy.no_reload_slowest_call', median(quiet), 'ms'),
  ];
}

/** Another policy each time: one that is equal in meaning would replace nothing. */
async function replace(
  file: string,
  text: string,
  gateway: RunningGateway,
  round: number,
): Promise<void> {
  await writeFile(file, `${text}breaker: { failures: ${round + 1} }\n`);
  process.kill(gateway.process.pid, 'SIGHUP');
}
