/**
 * What a thousand open holds cost everybody else: 128 callers on a gateway where 1,000 calls of 400 runs wait for people,
 * beside the same callers on one where nothing waits.
 *
 *     npm run bench holds -- --rounds 3
 */
import { join } from 'node:path';
import {
  atMost,
  type Bench,
  type BenchOptions,
  beside,
  median,
  quantile,
  type Row,
} from './bench.ts';
import { ownRunCallers } from './callers.ts';
import { Connection, requestHead } from './connection.ts';
import { actTool, callBody, deskLock, deskPolicy, httpUpstream } from './desk.ts';
import { buildGateway, makeProject, type Project, up, workDirectory } from './gateway.ts';
import { latencies, pairs } from './load.ts';
import { Processes, residentMegabytes } from './processes.ts';

const callers = 128;
const runs = 400;
const holds = 1_000;
const roundsDefault = 5;
const secondsDefault = 4;
/** A tool of the desk whose calls wait. */
const heldTool = 'other_0';

const serve = join(import.meta.dirname, 'serve.ts');

export const holdsBench: Bench = { name: 'holds', lanes: ['act'], run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  await using directories = await workDirectory();
  await using quietDirectory = await workDirectory();
  await using processes = new Processes();
  const main = await buildGateway();
  const tool = (await processes.start(process.execPath, [serve, 'tool'])).line;
  const policy = askingPolicy(httpUpstream(tool));
  const quietProject = await makeProject(quietDirectory.path, policy, deskLock());
  const askingProject = await makeProject(directories.path, policy, deskLock());
  const quiet = await up(processes, main, quietProject);
  const asking = await up(processes, main, askingProject);
  const before = residentMegabytes(asking.process.pid);
  await holdCalls(asking.url, askingProject);
  const after = residentMegabytes(asking.process.pid);
  using withNone = await ownRunCallers(quiet.url, quietProject, actTool, callers);
  using withHolds = await ownRunCallers(asking.url, askingProject, actTool, callers);
  const seconds = options.seconds ?? secondsDefault;
  const measured = await pairs(
    options.rounds ?? roundsDefault,
    async () => quantile(await latencies(withNone.callers, seconds), 0.99),
    async () => quantile(await latencies(withHolds.callers, seconds), 0.99),
  );
  const rises = measured.map(({ one, other }) => other / one);
  options.progress(
    `p99 with holds, of that without: ${rises.map((rise) => rise.toFixed(2)).join(' ')}`,
  );
  const none = median(measured.map(({ one }) => one));
  const some = median(measured.map(({ other }) => other));
  return [
    atMost('holds.p99', median(rises), 'of p99 without holds', 1.2),
    beside('holds.p99_without', none, 'ms'),
    beside('holds.p99_with', some, 'ms'),
    ...(before === null || after === null
      ? []
      : [beside('holds.memory', after - before, `MB for ${holds} holds of ${runs} runs`)]),
  ];
}

/** A tier that waits, people who answer, and an hour for it: they are all there until the end. */
function askingPolicy(upstream: string): string {
  return deskPolicy(upstream)
    .replace(new RegExp(`^  desk\\.${heldTool}: .*$`, 'm'), (line) =>
      line.replace('tier: read_only', 'tier: consequential'),
    )
    .concat(
      'users: { static: { ann: { roles: [people] } } }\n',
      'approvals: { default: people, timeout: 1h, wait: 0s }\n',
    );
}

/** 200 runs with two holds and 200 with three. */
async function holdCalls(url: string, { agent, opener }: Project): Promise<void> {
  const connection = await Connection.open(url);
  let serial = 0;
  try {
    for (let index = 0; index < runs; index += 1) {
      const opened = await connection.post(
        requestHead(url, '/v1/runs', { authorization: `Bearer ${opener}` }),
        '{"agent":"bench"}',
      );
      const handle = /"handle":"([^"]+)"/.exec(opened.body)?.[1] ?? '';
      const head = requestHead(url, '/mcp', {
        authorization: `Bearer ${agent}`,
        'sallyport-run': handle,
      });
      for (let call = 0; call < holds / runs - 0.5 + (index % 2); call += 1) {
        serial += 1;
        const { status, body } = await connection.post(head, callBody(`desk.${heldTool}`, serial));
        if (status !== 200 || !body.includes('"approval.pending"'))
          throw new Error(`a call wasn't held: ${status} ${body.slice(0, 300)}`);
      }
    }
  } finally {
    connection.close();
  }
  if (serial !== holds) throw new Error(`${serial} calls wait, not ${holds}`);
}
