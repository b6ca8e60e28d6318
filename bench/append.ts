/**
 * What durability costs: appends of one event with its payload, each waiting for its own sync, beside raw synced appends
 * of as many bytes on the same disk.
 */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fold } from '../src/engine/fold.ts';
import { SampleRun, started } from '../src/store/contract-samples.ts';
import type { Store } from '../src/store/port.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
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
import { workDirectory } from './gateway.ts';

const roundsDefault = 5;
const secondsDefault = 2;
const callersMany = 128;
/** Long before a run is full. */
const runEventsMax = 4_000;
const payload = Buffer.from('{"to":"customer@example.org"}');

export const append: Bench = { name: 'append', lanes: ['append'], run };

async function run(options: BenchOptions): Promise<readonly Row[]> {
  const rounds = options.rounds ?? roundsDefault;
  const seconds = options.seconds ?? secondsDefault;
  await using directory = await workDirectory();
  await using store = await openSqliteStore({
    directory: join(directory.path, 'store'),
    foldRun: fold,
  });
  const raw: number[] = [];
  const alone: Appended[] = [];
  const many: Appended[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    raw.push(rawAppends(join(directory.path, 'raw'), seconds));
    alone.push(await appends(store, 1, seconds));
    many.push(await appends(store, callersMany, seconds));
    options.progress(
      `append: raw ${Math.round(raw.at(-1) ?? 0)}, alone ${Math.round(alone.at(-1)?.perSecond ?? 0)}, ${callersMany} callers ${Math.round(many.at(-1)?.perSecond ?? 0)} events/s`,
    );
  }
  const of = (measured: readonly Appended[], pick: (one: Appended) => number): number =>
    median(measured.slice(1).map(pick));
  return [
    atLeast(
      'append.events',
      of(many, ({ perSecond }) => perSecond),
      'events/s',
      40_000,
    ),
    atMost(
      'append.p99',
      of(many, ({ p99Ms }) => p99Ms),
      'ms',
      12,
    ),
    beside(
      'append.alone',
      of(alone, ({ perSecond }) => perSecond),
      'events/s',
    ),
    beside('append.raw_synced', median(raw.slice(1)), 'appends/s'),
  ];
}

interface Appended {
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** Each caller starts and finishes calls in runs of its own. */
async function appends(store: Store, callers: number, seconds: number): Promise<Appended> {
  const begun = performance.now();
  const untilMs = begun + seconds * 1_000;
  const taken: number[] = [];
  await Promise.all(
    Array.from({ length: callers }, async () => {
      let sample = await openRun(store);
      for (let event = 0; performance.now() < untilMs; event += 1) {
        if (event % runEventsMax === runEventsMax - 1) sample = await openRun(store);
        const call = `${sample.id}-${event >> 1}`;
        const before = performance.now();
        if (event % 2 === 0) await sample.start(call, { payloads: new Map([[call, payload]]) });
        else await sample.finish(call);
        taken.push(performance.now() - before);
      }
    }),
  );
  const elapsedMs = performance.now() - begun;
  return { perSecond: (taken.length * 1_000) / elapsedMs, p99Ms: quantile(taken, 0.99) };
}

let runs = 0;

async function openRun(store: Store): Promise<SampleRun> {
  runs += 1;
  const sample = new SampleRun(store, `run-${runs}`);
  await sample.open();
  return sample;
}

function rawAppends(file: string, seconds: number): number {
  const line = Buffer.from(JSON.stringify(started('run', 'call', 1)));
  const fd = openSync(file, 'a');
  const begun = performance.now();
  let count = 0;
  for (; performance.now() < begun + seconds * 1_000; count += 1) {
    writeSync(fd, line);
    fdatasyncSync(fd);
  }
  const perSecond = (count * 1_000) / (performance.now() - begun);
  closeSync(fd);
  rmSync(file);
  return perSecond;
}
