/** The guard in one's own process: functions that do nothing, each call durable before it is made and before it answers. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as sallyport from '../src/index.ts';
import {
  atLeast,
  atMost,
  type Bench,
  type BenchOptions,
  beside,
  median,
  quantile,
  type Row,
} from './bench.ts';
import { actTool, deskArguments, deskPolicy, readTool } from './desk.ts';
import { workDirectory } from './gateway.ts';
import { type Caller, latencies } from './load.ts';

const callersMany = 32;
const roundsDefault = 5;
const secondsDefault = 2;
/** Long before a run is full. */
const runCalls = 1_000;

export const guard: Bench = { name: 'guard', lanes: ['guard'], run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const rounds = options.rounds ?? roundsDefault;
  const seconds = options.seconds ?? secondsDefault;
  await using directory = await workDirectory();
  const policy = join(directory.path, 'sallyport.yaml');
  await writeFile(policy, deskPolicy('{ functions: true }'));
  await using door = await sallyport.open({ policy, log: () => undefined });
  const tools = [readTool, actTool].map((name) =>
    door.tool<ReturnType<typeof deskArguments>, string>(`desk.${name}`, () => 'done'),
  );
  const [look, touch] = tools;
  if (look === undefined || touch === undefined) throw new Error('two tools were registered');
  let serial = 0;
  const callOf = (tool: typeof look) => async () => {
    serial += 1;
    if ((await tool(deskArguments(serial))) !== 'done') throw new Error('it answers otherwise');
  };
  const measured = { look: [] as number[], touch: [] as number[], aloneMs: [] as number[] };
  for (let round = 0; round <= rounds; round += 1) {
    const rates = [];
    for (const tool of [look, touch]) rates.push(await rate(door, callOf(tool), seconds));
    const aloneMs = quantile(await alone(door, callOf(look), seconds), 0.5);
    options.progress(
      `guard: ${rates.map(Math.round).join(' and ')} calls/s, alone ${aloneMs.toFixed(2)} ms`,
    );
    if (round === 0) continue;
    measured.look.push(rates[0] ?? Number.NaN);
    measured.touch.push(rates[1] ?? Number.NaN);
    measured.aloneMs.push(aloneMs);
  }
  return [
    atLeast('guard.calls', median(measured.look), 'calls/s', 15_000),
    atMost('guard.alone_p50', median(measured.aloneMs), 'ms', 1),
    beside('guard.act', median(measured.touch), 'calls/s'),
  ];
}

/** Each caller works in runs of its own; opening and closing them counts. */
async function rate(door: sallyport.Door, call: Caller, seconds: number): Promise<number> {
  const begun = performance.now();
  const untilMs = begun + seconds * 1_000;
  let calls = 0;
  const work = async (): Promise<void> => {
    for (let made = 0; made < runCalls && performance.now() < untilMs; made += 1) {
      await call();
      calls += 1;
    }
  };
  await Promise.all(
    Array.from({ length: callersMany }, async () => {
      while (performance.now() < untilMs) await door.run({ agent: 'bench' }, work);
    }),
  );
  return (calls * 1_000) / (performance.now() - begun);
}

/** A run holds 10,000 calls: a short while alone doesn't fill it. */
function alone(door: sallyport.Door, call: Caller, seconds: number): Promise<readonly number[]> {
  return door.run({ agent: 'bench' }, () => latencies([call], Math.min(seconds, 2)));
}
