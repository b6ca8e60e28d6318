/** Where the time of a call goes on the gateway's main thread, by its own profiler: which room, and what of it is the system's. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, type BenchOptions, beside, type Row } from './bench.ts';
import { ownRunCallers } from './callers.ts';
import { deskLock, deskPolicy, httpUpstream, readTool } from './desk.ts';
import { buildModules, makeProject, workDirectory } from './gateway.ts';
import { load } from './load.ts';
import { Processes } from './processes.ts';

const connections = 32;
const secondsDefault = 15;
const serve = join(import.meta.dirname, 'serve.ts');

export const profile: Bench = { name: 'profile', lanes: ['profile'], run };

interface Frame {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

interface CpuProfile {
  readonly nodes: readonly Frame[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** By the function that runs, whoever called it. */
const leaves: readonly (readonly [RegExp, string])[] = [
  [/^\(idle\)$/, 'waiting'],
  [/^\(garbage collector\)$/, 'garbage_collection'],
  [/^(writev|writeUtf8String|writeBuffer|writeLatin1String)$/, 'socket_writes'],
  [/^postMessage$/, 'waking_the_store'],
];

/** By the room of the nearest function that is ours, or the HTTP client's. */
const rooms: readonly (readonly [RegExp, string])[] = [
  [/dist\/content\/(json|fold-case|utf8)/, 'reading_json'],
  [/dist\/content\/canonical/, 'canonical_form'],
  [/dist\/engine\/(fold|run-memory)/, 'folding_the_run'],
  [
    /dist\/engine\/(read-call|bounds)|dist\/policy\/schema|dist\/content\/(kinds|pointer)/,
    'reading_the_call',
  ],
  [/dist\/engine|dist\/content\/glob/, 'deciding'],
  [/dist\/store/, 'store_packing'],
  [/dist\/ledger/, 'sealing'],
  [/dist\/upstreams|node_modules\/undici/, 'http_client'],
  [/dist\/edges/, 'edge'],
  [/dist\/identity/, 'identity'],
  [/dist\/(runtime|credentials|gateway)/, 'runtime'],
];

async function run(options: BenchOptions): Promise<readonly Row[]> {
  await using directory = await workDirectory();
  await using processes = new Processes();
  const main = await buildModules();
  const tool = (await processes.start(process.execPath, [serve, 'tool'])).line;
  const project = await makeProject(directory.path, deskPolicy(httpUpstream(tool)), deskLock());
  const profiles = join(directory.path, 'profiles');
  const gateway = await processes.start(process.execPath, [
    ...['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--cpu-prof-interval=200'],
    ...[main, 'up', '--policy', project.policyFile, '--port', '0', '--json'],
  ]);
  const url = new URL(JSON.parse(gateway.line).url).origin;
  using callers = await ownRunCallers(url, project, readTool, connections);
  const { calls } = await load(callers.callers, options.seconds ?? secondsDefault);
  await gateway.stop();
  const spent = new Map<string, number>();
  for (const file of await readdir(profiles)) {
    // The main thread is 0; the other one is the store's.
    const ofMain = /\.0\.\d+\.cpuprofile$/.test(file);
    const read: CpuProfile = JSON.parse(await readFile(join(profiles, file), 'utf8'));
    for (const [stage, us] of stages(read)) {
      const name = ofMain ? stage : stage === 'waiting' ? null : 'store_thread_and_sync';
      if (name !== null) spent.set(name, (spent.get(name) ?? 0) + us);
    }
  }
  return [...spent]
    .sort(([, a], [, b]) => b - a)
    .map(([stage, us]) => beside(`profile.${stage}`, us / calls, 'µs/call'));
}

function stages({ nodes, samples, timeDeltas }: CpuProfile): ReadonlyMap<string, number> {
  const frames = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const known = new Map<number, string>();
  const stageOf = (sample: number): string => {
    const { functionName = '' } = frames.get(sample)?.callFrame ?? {};
    const leaf = leaves.find(([pattern]) => pattern.test(functionName));
    if (leaf !== undefined) return leaf[1];
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) {
      const url = frames.get(id)?.callFrame.url ?? '';
      const room = rooms.find(([pattern]) => pattern.test(url));
      if (room !== undefined) return room[1];
    }
    return 'http_server_and_event_loop';
  };
  const spent = new Map<string, number>();
  for (const [at, sample] of samples.entries()) {
    const stage = known.get(sample) ?? stageOf(sample);
    known.set(sample, stage);
    spent.set(stage, (spent.get(stage) ?? 0) + (timeDeltas[at] ?? 0));
  }
  return spent;
}
